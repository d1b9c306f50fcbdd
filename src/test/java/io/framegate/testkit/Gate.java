package io.framegate.testkit;

import io.framegate.dispatch.ContainerContext;
import io.framegate.dispatch.Dispatcher;
import io.framegate.dispatch.KeptAnswers;
import io.framegate.dispatch.Routes;
import io.framegate.dispatch.Tracing;
import io.framegate.dispatch.WorkQueue;
import io.framegate.message.Compression;
import io.framegate.message.Worker;
import io.framegate.metrics.RunningInfo;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.session.HelloWorker;
import io.framegate.session.Identities;
import io.framegate.session.LoginRequest;
import io.framegate.session.LoginResponse;
import io.framegate.session.LoginWorker;
import io.framegate.session.Logins;
import io.framegate.session.SessionFacts;
import io.framegate.session.TokenLoginRequest;
import io.framegate.session.TokenLoginWorker;
import io.framegate.transport.EntranceRules;
import io.framegate.transport.Listener;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.welcome.WelcomeWorker;
import io.framegate.wire.Envelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A whole gate without a container: real sockets, plain threads, the workers of a test. */
public final class Gate implements AutoCloseable {

    /** As many as the smallest machine has. */
    public static final int READING_THREADS = 4;

    /** What the setting has by default. With fewer, who connects often at once is made to wait by the kernel, a second or three. */
    private static final int BACKLOG = 1024;

    private final RunningInfo info = new RunningInfo();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Envelope envelope;
    private final WorkQueue queue;
    private final Routes routes;
    private final KeptAnswers kept;
    private final Dispatcher dispatcher;
    private final Listener listener;

    private Gate(Builder builder) throws IOException {
        envelope = new Envelope(builder.maxPayloadBytes, 1);
        queue = new WorkQueue(builder.threads, builder.queueCapacity);
        routes = Routes.of(builder.workers, builder.compression, builder.compressionThresholdBytes, info);
        SessionFacts facts = new SessionFacts(
                "framegate test",
                builder.limits.maxBodyBytes(),
                builder.limits.maxPipelined(),
                builder.loginRequired,
                Set.of());
        kept = new KeptAnswers(builder.keptAnswerBytes);
        dispatcher = new Dispatcher(routes, queue, envelope, kept, facts, info, READING_THREADS, ContainerContext.NONE);
        builder.tracing.ifPresent(dispatcher::trace);
        dispatcher.limitSizes(builder.unboundedPayloadBytes, builder.maxPayloadBytes, builder.requestMemoryBytes);
        listener = Listener.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                BACKLOG,
                Executors.defaultThreadFactory(),
                READING_THREADS,
                builder.limits,
                info,
                dispatcher,
                builder.rules);
        dispatcher.start(executor);
    }

    public static Builder builder() {
        return new Builder();
    }

    public RawClient connect() throws IOException {
        return new RawClient(listener.address());
    }

    public RunningInfo info() {
        return info;
    }

    /** Requests waiting or in work. */
    public int outstanding() {
        return queue.outstanding();
    }

    public Listener listener() {
        return listener;
    }

    public WorkQueue queue() {
        return queue;
    }

    public Dispatcher dispatcher() {
        return dispatcher;
    }

    public Routes routes() {
        return routes;
    }

    public KeptAnswers keptAnswers() {
        return kept;
    }

    public Envelope envelope() {
        return envelope;
    }

    /** Stops as the server does. */
    public int drain(Duration limit) {
        dispatcher.drain(limit);
        return listener.drain(limit);
    }

    @Override
    public void close() {
        listener.close();
        queue.close();
        executor.shutdownNow();
        envelope.close();
    }

    /** Waits for what happens on other threads, for at most 20 s. */
    public static void await(BooleanSupplier condition) {
        await("it did not happen", 20, condition);
    }

    /**
     * Waits for what happens elsewhere.
     *
     * @param failure what is said if it does not
     */
    public static void await(String failure, long seconds, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(failure + " within " + seconds + " s");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** What a gate is made of. */
    public static final class Builder {

        private final List<Routes.Found<?, ?>> workers = new ArrayList<>();
        private TransportLimits limits = TransportLimits.DEFAULTS;
        private boolean loginRequired;
        private EntranceRules rules = EntranceRules.NONE;
        private int threads = 4;
        private int queueCapacity = 1000;
        private int maxPayloadBytes = 1 << 20;
        private int unboundedPayloadBytes = 1 << 20;
        private long requestMemoryBytes = 64 << 20;
        private Compression compression = Compression.ZLIB;
        private int compressionThresholdBytes = 8192;
        private long keptAnswerBytes = 1 << 20;
        private Optional<Tracing> tracing = Optional.empty();

        private Builder() {
            worker(WelcomeRequest.class, WelcomeResponse.class, new WelcomeWorker());
            worker(HelloRequest.class, HelloResponse.class, new HelloWorker());
        }

        public <Q extends Record, A extends Record> Builder worker(
                Class<Q> request, Class<A> answer, Worker<Q, A> worker) {
            workers.add(new Routes.Found<>(worker.getClass().getName(), worker.getClass(), worker, request, answer));
            return this;
        }

        /** Lets these clients log in. */
        public Builder logins(Identities identities, boolean required) {
            Logins logins = new Logins(identities);
            worker(LoginRequest.class, LoginResponse.class, new LoginWorker(logins));
            worker(TokenLoginRequest.class, LoginResponse.class, new TokenLoginWorker(logins));
            loginRequired = required;
            return this;
        }

        public Builder limits(TransportLimits value) {
            limits = value;
            return this;
        }

        public Builder rules(EntranceRules value) {
            rules = value;
            return this;
        }

        public Builder threads(int value) {
            threads = value;
            return this;
        }

        public Builder queueCapacity(int value) {
            queueCapacity = value;
            return this;
        }

        /** Of those requests that nothing else bounds, of any, and of all at once. */
        public Builder sizes(int unboundedPayload, int maxPayload, long requestMemory) {
            unboundedPayloadBytes = unboundedPayload;
            maxPayloadBytes = maxPayload;
            requestMemoryBytes = requestMemory;
            return this;
        }

        public Builder compression(Compression value, int thresholdBytes) {
            compression = value;
            compressionThresholdBytes = thresholdBytes;
            return this;
        }

        public Builder keptAnswerBytes(long value) {
            keptAnswerBytes = value;
            return this;
        }

        public Builder tracing(Tracing value) {
            tracing = Optional.of(value);
            return this;
        }

        public Gate start() throws IOException {
            return new Gate(this);
        }
    }
}
