package io.framegate.wire;

import io.framegate.fuzz.FuzzTarget;
import io.framegate.message.Compression;
import io.framegate.message.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.InflaterInputStream;
import org.tukaani.xz.LZMAInputStream;

/**
 * The input is the body of a frame. It is refused, or opened to what another decoder gives; and what was opened is the same
 * after it was sealed by each algorithm.
 */
public final class EnvelopeFuzz implements FuzzTarget {

    private static final int LIMIT = 1 << 20;
    private static final int SIZED = 1 + Integer.BYTES;
    private static final int LZMA_SIZED = SIZED + 1 + Integer.BYTES;

    /** Compressing takes its time. */
    private static final int SEALED_BYTES = 4096;

    private final Envelope envelope = new Envelope(LIMIT, 1, true);

    @Override
    public void take(byte[] input) throws IOException {
        byte[] payload;
        try {
            payload = payload(input, 0);
        } catch (Refusal expected) {
            return;
        }
        if (payload.length > LIMIT) {
            throw new AssertionError(payload.length + " bytes are beyond the limit");
        }
        same(payload, otherwise(input), "another decoder");
        if (payload.length <= SEALED_BYTES) {
            for (Compression compression : Compression.values()) {
                byte[] frame = envelope.seal(1, payload, 0, payload.length, compression);
                same(payload, payload(frame, FrameHeader.BYTES), compression.name());
            }
        }
    }

    private byte[] payload(byte[] bytes, int offset) {
        Envelope.Payload payload = envelope.open(bytes, offset, bytes.length - offset);
        return Arrays.copyOfRange(payload.bytes(), payload.offset(), payload.offset() + payload.length());
    }

    /** The payload by the streams of the JDK and of the LZMA library, with a dictionary of their own. */
    private static byte[] otherwise(byte[] body) throws IOException {
        if (body[0] == Compression.NONE.code()) {
            return Arrays.copyOfRange(body, 1, body.length);
        }
        ByteBuffer sizes = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        int size = sizes.getInt(1);
        if (body[0] == Compression.ZLIB.code()) {
            try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(body, SIZED, body.length - SIZED))) {
                return in.readAllBytes();
            }
        } else if (body[0] == Compression.LZMA.code()) {
            // The properties ask for as much as they like, and a stream may refer to more than they ask for.
            var stream = new ByteArrayInputStream(body, LZMA_SIZED, body.length - LZMA_SIZED);
            try (LZMAInputStream in = new LZMAInputStream(stream, size, body[SIZED], LIMIT, null)) {
                in.enableRelaxedEndCondition();
                return in.readAllBytes();
            }
        }
        return null;
    }

    private static void same(byte[] payload, byte[] other, String by) {
        if (other != null && !Arrays.equals(payload, other)) {
            throw new AssertionError(by + " gives " + other.length + " other bytes than these " + payload.length);
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int size : new int[] {0, 1, 20, 300, 5000}) {
            byte[] payload = new byte[size];
            for (int i = 0; i < size; i++) {
                payload[i] = (byte) (i * i / 7 % 19);
            }
            for (Compression compression : Compression.values()) {
                byte[] frame = envelope.seal(1, payload, 0, size, compression);
                seeds.add(Arrays.copyOfRange(frame, FrameHeader.BYTES, frame.length));
            }
        }
        return seeds;
    }
}
