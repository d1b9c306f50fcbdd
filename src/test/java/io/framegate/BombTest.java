package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.zstd.ZstdOutputStream;
import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.message.Compression;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;

/**
 * Small bodies that would expand to a thousand times their size and more. What is measured is all that opening one allocates
 * from the heap, garbage included: no more than that can be alive at any moment of it.
 */
class BombTest {

    private static final int MEBI = 1 << 20;
    private static final int LIMIT = 16 * MEBI;

    /** What a decoder needs beside the payload's room. */
    private static final int ALLOWANCE = MEBI;

    /** Of a stream, so that what is left can't give the limit. */
    private static final int CUT = 256;

    /** Where those of an LZMA stream are in a body. */
    private static final int PROPERTIES = 5;

    private final Envelope envelope = new Envelope(LIMIT, 1, true);
    private final int expanded = Scorecard.size(256, 1024) * MEBI;

    /** Compresses zeros in the tightest way there is. */
    private interface Bomb {
        byte[] ofZeros(int bytes) throws IOException;
    }

    @AfterEach
    void close() {
        envelope.close();
    }

    @Test
    void boundsTheMemoryOfZlibBombs() throws IOException {
        explode("zlib", Compression.ZLIB, bytes -> {
            var stream = new ByteArrayOutputStream();
            try (OutputStream zlib = new DeflaterOutputStream(stream, new Deflater(Deflater.BEST_COMPRESSION))) {
                writeZeros(zlib, bytes);
            }
            return stream.toByteArray();
        });
    }

    @Test
    void boundsTheMemoryOfLzmaBombs() throws IOException {
        explode("LZMA", Compression.LZMA, bytes -> {
            var stream = new ByteArrayOutputStream();
            LZMA2Options options = new LZMA2Options(0);
            options.setDictSize(LZMA2Options.DICT_SIZE_MIN);
            options.setNiceLen(LZMA2Options.NICE_LEN_MAX);
            stream.writeBytes(new byte[5]);
            var lzma = new LZMAOutputStream(stream, options, false);
            writeZeros(lzma, bytes);
            lzma.finish();
            byte[] whole = stream.toByteArray();
            // The decoder would be told to take the largest dictionary that there may be.
            ByteBuffer.wrap(whole)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put((byte) lzma.getProps())
                    .putInt(1 << 30);
            return whole;
        });
    }

    /** Clients alone open it. */
    @Test
    void boundsTheMemoryOfZstandardBombs() throws IOException {
        explode("Zstandard", Compression.ZSTD, bytes -> {
            var stream = new ByteArrayOutputStream();
            try (OutputStream zstd = new ZstdOutputStream(stream)) {
                writeZeros(zstd, bytes);
            }
            return stream.toByteArray();
        });
    }

    private static void writeZeros(OutputStream out, int bytes) throws IOException {
        byte[] zeros = new byte[MEBI];
        for (int i = 0; i < bytes; i += zeros.length) {
            out.write(zeros);
        }
    }

    private void explode(String name, Compression letter, Bomb bomb) throws IOException {
        byte[] stream = bomb.ofZeros(expanded);
        byte[] fitting = body(letter, LIMIT, bomb.ofZeros(LIMIT));
        // So that the classes are there, and what is kept between two of them.
        byte[] small = envelope.seal(1, new byte[CUT], 0, CUT, letter);
        assertEquals(
                CUT,
                envelope.open(small, FrameHeader.BYTES, small.length - FrameHeader.BYTES)
                        .length());

        long honest = refused(body(letter, expanded, stream));
        long impossible = refused(body(letter, LIMIT, Arrays.copyOf(stream, CUT)));
        long lying = refused(body(letter, LIMIT, stream));
        long legal = allocated(() ->
                assertEquals(LIMIT, envelope.open(fitting, 0, fitting.length).length()));
        Scorecard.row(
                12,
                name + " bomb: refused by its announced size, or as it exceeds it, for at most the limit and 1 MiB",
                "%,d bytes that expand to %,d MiB, limit %,d MiB: %,d KiB of heap where the size is told, %,d KiB where %,d MiB"
                        + " are pretended, %,d KiB if the stream is cut to %,d bytes; %,d KiB for a legal one of %,d MiB",
                stream.length,
                expanded / MEBI,
                LIMIT / MEBI,
                honest >> 10,
                lying >> 10,
                LIMIT / MEBI,
                impossible >> 10,
                CUT,
                legal >> 10,
                LIMIT / MEBI);
        assertTrue(honest <= ALLOWANCE, honest + " bytes");
        assertTrue(impossible <= ALLOWANCE, impossible + " bytes");
        assertTrue(lying <= LIMIT + ALLOWANCE, lying + " bytes");
        assertTrue(legal <= LIMIT + ALLOWANCE, legal + " bytes");
    }

