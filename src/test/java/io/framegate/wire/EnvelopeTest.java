package io.framegate.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Compression;
import io.framegate.message.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;

class EnvelopeTest {

    private static final int LIMIT = 4 << 20;

    private final Envelope envelope = new Envelope(LIMIT, 1, true);

    @AfterEach
    void close() {
        envelope.close();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void opensWhatItSealed(Compression compression) {
        for (int size : new int[] {0, 1, 100, 8193, 300_000, LIMIT}) {
            byte[] payload = compressible(size);
            byte[] frame = envelope.seal(42, payload, 0, size, compression);
            assertEquals(42, FrameHeader.id(frame, 0));
            assertEquals(frame.length - FrameHeader.BYTES, FrameHeader.bodySize(frame, 0));
            assertEquals(compression.code(), frame[FrameHeader.BYTES]);
            assertArrayEquals(payload, open(body(frame)), () -> compression + " of " + size);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"ZLIB", "LZMA", "ZSTD"})
    void opensWhatDoesNotCompress(Compression compression) {
        byte[] payload = new byte[100_000];
        new Random(7).nextBytes(payload);
        byte[] frame = envelope.seal(42, payload, 0, payload.length, compression);
        assertArrayEquals(payload, open(body(frame)));
    }

    @Test
    void opensLzmaWithAndWithoutEndMarker() throws IOException {
        // The decoder's dictionary, which the payload is left in, has a multiple of 16 bytes, at least 4096.
        for (int size : new int[] {0, 1, 4095, 4096, 4097, 5000, 8192, 65_535, 65_536, 1 << 20}) {
            byte[] payload = compressible(size);
            assertArrayEquals(payload, open(lzma(payload, size, true)), () -> size + " with an end marker");
            assertArrayEquals(payload, open(lzma(payload, size, false)), () -> size + " without");
        }
    }

    @Test
    void decodesDistancesBeyondOneRead() throws IOException {
        byte[] payload = new byte[100_000];
        new Random(3).nextBytes(payload);
        System.arraycopy(payload, 0, payload, 60_000, 40_000);
        byte[] body = lzma(payload, payload.length, false);
        assertTrue(body.length < 65_000, "the repetition was not found: " + body.length);
        assertArrayEquals(payload, open(body));
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"ZLIB", "LZMA", "ZSTD"})
    void refusesAnOriginalSizeThatSoFewBytesCantGive(Compression compression) {
        byte[] body = body(envelope.seal(1, new byte[100], 0, 100, compression));
        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putInt(1, LIMIT);
        Refusal refused = assertThrows(Refusal.class, () -> open(body));
        assertEquals(Refusal.Code.MALFORMED, refused.code());
        assertTrue(refused.sentence().contains("can't give its original size of " + LIMIT), refused.sentence());
    }

