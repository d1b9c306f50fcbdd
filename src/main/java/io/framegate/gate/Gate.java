package io.framegate.gate;

import io.framegate.config.GateConfig;
import io.framegate.dispatch.Dispatcher;
import io.framegate.dispatch.ResponseCache;
import io.framegate.dispatch.Routes;
import io.framegate.dispatch.WorkerPool;
import io.framegate.metrics.GateMetrics;
import io.framegate.session.ServerCapabilities;
import io.framegate.tls.TlsContext;
import io.framegate.tls.TlsFileException;
import io.framegate.transport.AccessRules;
import io.framegate.transport.BoundPort;
import io.framegate.transport.Listener;
import io.framegate.wire.Envelope;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * A TCP port with workers behind it; it needs no container. {@link State} has its life.
 *
 * <pre>
 * public static void main(String[] args) {
 *     Gate gate = Gate.builder().worker(new WelcomeWorker()).open();
 *     Runtime.getRuntime().addShutdownHook(new Thread(gate::close));
 * }
 * </pre>
 *
 * <p><b>Threads.</b> Any.
 */
public final class Gate implements AutoCloseable {

    /** The gate's version. */
    public static final String VERSION = version();

    private static final Logger LOG = System.getLogger(Gate.class.getName());
    private static final Duration WORKERS_END = Duration.ofSeconds(5);

    private final GateBuilder parts; // not shared
    private final GateMetrics info = new GateMetrics();
    private final Envelope envelope;
    private final WorkerPool queue;
    private final ResponseCache kept;
    private final @Nullable TlsContext tls;
    private volatile GateConfig config;
    private volatile State state = State.STARTING;
    private volatile @Nullable BoundPort port;
    private volatile @Nullable Routes routes;
    private volatile @Nullable Dispatcher dispatcher;
    private volatile @Nullable Listener listener;
    private @Nullable ExecutorService ownExecutor; // null if one was given
    private boolean opened; // or tried to; guarded by this
    private int drains; // number of drains; guarded by this

    /**
     * Whether the gate takes requests.
     *
     * <pre>
     *  from                        to        by
     *  STARTING                    SERVING   {@link Gate#open}
     *  SERVING, PAUSED, DRAINING   PAUSED    {@link Gate#pause}
     *  SERVING, PAUSED             DRAINING  {@link Gate#drain}
     *  PAUSED, DRAINING            SERVING   {@link Gate#resume}
     *  any but CLOSED              CLOSED    {@link Gate#close}, {@link Gate#closeNow}, an {@code open} that failed
     * </pre>
     */
    public enum State {
        /** The port is not open yet. */
        STARTING,
        /** Takes all connections and requests. */
        SERVING,
        /** Takes requests of open connections; rejects new connections. */
        PAUSED,
        /** Takes no requests; closes each connection once its requests are answered. */
        DRAINING,
        /** The port is closed, for good. */
        CLOSED;

        /** Whether the port is open. */
        boolean isOpen() {
            return this == SERVING || this == PAUSED || this == DRAINING;
        }
    }

    Gate(GateBuilder parts) {
        this.parts = parts;
        config = parts.config;
        tls = parts.tls == null ? loadTls(config) : parts.tls;
        envelope = new Envelope(config.maxPayloadBytes(), config.zlibLevel());
        queue = new WorkerPool(config.workerThreads(), config.queueCapacity());
        kept = new ResponseCache(config.keptAnswerBytes());
    }

