package io.framegate.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.EncodedPart;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Adler32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

/** That the JDK inflates its streams to what they were made of, and that they are about as small as the JDK's. */
class FastDeflaterTest {

    private static final int AROUND = 9;

    // One for all: what it keeps of a payload must not be seen in the next.
    private final FastDeflater deflater = new FastDeflater();

    @Test
    void inflatesToWhatItWasMadeOf() throws DataFormatException {
        Random random = new Random(11);
        for (int length : new int[] {0, 1, 2, 7, 15, 16, 17, 100, 4096, 65_535, 65_536, 131_071, 131_073, 700_001, 3}) {
            for (int values : new int[] {1, 2, 20, 256}) {
                requireSame(values(random, length, values));
            }
            requireSame(recurring(random, length));
        }
    }

    /** Pieces of all lengths that were there before, at all distances, beyond the window as well. */
    @Test
    void inflatesMatchesOfAllLengthsAndDistances() throws DataFormatException {
        Random random = new Random(12);
        byte[] payload = values(random, 1_200_000, 256);
        int at = 40_000;
        for (int length = 3; length < 300; length++) {
            for (int distance : new int[] {1, 2, 5, 8, 300, 4097, 32_767, 32_768, 32_769}) {
                for (int i = 0; i < length; i++) {
                    payload[at + i] = payload[at + i - distance];
                }
                at += length + random.nextInt(40);
            }
        }
        requireSame(payload);
    }

    /** More matches than a block has room for, and the shortest that there are. */
    @Test
    void inflatesBlocksThatAreFullOfMatches() throws DataFormatException {
        Random random = new Random(13);
        byte[] words = values(random, 7 * 50, 256);
        byte[] payload = new byte[7 * 60_000];
        for (int at = 0; at < payload.length; at += 7) {
            System.arraycopy(words, 7 * random.nextInt(50), payload, at, 7);
        }
        requireSame(payload);
    }

    /** Each byte comes about as often as the two before it, so that the tree is deeper than a code may be. */
    @Test
    void boundsCodeLengths() throws DataFormatException {
        byte[] payload = new byte[120_000];
        int at = 0;
        int often = 1;
        int before = 1;
        for (int value = 0; at < payload.length; value++) {
            int end = Math.min(payload.length, at + often);
            Arrays.fill(payload, at, end, (byte) value);
            at = end;
            int next = often + before;
            before = often;
            often = next;
        }
        shuffle(payload, new Random(14));
        requireSame(payload);
    }

    @Test
    void takesNoMoreRoomThanItSays() throws DataFormatException {
        byte[] payload = values(new Random(15), 1_000_000, 256);
        int bytes = requireSame(payload);
        assertTrue(bytes > payload.length && bytes <= payload.length + 5 * 24 + 6, () -> "it became " + bytes);
    }

    @Test
    void isAboutAsSmallAsTheFirstLevel() throws DataFormatException {
        byte[] payload = recurring(new Random(16), 1_000_000);
        Deflater jdk = new Deflater(Deflater.BEST_SPEED);
        jdk.setInput(payload);
        jdk.finish();
        int bytes = jdk.deflate(new byte[payload.length]);
        assertTrue(jdk.finished());
        jdk.end();
        int own = requireSame(payload);
        assertTrue(own < bytes * 1.05 && own < payload.length * 0.7, () -> own + " where the JDK has " + bytes);
    }

    @Test
    void joinsPartsOfWhichSomeAreDeflatedAlready() throws DataFormatException {
        Random random = new Random(17);
        for (int round = 0; round < 300; round++) {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            List<EncodedPart> parts = new ArrayList<>();
            for (int part = random.nextInt(8); part >= 0; part--) {
                byte[] bytes = random.nextBoolean()
                        ? recurring(random, random.nextInt(70_000))
                        : values(random, random.nextInt(300), 1 + random.nextInt(256));
                whole.writeBytes(bytes);
                int before = random.nextInt(4);
                byte[] around = new byte[before + bytes.length + random.nextInt(4)];
                System.arraycopy(bytes, 0, around, before, bytes.length);
                parts.add(
                        random.nextBoolean()
                                ? deflated(bytes, random.nextInt(10))
                                : new EncodedPart.Plain(around, before, bytes.length));
            }
            byte[] stream = new byte[Math.toIntExact(deflater.maxBytes(parts))];
            int length = deflater.compress(parts, stream, 0);
            requireInflates(whole.toByteArray(), stream, length);
            assertArrayEquals(whole.toByteArray(), EncodedPart.join(parts));
        }
        // Checksums that are as large as they can be.
        byte[] large = new byte[5_000_000];
        Arrays.fill(large, (byte) 0xFF);
        List<EncodedPart> parts = List.of(deflated(large, 1), new EncodedPart.Plain(large, 0, large.length));
        byte[] stream = new byte[Math.toIntExact(deflater.maxBytes(parts))];
        int length = deflater.compress(parts, stream, 0);
        byte[] twice = Arrays.copyOf(large, 2 * large.length);
        Arrays.fill(twice, (byte) 0xFF);
        requireInflates(twice, stream, length);
    }

