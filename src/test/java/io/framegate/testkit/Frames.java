package io.framegate.testkit;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.message.Compression;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Frames for tests: golden ones from {@code src/test/resources/frames}, and made ones. */
public final class Frames {

    private static final Envelope ENVELOPE = new Envelope(FrameHeader.MAX_BODY_BYTES, 1, true);

    /** To compile one takes some ten microseconds to a millisecond: a benchmark would measure that instead of the gate. */
    private static final ClassValue<Codec<?>> CODECS = new ClassValue<>() {
        @Override
        protected Codec<?> computeValue(Class<?> type) {
            return Codec.of(type.asSubclass(Record.class));
        }
    };

    private Frames() {}

    /** The bytes of {@code frames/<name>.hex}. */
    public static byte[] golden(String name) {
        try (InputStream in = Frames.class.getResourceAsStream("/frames/" + name + ".hex")) {
            if (in == null) {
                throw new IllegalArgumentException("no golden frame " + name);
            }
            String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
            return HexFormat.of().parseHex(hex);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A frame with this body, whatever the body is. */
    public static byte[] frame(int id, byte... body) {
        return ByteBuffer.allocate(FrameHeader.BYTES + body.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(id)
                .putInt(body.length)
                .put(body)
                .array();
    }

    /** A frame for a connection with request ids. */
    public static byte[] withRequestId(int requestId, byte[] frame) {
        return ByteBuffer.allocate(frame.length + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(frame, 0, FrameHeader.BYTES)
                .putInt(requestId)
                .put(frame, FrameHeader.BYTES, frame.length - FrameHeader.BYTES)
                .array();
    }

    /** A header alone. */
    public static byte[] header(int id, int bodySize) {
        byte[] header = new byte[FrameHeader.BYTES];
        FrameHeader.put(header, 0, id, bodySize);
        return header;
    }

    /** A message as an uncompressed frame. */
    public static byte[] of(Record message) {
        return of(message, Compression.NONE);
    }

    /** A message as a frame. */
    public static byte[] of(Record message, Compression compression) {
        return encoded(message.getClass(), message, compression);
    }

    private static <T extends Record> byte[] encoded(Class<T> type, Record message, Compression compression) {
        Codec<T> codec = codec(type);
        WireWriter out = new WireWriter(0, FrameHeader.MAX_BODY_BYTES);
        codec.encode(type.cast(message), out);
        return ENVELOPE.seal(codec.id(), out.array(), 0, out.length(), compression);
    }

    @SuppressWarnings("unchecked") // that of the type is of its own type
    private static <T extends Record> Codec<T> codec(Class<T> type) {
        return (Codec<T>) CODECS.get(type);
    }

    /** The message that a frame is. */
    public static <T extends Record> T message(byte[] frame, Class<T> type) {
        Codec<T> codec = codec(type);
        if (FrameHeader.id(frame, 0) != codec.id()) {
            throw new AssertionError("the frame has id " + FrameHeader.id(frame, 0) + ", not " + codec.id());
        }
        Envelope.Payload payload = ENVELOPE.open(frame, FrameHeader.BYTES, FrameHeader.bodySize(frame, 0));
        return codec.decode(new WireReader(codec.id(), payload.bytes(), payload.offset(), payload.length()));
    }

    /** Frames one after the other. */
    public static byte[] concat(byte[]... frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            out.writeBytes(frame);
        }
        return out.toByteArray();
    }

    /** The first {@code length} bytes. */
    public static byte[] first(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }
}
