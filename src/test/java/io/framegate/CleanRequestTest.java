package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.BatchWorker;
import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import io.framegate.message.Message;
import io.framegate.message.NonBlocking;
import io.framegate.message.Worker;
import io.framegate.session.Identities;
import io.framegate.session.Identity;
import io.framegate.session.LoginRequest;
import io.framegate.session.LoginResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker does to its thread is gone before the next request. */
@Timeout(60)
class CleanRequestTest {

    private static final int THREADS = 4;
    private static final int DIRTY = 190601;
    private static final int DIRTY_INLINE = 190701;
    private static final int DIRTY_BATCH = 190801;

    @Message(DIRTY)
    record Dirty(int number) {}

    @Message(DIRTY_INLINE)
    record DirtyInline(int number) {}

    @Message(DIRTY_BATCH)
    record DirtyBatch(int number) {}

    /** What the request found on its thread. */
    @Message(590601)
    record Found(boolean interrupted, boolean classLoader, String name, int priority) {}

    @Message(590701)
    record FoundInline(boolean interrupted, boolean classLoader, String name, int priority) {}

    @Message(590801)
    record FoundInBatch(boolean interrupted, boolean classLoader, String name, int priority) {}

    /** Looks, then leaves everything behind that one can. */
    private static Found dirty() {
        Thread thread = Thread.currentThread();
        Found found = new Found(
                thread.isInterrupted(),
                thread.getContextClassLoader() == CleanRequestTest.class.getClassLoader(),
                thread.getName(),
                thread.getPriority());
        thread.interrupt();
        thread.setContextClassLoader(null);
        thread.setName("somebody else's");
        thread.setPriority(Thread.MIN_PRIORITY);
        return found;
    }

    static final class DirtyWorker implements Worker<Dirty, Found> {
        @Override
        public Found process(Dirty request) {
            Found found = dirty();
            if (request.number() % 3 == 2) {
                throw new IllegalStateException("and fails");
            }
            return found;
        }
    }

    @NonBlocking
    static final class DirtyInlineWorker implements Worker<DirtyInline, FoundInline> {
        @Override
        public FoundInline process(DirtyInline request) {
            Found found = dirty();
            return new FoundInline(found.interrupted(), found.classLoader(), found.name(), found.priority());
        }
    }

    static final class DirtyBatchWorker implements BatchWorker<DirtyBatch, FoundInBatch> {
        @Override
        public List<FoundInBatch> processAll(List<DirtyBatch> requests) {
            Found found = dirty();
            FoundInBatch each =
                    new FoundInBatch(found.interrupted(), found.classLoader(), found.name(), found.priority());
            return requests.stream().map(request -> each).toList();
        }
    }

    private static Gate gate() throws IOException {
        return Gate.builder()
                .threads(THREADS)
                .worker(Dirty.class, Found.class, new DirtyWorker())
                .worker(DirtyInline.class, FoundInline.class, new DirtyInlineWorker())
                .worker(DirtyBatch.class, FoundInBatch.class, new DirtyBatchWorker())
                .start();
    }

    @ParameterizedTest
    @ValueSource(ints = {DIRTY, DIRTY_INLINE, DIRTY_BATCH})
    void eachRequestFindsACleanThread(int kind) throws IOException {
        try (Gate gate = gate();
                RawClient client = gate.connect()) {
            for (int i = 0; i < 200; i++) {
                Record request = kind == DIRTY
                        ? new Dirty(3 * i)
                        : kind == DIRTY_INLINE ? new DirtyInline(i) : new DirtyBatch(i);
                client.send(Frames.of(request));
                Found found = kind == DIRTY
                        ? client.receive(Found.class)
                        : kind == DIRTY_INLINE
                                ? of(client.receive(FoundInline.class))
                                : of(client.receive(FoundInBatch.class));
                assertFalse(found.interrupted(), "interrupted at " + i);
                assertTrue(found.classLoader(), "another class loader at " + i);
                assertFalse(found.name().contains("somebody"), found.name());
                assertEquals(Thread.NORM_PRIORITY, found.priority());
            }
            assertEquals(THREADS, gate.queue().running());
            Gate.await(() -> gate.queue().busy() == 0);
        }
    }