    @Test
    void inflatesPartsOnlyToWhatTheySay() {
        byte[] bytes = values(new Random(18), 1000, 20);
        EncodedPart.Deflated right = deflated(bytes, 6);
        byte[] damaged = right.blocks().clone();
        Arrays.fill(damaged, 2, damaged.length, (byte) 0x55);
        for (EncodedPart wrong : List.of(
                new EncodedPart.Deflated(right.blocks(), bytes.length + 1, right.adler32()),
                new EncodedPart.Deflated(damaged, bytes.length, right.adler32()))) {
            assertThrows(IllegalStateException.class, () -> EncodedPart.join(List.of(wrong)));
        }
    }

    private static EncodedPart.Deflated deflated(byte[] bytes, int level) {
        Deflater jdk = new Deflater(level, true);
        jdk.setInput(bytes);
        byte[] blocks = new byte[bytes.length + bytes.length / 100 + 100];
        int length = jdk.deflate(blocks, 0, blocks.length, Deflater.SYNC_FLUSH);
        jdk.end();
        Adler32 checksum = new Adler32();
        checksum.update(bytes);
        return new EncodedPart.Deflated(Arrays.copyOf(blocks, length), bytes.length, (int) checksum.getValue());
    }

    private static void requireInflates(byte[] payload, byte[] stream, int length) throws DataFormatException {
        Inflater inflater = new Inflater();
        inflater.setInput(stream, 0, length);
        byte[] inflated = new byte[payload.length + 1];
        int filled = 0;
        for (int got = 1; got > 0 && !inflater.finished(); filled += got) {
            got = inflater.inflate(inflated, filled, inflated.length - filled);
        }
        // That also tells that the checksum is right.
        assertTrue(inflater.finished());
        assertEquals(0, inflater.getRemaining());
        inflater.end();
        assertArrayEquals(payload, Arrays.copyOf(inflated, filled));
    }

    /** Like records: some bytes of their own, and some that were in one of the last. */
    private static byte[] recurring(Random random, int length) {
        byte[] payload = values(random, length, 256);
        int at = 0;
        List<Integer> places = new ArrayList<>(List.of(0));
        while (at < length) {
            int own = Math.min(length - at, 1 + random.nextInt(40));
            at += own;
            int piece = Math.min(length - at, random.nextInt(60));
            int from = places.get(Math.max(0, places.size() - 1 - random.nextInt(100)));
            for (int i = 0; i < piece; i++) {
                payload[at + i] = payload[from + i];
            }
            places.add(at);
            at += piece;
        }
        return payload;
    }

    private static byte[] values(Random random, int length, int values) {
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = (byte) random.nextInt(values);
        }
        return payload;
    }

    private static void shuffle(byte[] payload, Random random) {
        for (int i = payload.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            byte kept = payload[i];
            payload[i] = payload[other];
            payload[other] = kept;
        }
    }

    /** @return the bytes of the stream */
    private int requireSame(byte[] payload) throws DataFormatException {
        byte[] from = new byte[AROUND + payload.length + AROUND];
        Arrays.fill(from, (byte) 77);
        System.arraycopy(payload, 0, from, AROUND, payload.length);
        byte[] to = new byte[AROUND + deflater.maxBytes(payload.length)];
        int bytes = deflater.compress(from, AROUND, payload.length, to, AROUND);
        assertArrayEquals(new byte[AROUND], Arrays.copyOf(to, AROUND));
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(to, AROUND, bytes);
            byte[] inflated = new byte[payload.length + 1];
            assertEquals(payload.length, inflater.inflate(inflated));
            assertTrue(inflater.finished());
            assertEquals(0, inflater.getRemaining());
            assertArrayEquals(payload, Arrays.copyOf(inflated, payload.length));
        } finally {
            inflater.end();
        }
        return bytes;
    }
}
