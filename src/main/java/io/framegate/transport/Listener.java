package io.framegate.transport;

import io.framegate.message.Refusal;
import io.framegate.metrics.Limit;
import io.framegate.metrics.LogLimit;
import io.framegate.metrics.RunningInfo;
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
 * The open port: accepts connections up to the limit, watches their deadlines, and drains them at the end.
 *
 * <p><b>Threads.</b> A channel group of its own, with a fixed number of threads from the given factory: each waits for
 * events and handles what it was woken for, so any of them may read any connection; those that the load does not need
 * {@linkplain ReadingThreads rest}. One thread more {@linkplain Acceptor accepts} where many are connected, and one watches deadlines
 * and looks after writes that did not go through at once. Where the port speaks TLS a few more
 * sign and verify for its handshakes, so that no reading waits for that.
 *
 * <p><b>Limits.</b> A connection over the limit is told so and ended; it may read that for the linger timeout.
 */
public final class Listener implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Listener.class.getName());

    /** To be called before the first channel is opened, which is when the JDK looks at it. */
    static void disableSynchronousRead() {
        // Else the JDK tries every read at once, which finds nothing where the client waits for its reply: a system
        // call of the four or five that a small request costs.
        if (System.getProperty("sun.nio.ch.disableSynchronousRead") == null) {
            System.setProperty("sun.nio.ch.disableSynchronousRead", "true");
        }
    }

    private static final long DEADLINE_CHECK_MILLIS = 100;
    private static final long DRAIN_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(DEADLINE_CHECK_MILLIS);
    private static final long PENDING_WRITE_CHECK_MILLIS = 2;
    private static final long TERMINATION_MILLIS = 2000;

    private final RunningInfo info;
    private final FrameSink.Factory sinks;
    private final AsynchronousChannelGroup group;
    private final InetSocketAddress address;
    private final ScheduledThreadPoolExecutor watch;
    /** A field, so that its classes are loaded before the end: a class loader that is stopping gives no new ones. */
    private static final Consumer<Entrance> DRAIN_ENTRANCE = entrance -> entrance.close(CloseReason.DRAINED);

    /** Connections that are turned away and may still read why; one more just ends. */
    private static final int MAX_TURNED_AWAY = 512;

    private final WriteBuffers writeBuffers;
    private final ReadingThreads readingThreads;
    private final ProcessClock clock = new ProcessClock(System::nanoTime);
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final Map<InetAddress, Integer> openByAddress = new ConcurrentHashMap<>();
    private final ByteBudget replyBytes = new ByteBudget();
    private final AtomicInteger turnedAway = new AtomicInteger(); // and still reading why
    private final LogLimit acceptFaults = new LogLimit();
    private final LogLimit faults = new LogLimit();
    private final LogLimit lookFaults = new LogLimit();
    private final LogLimit revocations = new LogLimit();
    private final Queue<Connection> pendingWrites = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean pendingWritesWatched = new AtomicBoolean();
    private volatile TransportLimits limits;
    private volatile boolean paused;
    private volatile EntranceRules rules;
    private final TlsBuffers tlsBuffers;
    private final @Nullable ThreadPoolExecutor handshakes;
    private final Set<Entrance> entering = ConcurrentHashMap.newKeySet();
    private final Set<Entrance> shaking = new LinkedHashSet<>(); // oldest first; guarded by itself
    private volatile boolean closed;
    private final Acceptor acceptor;
    private long lastConnectionId; // accepting thread

    private Listener(
            BoundPort port, TransportLimits limits, RunningInfo info, FrameSink.Factory sinks, EntranceRules rules) {
        ThreadFactory threads = port.threads();
        int threadCount = port.threadCount();
        this.limits = limits;
        this.info = info;
        this.sinks = sinks;
        limitBytes(limits);
        this.group = port.group();
        this.address = port.address();
        this.writeBuffers = new WriteBuffers(2 * threadCount);
        this.readingThreads =
                new ReadingThreads(threadCount, Runtime.getRuntime().availableProcessors());
        this.acceptor = new Acceptor(port.server(), threads, readingThreads, new Received());
        this.watch = new ScheduledThreadPoolExecutor(1, threads);
        this.rules = rules;
        this.tlsBuffers = new TlsBuffers(2 * threadCount);
        this.handshakes = rules.tls() == null ? null : handshakes(rules.tls(), threads);
    }

    private static ThreadPoolExecutor handshakes(TlsContext tls, ThreadFactory threads) {
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
     * @param rules who gets in
     * @throws IOException if the address can't be listened on
     */
    public static Listener open(
            InetSocketAddress address,
            int backlog,
            ThreadFactory threads,
            int threadCount,
            TransportLimits limits,
            RunningInfo info,
            FrameSink.Factory sinks,
            EntranceRules rules)
            throws IOException {
        return open(BoundPort.bind(address, backlog, threads, threadCount), limits, info, sinks, rules);
    }

    /**
     * Begins to accept at a port.
     *
     * @param port is the listener's from now on
     * @param rules who gets in
     */
    public static Listener open(
            BoundPort port, TransportLimits limits, RunningInfo info, FrameSink.Factory sinks, EntranceRules rules) {
        try {
            Listener listener = new Listener(port, limits, info, sinks, rules);
            // Beside the first requests: it takes a tenth of a second.
            listener.watch.execute(listener::rehearseTrouble);
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

    /** Loads what is needed first when there is trouble: without file descriptors no class can be loaded. */
    private void rehearseTrouble() {
        // The JDK's own class that closes sockets takes two descriptors at its first use, and is of no use ever after
        // if it gets none.
        try {
            AsynchronousSocketChannel.open(group).close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing was not rehearsed: {0}", e.getMessage());
        }
        Connection.rehearseEnd();
        info.closedByReason();
        logLimited(new LogLimit(), Level.DEBUG, "the log is rehearsed", null);
    }

    // ---------------------------------------------------------------- accepting

    /** What becomes of what the acceptor takes. */
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
            turnAway(
                    channel,
                    remote,
                    CloseReason.NOT_SERVING,
                    Refusal.Code.DRAINING,
                    "The server takes no new connections at present; try again later");
        } else if (open.get() >= maxConnections) {
            info.reached(Limit.CONNECTIONS);
            turnAway(
                    channel,
                    remote,
                    CloseReason.CONNECTION_LIMIT,
                    Refusal.Code.BUSY,
                    "The server already has its " + maxConnections + " connections; try again later");
        } else if (!rules.proxyProtocol() && isCrowded(remote.getAddress())) {
            turnAway(channel, remote, CloseReason.ADDRESS_LIMIT, Refusal.Code.BUSY, crowded());
        } else {
            admit(channel, remote);
        }
    }

    /** Whether an address has all the connections that one may have. */
    boolean isCrowded(InetAddress client) {
        if (openByAddress.getOrDefault(client, 0) < limits.maxConnectionsPerAddress()) {
            return false;
        }
        info.reached(Limit.CONNECTIONS_PER_ADDRESS);
        return true;
    }

    String crowded() {
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
            begin(id, channel, new Peer(remote, Optional.empty()));
            return;
        }
        Entrance entrance = new Entrance(id, channel, remote, this, rules, limits);
        entering.add(entrance);
        entrance.start();
        if (closed) {
            entrance.close(CloseReason.DRAINED);
        }
    }

    private Connection begin(long id, AsynchronousByteChannel channel, Peer peer) {
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
        // What changed before it could be seen among the connections.
        if (limits != begun) {
            connection.changeLimits(limits);
        }
        if (closed) {
            connection.drain();
        }
        return connection;
    }

    /** Before a byte is read: the kernel has made the connection, so the end is all that such a client sees. */
    private void deny(AsynchronousSocketChannel channel) throws IOException {
        info.connectionOpened();
        info.connectionClosed(CloseReason.ADDRESS_DENIED.name());
        channel.close();
    }

    private void turnAway(
            AsynchronousSocketChannel channel,
            InetSocketAddress remote,
            CloseReason reason,
            Refusal.Code code,
            String sentence)
            throws IOException {
        info.connectionRefused();
        info.connectionOpened();
        if (turnedAway.incrementAndGet() > MAX_TURNED_AWAY) {
            turnedAway.decrementAndGet();
            info.connectionClosed(reason.name());
            channel.close();
            return;
        }
        Entrance entrance = new Entrance(++lastConnectionId, channel, remote, this, rules, limits);
        entering.add(entrance);
        entrance.turnAway(reason, code, sentence);
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

    private static void logLimited(LogLimit limit, Level level, String what, @Nullable Throwable fault) {
        limit.tell(others -> LOG.log(level, what + others, fault));
    }

    WriteBuffers writeBuffers() {
        return writeBuffers;
    }

    /** What limits in time are measured by. */
    ProcessClock clock() {
        return clock;
    }

    ReadingThreads readingThreads() {
        return readingThreads;
    }

    // ---------------------------------------------------------------- for entrances

    /** The entrance has been passed: it is a connection from now on. */
    void entered(Entrance entrance, AsynchronousByteChannel channel, Peer peer) {
        entering.remove(entrance);
        Connection begun = begin(entrance.id(), channel, peer);
        TlsContext tls = rules.tls();
        // What was revoked while it was let in, before it could be seen among the connections.
        if (tls != null && tls.hasRevocations()) {
            closeIfRevoked(begun, tls);
        }
    }

    void entranceClosed(Entrance entrance, CloseReason reason) {
        handshakeEnds(entrance);
        if (entering.remove(entrance)) {
            (entrance.isTurnedAway() ? turnedAway : open).decrementAndGet();
            info.connectionClosed(reason.name());
        }
    }

    /** One more handshake; at the limit the oldest makes way, as it is the likeliest to be stalled. */
    void handshakeBegins(Entrance entrance, int limit) {
        Entrance oldest = null;
        synchronized (shaking) {
            shaking.add(entrance);
            if (shaking.size() > limit) {
                Iterator<Entrance> all = shaking.iterator();
                oldest = all.next();
                all.remove();
            }
        }
        if (oldest != null) {
            info.reached(Limit.HANDSHAKES);
            oldest.close(CloseReason.HANDSHAKE_CROWDED_OUT);
        }
    }

    void handshakeEnds(Entrance entrance) {
        synchronized (shaking) {
            shaking.remove(entrance);
        }
    }

    Executor handshakeExecutor() {
        return Objects.requireNonNull(handshakes, "TLS is on");
    }

    TlsBuffers tlsBuffers() {
        return tlsBuffers;
    }

    /**
     * Looks now whether the files of TLS have changed, and takes what is in them. Open connections of clients whose certificates
     * are revoked by it end.
     *
     * @return nothing where the port speaks no TLS
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

    void reached(Limit limit) {
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
            long now = clock.look();
            for (Connection connection : connections) {
                connection.checkDeadlines(now);
            }
            for (Entrance entrance : entering) {
                entrance.checkDeadline(now);
            }
            sinks.tick(now);
            readingThreads.look(System.nanoTime());
        } catch (Throwable e) {
            // One that escapes would be the last look at any deadline. At the end it means nothing.
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
    public void changeRules(EntranceRules changed) {
        EntranceRules opened = rules;
        rules = new EntranceRules(
                changed.allow(), changed.deny(), opened.proxyProtocol(), opened.trustedProxies(), opened.tls());
    }

    /** New connections are told to come later, until {@link #resume}; those that are open go on. */
    public void pause() {
        paused = true;
    }

    /** New connections are accepted again. */
    public void resume() {
        paused = false;
    }

    /** Does something after a time, on the thread that watches deadlines; not at all where the listener is closed before. */
    public void later(Runnable task, Duration delay) {
        try {
            watch.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "not doing it later: the listener is closed");
        }
    }

    /** Ends every open connection once its requests are answered. The port stays open, {@linkplain #pause paused} or not. */
    public void drainConnections() {
        entering.forEach(DRAIN_ENTRANCE);
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
     * Stops: no new connection and no new request; what was accepted is answered, and the connections close as their last
     * reply is written.
     *
     * @param limit after this time what is left is closed as it is
     * @return how many connections were left then
     */
    public int drain(Duration limit) {
        stopAccepting();
        entering.forEach(DRAIN_ENTRANCE);
        connections.forEach(Connection::drain);
        long deadline = clock.nanos() + limit.toNanos();
        synchronized (connections) {
            long left = deadline - clock.nanos();
            while (!connections.isEmpty() && left > 0) {
                try {
                    // In steps: by the clock less may have passed than the wait took.
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
        entering.forEach(entrance -> entrance.close(CloseReason.DRAIN_TIMEOUT));
        connections.forEach(connection -> {
            info.reached(Limit.DRAIN_TIME);
            connection.close(CloseReason.DRAIN_TIMEOUT);
        });
        checkPendingWrites();
        watch.shutdownNow();
        readingThreads.close();
        if (handshakes != null) {
            handshakes.shutdownNow();
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

    /** Connections open now, without those that are turned away and may still read why. */
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
    public Optional<Recording> recording(long connectionId) {
        return connections.stream()
                .filter(connection -> connection.id() == connectionId)
                .findFirst()
                .flatMap(Connection::recording);
    }

    /**
     * One connection as an operator sees it.
     *
     * @param id counts from 1 since the start
     * @param peer who is connected
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
            Peer peer,
            String principal,
            Instant since,
            long bytesRead,
            long bytesWritten,
            long requests,
            int inFlight,
            boolean paused,
            int lastMessageId) {}
}