    /** Begins a gate. */
    public static GateBuilder builder() {
        return new GateBuilder();
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
     * Opens the port, once. Workers are made after the port is bound, so that they can have its {@link #address}.
     *
     * @return this
     * @throws IllegalStateException in words for people, if the address can't be listened on, the workers contradict each other or
     *     the gate was opened before; the gate is closed then
     */
    public Gate open() {
        synchronized (this) {
            if (opened || state != State.STARTING) {
                throw new IllegalStateException("A gate is opened once.");
            }
            opened = true;
        }
        try {
            BoundPort bound = bind(config, parts.ioThreads);
            port = bound;
            serve(bound);
        } catch (RuntimeException e) {
            // A failed open must not keep the port.
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
        synchronized (this) {
            if (state == State.CLOSED) {
                throw new IllegalStateException("The gate was closed while it was opened.");
            }
            Listener open = Listener.open(bound, config.limits(), info, made, rules(config));
            listener = open;
            state = State.SERVING;
            made.start(executor());
            open.later(made::prepare, Duration.ZERO);
        }
    }

    private Executor executor() {
        if (parts.executor != null) {
            return parts.executor;
        }
        ExecutorService own = Executors.newCachedThreadPool(GateBuilder.daemons("framegate-worker-"));
        ownExecutor = own;
        return own;
    }

    /**
     * Applies those settings that can change while the port is open; the others stay as they are.
     *
     * @throws IllegalStateException if the gate is not open
     */
    public synchronized void reconfigure(GateConfig changed) {
        requireOpen();
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
        dispatcher.runFastInline(config.inlineFast());
        dispatcher.limitRequests(config.workerDeadline(), config.maxElements());
        // A queued body was copied out of the read buffer, and may be larger than its payload.
        int mostRead = config.limits().maxRequestBytes() / 17 * 8;
        dispatcher.limitSizes(
                config.sizes().payloadBytes(),
                Math.min(config.maxPayloadBytes(), mostRead),
                config.sizes().memoryBytes());
    }

    private ServerCapabilities facts(GateConfig config) {
        return new ServerCapabilities(
                parts.name,
                config.limits().maxBodyBytes(),
                config.limits().maxPipelined(),
                config.identity().required(),
                config.identity().certificateRoles());
    }

    private AccessRules rules(GateConfig config) {
        GateConfig.Entrance entrance = config.entrance();
        return new AccessRules(
                entrance.allow(), entrance.deny(), entrance.proxyProtocol(), entrance.trustedProxies(), tls);
    }

    /**
     * Rejects new connections until {@link #resume()}; open ones go on.
     *
     * @throws IllegalStateException if the gate is not open
     */
    public synchronized void pause() {
        requireOpen();
        listener().pause();
        dispatcher().resume();
        become(State.PAUSED);
    }

    /**
     * Becomes not ready at once; after the configured delay rejects new connections and closes open ones once their requests are
     * answered, until {@link #resume()}. The delay gives load balancers time to notice.
     *
     * @throws IllegalStateException if the gate is not open
     */
    public synchronized void drain() {
        requireOpen();
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
        // It may have been resumed in the meantime, and drained again.
        if (state == State.DRAINING && number == drains) {
            listener().pause();
            dispatcher().drain(config.drainTimeout());
            listener().drainConnections();
        }
    }

    /**
     * Takes connections and requests again.
     *
     * @throws IllegalStateException if the gate is not open
     */
    public synchronized void resume() {
        requireOpen();
        dispatcher().resume();
        listener().resume();
        become(State.SERVING);
    }

    private void requireOpen() {
        if (!state.isOpen()) {
            throw new IllegalStateException("The gate is not open.");
        }
    }

    private void become(State next) {
        LOG.log(Level.INFO, "Framegate is {0} now", next);
        state = next;
    }

    /** Answers accepted requests, then closes the port, within the configured drain timeout. Closing twice does nothing. */
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
                LOG.log(Level.WARNING, "Some workers still run {0} after the port was closed", WORKERS_END);
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

    /** Closes the port and every connection at once, without waiting for running requests. */
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

    /** A snapshot of its state. */
    public GateStatus status() {
        Listener open = listener;
        Dispatcher behind = dispatcher;
        Routes found = routes;
        return new GateStatus(
                state,
                open != null && open.isOpen(),
                Optional.ofNullable(port).map(BoundPort::address),
                found == null ? 0 : found.size(),
                new GateStatus.Connections(
                        open == null ? 0 : open.connectionCount(),
                        config.limits().maxConnections()),
                new GateStatus.Workers(
                        queue.threads(),
                        queue.running(),
                        queue.busy(),
                        queue.outstanding(),
                        queue.capacity(),
                        queue.overdue()),
                new GateStatus.Pending(
                        queue.requestBytes().used(),
                        open == null ? 0 : open.pendingReplyBytes(),
                        behind == null ? 0 : behind.requestMemory().used(),
                        behind == null ? 0 : behind.requestMemory().limit()),
                new GateStatus.Cache(kept.size(), kept.bytes(), kept.maxBytes(), kept.hits(), kept.misses()));
    }

    /**
     * The address that the port listens on.
     *
     * @throws IllegalStateException before the port is bound
     */
    public InetSocketAddress address() {
        return present(port, "The gate has no address yet: its port is not bound.")
                .address();
    }

    /** The settings in force. */
    public GateConfig config() {
        return config;
    }

    /**
     * Reloads the certificate's files now if they have changed, not at the next interval.
     *
     * @return empty without TLS
     */
    public Optional<TlsContext.Reload> reloadCertificates() {
        return listener().reloadTls();
    }

    /** The certificate of the port; empty without TLS. */
    public Optional<TlsContext.State> certificate() {
        return tls().map(TlsContext::state);
    }

    /** The TLS context; empty without TLS. */
    public Optional<TlsContext> tls() {
        return Optional.ofNullable(tls);
    }

    /** The counters since the start. */
    public GateMetrics info() {
        return info;
    }

    /** The open port. */
    public Listener listener() {
        return present(listener, "The gate is not open.");
    }

    /** The kinds of request. */
    public Routes routes() {
        return present(routes, "The gate is not open.");
    }

    /** Dispatches frames to workers. */
    public Dispatcher dispatcher() {
        return present(dispatcher, "The gate is not open.");
    }

    /** The worker pool and its queue. */
    public WorkerPool queue() {
        return queue;
    }

    /** The response cache. */
    public ResponseCache keptAnswers() {
        return kept;
    }

    /** Compresses and decompresses bodies. */
    public Envelope envelope() {
        return envelope;
    }

    private static <T> T present(@Nullable T part, String otherwise) {
        if (part == null) {
            throw new IllegalStateException(otherwise);
        }
        return part;
    }

    private static String version() {
        try (InputStream properties = Gate.class.getResourceAsStream("version.properties")) {
            Properties read = new Properties();
            read.load(properties);
            return read.getProperty("version", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
