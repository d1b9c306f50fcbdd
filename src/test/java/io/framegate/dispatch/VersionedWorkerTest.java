package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import io.framegate.message.VersionedWorker;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Answers that are kept, through a whole gate. */
class VersionedWorkerTest {

    /** How often which letter is wanted. */
    @Message(190101)
    record Ask(int letter, int times) {}

    @Message(590101)
    record Told(int work, String text) {}

    /** Says in its answers how often it has worked. */
    private static final class Teller implements VersionedWorker<Ask, Told> {

        private final AtomicInteger version = new AtomicInteger();
        private final AtomicInteger worked = new AtomicInteger();
        private volatile boolean changesMeanwhile;

        @Override
        public Object version(Ask request) {
            return version.get();
        }

        @Override
        public Told process(Ask request) {
            if (request.times() < 0) {
                worked.incrementAndGet();
                throw new Refusal(Refusal.Code.INVALID, "No.");
            }
            if (changesMeanwhile) {
                version.incrementAndGet();
            }
            return new Told(
                    worked.incrementAndGet(),
                    Character.toString(request.letter()).repeat(request.times()));
        }
    }

    private final Teller teller = new Teller();

    @Test
    void cachesWhileTheVersionIsEqual() throws IOException {
        try (Gate gate = start(1 << 20);
                RawClient one = gate.connect();
                RawClient other = gate.connect()) {
            byte[] first = ask(one, new Ask('a', 20_000));
            assertEquals('Z', first[8]);
            assertArrayEquals(first, ask(one, new Ask('a', 20_000)));
            assertArrayEquals(first, ask(other, new Ask('a', 20_000)));
            assertEquals(1, teller.worked.get());
            assertEquals(2, gate.keptAnswers().hits());
            assertEquals(1, gate.keptAnswers().misses());
            assertTrue(gate.keptAnswers().bytes() >= first.length);
            assertEquals(
                    3,
                    gate.info().messages().stream()
                            .filter(message -> message.id() == 190101)
                            .findFirst()
                            .orElseThrow()
                            .answered());
        }
    }

    @Test
    void runsForOtherRequestsAndVersions() throws IOException {
        try (Gate gate = start(1 << 20);
                RawClient client = gate.connect()) {
            assertEquals(new Told(1, "aa"), told(ask(client, new Ask('a', 2))));
            assertEquals(new Told(2, "bb"), told(ask(client, new Ask('b', 2))));
            teller.version.incrementAndGet();
            assertEquals(new Told(3, "aa"), told(ask(client, new Ask('a', 2))));
            assertEquals(new Told(3, "aa"), told(ask(client, new Ask('a', 2))));
            assertEquals(new Told(4, "bb"), told(ask(client, new Ask('b', 2))));
        }
    }

    @Test
    void doesNotCacheConcurrentlyChangedAnswers() throws IOException {
        try (Gate gate = start(1 << 20);
                RawClient client = gate.connect()) {
            teller.changesMeanwhile = true;
            assertEquals(1, told(ask(client, new Ask('a', 2))).work());
            teller.changesMeanwhile = false;
            assertEquals(2, told(ask(client, new Ask('a', 2))).work());
            assertEquals(2, told(ask(client, new Ask('a', 2))).work());
        }
    }

    @Test
    void keepsNoRefusal() throws IOException {
        try (Gate gate = start(1 << 20);
                RawClient client = gate.connect()) {
            for (int i = 1; i <= 2; i++) {
                assertEquals(
                        "No.",
                        Frames.message(ask(client, new Ask('a', -1)), ErrorResponse.class)
                                .text());
                assertEquals(i, teller.worked.get());
            }
        }
    }

    @Test
    void keepsNoMoreBytesThanItMay() throws IOException {
        try (Gate gate = start(20_000);
                RawClient client = gate.connect()) {
            for (int letter = 'a'; letter <= 'z'; letter++) {
                // Two bytes a letter, and not compressed.
                ask(client, new Ask(letter, 2_000));
                assertTrue(
                        gate.keptAnswers().bytes() <= 20_000,
                        () -> gate.keptAnswers().bytes() + " bytes");
            }
            assertTrue(gate.keptAnswers().size() > 0);
            gate.keptAnswers().change(0);
            assertEquals(0, gate.keptAnswers().bytes());
            int before = teller.worked.get();
            ask(client, new Ask('z', 2_000));
            ask(client, new Ask('z', 2_000));
            assertEquals(before + 2, teller.worked.get());
        }
    }

    private Gate start(int keptBytes) throws IOException {
        return Gate.builder()
                .worker(Ask.class, Told.class, teller)
                .keptAnswerBytes(keptBytes)
                .start();
    }

    private static byte[] ask(RawClient client, Ask request) throws IOException {
        return client.send(Frames.of(request)).receive();
    }

    private static Told told(byte[] frame) {
        return Frames.message(frame, Told.class);
    }
}