    @Test
    void findsAPlainPayloadWithoutCopying() {
        byte[] body = {'N', 1, 2};
        Envelope.Payload payload = envelope.open(body, 0, 3);
        assertEquals(new Envelope.Payload(body, 1, 2), payload);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, LIMIT + 1, Integer.MAX_VALUE})
    void refusesTheOriginalSizeBeforeTakingMemory(int size) {
        for (char letter : new char[] {'Z', 'L', 'S'}) {
            byte[] body = ByteBuffer.allocate(30)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put((byte) letter)
                    .putInt(size)
                    .array();
            assertThrows(Refusal.class, () -> open(body));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, -4999, 5000})
    void refusesAWrongOriginalSize(int difference) throws IOException {
        byte[] payload = compressible(5000);
        byte[] zlib = body(envelope.seal(1, payload, 0, payload.length, Compression.ZLIB));
        ByteBuffer.wrap(zlib).order(ByteOrder.LITTLE_ENDIAN).putInt(1, 5000 + difference);
        assertEquals(
                Refusal.Code.MALFORMED,
                assertThrows(Refusal.class, () -> open(zlib)).code());
        byte[] zstd = body(envelope.seal(1, payload, 0, payload.length, Compression.ZSTD));
        ByteBuffer.wrap(zstd).order(ByteOrder.LITTLE_ENDIAN).putInt(1, 5000 + difference);
        assertEquals(
                Refusal.Code.MALFORMED,
                assertThrows(Refusal.class, () -> open(zstd)).code());
        byte[] ended = lzma(payload, 5000 + difference, true);
        assertEquals(
                Refusal.Code.MALFORMED,
                assertThrows(Refusal.class, () -> open(ended)).code());
        byte[] unended = lzma(payload, 5000 + difference, false);
        assertEquals(
                Refusal.Code.MALFORMED,
                assertThrows(Refusal.class, () -> open(unended)).code());
    }

    @Test
    void refusesEveryTruncationAndWhatFollows() throws IOException {
        byte[] payload = compressible(300);
        byte[][] bodies = {
            body(envelope.seal(1, payload, 0, payload.length, Compression.ZLIB)),
            body(envelope.seal(1, payload, 0, payload.length, Compression.ZSTD)),
            lzma(payload, payload.length, true),
            lzma(payload, payload.length, false)
        };
        for (byte[] body : bodies) {
            for (int length = 0; length < body.length; length++) {
                byte[] shorter = Arrays.copyOf(body, length);
                int cut = body.length - length;
                // The last bytes of an LZMA stream may be no more than the coder's tail, which says nothing: a decoder
                // that has everything need not see them, but must never give a different payload.
                try {
                    assertArrayEquals(payload, open(shorter));
                    assertTrue(body[0] == 'L' && cut <= 5, () -> (char) body[0] + " cut by " + cut);
                } catch (Refusal expected) {
                    assertEquals(Refusal.Code.MALFORMED, expected.code());
                }
            }
            assertThrows(Refusal.class, () -> open(Arrays.copyOf(body, body.length + 1)));
        }
    }

    @Test
    void damagedStreamsAreAlwaysRefused() throws IOException {
        byte[] payload = compressible(2000);
        byte[][] bodies = {
            body(envelope.seal(1, payload, 0, payload.length, Compression.ZLIB)),
            body(envelope.seal(1, payload, 0, payload.length, Compression.ZSTD)),
            lzma(payload, payload.length, true)
        };
        Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = bodies[i % 3].clone();
            for (int k = 0; k <= random.nextInt(3); k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                open(damaged);
            } catch (Refusal expected) {
                refused++;
            }
        }
        assertTrue(refused > 10_000, "refused " + refused);
    }

    @Test
    void allocatesByActualBytes() {
        // 20 bytes that announce the limit: the refusal must come without the limit's memory, for many at a time.
        byte[] body = body(envelope.seal(1, new byte[20], 0, 20, Compression.ZLIB));
        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putInt(1, LIMIT);
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        assertThrows(Refusal.class, () -> open(body));
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThrows(Refusal.class, () -> open(body));
        long taken = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(taken < 100_000, "took " + taken + " bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {9 * 5 * 5, 255, 8 + 9 * 4, 5})
    void refusesLzmaPropertiesThatNeedTooMuch(int properties) throws IOException {
        byte[] body = lzma(compressible(100), 100, true);
        body[5] = (byte) properties;
        assertThrows(Refusal.class, () -> open(body));
    }

    @Test
    void boundsTheDictionaryOfLzma() throws IOException {
        byte[] payload = compressible(100);
        byte[] body = lzma(payload, 100, true);
        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putInt(6, -1);
        assertThrows(Refusal.class, () -> open(body));

        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putInt(6, 1 << 30);
        assertArrayEquals(payload, open(body));
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 'n', 'X', -1})
    void refusesAnotherFirstByte(byte letter) {
        assertThrows(Refusal.class, () -> open(new byte[] {letter, 1, 2, 3, 4, 5, 6}));
    }

    private byte[] open(byte[] body) {
        Envelope.Payload payload = envelope.open(body, 0, body.length);
        return Arrays.copyOfRange(payload.bytes(), payload.offset(), payload.offset() + payload.length());
    }

    private static byte[] body(byte[] frame) {
        return Arrays.copyOfRange(frame, FrameHeader.BYTES, frame.length);
    }

    private static byte[] compressible(int size) {
        Random random = new Random(size);
        byte[] payload = new byte[size];
        for (int i = 0; i < size; i++) {
            payload[i] = (byte) (i % 7 == 0 ? random.nextInt(4) : i % 5);
        }
        return payload;
    }

    private static byte[] lzma(byte[] payload, int announced, boolean endMarker) throws IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        LZMA2Options options = new LZMA2Options(1);
        LZMAOutputStream lzma = new LZMAOutputStream(stream, options, endMarker);
        lzma.write(payload);
        lzma.finish();
        return ByteBuffer.allocate(10 + stream.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 'L')
                .putInt(announced)
                .put((byte) lzma.getProps())
                .putInt(options.getDictSize())
                .put(stream.toByteArray())
                .array();
    }

    @Test
    void opensZstandardOnlyWhereItIsToldTo() {
        byte[] payload = compressible(5000);
        byte[] frame = envelope.seal(1, payload, 0, payload.length, Compression.ZSTD);
        try (Envelope server = new Envelope(LIMIT, 1)) {
            Refusal refused = assertThrows(
                    Refusal.class, () -> server.open(frame, FrameHeader.BYTES, frame.length - FrameHeader.BYTES));
            assertEquals(Refusal.Code.MALFORMED, refused.code());
        }
    }
}
