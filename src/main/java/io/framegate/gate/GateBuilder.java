package io.framegate.gate;

import io.framegate.config.GateConfig;
import io.framegate.dispatch.ContainerContext;
import io.framegate.dispatch.Routes;
import io.framegate.dispatch.Tracing;
import io.framegate.message.Worker;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloWorker;
import io.framegate.session.Identities;
import io.framegate.session.LoginWorker;
import io.framegate.session.Logins;
import io.framegate.session.TokenLoginWorker;
import io.framegate.tls.TlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Builds a {@link Gate}. Without workers it answers {@link HelloRequest} alone. */
public final class GateBuilder {

    private final List<Routes.Found<?, ?>> workers = new ArrayList<>();
    GateConfig config = GateConfig.DEFAULTS;
    String name = "framegate";
    private @Nullable Identities identities;
    Supplier<List<Routes.Found<?, ?>>> found = this::withSession;
    ThreadFactory ioThreads = daemons("framegate-io-");

    @Nullable
    Executor executor;

    @Nullable
    TlsContext tls;

    @Nullable
    Tracing tracing;

    ContainerContext container = ContainerContext.NONE;

    GateBuilder() {}

    /** The settings; {@link GateConfig#DEFAULTS} by default. */
    public GateBuilder config(GateConfig value) {
        config = value;
        return this;
    }

    /** Adds a worker whose class has its type parameters. */
    public GateBuilder worker(Worker<?, ?> worker) {
        workers.add(Routes.Found.of(worker));
        return this;
    }

    /** Adds a worker for these records, if its class has no type parameters, such as a lambda. */
    public <Q extends Record, A extends Record> GateBuilder worker(
            Class<Q> request, Class<A> answer, Worker<Q, A> worker) {
        workers.add(new Routes.Found<>(worker.getClass().getName(), worker.getClass(), worker, request, answer));
        return this;
    }

    /** Authenticates clients; nobody by default. */
    public GateBuilder identities(Identities value) {
        identities = value;
        return this;
    }

    /** Finds all workers when the port is bound, those of the session included; replaces all others. */
    public GateBuilder workers(Supplier<List<Routes.Found<?, ?>>> value) {
        found = value;
        return this;
    }

    /** Makes the threads that read and write; daemons by default. */
    public GateBuilder ioThreads(ThreadFactory value) {
        ioThreads = value;
        return this;
    }

    /** Runs the workers' long-lived tasks, one for each worker thread; daemons of the gate's own by default. */
    public GateBuilder executor(Executor value) {
        executor = value;
        return this;
    }

    /** The TLS context, instead of the settings'. */
    public GateBuilder tls(@Nullable TlsContext value) {
        tls = value;
        return this;
    }

    /** Traces every request. */
    public GateBuilder tracing(Tracing value) {
        tracing = value;
        return this;
    }

    /** What a container adds to each request. */
    public GateBuilder container(ContainerContext value) {
        container = value;
        return this;
    }

    /** The gate's name and version, for clients. */
    public GateBuilder name(String value) {
        name = value;
        return this;
    }

    private List<Routes.Found<?, ?>> withSession() {
        List<Routes.Found<?, ?>> all = new ArrayList<>(workers);
        all.add(Routes.Found.of(new HelloWorker()));
        if (identities != null) {
            Logins logins = new Logins(identities);
            all.add(Routes.Found.of(new LoginWorker(logins)));
            all.add(Routes.Found.of(new TokenLoginWorker(logins)));
        }
        return all;
    }

    /**
     * Builds the gate, without opening its port.
     *
     * @throws IllegalStateException in words for people, if the files of the certificate can't be used
     */
    public Gate build() {
        return new Gate(this);
    }

    /**
     * Builds the gate and opens its port.
     *
     * @throws IllegalStateException as {@link Gate#open} does
     */
    public Gate open() {
        return build().open();
    }

    static ThreadFactory daemons(String name) {
        AtomicInteger made = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + made.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
