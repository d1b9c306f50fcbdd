package io.framegate.transport;

import io.framegate.message.Refusal;
import io.framegate.metrics.GateMetrics;
import io.framegate.metrics.LimitKind;
import io.framegate.metrics.LogRateLimiter;
import io.framegate.tls.TlsBuffers;
import io.framegate.tls.TlsContext;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousSocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The open port: accepts connections up to the limit, checks their deadlines, and drains them at the end.
 *
 * <p><b>Threads.</b> A channel group of its own, with a fixed number of threads from the given factory: each waits for
 * events and handles them, so any of them may read any connection; those that the load does not need
 * {@linkplain IoThreads park}. One more thread {@linkplain Acceptor accepts} if many connections are open, and one is the watchdog: it
 * checks deadlines and polls pending writes. With TLS a few more sign and verify for handshakes, so that no read waits for that.
 *
 * <p><b>Limits.</b> A connection over the limit is sent an error and closed; the client has the linger timeout to read it.
 */
public final class Listener implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Listener.class.getName());

    /** To be called before the first channel is opened, which is when the JDK reads the property. */
    static void disableSynchronousRead() {
        // Otherwise the JDK tries each read synchronously first, which finds nothing while the client waits for its
        // reply:
        // one of the four or five system calls of a small request.
        if (System.getProperty("sun.nio.ch.disableSynchronousRead") == null) {
            System.setProperty("sun.nio.ch.disableSynchronousRead", "true");
        }
    }

    private static final long DEADLINE_CHECK_MILLIS = 100;
    private static final long DRAIN_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(DEADLINE_CHECK_MILLIS);
    private static final long PENDING_WRITE_CHECK_MILLIS = 2;
    private static final long TERMINATION_MILLIS = 2000;

    private final GateMetrics info;
    private final FrameHandler.Factory sinks;
    private final AsynchronousChannelGroup group;
    private final InetSocketAddress address;
    private final ScheduledThreadPoolExecutor watch;
    /** A field, so that its classes are loaded before shutdown: a class loader that is stopping loads none. */
    private static final Consumer<Handshake> DRAIN_HANDSHAKE = handshake -> handshake.close(CloseReason.DRAINED);

    /** At most so many rejected connections are sent an error; further ones are just closed. */
    private static final int MAX_REJECTED = 512;

    private final WriteBuffers writeBuffers;
    private final IoThreads ioThreads;
    private final ProcessClock clock = new ProcessClock(System::nanoTime);
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final Map<InetAddress, Integer> openByAddress = new ConcurrentHashMap<>();
    private final ByteBudget replyBytes = new ByteBudget();
    private final AtomicInteger rejected =
            new AtomicInteger(); // rejected connections whose client may still read the error
    private final LogRateLimiter acceptFaults = new LogRateLimiter();
    private final LogRateLimiter faults = new LogRateLimiter();
    private final LogRateLimiter lookFaults = new LogRateLimiter();
    private final LogRateLimiter revocations = new LogRateLimiter();
    private final Queue<Connection> pendingWrites = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean pendingWritesWatched = new AtomicBoolean();
    private volatile TransportLimits limits;
    private volatile boolean paused;
    private volatile AccessRules rules;
    private final TlsBuffers tlsBuffers;
    private final @Nullable ThreadPoolExecutor handshakeExecutor;
    private final Set<Handshake> pendingHandshakes = ConcurrentHashMap.newKeySet();
    private final Set<Handshake> tlsHandshakes = new LinkedHashSet<>(); // oldest first; guarded by itself
    private volatile boolean closed;
    private final Acceptor acceptor;
    private long lastConnectionId; // accepting thread

    private Listener(
            BoundPort port, TransportLimits limits, GateMetrics info, FrameHandler.Factory sinks, AccessRules rules) {
        ThreadFactory threads = port.threads();
        int threadCount = port.threadCount();
        this.limits = limits;
        this.info = info;
        this.sinks = sinks;
        limitBytes(limits);
        this.group = port.group();
        this.address = port.address();
        this.writeBuffers = new WriteBuffers(2 * threadCount);
        this.ioThreads = new IoThreads(threadCount, Runtime.getRuntime().availableProcessors());
        this.acceptor = new Acceptor(port.server(), threads, ioThreads, new Received());
        this.watch = new ScheduledThreadPoolExecutor(1, threads);
        this.rules = rules;
        this.tlsBuffers = new TlsBuffers(2 * threadCount);
        this.handshakeExecutor = rules.tls() == null ? null : handshakeExecutor(rules.tls(), threads);
    }

    private static ThreadPoolExecutor handshakeExecutor(TlsContext tls, ThreadFactory threads) {
        int count = tls.settings().handshakeThreads();
        // A handshake has one task at a time here, so the queue never has to refuse.
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        // Now, on the thread that opens the port: later ones are none that a container knows.
        executor.prestartAllCoreThreads();
        return executor;
    }

    /**
     * Opens the port and begins to accept.
     *
     * @param address where to listen; port 0 takes any free one, see {@link #address()}
     * @param backlog connections that the kernel keeps while none is accepted
     * @param threads makes the group's threads
     * @param threadCount how many
     * @param rules which clients are let in
     * @throws IOException if the address can't be listened on
     */
    public static Listener open(
            InetSocketAddress address,
            int backlog,
            ThreadFactory threads,
            int threadCount,
            TransportLimits limits,
            GateMetrics info,
            FrameHandler.Factory sinks,
            AccessRules rules)
            throws IOException {
        return open(BoundPort.bind(address, backlog, threads, threadCount), limits, info, sinks, rules);
    }

    /**
     * Begins to accept at a port.
     *
     * @param port is the listener's from now on
     * @param rules which clients are let in
     */
    public static Listener open(
            BoundPort port, TransportLimits limits, GateMetrics info, FrameHandler.Factory sinks, AccessRules rules) {
        try {
            Listener listener = new Listener(port, limits, info, sinks, rules);
            // Concurrently with the first requests: it takes a tenth of a second.
            listener.watch.execute(listener::preloadErrorPaths);
            listener.watch.scheduleWithFixedDelay(
                    listener::checkDeadlines, DEADLINE_CHECK_MILLIS, DEADLINE_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            listener.watchTlsFiles();
            listener.acceptor.start();
            return listener;
        } catch (RuntimeException e) {
            port.close();
            throw e;
        }
    }

    /** Loads the classes of error paths: without file descriptors no class can be loaded. */
    private void preloadErrorPaths() {
        // The JDK's own class that closes sockets takes two descriptors at its first use, and is of no use ever after
        // if it gets none.
        try {
            AsynchronousSocketChannel.open(group).close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing was not rehearsed: {0}", e.getMessage());
        }
        Connection.preloadClose();
        info.closedByReason();
        logLimited(new LogRateLimiter(), Level.DEBUG, "the log is rehearsed", null);
    }

    // ---------------------------------------------------------------- accepting

    /** Takes the acceptor's connections. */
    private final class Received implements Acceptor.Receiver {

        @Override
        public int open() {
            return open.get();
        }

        @Override
        public void accepted(AsynchronousSocketChannel channel) throws IOException {
            receive(channel);
        }

        @Override
        public void acceptFailed(Throwable cause, long againMillis) {
            info.acceptFailed();
            logLimited(
                    acceptFaults,
                    Level.WARNING,
                    "accepting a connection failed (" + cause.getMessage() + "); trying again in " + againMillis
                            + " ms",
                    null);
        }

        @Override
        public void receivingFailed(Throwable fault) {
            if (fault instanceof Exception) {
                LOG.log(Level.DEBUG, "a connection ended before it began: {0}", fault.getMessage());
            } else {
                logFault("a connection ended before it began", fault);
            }
        }
    }

    private void receive(AsynchronousSocketChannel channel) throws IOException {
        if (closed) {
            channel.close();
            return;
        }
        InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
        int maxConnections = limits.maxConnections();
        if (!rules.proxyProtocol() && !rules.admits(remote.getAddress())) {
            // Behind proxies it is the client's own address that counts, which comes later.
            deny(channel);
        } else if (paused) {
            reject(
                    channel,
                    remote,
                    CloseReason.NOT_SERVING,
                    Refusal.Code.DRAINING,
                    "The server takes no new connections at present; try again later");
        } else if (open.get() >= maxConnections) {
            info.reached(LimitKind.CONNECTIONS);
            reject(
                    channel,
                    remote,
                    CloseReason.CONNECTION_LIMIT,
                    Refusal.Code.BUSY,
                    "The server already has its " + maxConnections + " connections; try again later");
        } else if (!rules.proxyProtocol() && isAddressLimitReached(remote.getAddress())) {
            reject(channel, remote, CloseReason.ADDRESS_LIMIT, Refusal.Code.BUSY, addressLimitSentence());
        } else {
            admit(channel, remote);
        }
    }

    /** Whether an address has as many connections as one may have. */
    boolean isAddressLimitReached(InetAddress client) {
        if (openByAddress.getOrDefault(client, 0) < limits.maxConnectionsPerAddress()) {
            return false;
        }
        info.reached(LimitKind.CONNECTIONS_PER_ADDRESS);
        return true;
    }

    String addressLimitSentence() {
        return "The server already has the " + limits.maxConnectionsPerAddress()
                + " connections that one address may have; close one, or try again later";
    }

    private void admit(AsynchronousSocketChannel channel, InetSocketAddress remote) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        long id = ++lastConnectionId;
        LOG.log(Level.DEBUG, "connection {0}: from {1}", Long.toString(id), remote);
        open.incrementAndGet();
        info.connectionOpened();
        if (rules.isPlain()) {
            begin(id, channel, new RemotePeer(remote, Optional.empty()));
            return;
        }
        Handshake handshake = new Handshake(id, channel, remote, this, rules, limits);
        pendingHandshakes.add(handshake);
        handshake.start();
        if (closed) {
            handshake.close(CloseReason.DRAINED);
        }
    }

    private Connection begin(long id, AsynchronousByteChannel channel, RemotePeer peer) {
        TransportLimits begun = limits;
        Connection connection;
        try {
            connection = new Connection(id, channel, peer, this, begun, info, sinks);
        } catch (Throwable e) {
            open.decrementAndGet();
            info.connectionClosed(CloseReason.INTERNAL_ERROR.name());
            throw e;
        }
        connections.add(connection);
        openByAddress.merge(peer.address().getAddress(), 1, Integer::sum);
        connection.start();
        // Applies what changed before it was among the connections.
        if (limits != begun) {
            connection.changeLimits(limits);
        }
        if (closed) {
            connection.drain();
        }
        return connection;
    }

    /** Closes before a byte is read: the kernel has made the connection, so the client only sees its end. */
    private void deny(AsynchronousSocketChannel channel) throws IOException {
        info.connectionOpened();
        info.connectionClosed(CloseReason.ADDRESS_DENIED.name());
        channel.close();
    }

    private void reject(
            AsynchronousSocketChannel channel,
            InetSocketAddress remote,
            CloseReason reason,
            Refusal.Code code,
            String sentence)
            throws IOException {
        info.connectionRefused();
        info.connectionOpened();
        if (rejected.incrementAndGet() > MAX_REJECTED) {
            rejected.decrementAndGet();
            info.connectionClosed(reason.name());
            channel.close();
            return;
        }
        Handshake handshake = new Handshake(++lastConnectionId, channel, remote, this, rules, limits);
        pendingHandshakes.add(handshake);
        handshake.reject(reason, code, sentence);
    }

    // ---------------------------------------------------------------- for connections

    ByteBudget replyBytes() {
        return replyBytes;
    }

    ByteBudget requestBytes() {
        return sinks.requestBytes();
    }

    private void limitBytes(TransportLimits changed) {
        replyBytes.limit(changed.maxReplyBytes());
        requestBytes().limit(changed.maxRequestBytes());
    }

    /** A mistake of the gate that a connection is closed for: with its stack trace, at most once a second. */
    void logFault(String what, Throwable fault) {
        logLimited(faults, Level.ERROR, what, fault);
    }

    private static void logLimited(LogRateLimiter limit, Level level, String what, @Nullable Throwable fault) {
        limit.log(others -> LOG.log(level, what + others, fault));
    }

    WriteBuffers writeBuffers() {
        return writeBuffers;
    }

    /** What limits in time are measured by. */
    ProcessClock clock() {
        return clock;
    }

    IoThreads ioThreads() {
        return ioThreads;
    }

    // ---------------------------------------------------------------- for handshakes

    /** The handshake has succeeded: begins the connection. */
    void entered(Handshake handshake, AsynchronousByteChannel channel, RemotePeer peer) {
        pendingHandshakes.remove(handshake);
        Connection begun = begin(handshake.id(), channel, peer);
        TlsContext tls = rules.tls();
        // Its certificate may have been revoked before it was among the connections.
        if (tls != null && tls.hasRevocations()) {
            closeIfRevoked(begun, tls);
        }
    }

    void handshakeClosed(Handshake handshake, CloseReason reason) {
        handshakeEnds(handshake);
        if (pendingHandshakes.remove(handshake)) {
            (handshake.isRejected() ? rejected : open).decrementAndGet();
            info.connectionClosed(reason.name());
        }
    }

    /** Begins a handshake; at the limit it closes the oldest one, which is the likeliest to be stalled. */
    void handshakeBegins(Handshake handshake, int limit) {
        Handshake oldest = null;
        synchronized (tlsHandshakes) {
            tlsHandshakes.add(handshake);
            if (tlsHandshakes.size() > limit) {
                Iterator<Handshake> all = tlsHandshakes.iterator();
                oldest = all.next();
                all.remove();
            }
        }
        if (oldest != null) {
            info.reached(LimitKind.HANDSHAKES);
            oldest.close(CloseReason.HANDSHAKE_CROWDED_OUT);
        }
    }

    void handshakeEnds(Handshake handshake) {
        synchronized (tlsHandshakes) {
            tlsHandshakes.remove(handshake);
        }
    }

    Executor handshakeExecutor() {
        return Objects.requireNonNull(handshakeExecutor, "TLS is on");
    }

    TlsBuffers tlsBuffers() {
        return tlsBuffers;
    }

    /**
     * Reloads the TLS files if they have changed. Closes connections of clients whose certificates are revoked by that.
     *
     * @return empty without TLS
     */
    public Optional<TlsContext.Reload> reloadTls() {
        TlsContext tls = rules.tls();
        if (tls == null) {
            return Optional.empty();
        }
        TlsContext.Reload outcome = tls.reload();
        if (tls.hasRevocations()) {
            connections.forEach(connection -> closeIfRevoked(connection, tls));
        }
        return Optional.of(outcome);
    }

    private void closeIfRevoked(Connection connection, TlsContext tls) {
        tls.revoked(connection.shownCertificates()).ifPresent(sentence -> {
            logRevoked(connection.id(), connection.peer().address(), sentence);
            connection.close(CloseReason.CERTIFICATE_REVOKED);
        });
    }

    void logRevoked(long id, InetSocketAddress client, @Nullable String sentence) {
        logLimited(
                revocations,
                Level.WARNING,
                "connection " + id + " from " + client + " ends (CERTIFICATE_REVOKED): " + sentence,
                null);
    }

    private void reloadAtInterval() {
        try {
            reloadTls();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The TLS files could not be looked at", e);
        }
    }

    private void watchTlsFiles() {
        TlsContext tls = rules.tls();
        if (tls != null) {
            long millis = tls.settings().reloadInterval().toMillis();
            // Not on the thread of the deadlines, as a file system may take its time.
            watch.scheduleWithFixedDelay(
                    () -> handshakeExecutor().execute(this::reloadAtInterval), millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    void reached(LimitKind limit) {
        info.reached(limit);
    }

    byte[] refused(Refusal refusal) {
        return sinks.refused(refusal);
    }

    void connectionClosed(Connection connection) {
        if (connections.remove(connection)) {
            open.decrementAndGet();
            openByAddress.computeIfPresent(
                    connection.peer().address().getAddress(), (client, count) -> count == 1 ? null : count - 1);
            synchronized (connections) {
                connections.notifyAll();
            }
        }
    }

    /** A write waits for its client; it is looked at every two milliseconds, as long as there is any. */
    void writePending(Connection connection) {
        pendingWrites.add(connection);
        watchPendingWrites();
    }

    private void watchPendingWrites() {
        if (pendingWritesWatched.compareAndSet(false, true)) {
            try {
                watch.schedule(this::checkPendingWrites, PENDING_WRITE_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "not watching a write: the listener is closed");
            }
        }
    }

    private void checkPendingWrites() {
        pendingWritesWatched.set(false);
        pendingWrites.removeIf(Connection::isWriteSettled);
        if (!pendingWrites.isEmpty()) {
            watchPendingWrites();
        }
    }

    private void checkDeadlines() {
        try {
            long now = clock.tick();
            for (Connection connection : connections) {
                connection.checkDeadlines(now);
            }
            for (Handshake handshake : pendingHandshakes) {
                handshake.checkDeadline(now);
            }
            sinks.tick(now);
            ioThreads.poll(System.nanoTime());
        } catch (Throwable e) {
            // An escaping exception would end all checks of deadlines. At shutdown it means nothing.
            if (!closed) {
                logLimited(lookFaults, Level.ERROR, "a look at the deadlines failed", e);
            }
        }
    }

    // ---------------------------------------------------------------- while it runs

    /** Other limits from now on, for the open connections too. A lower limit of connections closes none of them. */
    public void changeLimits(TransportLimits changed) {
        limits = changed;
        limitBytes(changed);
        connections.forEach(connection -> connection.changeLimits(changed));
    }

    /**
     * Other lists of addresses from now on, for connections to come. By which way they come in, by TLS and by proxies, stays
     * as it was when the port was opened.
     */
    public void changeRules(AccessRules changed) {
        AccessRules opened = rules;
        rules = new AccessRules(
                changed.allow(), changed.deny(), opened.proxyProtocol(), opened.trustedProxies(), opened.tls());
    }

    /** Rejects new connections until {@link #resume}; open ones go on. */
    public void pause() {
        paused = true;
    }

    /** Accepts new connections again. */
    public void resume() {
        paused = false;
    }

    /** Runs a task after a delay, on the watchdog's thread; not at all if the listener is closed before. */
    public void later(Runnable task, Duration delay) {
        try {
            watch.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "not doing it later: the listener is closed");
        }
    }

    /** Closes every open connection once its requests are answered. The port stays open, {@linkplain #pause paused} or not. */
    public void drainConnections() {
        pendingHandshakes.forEach(DRAIN_HANDSHAKE);
        connections.forEach(Connection::drain);
    }

    /**
     * Closes one connection at once.
     *
     * @return whether there was one of that number
     */
    public boolean close(long connectionId) {
        for (Connection connection : connections) {
            if (connection.id() == connectionId) {
                connection.close(CloseReason.CLOSED_BY_OPERATOR);
                return true;
            }
        }
        return false;
    }

    // ---------------------------------------------------------------- ending

    /**
     * Stops: accepts no connection and no request any more, answers what was accepted, and closes each connection after its last
     * reply.
     *
     * @param limit after this time the remaining connections are closed at once
     * @return how many these were
     */
    public int drain(Duration limit) {
        stopAccepting();
        pendingHandshakes.forEach(DRAIN_HANDSHAKE);
        connections.forEach(Connection::drain);
        long deadline = clock.nanos() + limit.toNanos();
        synchronized (connections) {
            long left = deadline - clock.nanos();
            while (!connections.isEmpty() && left > 0) {
                try {
                    // In steps: by the process's clock less time may have passed than the wait took.
                    TimeUnit.NANOSECONDS.timedWait(connections, Math.min(left, DRAIN_STEP_NANOS));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
                left = deadline - clock.nanos();
            }
        }
        int left = connections.size();
        close();
        return left;
    }

    private void stopAccepting() {
        closed = true;
        acceptor.close();
    }

    /** Closes the port and every connection at once. */
    @Override
    public void close() {
        stopAccepting();
        pendingHandshakes.forEach(handshake -> handshake.close(CloseReason.DRAIN_TIMEOUT));
        connections.forEach(connection -> {
            info.reached(LimitKind.DRAIN_TIME);
            connection.close(CloseReason.DRAIN_TIMEOUT);
        });
        checkPendingWrites();
        watch.shutdownNow();
        ioThreads.close();
        if (handshakeExecutor != null) {
            handshakeExecutor.shutdownNow();
        }
        try {
            group.shutdownNow();
            if (!group.awaitTermination(TERMINATION_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.log(
                        Level.WARNING,
                        "the threads of the port still run {0} ms after its end",
                        Long.toString(TERMINATION_MILLIS));
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the channel group failed: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---------------------------------------------------------------- views

    /** Open connections, without rejected ones whose client may still read the error. */
    public int connectionCount() {
        return open.get();
    }

    /** Bytes of replies that clients have not taken yet, of all connections; small ones are not counted. */
    public long pendingReplyBytes() {
        return replyBytes.used();
    }

    /** Whether the port is open for new connections. */
    public boolean isOpen() {
        return !closed && acceptor.isOpen();
    }

    /** Where the port is, with the real port number where 0 was asked for. */
    public InetSocketAddress address() {
        return address;
    }

    /** The connections of this moment, oldest first. */
    public List<View> connections() {
        return connections(Integer.MAX_VALUE);
    }

    /** The oldest connections of this moment, so many at most. The others are counted over, not looked at. */
    public List<View> connections(int most) {
        // The newest of those that are taken comes first, to make room for an older one.
        Queue<Connection> oldest =
                new PriorityQueue<>(Comparator.comparingLong(Connection::id).reversed());
        for (Connection connection : connections) {
            oldest.add(connection);
            if (oldest.size() > most) {
                oldest.remove();
            }
        }
        return oldest.stream()
                .sorted(Comparator.comparingLong(Connection::id))
                .map(Connection::view)
                .toList();
    }

    /** The last frames of an open connection; empty if there is none of that number, or nothing is recorded. */
    public Optional<CapturedFrames> recording(long connectionId) {
        return connections.stream()
                .filter(connection -> connection.id() == connectionId)
                .findFirst()
                .flatMap(Connection::recording);
    }

    /**
     * One connection as an operator sees it.
     *
     * @param id counts from 1 since the start
     * @param peer the client
     * @param principal the name that the client has logged in by, or that its certificate has; empty for neither
     * @param since when it was accepted
     * @param bytesRead from the client
     * @param bytesWritten to the client
     * @param requests read since then
     * @param inFlight requests without a written reply
     * @param paused whether reading waits for room in its pipeline
     * @param lastMessageId the id of the last request, 0 before the first
     */
    public record View(
            long id,
            RemotePeer peer,
            String principal,
            Instant since,
            long bytesRead,
            long bytesWritten,
            long requests,
            int inFlight,
            boolean paused,
            int lastMessageId) {}
}
