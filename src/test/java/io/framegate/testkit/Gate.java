package io.framegate.testkit;

import io.framegate.config.GateConfig;
import io.framegate.config.IdentityConfig;
import io.framegate.dispatch.Dispatcher;
import io.framegate.dispatch.ResponseCache;
import io.framegate.dispatch.Routes;
import io.framegate.dispatch.Tracing;
import io.framegate.dispatch.WorkerPool;
import io.framegate.gate.GateBuilder;
import io.framegate.message.Compression;
import io.framegate.message.Worker;
import io.framegate.metrics.GateMetrics;
import io.framegate.session.Identities;
import io.framegate.transport.AccessRules;
import io.framegate.transport.Listener;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeWorker;
import io.framegate.wire.Envelope;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A whole gate without a container: real sockets, plain threads, the workers of a test. */
public final class Gate implements AutoCloseable {

    /** As many as the smallest machine has. */
    public static final int READING_THREADS = 4;

    private final io.framegate.gate.Gate gate;

    private Gate(Builder builder) {
        gate = builder.parts
                .name("framegate test")
                .config(builder.config
                        .port(0)
                        .ioThreads(READING_THREADS)
                        .identity(new IdentityConfig(builder.loginRequired, Set.of(), Optional.empty()))
                        .build())
                .open();
    }

    public static Builder builder() {
        return new Builder();
    }

    public RawClient connect() throws IOException {
        return new RawClient(gate.address());
    }

    public GateMetrics info() {
        return gate.info();
    }

    /** Requests waiting or in work. */
    public int outstanding() {
        return gate.queue().outstanding();
    }

    public Listener listener() {
        return gate.listener();
    }

    public WorkerPool queue() {
        return gate.queue();
    }

    public Dispatcher dispatcher() {
        return gate.dispatcher();
    }

    public Routes routes() {
        return gate.routes();
    }

    public ResponseCache keptAnswers() {
        return gate.keptAnswers();
    }

    public Envelope envelope() {
        return gate.envelope();
    }

    /** Stops as the server does. */
    public int drain(Duration limit) {
        dispatcher().drain(limit);
        return listener().drain(limit);
    }

    @Override
    public void close() {
        gate.closeNow();
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

        private final GateBuilder parts = io.framegate.gate.Gate.builder();
        private final GateConfig.Builder config = GateConfig.builder()
                .limits(TransportLimits.DEFAULTS)
                .workerThreads(4)
                .queueCapacity(1000)
                .keptAnswerBytes(1 << 20);
        private boolean loginRequired;

        private Builder() {
            parts.worker(new WelcomeWorker());
            sizes(1 << 20, 1 << 20, 64 << 20);
        }

        public <Q extends Record, A extends Record> Builder worker(
                Class<Q> request, Class<A> answer, Worker<Q, A> worker) {
            parts.worker(request, answer, worker);
            return this;
        }

        /** Lets these clients log in. */
        public Builder logins(Identities identities, boolean required) {
            parts.identities(identities);
            loginRequired = required;
            return this;
        }

        public Builder limits(TransportLimits value) {
            config.limits(value);
            return this;
        }

        public Builder rules(AccessRules value) {
            config.entrance(new GateConfig.Entrance(
                    value.allow(), value.deny(), value.proxyProtocol(), value.trustedProxies()));
            parts.tls(value.tls());
            return this;
        }

        public Builder threads(int value) {
            config.workerThreads(value);
            return this;
        }

        public Builder queueCapacity(int value) {
            config.queueCapacity(value);
            return this;
        }

        /** Of those requests that nothing else bounds, of any, and of all at once. */
        public Builder sizes(int unboundedPayload, int maxPayload, int requestMemory) {
            config.sizes(new GateConfig.RequestSizes(unboundedPayload, requestMemory))
                    .maxPayloadBytes(maxPayload);
            return this;
        }

        public Builder compression(Compression value, int thresholdBytes) {
            config.compression(value).compressionThresholdBytes(thresholdBytes);
            return this;
        }

        public Builder keptAnswerBytes(int value) {
            config.keptAnswerBytes(value);
            return this;
        }

        public Builder tracing(Tracing value) {
            parts.tracing(value);
            return this;
        }

        public Gate start() {
            return new Gate(this);
        }
    }
}
