package io.framegate.gate;

import io.framegate.config.GateConfig;
import io.framegate.dispatch.ContainerContext;
import io.framegate.dispatch.Dispatcher;
import io.framegate.dispatch.KeptAnswers;
import io.framegate.dispatch.Routes;
import io.framegate.dispatch.Tracing;
import io.framegate.dispatch.WorkQueue;
import io.framegate.message.Worker;
import io.framegate.metrics.RunningInfo;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloWorker;
import io.framegate.session.Identities;
import io.framegate.session.LoginWorker;
import io.framegate.session.Logins;
import io.framegate.session.SessionFacts;
import io.framegate.session.TokenLoginWorker;
import io.framegate.tls.TlsContext;
import io.framegate.tls.TlsFileException;
import io.framegate.transport.BoundPort;
import io.framegate.transport.EntranceRules;
import io.framegate.transport.Listener;
import io.framegate.wire.Envelope;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One TCP port with workers behind it.
 *
 * <pre>
 * public static void main(String[] args) {
 *     Gate gate = Gate.builder().worker(new WelcomeWorker()).open();
 *     Runtime.getRuntime().addShutdownHook(new Thread(gate::close));
 * }
 * </pre>
 *
 * <p><b>States.</b>
 *
 * <pre>
 * STARTING → SERVING      open
 * SERVING, DRAINING → PAUSED       pause
 * SERVING, PAUSED → DRAINING       drain
 * PAUSED, DRAINING → SERVING       resume
 * any → CLOSED       close, or an open that failed
 * </pre>
 *
 * <p><b>Threads.</b> Any.
 */
