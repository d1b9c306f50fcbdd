package io.framegate.dispatch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Hands requests to the managed threads, and is the bound on how many may wait.
 *
 * <p><b>Threads.</b> A submit to a managed executor captures the caller's contexts, which costs a hundred microseconds
 * and more. So at start it is given a few tasks that run as long as the gate: each takes requests from the queue, on a
 * thread with the application's contexts.
 *
 * <p><b>Order.</b> Chained requests are worked one after the other by one thread as long as they are quick, with one
 * flush for all their replies. Before one that is not, the rest goes back to the queue for another thread. Replies go out
 * in order in any case; that is the pipeline's doing. Requests of batch workers are not in the queue themselves but gather
 * in {@link Batches}; what is in the queue is their worker's turn.
 *
 * <p><b>Limits.</b> {@code capacity} counts requests that are waiting or being worked, not chains. It is the queue's only
 * bound, and may change at any time, as may the number of threads: a thread too many ends when it has no work in hand, and
 * one that is missing is started by another, which has the application's contexts to hand on.
 */
public final class WorkQueue implements AutoCloseable {

    private static final Logger LOG = System.getLogger(WorkQueue.class.getName());

    private static final long TAKE_MILLIS = 1000;

    /** The waits of quick requests are timed once in so many. */
    private static final int SAMPLE = 16;

    /** No work: whoever takes it looks whether it is still wanted, and whether others are. */
    private static final Work LOOK = new Work(null, null, null, 0, new byte[0]);

    private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final BitSet running = new BitSet(); // the loops, by number; guarded by itself
    private int untimed; // only roughly every so many: a lost update does not matter
    private volatile int capacity;
    private volatile int threads;
    private volatile boolean closed;

    /**
     * @param threads how many long-lived tasks the executor is given
     * @param capacity requests that may be waiting or in work; one more is refused as busy
     */
    public WorkQueue(int threads, int capacity) {
        resize(threads, capacity);
    }

    /** Other sizes from now on, with the constructor's meaning. What is admitted stays so. */
    public void resize(int threads, int capacity) {
        if (threads < 1 || capacity < 1) {
            throw new IllegalArgumentException("threads=" + threads + " capacity=" + capacity + ": at least 1 each");
        }
        this.threads = threads;
        this.capacity = capacity;
        queue.add(LOOK);
    }

    /** Starts the long-lived tasks. */
    void start(Executor executor, Answering answering) {
        synchronized (running) {
            for (int i = 0; i < threads; i++) {
                if (!closed && !running.get(i)) {
                    running.set(i);
                    startLoop(i, executor, answering);
                }
            }
        }
    }

    private void startLoop(int number, Executor executor, Answering answering) {
        boolean started = false;
        try {
            executor.execute(() -> drainLoop(number, executor, answering));
            started = true;
        } finally {
            if (!started) {
                running.clear(number);
            }
        }
    }

    private void startMissing(Executor executor, Answering answering) {
        try {
            start(executor, answering);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The executor starts no more worker threads: {0}", e.getMessage());
        }
    }

    /** Whether the loop of this number is to end; it is forgotten then. */
    private boolean ends(int number) {
        synchronized (running) {
            if (!closed && number < threads) {
                return false;
            }
            running.clear(number);
            running.notifyAll();
            return true;
        }
    }

    /**
     * Takes room for one request.
     *
     * @return false when there is none: the request is to be refused
     */
    boolean admit() {
        if (outstanding.incrementAndGet() > capacity) {
            outstanding.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Hands over a chain of admitted requests. */
    void submit(Work chain) {
        Work rest = withoutBatches(chain);
        if (rest != null) {
            boolean quick = rest.route.pace().isQuick();
            if (!quick || ++untimed % SAMPLE == 0) {
                rest.timedFor = quick ? SAMPLE : 1;
                rest.submittedNanos = System.nanoTime();
            }
            queue.add(rest);
        }
    }

    /** The chain without the requests of batch workers, which gather elsewhere. */
    private @Nullable Work withoutBatches(Work chain) {
        Work first = null;
        Work last = null;
        Work next;
        for (Work work = chain; work != null; work = next) {
            next = work.next;
            Batches batches = work.route.batches();
            if (batches != null) {
                work.next = null;
                if (batches.add(work)) {
                    queue.add(Work.turn(work.route));
                }
            } else {
                if (last == null) {
                    first = work;
                } else {
                    last.next = work;
                }
                last = work;
            }
        }
        if (last != null) {
            last.next = null;
        }
        return first;
    }

    /** Requests waiting or in work. */
    public int outstanding() {
        return outstanding.get();
    }

    /** Threads that are working on a request now. */
    public int busy() {
        return busy.get();
    }

    /** Long-lived tasks in all. */
    public int threads() {
        return threads;
    }

    /** The most requests that may be waiting or in work. */
    public int capacity() {
        return capacity;
    }

    /** Ends the long-lived tasks once what they are working on is done; what still waits is given up. */
    @Override
    public void close() {
        closed = true;
        queue.add(LOOK);
    }

    /** Waits for the long-lived tasks to end after {@link #close()}. */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (running) {
            for (long left = limit.toNanos(); !running.isEmpty() && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(running, left);
            }
            return running.isEmpty();
        }
    }

    private void drainLoop(int number, Executor executor, Answering answering) {
        boolean forgotten = false;
        try {
            while (true) {
                if (closed || number >= threads) {
                    forgotten = ends(number);
                    if (forgotten) {
                        // The next one may be too many as well.
                        queue.add(LOOK);
                        return;
                    }
                }
                Work chain = queue.poll(TAKE_MILLIS, TimeUnit.MILLISECONDS);
                if (chain == LOOK) {
                    startMissing(executor, answering);
                } else if (chain != null) {
                    if (chain.timedFor > 0) {
                        answering.waited(System.nanoTime() - chain.submittedNanos, chain.timedFor);
                    }
                    busy.incrementAndGet();
                    try {
                        work(answering, chain);
                    } finally {
                        busy.decrementAndGet();
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.log(closed ? Level.DEBUG : Level.WARNING, "a worker thread was told to end by its executor");
            Thread.currentThread().interrupt();
        } finally {
            if (!forgotten) {
                synchronized (running) {
                    running.clear(number);
                    running.notifyAll();
                }
            }
        }
    }

    private void workBatch(Answering answering, Work turn, Batches batches) {
        List<Work> batch = batches.take();
        try {
            turn.route.answer(answering, batch);
        } finally {
            outstanding.addAndGet(-batch.size());
            if (batches.end(batch.size())) {
                // Behind what came before; at once, if nothing did.
                queue.add(turn);
            }
        }
    }

    private void work(Answering answering, Work chain) {
        Batches batches = chain.route.batches();
        if (batches != null) {
            workBatch(answering, chain, batches);
            return;
        }
        Work work = chain;
        while (work != null) {
            Work rest = work.next;
            if (rest != null && !work.route.pace().isQuick()) {
                work.next = null;
                queue.add(rest);
                rest = null;
            }
            byte[] frame = answering.answer(work.route, work.session, work.body, 0, work.body.length);
            work.replies.fill(work.place, frame);
            outstanding.decrementAndGet();
            if (rest == null || !rest.route.pace().isQuick()) {
                work.replies.flush();
            }
            work = rest;
        }
    }
}
