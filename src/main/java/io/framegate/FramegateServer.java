package io.framegate;

import io.framegate.client.FramegateClient;
import io.framegate.config.ConfigReader;
import io.framegate.config.GateConfig;
import io.framegate.config.LiveConfig;
import io.framegate.config.SelfCheck;
import io.framegate.dispatch.Dispatcher;
import io.framegate.dispatch.KeptAnswers;
import io.framegate.dispatch.RouteDiscovery;
import io.framegate.dispatch.Routes;
import io.framegate.dispatch.WorkQueue;
import io.framegate.identity.ContainerIdentities;
import io.framegate.message.Compression;
import io.framegate.message.Figures;
import io.framegate.message.GateAddress;
import io.framegate.message.Refusal;
import io.framegate.metrics.MetricsPublisher;
import io.framegate.metrics.RunningInfo;
import io.framegate.session.SessionFacts;
import io.framegate.telemetry.RequestSpans;
import io.framegate.tls.TlsContext;
import io.framegate.tls.TlsFileException;
import io.framegate.transport.AddressRanges;
import io.framegate.transport.BoundPort;
import io.framegate.transport.CloseReason;
import io.framegate.transport.EntranceRules;
import io.framegate.transport.Listener;
import io.framegate.wire.Envelope;
import io.opentelemetry.api.trace.Tracer;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.concurrent.ManagedThreadFactoryDefinition;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The gate's life in the container: opens the port when the application starts, drains it when it stops. The only EJB.
 *
 * <p>Its threads carry the application's naming, class loader and transactions, as {@link GateLifecycle} hands them over: a thread
 * that the container does not know has none to hand on.
 */
@Startup
@Singleton
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
@ManagedThreadFactoryDefinition(name = FramegateServer.THREADS)
@ManagedThreadFactoryDefinition(name = FramegateServer.WORKER_THREADS)
public class FramegateServer {

    /** The JNDI name of the threads that read and write. */
    static final String THREADS = "java:app/concurrent/framegate-io";

    /**
     * The JNDI name of the threads that workers run on. They are not those of an executor that the application defines, since Payara
     * leaves these, and with them the application's classes, behind when it is undeployed.
     */
    static final String WORKER_THREADS = GateConfig.OWN_EXECUTOR;

    /** The gate's version. */
    public static final String VERSION = version();

    private static final Logger LOG = System.getLogger(FramegateServer.class.getName());
    private static final Duration WORKERS_END = Duration.ofSeconds(5);
    private static final long REREAD_SECONDS = 5;

    /** MicroProfile Telemetry's own switch. */
    private static final String TRACES_OFF = "otel.sdk.disabled";

    @Resource(lookup = THREADS)
    private ManagedThreadFactory threads;

    @Resource
    private ManagedScheduledExecutorService timer;

    @Inject
    private BeanManager beans;

    @Inject
    private MetricRegistry metrics;

    @Inject
    private ContainerIdentities identities;

    @Inject
    private Event<GateStarted> startedEvent;

    @Inject
    private Instance<Figures> figures;

    @Inject
    private Instance<Tracer> tracer;

