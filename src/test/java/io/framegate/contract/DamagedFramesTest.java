package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.abuse.Scorecard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Header, envelope and every codec on frames that are damaged in any way: they refuse them, or read what they would write so.
 * The damage is made by chance, the same in every run; {@code -Dframegate.test.damaged-frames=100000000} makes more of it.
 */
class DamagedFramesTest {

    private static final long FRAMES = Long.getLong("framegate.test.damaged-frames", 100_000);
    private static final byte[] TELLING = {0, 1, 2, 4, 0x7F, (byte) 0x80, (byte) 0xFE, (byte) 0xFF, 'N', 'Z', 'L', 'S'};

    private final FrameFuzz target = new FrameFuzz();

    @Test
    void refusesOrReadsDamagedFrames() throws Exception {
        List<byte[]> whole = target.seeds();
        whole.forEach(target::take);
        Random random = new Random(1);
        List<byte[]> kept = new ArrayList<>(whole);
        for (long i = 0; i < FRAMES; i++) {
            byte[] damaged = damaged(kept.get(random.nextInt(kept.size())), whole, random);
            long before = target.read();
            target.take(damaged);
            // What is still read is a better beginning for the next damage than what is refused at its first byte.
            if (target.read() > before && kept.size() < 10_000) {
                kept.add(damaged);
            }
        }
        Scorecard.row(
                10,
                "damaged frames of every message, in every envelope: refused, or read as what they would be written from",
                "%,d frames, %,d payloads read, %,d refused, no other exception",
                FRAMES,
                target.read(),
                target.refused());
        assertTrue(
                target.read() > FRAMES / 100 && target.refused() > FRAMES / 100,
                target.read() + " read, " + target.refused() + " refused");
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
}
