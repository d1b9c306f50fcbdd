package io.framegate.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.util.concurrent.ThreadFactory;

/**
 * A port that is bound, and at which nobody is accepted yet: its address is known, and clients that connect wait in the kernel's
 * backlog until {@link Listener#open(BoundPort, TransportLimits, io.framegate.metrics.GateMetrics, FrameSink.Factory,
 * EntranceRules)}.
 */
public final class BoundPort implements AutoCloseable {

    private final ThreadFactory threads;
    private final int threadCount;
    private final AsynchronousChannelGroup group;
    private final AsynchronousServerSocketChannel server;
    private final InetSocketAddress address;

    private BoundPort(
            ThreadFactory threads,
            int threadCount,
            AsynchronousChannelGroup group,
            AsynchronousServerSocketChannel server)
            throws IOException {
        this.threads = threads;
        this.threadCount = threadCount;
        this.group = group;
        this.server = server;
        this.address = (InetSocketAddress) server.getLocalAddress();
    }

    /**
     * Binds a port.
     *
     * @param address where to listen; port 0 takes any free one, see {@link #address()}
     * @param backlog connections that the kernel keeps while none is accepted
     * @param threads makes the threads that read, now, and those that the listener needs beside them
     * @param threadCount how many read
     * @throws IOException if the address can't be listened on
     */
    public static BoundPort bind(InetSocketAddress address, int backlog, ThreadFactory threads, int threadCount)
            throws IOException {
        Listener.disableSynchronousRead();
        AsynchronousChannelGroup group = AsynchronousChannelGroup.withFixedThreadPool(threadCount, threads);
        try {
            AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open(group);
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(address, backlog);
            return new BoundPort(threads, threadCount, group, server);
        } catch (IOException | RuntimeException e) {
            group.shutdownNow();
            throw e;
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    ThreadFactory threads() {
        return threads;
    }

    int threadCount() {
        return threadCount;
    }

    AsynchronousChannelGroup group() {
        return group;
    }

    AsynchronousServerSocketChannel server() {
        return server;
    }

    /** Gives the port up; not for one that a listener has. */
    @Override
    public void close() {
        try {
            group.shutdownNow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
