package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.message.Refusal;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Header, envelope and every codec on frames that are damaged in any way: they refuse them, or read what they would write so.
 * The damage is made by chance, the same in every run; {@code -Dframegate.test.damaged-frames=100000000} makes more of it.
 */
class DamagedFramesTest {

    private static final int MAX_PAYLOAD_BYTES = 1 << 20;
    private static final int OBJECT_BUDGET = 100_000;
    private static final Envelope ENVELOPE = new Envelope(MAX_PAYLOAD_BYTES, 1, true);
    private static final NavigableMap<Integer, Codec<?>> CODECS = codecs();

    private static NavigableMap<Integer, Codec<?>> codecs() {
        try {
            NavigableMap<Integer, Codec<?>> codecs = new TreeMap<>();
            ContractTest.records().forEach((id, type) -> codecs.put(id, Codec.of(type)));
            return codecs;
        } catch (Exception e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long FRAMES = Long.getLong("framegate.test.damaged-frames", 100_000);
    private static final byte[] TELLING = {0, 1, 2, 4, 0x7F, (byte) 0x80, (byte) 0xFE, (byte) 0xFF, 'N', 'Z', 'L', 'S'};

    private long read;
    private long refused;

    @Test
    void refusesOrReadsDamagedFrames() throws Exception {
        List<byte[]> whole = new ArrayList<>();
        for (String line : FramesOfAllMessages.lines()) {
            for (String hex : line.split(" ")) {
                whole.add(HexFormat.of().parseHex(hex));
            }
        }
        whole.forEach(this::frame);
        Random random = new Random(1);
        List<byte[]> kept = new ArrayList<>(whole);
        for (long i = 0; i < FRAMES; i++) {
            byte[] damaged = damaged(kept.get(random.nextInt(kept.size())), whole, random);
            long before = read;
            frame(damaged);
            // What is still read is a better beginning for the next damage than what is refused at its first byte.
            if (read > before && kept.size() < 10_000) {
                kept.add(damaged);
            }
        }
        Scorecard.row(
                10,
                "damaged frames of every message, in every envelope: refused, or read as what they would be written from",
                "%,d frames, %,d payloads read, %,d refused, no other exception",
                FRAMES,
                read,
                refused);
        assertTrue(read > FRAMES / 100 && refused > FRAMES / 100, read + " read, " + refused + " refused");
    }

    private static byte[] damaged(byte[] frame, List<byte[]> others, Random random) {
        byte[] damaged = frame.clone();
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            int at = random.nextInt(Math.max(1, damaged.length));
            switch (random.nextInt(6)) {
                case 0 -> damaged = Arrays.copyOf(damaged, at);
                case 1 -> damaged = Arrays.copyOf(damaged, damaged.length + 1 + random.nextInt(8));
                case 2 -> {
                    byte[] other = others.get(random.nextInt(others.size()));
                    int from = random.nextInt(other.length);
                    int count = Math.min(other.length - from, damaged.length - at);
                    System.arraycopy(other, from, damaged, at, Math.max(0, count));
                }
                default -> {
                    if (at < damaged.length) {
                        damaged[at] = random.nextBoolean()
                                ? TELLING[random.nextInt(TELLING.length)]
                                : (byte) (damaged[at] ^ 1 << random.nextInt(8));
                    }
                }
            }
        }
        return damaged;
    }

    private void frame(byte[] frame) {
        if (frame.length < FrameHeader.BYTES) {
            return;
        }
        int id = FrameHeader.id(frame, 0);
        int bodySize = FrameHeader.bodySize(frame, 0);
        if (FrameHeader.isBodySizeValid(bodySize, MAX_PAYLOAD_BYTES) && frame.length >= FrameHeader.BYTES + bodySize) {
            open(id, frame, FrameHeader.BYTES, bodySize);
        }
        // Few of them have a size that fits: the same without the header's.
        open(id, frame, FrameHeader.BYTES, frame.length - FrameHeader.BYTES);
    }

    private void open(int id, byte[] bytes, int offset, int length) {
        Envelope.Payload payload;
        try {
            payload = ENVELOPE.open(bytes, offset, length);
        } catch (Refusal expected) {
            refused++;
            return;
        }
        // Any id stands for the next one of ours.
        Map.Entry<Integer, Codec<?>> next = CODECS.ceilingEntry(id);
        Codec<?> codec = (next == null ? CODECS.firstEntry() : next).getValue();
        decode(codec, payload);
    }

    private <T extends Record> void decode(Codec<T> codec, Envelope.Payload payload) {
        T message;
        try {
            message = codec.decode(
                    new WireReader(codec.id(), payload.bytes(), payload.offset(), payload.length(), OBJECT_BUDGET));
        } catch (Refusal expected) {
            refused++;
            return;
        }
        read++;
        WireWriter out = new WireWriter(0, MAX_PAYLOAD_BYTES);
        codec.encode(message, out);
        assertArrayEquals(
                Arrays.copyOfRange(payload.bytes(), payload.offset(), payload.offset() + payload.length()),
                Arrays.copyOf(out.array(), out.length()),
                "what was read is not what is written: " + codec.id());
    }
}
