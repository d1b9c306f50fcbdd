package io.framegate.transport;

import io.framegate.message.Refusal;
import io.framegate.metrics.RunningInfo;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open port: accepts connections up to the limit, watches their deadlines, and drains them at the end.
 *
 * <p><b>Threads.</b> A channel group of its own, with a fixed number of threads from the given factory: each waits for
 * events and handles what it was woken for, so any of them may read any connection. One thread more watches deadlines,
 * retries a failed accept, and looks after writes that did not go through at once.
 *
 * <p><b>Limits.</b> A connection over the limit is told so and closed at once. An accept that fails, for want of file
 * descriptors as a rule, is tried again after 50 ms, doubling up to 1.6 s: at once would spin, never would leave the port
 * deaf.
 */
public final class Listener implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Listener.class.getName());

    static {
        // Else the JDK tries every read at once, which finds nothing where the client waits for its reply: a system
        // call of
        // the four or five that a small request costs. It looks at this when the first channel is opened.
        if (System.getProperty("sun.nio.ch.disableSynchronousRead") == null) {
            System.setProperty("sun.nio.ch.disableSynchronousRead", "true");
        }
    }

    private static final long DEADLINE_CHECK_MILLIS = 100;
    private static final long PENDING_WRITE_CHECK_MILLIS = 2;
    private static final long FIRST_BACK_OFF_MILLIS = 50;
    private static final long MAX_BACK_OFF_MILLIS = 1600;
    private static final long TERMINATION_MILLIS = 2000;

    private final RunningInfo info;
    private final FrameSink.Factory sinks;
    private final AsynchronousChannelGroup group;
    private final AsynchronousServerSocketChannel server;
    private final InetSocketAddress address;
    private final ScheduledThreadPoolExecutor watch;
    private final WriteBuffers writeBuffers;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final Queue<Connection> pendingWrites = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean pendingWritesWatched = new AtomicBoolean();
    private volatile TransportLimits limits;
    private volatile boolean paused;
    private volatile boolean closed;
    private long lastConnectionId; // accepting thread
    private long backOffMillis = FIRST_BACK_OFF_MILLIS; // accepting thread

    private final CompletionHandler<AsynchronousSocketChannel, Void> acceptCompletion = new CompletionHandler<>() {
        @Override
        public void completed(AsynchronousSocketChannel channel, Void attachment) {
            accepted(channel);
        }

        @Override
        public void failed(Throwable cause, Void attachment) {
            acceptFailed(cause);
        }
    };

    private Listener(
            TransportLimits limits,
            RunningInfo info,
            FrameSink.Factory sinks,
            AsynchronousChannelGroup group,
            AsynchronousServerSocketChannel server,
            ThreadFactory threads,
            int threadCount)
            throws IOException {
        this.limits = limits;
        this.info = info;
        this.sinks = sinks;
        this.group = group;
        this.server = server;
        this.address = (InetSocketAddress) server.getLocalAddress();
        this.writeBuffers = new WriteBuffers(2 * threadCount);
        this.watch = new ScheduledThreadPoolExecutor(1, threads);
    }

    /**
     * Opens the port and begins to accept.
     *
     * @param address where to listen; port 0 takes any free one, see {@link #address()}
     * @param backlog connections that the kernel keeps while none is accepted
     * @param threads makes the group's threads
     * @param threadCount how many
     * @throws IOException if the address can't be listened on
     */
    public static Listener open(
            InetSocketAddress address,
            int backlog,
            ThreadFactory threads,
            int threadCount,
            TransportLimits limits,
            RunningInfo info,
            FrameSink.Factory sinks)
            throws IOException {
        AsynchronousChannelGroup group = AsynchronousChannelGroup.withFixedThreadPool(threadCount, threads);
        try {
            AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open(group);
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(address, backlog);
            Listener listener = new Listener(limits, info, sinks, group, server, threads, threadCount);
            listener.watch.scheduleWithFixedDelay(
                    listener::checkDeadlines, DEADLINE_CHECK_MILLIS, DEADLINE_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            server.accept(null, listener.acceptCompletion);
            return listener;
        } catch (IOException | RuntimeException e) {
            group.shutdownNow();
            throw e;
        }
    }

    // ---------------------------------------------------------------- accepting

    private void accepted(AsynchronousSocketChannel channel) {
        backOffMillis = FIRST_BACK_OFF_MILLIS;
        try {
            if (closed) {
                channel.close();
                return;
            }
            int maxConnections = limits.maxConnections();
            if (paused) {
                refuse(
                        channel,
                        new Refusal(
                                Refusal.Code.DRAINING,
                                "The server takes no new connections at present; try again later."));
            } else if (open.get() >= maxConnections) {
                refuse(
                        channel,
                        new Refusal(
                                Refusal.Code.BUSY,
                                "The server already has its " + maxConnections + " connections; try again later."));
            } else {
                admit(channel);
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "a connection ended before it began: {0}", e.getMessage());
        }
        acceptNext();
    }

    private void admit(AsynchronousSocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        Peer peer = new Peer((InetSocketAddress) channel.getRemoteAddress(), Optional.empty());
        open.incrementAndGet();
        info.connectionOpened();
        TransportLimits begun = limits;
        Connection connection = new Connection(++lastConnectionId, channel, peer, this, begun, info, sinks);
        connections.add(connection);
        LOG.log(Level.DEBUG, "connection {0}: from {1}", connection.id(), peer.address());
        connection.start();
        // What changed before it could be seen among the connections.
        if (limits != begun) {
            connection.changeLimits(limits);
        }
        if (closed) {
            connection.drain();
        }
    }

    private void refuse(AsynchronousSocketChannel channel, Refusal refusal) throws IOException {
        info.connectionRefused();
        // Into the empty buffer of a new socket this goes at once; where it doesn't, the client just sees the end.
        byte[] frame = refused(refusal);
        channel.write(ByteBuffer.wrap(frame, 0, FrameHeader.frameBytes(frame)));
        channel.shutdownOutput();
        channel.close();
    }

    private void acceptFailed(Throwable cause) {
        if (closed) {
            return;
        }
        info.acceptFailed();
        LOG.log(
                Level.WARNING,
                "accepting a connection failed ({0}); trying again in {1} ms",
                cause.getMessage(),
                backOffMillis);
        try {
            watch.schedule(this::acceptNext, backOffMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "not accepting again: the listener is closed");
        }
        backOffMillis = Math.min(backOffMillis * 2, MAX_BACK_OFF_MILLIS);
    }

    private void acceptNext() {
        if (closed) {
            return;
        }
        try {
            server.accept(null, acceptCompletion);
        } catch (RuntimeException e) {
            if (!closed) {
                acceptFailed(e);
            }
        }
    }

    // ---------------------------------------------------------------- for connections

    WriteBuffers writeBuffers() {
        return writeBuffers;
    }

    /** Tells the client that nothing more comes, while it may still be read from. */
    void shutdownOutput(AsynchronousByteChannel channel) throws IOException {
        ((AsynchronousSocketChannel) channel).shutdownOutput();
    }

    byte[] refused(Refusal refusal) {
        return sinks.refused(refusal);
    }

    void connectionClosed(Connection connection) {
        if (connections.remove(connection)) {
            open.decrementAndGet();
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
        long now = System.nanoTime();
        for (Connection connection : connections) {
            connection.checkDeadlines(now);
        }
    }

    // ---------------------------------------------------------------- while it runs

    /** Other limits from now on, for the open connections too. A lower limit of connections closes none of them. */
    public void changeLimits(TransportLimits changed) {
        limits = changed;
        connections.forEach(connection -> connection.changeLimits(changed));
    }

    /** New connections are told to come later, until {@link #resume}; those that are open go on. */
    public void pause() {
        paused = true;
    }

    /** New connections are accepted again. */
    public void resume() {
        paused = false;
    }

    /** Ends every open connection once its requests are answered. The port stays open, {@linkplain #pause paused} or not. */
    public void drainConnections() {
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
        connections.forEach(Connection::drain);
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (connections) {
            long left = deadline - System.nanoTime();
            while (!connections.isEmpty() && left > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(connections, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
                left = deadline - System.nanoTime();
            }
        }
        int left = connections.size();
        close();
        return left;
    }

    private void stopAccepting() {
        closed = true;
        try {
            server.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the port failed: {0}", e.getMessage());
        }
    }

    /** Closes the port and every connection at once. */
    @Override
    public void close() {
        stopAccepting();
        connections.forEach(connection -> connection.close(CloseReason.DRAIN_TIMEOUT));
        checkPendingWrites();
        watch.shutdownNow();
        try {
            group.shutdownNow();
            if (!group.awaitTermination(TERMINATION_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.log(Level.WARNING, "the threads of the port still run {0} ms after its end", TERMINATION_MILLIS);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the channel group failed: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---------------------------------------------------------------- views

    /** Connections open now. */
    public int connectionCount() {
        return open.get();
    }

    /** Whether the port is open for new connections. */
    public boolean isOpen() {
        return !closed && server.isOpen();
    }

    /** Where the port is, with the real port number where 0 was asked for. */
    public InetSocketAddress address() {
        return address;
    }

    /** The connections of this moment, oldest first. */
    public List<View> connections() {
        return connections.stream()
                .map(Connection::view)
                .sorted(Comparator.comparingLong(View::id))
                .toList();
    }

    /**
     * One connection as an operator sees it.
     *
     * @param id counts from 1 since the start
     * @param peer who is connected
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
            Instant since,
            long bytesRead,
            long bytesWritten,
            long requests,
            int inFlight,
            boolean paused,
            int lastMessageId) {}
}
