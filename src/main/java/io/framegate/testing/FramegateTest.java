package io.framegate.testing;

import io.framegate.client.ClientException;
import io.framegate.client.ClientException.Kind;
import io.framegate.client.FramegateClient;
import io.framegate.config.GateConfig;
import io.framegate.gate.Gate;
import io.framegate.gate.GateBuilder;
import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import io.framegate.session.Identities;
import io.framegate.session.Identity;
import io.framegate.session.LoginRequest;
import io.framegate.session.LoginResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A gate with the workers of a test and a client of it, in one process and without a container: a record goes in, over a
 * real socket and all that is in between, and a record comes out. It starts in some tens of milliseconds.
 *
 * <pre>
 * try (FramegateTest gate = FramegateTest.start(new ShoutWorker())) {
 *     assertEquals("HEYHEY", gate.send(new ShoutRequest("hey", 2), ShoutResponse.class).text());
 *     Refusal no = assertThrows(Refusal.class, () -&gt; gate.send(new ShoutRequest("hey", 0), ShoutResponse.class));
 *     assertEquals(Refusal.Code.INVALID, no.code());
 * }
 * </pre>
 *
 * <p>A worker is made by the test, with what it needs: nothing is injected, and its interceptors, {@code @Transactional}
 * among them, are not there. {@code @NonBlocking}, {@code @Compressed}, {@code @RolesAllowed} and batches work as they do in
 * the server.
 *
 * <p><b>Threads.</b> Any thread may send.
 */
public final class FramegateTest implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int READING_THREADS = 2;
    private static final int WORKING_THREADS = 4;

    private final Gate gate;
    private final FramegateClient client;
    private final BlockingQueue<Record> notices = new LinkedBlockingQueue<>();

    private FramegateTest(Builder builder) {
        GateBuilder parts = Gate.builder()
                .name("FramegateTest")
                .config(GateConfig.builder()
                        .port(0)
                        .ioThreads(READING_THREADS)
                        .workerThreads(WORKING_THREADS)
                        .build())
                .identities(new Users(Map.copyOf(builder.users)));
        builder.workers.forEach(parts::worker);
        gate = parts.open();
        FramegateClient.Builder made = client().hello("FramegateTest");
        builder.notices.forEach(type -> made.onNotice(type, notices::add));
        client = made.build();
    }

    /** Starts a gate with these workers, and none else. */
    public static FramegateTest start(Worker<?, ?>... workers) {
        Builder builder = new Builder();
        for (Worker<?, ?> worker : workers) {
            builder.worker(worker);
        }
        return builder.start();
    }

    /** Begins a gate that takes more than workers. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Sends a request and waits for its answer, for 20 s.
     *
     * @throws Refusal that the worker has thrown or that the gate has answered in its place; the code
     *     {@link Refusal.Code#FAILED} is of an exception that the worker has not foreseen
     * @throws ClientException where no answer came, or one of another kind
     */
    public <A extends Record> A send(Record request, Class<A> answer) {
        try {
            return client.send(request, answer).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ClientException no) {
                throw no.kind() == Kind.REFUSED ? refusal(no) : no;
            }
            throw e;
        }
    }

    private static RuntimeException refusal(ClientException no) {
        if (no.refusalCode().isEmpty()) {
            return no;
        }
        Refusal refusal = new Refusal(no.refusalCode().get(), no.getMessage());
        return no.retryAfter().map(refusal::retryAfter).orElse(refusal);
    }

    /**
     * Logs the client of {@link #send} in, for all that it sends from now on.
     *
     * @param name as given to {@link Builder#user}
     * @throws Refusal for a name that there is none of
     */
    public FramegateTest logIn(String name) {
        send(new LoginRequest(name, name), LoginResponse.class);
        return this;
    }

    /**
     * The next notice that a worker has pushed to the client of {@link #send}; waits for it for 20 s.
     *
     * @throws AssertionError where none came, or one of another kind
     */
    public <N extends Record> N notice(Class<N> type) throws InterruptedException {
        Record next = notices.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (!type.isInstance(next)) {
            throw new AssertionError("a " + type.getSimpleName() + " was expected, but "
                    + (next == null ? "none came" : next + " came"));
        }
        return type.cast(next);
    }

    /** Begins another client of this gate; whoever builds it closes it. */
    public FramegateClient.Builder client() {
        return FramegateClient.builder()
                .host(gate.address().getHostString())
                .port(port())
                .requestTimeout(LIMIT);
    }

    /** The TCP port, for a client of another language. */
    public int port() {
        return gate.address().getPort();
    }

    @Override
    public void close() {
        client.close();
        gate.closeNow();
    }

    /** What a gate is made of. */
    public static final class Builder {

        private final List<Worker<?, ?>> workers = new ArrayList<>();
        private final Map<String, Identity> users = new HashMap<>();
        private final List<Class<? extends Record>> notices = new ArrayList<>();

        private Builder() {}

        /** A worker that is a class of its own, so that its type parameters can be read. */
        public Builder worker(Worker<?, ?> worker) {
            workers.add(worker);
            return this;
        }

        /** Somebody with these roles, who can {@link FramegateTest#logIn}. */
        public Builder user(String name, String... roles) {
            users.put(name, new Identity(name, Set.of(roles), Instant.MAX));
            return this;
        }

        /** A kind of notice to be kept for {@link FramegateTest#notice}. */
        public Builder notices(Class<? extends Record> type) {
            notices.add(type);
            return this;
        }

        /**
         * Starts the gate on a free port of the loopback interface.
         *
         * @throws IllegalStateException where the workers contradict each other or a record can't be a message, in the
         *     sentences with which a deployment would fail
         */
        public FramegateTest start() {
            return new FramegateTest(this);
        }
    }

    /** Those of a test, each with its name for a password. */
    private record Users(Map<String, Identity> byName) implements Identities {

        @Override
        public Optional<Identity> byPassword(String name, String password) {
            return Optional.ofNullable(byName.get(name)).filter(user -> name.equals(password));
        }

        @Override
        public Optional<Identity> byToken(String token) {
            return Optional.empty();
        }
    }
}