    private final RunningInfo info = new RunningInfo();
    private List<Figures> guests = List.of();
    private LiveConfig live;
    private Routes routes;
    private Envelope envelope;
    private WorkQueue queue;
    private KeptAnswers kept;
    private Dispatcher dispatcher;
    private @Nullable TlsContext tls;
    private @Nullable BoundPort port;
    private Listener listener; // null until the port is open
    private @Nullable ScheduledFuture<?> rereading;
    private int
            threadsMissing; // how many threads were wanted when it was last told that some are missing; the timer's own
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile State state = State.STARTING;
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
        DRAINING
    }

    /** Makes threads that have the context of whoever hands this over. */
    public interface InContext {

        /** A thread of the factory. */
        Thread newThread(ThreadFactory factory, Runnable work);

        /** Runs a task on a thread of the executor. */
        void execute(Executor executor, Runnable task);
    }

    /**
     * Reads the configuration, so that the deployment fails with what is wrong with it.
     *
     * @throws IllegalStateException or {@link io.framegate.config.InvalidConfigException} in words for a person
     */
    @PostConstruct
    void start() {
        Config sources = ConfigProvider.getConfig();
        live = new LiveConfig((overrides, started) -> ConfigReader.read(sources, overrides, started));
    }

    /**
     * Opens the port. It does so once, as the application starts: see {@link GateLifecycle}.
     *
     * @param context that the threads are to have
     * @throws IllegalStateException in words for a person; the deployment fails with them
     */
    public void open(InContext context) {
        GateConfig config = live.current();
        SelfCheck check = check(config);
        envelope = new Envelope(config.maxPayloadBytes(), config.zlibLevel());
        queue = new WorkQueue(config.workerThreads(), config.queueCapacity());
        identities.use(config.identity());
        kept = new KeptAnswers(config.keptAnswerBytes());
        tls = tls(config);
        Executor executor = executor(config, context);
        // Bound before there are workers, to which the address may be injected.
        port = bind(config, work -> context.newThread(threads, work));
        try {
            open(config, check, executor);
        } catch (RuntimeException e) {
            // A failed deployment must not keep the port.
            stopped.set(true);
            if (rereading != null) {
                rereading.cancel(false);
            }
            if (listener == null) {
                port.close();
            } else {
                listener.close();
            }
            queue.close();
            envelope.close();
            throw e;
        }
    }

    private void open(GateConfig config, SelfCheck check, Executor executor) {
        routes = Routes.of(
                new RouteDiscovery(beans).find(), config.compression(), config.compressionThresholdBytes(), info);
        dispatcher = new Dispatcher(
                routes, queue, envelope, kept, facts(config), info, config.ioThreads(), JakartaContext.of(beans));
        dispatcher.logResponses(config.logResponses());
        dispatcher.workQuickWhereRead(config.quickWhereRead());
        dispatcher.limitRequests(config.workerDeadline(), config.maxElements());
        limitSizes(config);
        if (!ConfigProvider.getConfig()
                        .getOptionalValue(TRACES_OFF, Boolean.class)
                        .orElse(true)
                && tracer.isResolvable()) {
            dispatcher.trace(new RequestSpans(tracer.get()));
            LOG.log(Level.INFO, "Every request is traced, since {0} is false", TRACES_OFF);
        }
        listener = Listener.open(port, config.limits(), info, dispatcher, entrance(config));
        state = State.SERVING;
        live.follow(this::changed);
        rereading = timer.scheduleWithFixedDelay(this::look, REREAD_SECONDS, REREAD_SECONDS, TimeUnit.SECONDS);
        serve(config, check, executor);
        timer.execute(dispatcher::prepare);
        startedEvent.fire(new GateStarted(this));
    }

    /** What the sources of the configuration say now, and whether the executor keeps up with it. */
    private void look() {
        live.reread();
        int wanted = queue.threads();
        int running = queue.running();
        if (running >= wanted) {
            threadsMissing = 0;
        } else if (threadsMissing != wanted) {
            threadsMissing = wanted;
            LOG.log(Level.WARNING, SelfCheck.threadsMissing(live.current(), running));
        }
    }

    private static SelfCheck check(GateConfig config) {
        SelfCheck check = SelfCheck.of(config, ProcessLimits.read());
        if (!check.refusals().isEmpty()) {
            throw new IllegalStateException(String.join(" ", check.refusals()));
        }
        check.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        return check;
    }

    private void serve(GateConfig config, SelfCheck check, Executor executor) {
        dispatcher.start(executor);
        guests = figures.stream().sorted(Comparator.comparing(Figures::title)).toList();
        guests.forEach(
                guest -> guest.advice(config.workerThreads()).forEach(sentence -> LOG.log(Level.INFO, sentence)));
        new MetricsPublisher(metrics)
                .publish(info, names(CloseReason.values()), names(Refusal.Code.values()), gauges(), guests);
        LOG.log(
                Level.INFO,
                "Framegate listens on tcp://{0}:{1}, {2} kinds of request, {3} worker threads",
                listener.address().getAddress().getHostAddress(),
                Integer.toString(listener.address().getPort()),
                Integer.toString(routes.size()),
                Integer.toString(config.workerThreads()));
        LOG.log(
                Level.INFO,
                "Framegate {0}: at most {1} connections, {2} requests in work or waiting, {3} MiB"
                        + " for a request and {4} MiB of replies that a connection leaves unread; the heap has"
                        + " {5} MiB, of which idle connections can take {6} and one request {7}",
                VERSION,
                Integer.toString(config.limits().maxConnections()),
                Integer.toString(config.queueCapacity()),
                mebi(config.limits().maxBodyBytes()),
                mebi(config.limits().maxPendingReplyBytes()),
                mebi(Runtime.getRuntime().maxMemory()),
                mebi(check.idleBytes()),
                mebi(check.requestBytes()));
        LOG.log(Level.INFO, "The port is {0}", protection(config));
    }

    private String protection(GateConfig config) {
        TlsContext context = tls;
        if (context == null) {
            return config.insecureRemote()
                    ? "open to everybody who reaches it, without TLS, as framegate.listener.insecure-remote says"
                    : "reached from this machine alone, since it has no TLS";
        }
        TlsContext.State state = context.state();
        return "protected by TLS as " + state.subject() + " until " + state.validUntil() + "; certificates of clients: "
                + context.settings().clientCertificate();
    }

    private Map<String, Supplier<Number>> gauges() {
        Map<String, Supplier<Number>> gauges = new TreeMap<>();
        gauges.put("requests.pending.bytes", () -> queue.requestBytes().used());
        gauges.put("requests.memory.bytes", () -> dispatcher.requestMemory().used());
        gauges.put("requests.memory.limit", () -> dispatcher.requestMemory().limit());
        gauges.put("replies.pending.bytes", () -> listener.pendingReplyBytes());
        gauges.put("workers.busy", queue::busy);
        gauges.put("workers.queued", queue::outstanding);
        gauges.put("workers.overdue", queue::overdue);
        gauges.put("workers.threads", queue::threads);
        gauges.put("workers.running", queue::running);
        gauges.put("workers.capacity", queue::capacity);
        gauges.put("connections.limit", () -> live.current().limits().maxConnections());
        gauges.put("serving", () -> state == State.SERVING ? 1 : 0);
        gauges.put("answers.kept.hits", kept::hits);
        gauges.put("answers.kept.misses", kept::misses);
        gauges.put("answers.kept", kept::size);
        gauges.put("answers.kept.bytes", kept::bytes);
        gauges.put("answers.kept.limit", kept::maxBytes);
        return gauges;
    }

    /** Tells every part what it has to know of another configuration. */
    private void changed(GateConfig config) {
        listener.changeLimits(config.limits());
        listener.changeRules(entrance(config));
        queue.resize(config.workerThreads(), config.queueCapacity());
        dispatcher.workQuickWhereRead(config.quickWhereRead());
        dispatcher.limitRequests(config.workerDeadline(), config.maxElements());
        limitSizes(config);
        envelope.change(config.maxPayloadBytes(), config.zlibLevel());
        routes.compress(config.compression(), config.compressionThresholdBytes());
        dispatcher.changeFacts(facts(config));
        dispatcher.logResponses(config.logResponses());
        kept.change(config.keptAnswerBytes());
    }

    private void limitSizes(GateConfig config) {
        // A body that waits for a worker was copied out of what it was read into, and may be larger than its payload.
        int mostRead = config.limits().maxRequestBytes() / 17 * 8;
        dispatcher.limitSizes(
                config.sizes().payloadBytes(),
                Math.min(config.maxPayloadBytes(), mostRead),
                config.sizes().memoryBytes());
    }

    private static SessionFacts facts(GateConfig config) {
        String version = FramegateServer.class.getPackage().getImplementationVersion();
        return new SessionFacts(
                version == null ? "framegate" : "framegate " + version,
                config.limits().maxBodyBytes(),
                config.limits().maxPipelined(),
                config.identity().required(),
                config.identity().certificateRoles());
    }

    /** Takes no new connections, until {@link #resume()}. What is connected goes on. */
    public synchronized void pause() {
        listener.pause();
        dispatcher.resume();
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
        Duration delay = live.current().drainDelay();
        int number = ++drains;
        if (delay.isZero()) {
            endConnections(number);
        } else {
            listener.later(() -> endConnections(number), delay);
        }
    }

    private synchronized void endConnections(int number) {
        // Or it was resumed in the meantime, and perhaps drained anew.
        if (state == State.DRAINING && number == drains) {
            listener.pause();
            dispatcher.drain(live.current().drainTimeout());
            listener.drainConnections();
        }
    }

    /** Takes connections and requests again. */
    public synchronized void resume() {
        dispatcher.resume();
        listener.resume();
        become(State.SERVING);
    }

    /**
     * Looks now whether the files of the certificate have changed, not at the next interval, and takes what is in them.
     *
     * @return nothing where the port speaks no TLS
     */
    public Optional<TlsContext.Reload> reloadCertificates() {
        return listener.reloadTls();
    }

    /** The certificate that the port shows, where it speaks TLS. */
    public Optional<TlsContext.State> certificate() {
        return Optional.ofNullable(tls).map(TlsContext::state);
    }

    private void become(State next) {
        LOG.log(Level.INFO, "Framegate is {0} now", next);
        state = next;
    }

    /** Every kind of request and its answer. */
    public List<Routes.Entry> catalog() {
        return routes.catalog();
    }

    /** Whether the gate takes requests. */
    public State state() {
        return state;
    }

    /**
     * Answers what was accepted, then closes the port; bounded by the configured drain time. It does so once, however often it is
     * called: see {@link GateLifecycle}.
     */
    @PreDestroy
    public void stop() {
        if (!stopped.compareAndSet(false, true) || listener == null || rereading == null) {
            return;
        }
        long begun = System.nanoTime();
        rereading.cancel(false);
        dispatcher.drain(live.current().drainTimeout());
        int left = listener.drain(live.current().drainTimeout());
        queue.close();
        try {
            if (!queue.awaitEnd(WORKERS_END)) {
                LOG.log(Level.WARNING, "Some workers still work {0} after the end of the port", WORKERS_END);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        envelope.close();
        LOG.log(
                left == 0 ? Level.INFO : Level.WARNING,
                "Framegate is closed after {0} ms; {1} connections were cut off with replies outstanding",
                Long.toString((System.nanoTime() - begun) / 1_000_000),
                Integer.toString(left));
    }

    /** The application server's executor, or one that makes a thread for each of the tasks, which live as long as the gate. */
    private static Executor executor(GateConfig config, InContext context) {
        try {
            Object found = InitialContext.doLookup(config.executor());
            if (found instanceof ManagedThreadFactory factory) {
                return task -> context.newThread(factory, task).start();
            }
            ManagedExecutorService executor = (ManagedExecutorService) found;
            return task -> context.execute(executor, task);
        } catch (NamingException | ClassCastException e) {
            throw new IllegalStateException(
                    "Set framegate.workers.executor to the JNDI name of a managed executor of the application server; \""
                            + config.executor() + "\" is none.",
                    e);
        }
    }

    private @Nullable TlsContext tls(GateConfig config) {
        if (config.tls().isEmpty()) {
            return null;
        }
        try {
            return TlsContext.load(config.tls().get());
        } catch (TlsFileException e) {
            throw new IllegalStateException("Mend what framegate.tls.* points to: " + e.getMessage(), e);
        }
    }

    private EntranceRules entrance(GateConfig config) {
        GateConfig.Entrance entrance = config.entrance();
        return new EntranceRules(
                AddressRanges.of(entrance.allow()),
                AddressRanges.of(entrance.deny()),
                entrance.proxyProtocol(),
                AddressRanges.of(entrance.trustedProxies()),
                tls);
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

    private static String version() {
        try (InputStream properties = FramegateServer.class.getResourceAsStream("version.properties")) {
            Properties read = new Properties();
            read.load(properties);
            return read.getProperty("version", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String mebi(long bytes) {
        return Long.toString(Math.round(bytes / 1048576.0));
    }

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::name).toList();
    }

    /** What the gate has counted since its start. */
    public RunningInfo info() {
        return info;
    }

    /** Where the port is, for the application's own beans. */
    @Produces
    public GateAddress address() {
        if (port == null) {
            throw new IllegalStateException(
                    "The gate has no address yet: its port is bound when the web part of the application starts.");
        }
        InetSocketAddress bound = port.address();
        InetAddress host =
                bound.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound.getAddress();
        return new GateAddress(host.getHostAddress(), bound.getPort());
    }

    /** Says how answers are compressed at that moment that have no compression of their own; costs nothing to ask. */
    @Produces
    public Supplier<Compression> compression() {
        return () -> config().compression();
    }

    /**
     * A client of this port for the application's own beans: it has the address, and what TLS and the PROXY protocol
     * want, if they are on.
     */
    @Produces
    public FramegateClient.Builder client() {
        GateAddress own = address();
        FramegateClient.Builder client =
                FramegateClient.builder().host(own.host()).port(own.port());
        TlsContext context = tls;
        if (context != null) {
            client.tls(context.ownClient());
        }
        return client.proxyProtocol(live.current().entrance().proxyProtocol());
    }

    /** What the port speaks TLS by, if it does; {@link #reloadCertificates} has it look at its files. */
    public Optional<TlsContext> tlsContext() {
        return Optional.ofNullable(tls);
    }

    /** The settings in force. */
    public GateConfig config() {
        return live.current();
    }

    /** The settings in force with their sources, and how to change them. */
    public LiveConfig liveConfig() {
        return live;
    }

    /** The open port. */
    public Listener listener() {
        return listener;
    }

    /** What can be asked. */
    public Routes routes() {
        return routes;
    }

    /** What applications count of their own. */
    public List<Figures> guests() {
        return guests;
    }

    /** The answers that may be given again. */
    public KeptAnswers keptAnswers() {
        return kept;
    }

    /** The requests on their way to the workers. */
    public WorkQueue queue() {
        return queue;
    }
}
