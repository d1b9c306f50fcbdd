package io.framegate.server;

import io.framegate.client.FramegateClient;
import io.framegate.config.ConfigReader;
import io.framegate.config.DynamicConfig;
import io.framegate.config.GateConfig;
import io.framegate.config.ServerConfig;
import io.framegate.config.StartupChecks;
import io.framegate.gate.Gate;
import io.framegate.gate.GateBuilder;
import io.framegate.gate.GateInstance;
import io.framegate.gate.GateStarted;
import io.framegate.identity.ContainerIdentities;
import io.framegate.message.ApplicationMetrics;
import io.framegate.message.Compression;
import io.framegate.message.GateAddress;
import io.framegate.message.OwnLogin;
import io.framegate.message.Refusal;
import io.framegate.session.LoginResponse;
import io.framegate.session.TokenLoginRequest;
import io.framegate.telemetry.RequestSpans;
import io.framegate.tls.TlsContext;
import io.framegate.transport.CloseReason;
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
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
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
    static final String WORKER_THREADS = ServerConfig.OWN_EXECUTOR;

    private static final String NAME = name();

    private static final Logger LOG = System.getLogger(FramegateServer.class.getName());
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
    private Instance<ApplicationMetrics> figures;

    @Inject
    private Instance<Tracer> tracer;

    private final List<ApplicationMetrics> applications = new CopyOnWriteArrayList<>();
    private DynamicConfig live;
    private Gate gate;
    private volatile @Nullable InContext context; // since the port is about to be opened
    private volatile @Nullable Executor workers; // likewise
    private @Nullable ScheduledFuture<?> rereading;
    private int
            threadsMissing; // how many threads were wanted when it was last told that some are missing; the timer's own

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
        live = new DynamicConfig((overrides, started) -> ConfigReader.read(sources, overrides, started));
        GateConfig config = live.current().gate();
        GateBuilder builder = Gate.builder()
                .config(config)
                .name(NAME)
                .workers(() -> new RouteDiscovery(beans).find())
                .ioThreads(work -> inContext().newThread(threads, work))
                .executor(this::execute)
                .container(JakartaContext.of(beans));
        if (isTraced()) {
            LOG.log(Level.INFO, "Every request is traced, since {0} is false", TRACES_OFF);
            builder.tracing(new RequestSpans(tracer.get()));
        }
        gate = builder.build();
    }

    /**
     * Opens the port. It does so once, as the application starts: see {@link GateLifecycle}.
     *
     * @param given that the threads are to have
     * @throws IllegalStateException in words for a person; the deployment fails with them
     */
    public void open(InContext given) {
        ServerConfig config = live.current();
        StartupChecks check = check(config.gate());
        context = given;
        workers = executor(config, given);
        identities.use(config.gate().identity());
        gate.open();
        try {
            live.follow(changed -> gate.reconfigure(changed.gate()));
            rereading = timer.scheduleWithFixedDelay(this::look, REREAD_SECONDS, REREAD_SECONDS, TimeUnit.SECONDS);
            publish(config.gate(), check);
            startedEvent.fire(new GateStarted(instance()));
        } catch (RuntimeException e) {
            // A failed deployment must not keep the port.
            if (rereading != null) {
                rereading.cancel(false);
            }
            gate.closeNow();
            throw e;
        }
    }

    private InContext inContext() {
        return Objects.requireNonNull(context, "the application has not started");
    }

    private void execute(Runnable task) {
        Objects.requireNonNull(workers, "the application has not started").execute(task);
    }

    private boolean isTraced() {
        return !ConfigProvider.getConfig()
                        .getOptionalValue(TRACES_OFF, Boolean.class)
                        .orElse(true)
                && tracer.isResolvable();
    }

    /** What the sources of the configuration say now, and whether the executor keeps up with it. */
    private void look() {
        live.reread();
        int wanted = gate.queue().threads();
        int running = gate.queue().running();
        if (running >= wanted) {
            threadsMissing = 0;
        } else if (threadsMissing != wanted) {
            threadsMissing = wanted;
            LOG.log(Level.WARNING, StartupChecks.threadsMissing(live.current(), running));
        }
    }

    private static StartupChecks check(GateConfig config) {
        StartupChecks check = StartupChecks.of(config, ProcessLimits.read());
        if (!check.refusals().isEmpty()) {
            throw new IllegalStateException(String.join(" ", check.refusals()));
        }
        check.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        return check;
    }

    private void publish(GateConfig config, StartupChecks check) {
        figures.stream().sorted(Comparator.comparing(ApplicationMetrics::title)).forEach(applications::add);
        applications.forEach(application ->
                application.advice(config.workerThreads()).forEach(sentence -> LOG.log(Level.INFO, sentence)));
        new MetricsPublisher(metrics)
                .publish(
                        gate.info(), names(CloseReason.values()), names(Refusal.Code.values()), gauges(), applications);
        LOG.log(
                Level.INFO,
                "Framegate listens on tcp://{0}:{1}, {2} kinds of request, {3} worker threads",
                gate.address().getAddress().getHostAddress(),
                Integer.toString(gate.address().getPort()),
                Integer.toString(gate.routes().size()),
                Integer.toString(config.workerThreads()));
        LOG.log(
                Level.INFO,
                "Framegate {0}: at most {1} connections, {2} requests in work or waiting, {3} MiB"
                        + " for a request and {4} MiB of replies that a connection leaves unread; the heap has"
                        + " {5} MiB, of which idle connections can take {6} and one request {7}",
                Gate.VERSION,
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
        Optional<TlsContext> context = gate.tls();
        if (context.isEmpty()) {
            return config.insecureRemote()
                    ? "open to everybody who reaches it, without TLS, as framegate.listener.insecure-remote says"
                    : "reached from this machine alone, since it has no TLS";
        }
        TlsContext.State state = context.get().state();
        return "protected by TLS as " + state.subject() + " until " + state.validUntil() + "; certificates of clients: "
                + context.get().settings().clientCertificate();
    }

    private Map<String, Supplier<Number>> gauges() {
        Map<String, Supplier<Number>> gauges = new TreeMap<>();
        gauges.put("requests.pending.bytes", () -> gate.queue().requestBytes().used());
        gauges.put(
                "requests.memory.bytes", () -> gate.dispatcher().requestMemory().used());
        gauges.put(
                "requests.memory.limit", () -> gate.dispatcher().requestMemory().limit());
        gauges.put("replies.pending.bytes", () -> gate.listener().pendingReplyBytes());
        gauges.put("workers.busy", () -> gate.queue().busy());
        gauges.put("workers.queued", () -> gate.queue().outstanding());
        gauges.put("workers.overdue", () -> gate.queue().overdue());
        gauges.put("workers.threads", () -> gate.queue().threads());
        gauges.put("workers.running", () -> gate.queue().running());
        gauges.put("workers.capacity", () -> gate.queue().capacity());
        gauges.put("connections.limit", () -> gate.config().limits().maxConnections());
        gauges.put("serving", () -> gate.state() == Gate.State.SERVING ? 1 : 0);
        gauges.put("answers.kept.hits", () -> gate.keptAnswers().hits());
        gauges.put("answers.kept.misses", () -> gate.keptAnswers().misses());
        gauges.put("answers.kept", () -> gate.keptAnswers().size());
        gauges.put("answers.kept.bytes", () -> gate.keptAnswers().bytes());
        gauges.put("answers.kept.limit", () -> gate.keptAnswers().maxBytes());
        return gauges;
    }

    /** Answers what was accepted, then closes the port; bounded by the configured drain time: see {@link GateLifecycle}. */
    @PreDestroy
    public void stop() {
        if (rereading != null) {
            rereading.cancel(false);
        }
        gate.close();
    }

    /** The application server's executor, or one that makes a thread for each of the tasks, which live as long as the gate. */
    private static Executor executor(ServerConfig config, InContext context) {
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

    /** What clients are told. */
    private static String name() {
        String version = FramegateServer.class.getPackage().getImplementationVersion();
        return version == null ? "framegate" : "framegate " + version;
    }

    private static String mebi(long bytes) {
        return Long.toString(Math.round(bytes / 1048576.0));
    }

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::name).toList();
    }

    /** Where the port is, for the application's own beans. */
    @Produces
    public GateAddress address() {
        InetSocketAddress bound = gate.address();
        InetAddress host =
                bound.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound.getAddress();
        return new GateAddress(host.getHostAddress(), bound.getPort());
    }

    /** Says how answers are compressed at that moment that have no compression of their own; costs nothing to ask. */
    @Produces
    public Supplier<Compression> compression() {
        return () -> live.current().gate().compression();
    }

    /** By what the application's own clients log in, where this port answers nobody else; as it is at that moment. */
    @Produces
    public Supplier<Optional<OwnLogin>> ownLogin() {
        return () -> live.current().gate().identity().required()
                ? Optional.of(new OwnLogin(new TokenLoginRequest(identities.ownToken()), LoginResponse.class))
                : Optional.empty();
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
        gate.tls().ifPresent(context -> client.tls(context.ownClient()));
        return client.proxyProtocol(live.current().gate().entrance().proxyProtocol());
    }

    /** The gate with its settings, for its administration. */
    @Produces
    public GateInstance instance() {
        return new GateInstance(gate, live, applications);
    }
}
