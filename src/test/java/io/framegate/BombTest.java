package io.framegate;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Refusal;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.wire.Envelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;

/** Small bodies that would expand to a thousand times their size and more. */
class BombTest {

    private static final int MEBI = 1 << 20;
    private static final int LIMIT = 16 * MEBI;

    /** What a decoder needs beside the payload's room. */
    private static final int ALLOWANCE = MEBI;

    private final Envelope envelope = new Envelope(LIMIT, 1);
    private final int expanded = Scorecard.size(256, 1024) * MEBI;

    @AfterEach
    void close() {
        envelope.close();
    }

    @Test
    void takesNoMoreForAZlibBombThanItsLimitAllows() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream zlib = new DeflaterOutputStream(bytes, new Deflater(Deflater.BEST_COMPRESSION))) {
            writeZeros(zlib);
        }
        explode("zlib", (byte) 'Z', bytes.toByteArray());
    }

    @Test
    void takesNoMoreForAnLzmaBombThanItsLimitAllows() throws IOException {
        var bytes = new ByteArrayOutputStream();
        LZMA2Options options = new LZMA2Options(0);
        options.setDictSize(LZMA2Options.DICT_SIZE_MIN);
        var lzma = new LZMAOutputStream(bytes, options, false);
        writeZeros(lzma);
        lzma.finish();
        // The decoder would be told to take the largest dictionary that there may be.
        byte[] stream = ByteBuffer.allocate(5 + bytes.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) lzma.getProps())
                .putInt(1 << 30)
                .put(bytes.toByteArray())
                .array();
        explode("LZMA", (byte) 'L', stream);
    }

    private void writeZeros(OutputStream out) throws IOException {
        byte[] zeros = new byte[MEBI];
        for (int i = 0; i < expanded; i += zeros.length) {
            out.write(zeros);
        }
    }

    private void explode(String name, byte letter, byte[] stream) {
        long honest = taken(body(letter, expanded, stream));
        long lying = taken(body(letter, LIMIT, stream));
        Scorecard.row(
                12,
                name + " bomb: refused by its announced size, or as it exceeds it",
                "%,d bytes that expand to %,d MiB, limit %,d MiB: %,d KiB of memory where the size is told, %,d KiB"
                        + " allocated in all where %,d MiB are pretended",
                stream.length,
                expanded / MEBI,
                LIMIT / MEBI,
                honest >> 10,
                lying >> 10,
                LIMIT / MEBI);
        // All that was ever allocated: the room doubles as the stream fills it, and LZMA has a dictionary beside it.
        assertTrue(honest <= ALLOWANCE, honest + " bytes");
        assertTrue(lying <= 3L * LIMIT + ALLOWANCE, lying + " bytes");
    }

    private static byte[] body(byte letter, int originalSize, byte[] stream) {
        return ByteBuffer.allocate(5 + stream.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(letter)
                .putInt(originalSize)
                .put(stream)
                .array();
    }

    /** The bytes that opening it allocates, also those that are garbage at once. */
    private long taken(byte[] body) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThrows(Refusal.class, () -> envelope.open(body, 0, body.length));
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThrows(Refusal.class, () -> envelope.open(body, 0, body.length));
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