    private static Found of(FoundInline found) {
        return new Found(found.interrupted(), found.classLoader(), found.name(), found.priority());
    }

    private static Found of(FoundInBatch found) {
        return new Found(found.interrupted(), found.classLoader(), found.name(), found.priority());
    }

    @Test
    void noThreadIsLostToInterrupts() throws IOException {
        try (Gate gate = gate();
                RawClient client = gate.connect()) {
            byte[][] frames = new byte[300][];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = Frames.of(new Dirty(i));
            }
            client.send(Frames.concat(frames));
            for (int i = 0; i < frames.length; i++) {
                assertTrue(client.receive().length > 0);
            }
            Gate.await(() -> gate.queue().outstanding() == 0);
            assertEquals(THREADS, gate.queue().running());
        }
    }

    /** Hands its thread to the test. */
    @Message(190901)
    record Hand(int nothing) {}

    @Message(590901)
    record Handed(int nothing) {}

    @Test
    void aThreadOutlivesAnInterruptThatComesLate() throws IOException {
        AtomicReference<Thread> handed = new AtomicReference<>();
        Worker<Hand, Handed> worker = new Worker<>() {
            @Override
            public Handed process(Hand request) {
                handed.set(Thread.currentThread());
                return new Handed(0);
            }
        };
        try (Gate gate = Gate.builder()
                        .threads(1)
                        .worker(Hand.class, Handed.class, worker)
                        .start();
                RawClient client = gate.connect()) {
            for (int i = 0; i < 50; i++) {
                client.send(Frames.of(new Hand(0)));
                client.receive(Handed.class);
                handed.get().interrupt();
                assertEquals(1, gate.queue().running());
            }
        }
    }

    /** Asks who sent it, after the test has let it go. */
    @Message(191001)
    record Who(int nothing) {}

    @Message(591001)
    record Known(String name, boolean editor) {}

    static final class WhoWorker implements CallerWorker<Who, Known> {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);
        final AtomicReference<Caller> first = new AtomicReference<>();

        @Override
        public Known process(Who request, Caller caller) throws InterruptedException {
            first.compareAndSet(null, caller);
            begun.countDown();
            assertTrue(go.await(30, TimeUnit.SECONDS));
            return new Known(caller.name().orElse(""), caller.isInRole("editor"));
        }
    }

    @Test
    void aRequestKeepsItsSender() throws Exception {
        WhoWorker worker = new WhoWorker();
        Identities identities = new Identities() {
            @Override
            public Optional<Identity> byPassword(String name, String password) {
                return Optional.of(new Identity(name, Set.of("editor"), Instant.MAX));
            }

            @Override
            public Optional<Identity> byToken(String token) {
                return Optional.empty();
            }
        };
        try (Gate gate = Gate.builder()
                        .threads(THREADS)
                        .worker(Who.class, Known.class, worker)
                        .logins(identities, false)
                        .start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new Who(0)));
            assertTrue(worker.begun.await(20, TimeUnit.SECONDS));
            client.send(Frames.of(new LoginRequest("ann", "her password")));
            // Its answer waits for the first one's, so the log-in itself is all that can be waited for.
            Gate.await(() -> gate.listener().connections().get(0).principal().equals("ann"));
            worker.go.countDown();
            assertEquals(new Known("", false), client.receive(Known.class));
            assertEquals("ann", client.receive(LoginResponse.class).name());
            client.send(Frames.of(new Who(0)));
            assertEquals(new Known("ann", true), client.receive(Known.class));
            assertEquals(Optional.empty(), worker.first.get().name());
        }
    }
}
