package io.framegate.transport;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Accepts connections, one after the other, as long as the port is open.
 *
 * <p><b>Threads.</b> Those of the channel group while fewer than {@value #MANY} connections are open. With many busy connections the JDK
 * passes an accepted connection to its completion handler only after all the events that the group has polled, which is one in
 * several milliseconds: a thousand clients that reconnect at once would wait for seconds. From {@value #MANY} connections on, a thread of
 * the acceptor's own therefore accepts. With fewer it would only be one more thread to wake.
 *
 * <p><b>Limits.</b> An accept that fails, mostly for lack of file descriptors, is retried after {@value #FIRST_BACK_OFF_MILLIS}
 * ms, doubling up to {@value #MAX_BACK_OFF_MILLIS}: an immediate retry would spin, none would leave the port deaf.
 */
final class Acceptor implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Acceptor.class.getName());

    private static final int MANY = 128;
    private static final long FIRST_BACK_OFF_MILLIS = 50;
    private static final long MAX_BACK_OFF_MILLIS = 1600;

    private final AsynchronousServerSocketChannel server;
    private final IoThreads ioThreads;
    private final Receiver receiver;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Has a permit while the acceptor's thread accepts, none while the group does. */
    private final Semaphore turn = new Semaphore(0);

    private long backOffMillis = FIRST_BACK_OFF_MILLIS; // of the thread

    /** Takes the connections; called by one thread at a time. */
    interface Receiver {

        /** How many connections are open. */
        int open();

        /** Takes a connection. If this throws, the connection is closed, {@link #receivingFailed} is called, and accepting goes on. */
        void accepted(AsynchronousSocketChannel channel) throws IOException;

        /** What {@link #accepted} has thrown. */
        void receivingFailed(Throwable fault);

        /** An accept failed, and is retried after a delay. */
        void acceptFailed(Throwable cause, long againMillis);
    }

    private final CompletionHandler<AsynchronousSocketChannel, Void> byGroup = new CompletionHandler<>() {
        @Override
        public void completed(AsynchronousSocketChannel channel, Void attachment) {
            long begun = System.nanoTime();
            receive(channel);
            ioThreads.record(System.nanoTime() - begun);
            if (receiver.open() < MANY) {
                acceptByGroup();
            } else {
                turn.release();
            }
        }

        @Override
        public void failed(Throwable cause, Void attachment) {
            // The thread tries again, and may wait.
            turn.release();
        }
    };

    /** Takes connections of a port that is bound, once it is started. */
    Acceptor(AsynchronousServerSocketChannel server, ThreadFactory threads, IoThreads ioThreads, Receiver receiver) {
        this.server = server;
        this.ioThreads = ioThreads;
        this.receiver = receiver;
        this.thread = threads.newThread(this::acceptByThread);
    }

    void start() {
        thread.start();
        acceptByGroup();
    }

    /** Whether it goes on. */
    boolean isOpen() {
        return closed.getCount() > 0 && server.isOpen();
    }

    private void acceptByGroup() {
        try {
            server.accept(null, byGroup);
        } catch (RuntimeException e) {
            turn.release();
        }
    }

    private void acceptByThread() {
        while (isOpen()) {
            turn.acquireUninterruptibly();
            do {
                acceptOne();
            } while (isOpen() && receiver.open() >= MANY);
            if (isOpen()) {
                acceptByGroup();
            }
        }
    }

    private void acceptOne() {
        try {
            receive(next());
            backOffMillis = FIRST_BACK_OFF_MILLIS;
        } catch (ExecutionException | RuntimeException | Error e) {
            if (isOpen()) {
                backOff(e.getCause() instanceof IOException ? e.getCause() : e);
            }
        }
    }

    /** Ignores interrupts: the port is closed when the thread is to end. */
    private AsynchronousSocketChannel next() throws ExecutionException {
        Future<AsynchronousSocketChannel> next = server.accept();
        while (true) {
            try {
                return next.get();
            } catch (InterruptedException e) {
                LOG.log(Level.DEBUG, "goes on to accept");
            }
        }
    }

    /** Whatever it brings about, the port must not go deaf for it. */
    private void receive(AsynchronousSocketChannel channel) {
        try {
            receiver.accepted(channel);
        } catch (Throwable e) {
            closeQuietly(channel);
            quietly(() -> receiver.receivingFailed(e));
        }
    }

    private void backOff(Throwable cause) {
        long millis = backOffMillis;
        backOffMillis = Math.min(2 * millis, MAX_BACK_OFF_MILLIS);
        quietly(() -> receiver.acceptFailed(cause, millis));
        try {
            if (closed.await(millis, TimeUnit.MILLISECONDS)) {
                LOG.log(Level.DEBUG, "not accepting again: the port is closed");
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "accepts again at once");
        }
    }

    /** Logging may need a file descriptor itself, and there may be none. */
    private static void quietly(Runnable told) {
        try {
            told.run();
        } catch (Throwable e) {
            LOG.log(Level.DEBUG, "it could not be told");
        }
    }

    private static void closeQuietly(AsynchronousSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing failed: {0}", e.getMessage());
        }
    }

    /** Closes the port; the thread ends. */
    @Override
    public void close() {
        closed.countDown();
        turn.release();
        try {
            server.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the port failed: {0}", e.getMessage());
        }
    }
}
