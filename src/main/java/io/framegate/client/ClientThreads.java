package io.framegate.client;

import io.framegate.tls.TlsBuffers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.AsynchronousChannelGroup;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads behind clients: a few for I/O and one for time limits, all of them daemons. A client makes its own unless
 * it is given some; many clients cost little when they share one of these.
 */
public final class ClientThreads implements AutoCloseable {

    private static final int TLS_BUFFERS = 4;

    private final AsynchronousChannelGroup group;
    private final ScheduledThreadPoolExecutor timer;
    private final TlsBuffers tlsBuffers = new TlsBuffers(TLS_BUFFERS);

    private ClientThreads(AsynchronousChannelGroup group, ScheduledThreadPoolExecutor timer) {
        this.group = group;
        this.timer = timer;
    }

    /**
     * Starts threads.
     *
     * @param ioThreads how many threads read, write and decode; one is enough unless answers are large or many
     * @throws UncheckedIOException if the system has no room for another selector
     */
    public static ClientThreads start(int ioThreads) {
        try {
            var group = AsynchronousChannelGroup.withFixedThreadPool(ioThreads, named("framegate-client-io-"));
            var timer = new ScheduledThreadPoolExecutor(1, named("framegate-client-timer-"));
            timer.setRemoveOnCancelPolicy(true);
            return new ClientThreads(group, timer);
        } catch (IOException e) {
            throw new UncheckedIOException("No channel group could be opened: " + e.getMessage(), e);
        }
    }

    AsynchronousChannelGroup group() {
        return group;
    }

    TlsBuffers tlsBuffers() {
        return tlsBuffers;
    }

    /**
     * Has something end after a time.
     *
     * @throws RejectedExecutionException if the threads have ended
     */
    TimeLimit limit(Runnable end, long nanos) {
        return TimeLimit.start(timer, end, nanos);
    }

    ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    /** Ends the threads and closes every connection that still uses them. */
    @Override
    public void close() {
        timer.shutdownNow();
        try {
            group.shutdownNow();
        } catch (IOException e) {
            throw new UncheckedIOException("Connections could not be closed: " + e.getMessage(), e);
        }
    }

    private static ThreadFactory named(String prefix) {
        var number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