public final class Gate implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Gate.class.getName());
    private static final Duration WORKERS_END = Duration.ofSeconds(5);

    private final Builder parts;
    private final RunningInfo info;
    private final Envelope envelope;
    private final WorkQueue queue;
    private final KeptAnswers kept;
    private final @Nullable TlsContext tls;
    private volatile GateConfig config;
    private volatile State state = State.STARTING;
    private volatile @Nullable BoundPort port;
    private volatile @Nullable Routes routes;
    private volatile @Nullable Dispatcher dispatcher;
    private volatile @Nullable Listener listener;
    private @Nullable ExecutorService ownExecutor; // where nobody has given one
    private int drains; // how often it was told to drain; guarded by this

    /** Whether the gate takes requests. */
    public enum State {
        /** The port is not open yet. */
        STARTING,
        /** All of them. */
        SERVING,
        /** Those of the open connections; new ones are told to come later. */
        PAUSED,
        /** None; every connection ends once what it asked is answered. */
        DRAINING,
        /** The port is closed, for good. */
        CLOSED
    }

    private Gate(Builder parts) {
        this.parts = parts;
        config = parts.config;
        info = parts.info;
        tls = parts.tls == null ? loadTls(config) : parts.tls;
        envelope = new Envelope(config.maxPayloadBytes(), config.zlibLevel());
        queue = new WorkQueue(config.workerThreads(), config.queueCapacity());
        kept = new KeptAnswers(config.keptAnswerBytes());
    }

    /** Begins a gate. */
    public static Builder builder() {
        return new Builder();
    }

    private static @Nullable TlsContext loadTls(GateConfig config) {
        if (config.tls().isEmpty()) {
            return null;
        }
        try {
            return TlsContext.load(config.tls().get());
        } catch (TlsFileException e) {
            throw new IllegalStateException("Mend what framegate.tls.* points to: " + e.getMessage(), e);
        }
    }

    /**
     * Opens the port, once. Workers are made when it is bound, so that they may be given its {@link #address}.
     *
     * @return this
     * @throws IllegalStateException in words for a person, where the address can't be listened on, the workers contradict each other or
     *     the gate was opened before; it is closed then
     */
    public Gate open() {
        synchronized (this) {
            if (state != State.STARTING || port != null) {
                throw new IllegalStateException("A gate is opened once.");
            }
            port = bind(config, parts.ioThreads);
        }
        try {
            serve(port);
        } catch (RuntimeException e) {
            // Who could not open it must not keep the port.
            closeNow();
            throw e;
        }
        return this;
    }

    private static BoundPort bind(GateConfig config, ThreadFactory threads) {
        InetSocketAddress address = new InetSocketAddress(config.address(), config.port());
        if (address.isUnresolved()) {
            throw new IllegalStateException("Set framegate.listener.address to an address of this machine; \""
                    + config.address() + "\" is not known.");
        }
        config.requireProtection(address.getAddress());
        try {
            return BoundPort.bind(address, config.backlog(), threads, config.ioThreads());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The port tcp://" + config.address() + ":" + config.port() + " can't be opened (" + e.getMessage()
                            + "). Set framegate.listener.port to a free one, or framegate.listener.address to another"
                            + " address of this machine.",
                    e);
        }
    }

    private void serve(BoundPort bound) {
        Routes found = Routes.of(parts.found.get(), config.compression(), config.compressionThresholdBytes(), info);
        routes = found;
        Dispatcher made =
                new Dispatcher(found, queue, envelope, kept, facts(config), info, config.ioThreads(), parts.container);
        dispatcher = made;
        if (parts.tracing != null) {
            made.trace(parts.tracing);
        }
        configure(made, config);
        listener = Listener.open(bound, config.limits(), info, made, rules(config));
        synchronized (this) {
            state = State.SERVING;
        }
        made.start(executor());
        listener.later(made::prepare, Duration.ZERO);
    }

    private Executor executor() {
        if (parts.executor != null) {
            return parts.executor;
        }
        ExecutorService own = Executors.newCachedThreadPool(daemons("framegate-worker-"));
        ownExecutor = own;
        return own;
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger made = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + made.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Takes other settings, those alone that can change while the port is open: the others stay as they are. */
    public synchronized void reconfigure(GateConfig changed) {
        config = changed;
        Listener open = listener();
        open.changeLimits(changed.limits());
        open.changeRules(rules(changed));
        queue.resize(changed.workerThreads(), changed.queueCapacity());
        envelope.change(changed.maxPayloadBytes(), changed.zlibLevel());
        routes().compress(changed.compression(), changed.compressionThresholdBytes());
        dispatcher().changeFacts(facts(changed));
        configure(dispatcher(), changed);
        kept.change(changed.keptAnswerBytes());
    }

    private static void configure(Dispatcher dispatcher, GateConfig config) {
        dispatcher.logResponses(config.logResponses());
        dispatcher.workQuickWhereRead(config.quickWhereRead());
        dispatcher.limitRequests(config.workerDeadline(), config.maxElements());
        // A body that waits for a worker was copied out of what it was read into, and may be larger than its payload.
        int mostRead = config.limits().maxRequestBytes() / 17 * 8;
        dispatcher.limitSizes(
                config.sizes().payloadBytes(),
                Math.min(config.maxPayloadBytes(), mostRead),
                config.sizes().memoryBytes());
    }

    private SessionFacts facts(GateConfig config) {
        return new SessionFacts(
                parts.name,
                config.limits().maxBodyBytes(),
                config.limits().maxPipelined(),
                config.identity().required(),
                config.identity().certificateRoles());
    }

    private EntranceRules rules(GateConfig config) {
        GateConfig.Entrance entrance = config.entrance();
        return new EntranceRules(
                entrance.allow(), entrance.deny(), entrance.proxyProtocol(), entrance.trustedProxies(), tls);
    }

    /** Takes no new connections, until {@link #resume()}. What is connected goes on. */
    public synchronized void pause() {
        listener().pause();
        dispatcher().resume();
        become(State.PAUSED);
    }

    /**
     * Says that it is not ready, and after the configured delay takes no new connections, and ends those that are open once their
     * requests are answered, until {@link #resume()}. The delay is for whoever sends clients here, and asks now and then
     * whether it may.
     */
    public synchronized void drain() {
        if (state == State.DRAINING) {
            return;
        }
        become(State.DRAINING);
        Duration delay = config.drainDelay();
        int number = ++drains;
        if (delay.isZero()) {
            endConnections(number);
        } else {
            listener().later(() -> endConnections(number), delay);
        }
    }

    private synchronized void endConnections(int number) {
        // Or it was resumed in the meantime, and perhaps drained anew.
        if (state == State.DRAINING && number == drains) {
            listener().pause();
            dispatcher().drain(config.drainTimeout());
            listener().drainConnections();
        }
    }

    /** Takes connections and requests again. */
    public synchronized void resume() {
        dispatcher().resume();
        listener().resume();
        become(State.SERVING);
    }

    private void become(State next) {
        if (state == State.CLOSED) {
            throw new IllegalStateException("The gate is closed.");
        }
        LOG.log(Level.INFO, "Framegate is {0} now", next);
        state = next;
    }

    /** Answers what was accepted, then closes the port; bounded by the configured drain time. Closing twice does nothing. */
    @Override
    public void close() {
        Listener open = listener;
        synchronized (this) {
            if (state == State.CLOSED || open == null) {
                closeNow();
                return;
            }
            state = State.CLOSED;
        }
        long begun = System.nanoTime();
        dispatcher().drain(config.drainTimeout());
        int left = open.drain(config.drainTimeout());
        queue.close();
        try {
            if (!queue.awaitEnd(WORKERS_END)) {
                LOG.log(Level.WARNING, "Some workers still work {0} after the end of the port", WORKERS_END);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end();
        LOG.log(
                left == 0 ? Level.INFO : Level.WARNING,
                "Framegate is closed after {0} ms; {1} connections were cut off with replies outstanding",
                Long.toString((System.nanoTime() - begun) / 1_000_000),
                Integer.toString(left));
    }

    /** Closes the port and every connection at once, whatever is in work. */
    public void closeNow() {
        synchronized (this) {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
        }
        Listener open = listener;
        BoundPort bound = port;
        if (open != null) {
            open.close();
        } else if (bound != null) {
            bound.close();
        }
        queue.close();
        end();
    }

    private void end() {
        ExecutorService own = ownExecutor;
        if (own != null) {
            own.shutdownNow();
        }
        envelope.close();
    }

    /** Whether the gate takes requests. */
    public State state() {
        return state;
    }

    /**
     * Where it listens.
     *
     * @throws IllegalStateException before the port is bound
     */
    public InetSocketAddress address() {
        return opened(port, "The gate has no address yet: its port is not bound.")
                .address();
    }

    /** The settings in force. */
    public GateConfig config() {
        return config;
    }

    /**
     * Looks now whether the files of the certificate have changed, not at the next interval, and takes what is in them.
     *
     * @return nothing where the port speaks no TLS
     */
    public Optional<TlsContext.Reload> reloadCertificates() {
        return listener().reloadTls();
    }

    /** The certificate that the port shows, where it speaks TLS. */
    public Optional<TlsContext.State> certificate() {
        return tls().map(TlsContext::state);
    }

    /** What the port speaks TLS by, if it does. */
    public Optional<TlsContext> tls() {
        return Optional.ofNullable(tls);
    }

    /** What the gate has counted since its start. */
    public RunningInfo info() {
        return info;
    }

    /** The open port. */
    public Listener listener() {
        return opened(listener, "The gate is not open.");
    }

    /** What can be asked. */
    public Routes routes() {
        return opened(routes, "The gate is not open.");
    }

    /** The way from frames to workers. */
    public Dispatcher dispatcher() {
        return opened(dispatcher, "The gate is not open.");
    }

    /** The requests on their way to the workers. */
    public WorkQueue queue() {
        return queue;
    }

    /** The answers that may be given again. */
    public KeptAnswers keptAnswers() {
        return kept;
    }

    /** What bodies are opened and closed by. */
    public Envelope envelope() {
        return envelope;
    }

    private static <T> T opened(@Nullable T part, String otherwise) {
        if (part == null) {
            throw new IllegalStateException(otherwise);
        }
        return part;
    }

    /** What a gate is made of. Without workers it answers {@link HelloRequest} alone. */
    public static final class Builder {

        private final List<Routes.Found<?, ?>> workers = new ArrayList<>();
        private GateConfig config = GateConfig.DEFAULTS;
        private String name = "framegate";
        private RunningInfo info = new RunningInfo();
        private @Nullable Identities identities;
        private Supplier<List<Routes.Found<?, ?>>> found = this::withSession;
        private ThreadFactory ioThreads = daemons("framegate-io-");
        private @Nullable Executor executor;
        private @Nullable TlsContext tls;
        private @Nullable Tracing tracing;
        private ContainerContext container = ContainerContext.NONE;

        private Builder() {}

        /** The settings; {@link GateConfig#DEFAULTS} unless told otherwise. */
        public Builder config(GateConfig value) {
            config = value;
            return this;
        }

        /** A worker that is a class of its own, so that its type parameters can be read. */
        public Builder worker(Worker<?, ?> worker) {
            workers.add(Routes.Found.of(worker));
            return this;
        }

        /** A worker of these records, where its class does not tell them. */
        public <Q extends Record, A extends Record> Builder worker(
                Class<Q> request, Class<A> answer, Worker<Q, A> worker) {
            workers.add(new Routes.Found<>(worker.getClass().getName(), worker.getClass(), worker, request, answer));
            return this;
        }

        /** Who can log in. */
        public Builder identities(Identities value) {
            identities = value;
            return this;
        }

        /** Workers that are found when the port is bound, those of the session among them, in place of any others. */
        public Builder workers(Supplier<List<Routes.Found<?, ?>>> value) {
            found = value;
            return this;
        }

        /** Makes the threads that read and write; daemons unless told otherwise. */
        public Builder ioThreads(ThreadFactory value) {
            ioThreads = value;
            return this;
        }

        /** Runs the workers' long-lived tasks, one for each worker thread; daemons of the gate's own unless told otherwise. */
        public Builder executor(Executor value) {
            executor = value;
            return this;
        }

        /** What the port speaks TLS by, in place of what the settings say. */
        public Builder tls(@Nullable TlsContext value) {
            tls = value;
            return this;
        }

        /** Traces every request. */
        public Builder tracing(Tracing value) {
            tracing = value;
            return this;
        }

        /** What surrounds each request beside the gate's own care. */
        public Builder container(ContainerContext value) {
            container = value;
            return this;
        }

        /** What the gate calls itself to clients, its version included. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Where it counts. */
        public Builder info(RunningInfo value) {
            info = value;
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
         * Makes the gate, which does nothing before {@link Gate#open}.
         *
         * @throws IllegalStateException in words for a person, where the files of the certificate can't be used
         */
        public Gate build() {
            return new Gate(this);
        }

        /**
         * Makes the gate and opens its port.
         *
         * @throws IllegalStateException as {@link Gate#open} does
         */
        public Gate open() {
            return build().open();
        }
    }
}