    /** What its header asks of the decoder: 4 GiB, more tables than there may be, or a GiB for a small payload, which is not given. */
    @Test
    void boundsTheDictionaryOfLzma() throws IOException {
        byte[] payload = new byte[CUT];
        byte[] frame = envelope.seal(1, payload, 0, CUT, Compression.LZMA);
        byte[] asked = Arrays.copyOfRange(frame, FrameHeader.BYTES, frame.length);
        byte[] dictionary = lzmaHeader(asked, asked[PROPERTIES], -1);
        byte[] tables = lzmaHeader(asked, (byte) (8 + 9 * 4), CUT);
        byte[] large = lzmaHeader(asked, asked[PROPERTIES], 1 << 30);
        assertEquals(CUT, envelope.open(asked, 0, asked.length).length());

        long ofDictionary = refused(dictionary);
        long ofTables = refused(tables);
        long ofLarge = allocated(
                () -> assertEquals(CUT, envelope.open(large, 0, large.length).length()));
        Scorecard.row(
                13,
                "an LZMA dictionary of 4 GiB, or lc + lp = 12: refused; one that is larger than the payload is not made",
                "%,d KiB of heap for the first, %,d KiB for the second, %,d KiB where a payload of %,d bytes asks for 1 GiB",
                ofDictionary >> 10,
                ofTables >> 10,
                ofLarge >> 10,
                CUT);
        assertTrue(ofDictionary <= ALLOWANCE && ofTables <= ALLOWANCE, ofDictionary + " and " + ofTables + " bytes");
        assertTrue(ofLarge <= ALLOWANCE, ofLarge + " bytes");
    }

    private static byte[] lzmaHeader(byte[] body, byte properties, int dictionary) {
        byte[] changed = body.clone();
        ByteBuffer.wrap(changed)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(PROPERTIES, properties)
                .putInt(PROPERTIES + 1, dictionary);
        return changed;
    }

    @Message(190801)
    record Flags(List<Flag> flags) {}

    record Flag(boolean set) {}

    @Test
    void makesNoneOfTwentyMillionTinyElements() {
        int count = 20_000_000;
        byte[] payload = new byte[Integer.BYTES + count];
        ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).putInt(count);
        Codec<Flags> codec = Codec.of(Flags.class);
        Runnable decode = () ->
                assertThrows(Refusal.class, () -> codec.decode(new WireReader(codec.id(), payload, 0, payload.length)));
        decode.run();
        long bytes = allocated(decode);
        Scorecard.row(
                11,
                "more elements than a message may have, each of them in its payload: refused before one is made",
                "%,d elements of a byte: refused for %,d KiB of heap",
                count,
                bytes >> 10);
        assertTrue(bytes <= ALLOWANCE, bytes + " bytes");
    }

    private static byte[] body(Compression letter, int originalSize, byte[] stream) {
        return ByteBuffer.allocate(5 + stream.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(letter.code())
                .putInt(originalSize)
                .put(stream)
                .array();
    }

    private long refused(byte[] body) {
        return allocated(() -> assertThrows(Refusal.class, () -> envelope.open(body, 0, body.length)));
    }

    private static long allocated(Runnable work) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
