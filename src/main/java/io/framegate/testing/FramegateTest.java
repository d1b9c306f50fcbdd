package io.framegate.testing;

import io.framegate.client.ClientException;
import io.framegate.client.ClientException.Kind;
import io.framegate.client.FramegateClient;
import io.framegate.dispatch.ContainerContext;
import io.framegate.dispatch.Dispatcher;
import io.framegate.dispatch.KeptAnswers;
import io.framegate.dispatch.Routes;
import io.framegate.dispatch.WorkQueue;
import io.framegate.message.Compression;
import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import io.framegate.metrics.RunningInfo;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.session.HelloWorker;
import io.framegate.session.Identities;
import io.framegate.session.Identity;
import io.framegate.session.LoginRequest;
import io.framegate.session.LoginResponse;
import io.framegate.session.LoginWorker;
import io.framegate.session.Logins;
import io.framegate.session.SessionFacts;
import io.framegate.transport.EntranceRules;
import io.framegate.transport.Listener;
import io.framegate.transport.TransportLimits;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
    private static final int QUEUE_CAPACITY = 1_000;
    private static final int COMPRESSION_THRESHOLD_BYTES = 8 * 1024;
    private static final long KEPT_ANSWER_BYTES = 1 << 20;

    private final ExecutorService executor = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "framegate-test-worker");
        thread.setDaemon(true);
        return thread;
    });
    private final Envelope envelope = new Envelope(FrameHeader.MAX_BODY_BYTES, 1);
    private final WorkQueue queue = new WorkQueue(WORKING_THREADS, QUEUE_CAPACITY);
    private final Listener listener;
    private final FramegateClient client;
    private final BlockingQueue<Record> notices = new LinkedBlockingQueue<>();

    private FramegateTest(Builder builder) {
        RunningInfo info = new RunningInfo();
        TransportLimits limits = TransportLimits.DEFAULTS;
        Routes routes = Routes.of(builder.found(), Compression.ZLIB, COMPRESSION_THRESHOLD_BYTES, info);
        SessionFacts facts =
                new SessionFacts("FramegateTest", limits.maxBodyBytes(), limits.maxPipelined(), false, Set.of());
        Dispatcher dispatcher = new Dispatcher(
                routes,
                queue,
                envelope,
                new KeptAnswers(KEPT_ANSWER_BYTES),
                facts,
                info,
                READING_THREADS,
                ContainerContext.NONE);
        try {
            listener = Listener.open(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    READING_THREADS,
                    work -> {
                        Thread thread = new Thread(work, "framegate-test-io");
                        thread.setDaemon(true);
                        return thread;
                    },
                    READING_THREADS,
                    limits,
                    info,
                    dispatcher,
                    EntranceRules.NONE);
        } catch (IOException e) {
            throw new UncheckedIOException("no port can be opened on the loopback interface", e);
        }
        dispatcher.start(executor);
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
                .host(listener.address().getHostString())
                .port(port())
                .requestTimeout(LIMIT);
    }

    /** The TCP port, for a client of another language. */
    public int port() {
        return listener.address().getPort();
    }

    @Override
    public void close() {
        client.close();
        listener.close();
        queue.close();
        executor.shutdownNow();
        envelope.close();
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

        private List<Routes.Found<?, ?>> found() {
            List<Routes.Found<?, ?>> found = new ArrayList<>();
            workers.forEach(worker -> found.add(Routes.Found.of(worker)));
            found.add(new Routes.Found<>(
                    "the gate", HelloWorker.class, new HelloWorker(), HelloRequest.class, HelloResponse.class));
            LoginWorker logins = new LoginWorker(new Logins(new Users(Map.copyOf(users))));
            found.add(
                    new Routes.Found<>("the gate", LoginWorker.class, logins, LoginRequest.class, LoginResponse.class));
            return found;
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
