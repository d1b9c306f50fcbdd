package io.framegate.dispatch;

import io.framegate.message.Refusal;
import io.framegate.message.Thrown;
import io.framegate.metrics.LimitKind;
import io.framegate.metrics.LogRateLimiter;
import io.framegate.session.Session;
import io.framegate.transport.ByteBudget;
import io.framegate.transport.FrameHandler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests on managed threads, and bounds how many may be queued or running.
 *
 * <p><b>Threads.</b> Submitting to a managed executor captures the caller's contexts, which costs more than a hundred
 * microseconds. At start the executor therefore gets a few tasks that run as long as the gate: each of these loops takes requests
 * from the queue, on a thread with the application's contexts. {@link HandoffQueue} decides which of them is woken, if any.
 *
 * <p><b>Order.</b> One thread runs the requests of a chain one after the other as long as they are fast, and flushes their replies
 * together. Before a slow request the rest of the chain goes back to the queue. Replies leave in order in any case: the pipeline
 * sees to that. Requests of a batch worker gather in a {@link BatchQueue}; the queue holds only its worker's turn.
 *
 * <p><b>Limits.</b> {@code capacity} counts queued and running requests, not chains. It is the queue's only bound. It may change at
 * any time, as may the number of threads: a surplus thread ends once it has no task, and a missing one is started by another
 * thread, from which it inherits the application's contexts.
 *
 * <p>If a worker runs longer than its deadline, the watchdog interrupts it and answers its request by an error. Thread and request
 * are counted until the worker returns; meanwhile another thread replaces it, up to {@link #MAX_LOOPS} in all. A request that was
 * queued for twice the deadline is refused as busy, so it gets an answer even if every thread hangs. A request of a connection that has
 * too many unwritten replies is deferred.
 *
 * <p>If every thread blocks for a second, for example on a stalled database, and requests are queued, the pool doubles, until fewer threads
 * are busy than configured. Threads that compute are not multiplied.
 */
public final class WorkerPool implements AutoCloseable {

    private static final Logger LOG = System.getLogger(WorkerPool.class.getName());

    /** Threads in all, those included whose workers do not end. */
    private static final int MAX_LOOPS = 256;

    private static final long TAKE_NANOS = 1_000_000_000;

    /** If a task waited longer, waking another thread would have been faster. */
    private static final long LATE_NANOS = 50_000;

    /** If all threads block for that long, the pool grows. */
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Smaller bodies are not counted, as the capacity bounds them. Larger ones do not share an array. */
    static final int COUNTED_BODY_BYTES = 4096;

    /** One in so many queue waits of fast requests is timed. */
    private static final int SAMPLE = 16;

    /** A connection reserves room for so many requests at once while there is plenty: the counter is shared by all threads. */
    private static final int ROOM_AT_ONCE = 16;

    private static final int PLENTY_OF_ROOM = 1024;

    /** No request: the thread that takes it ends if it is surplus, and starts missing ones. */
    private static final Task WAKE_UP = new Task(null, null, null, 0, new byte[0]);

    /** No request: the thread that takes it ends. */
    private static final Task END = new Task(null, null, null, 0, new byte[0]);

    private final HandoffQueue queue = new HandoffQueue(Runtime.getRuntime().availableProcessors());
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final BitSet runningLoops = new BitSet(); // the loops, by number; guarded by itself
    private final Set<Execution> executions = ConcurrentHashMap.newKeySet(); // of the loops
    private final AtomicInteger overdue = new AtomicInteger(); // loops whose worker runs on after its deadline
    private final Set<BatchQueue> gathering = ConcurrentHashMap.newKeySet(); // all that ever had a turn
    private final ByteBudget bodies = new ByteBudget();
    private final LogRateLimiter notStarted = new LogRateLimiter();
    private final LogRateLimiter endedByExecutor = new LogRateLimiter();
    private int untimed; // only roughly every so many: a lost update does not matter
    private volatile int capacity;
    private volatile int threads;
    private volatile int
            spare; // threads beyond the configured ones, as all of these block; written by the watchdog alone
    private volatile boolean closed;
    private volatile long polledNanos =
            System.nanoTime(); // of the watchdog's last poll: precise enough for queue waits

    /**
     * @param threads how many long-lived tasks the executor is given
     * @param capacity requests that may be waiting or in work; one more is refused as busy
     */
    public WorkerPool(int threads, int capacity) {
        resize(threads, capacity);
    }

    /** Other sizes from now on, with the constructor's meaning. What is admitted stays so. */
    public void resize(int threads, int capacity) {
        if (threads < 1 || capacity < 1) {
            throw new IllegalArgumentException("threads=" + threads + " capacity=" + capacity + ": at least 1 each");
        }
        this.threads = threads;
        this.capacity = capacity;
        queue.put(WAKE_UP, false);
    }

    /** Starts the long-lived tasks. */
    void start(Executor executor, RequestProcessor processor) {
        synchronized (runningLoops) {
            for (int i = 0; i < loops(); i++) {
                if (!closed && !runningLoops.get(i)) {
                    runningLoops.set(i);
                    startLoop(i, executor, processor);
                }
            }
        }
    }

    /** The configured threads, one more for each that is past its deadline, and the spare ones. */
    private int loops() {
        return Math.max(threads, Math.min(threads + overdue.get() + spare, MAX_LOOPS));
    }

    /** Answers what has run or waited for too long. For the watchdog. */
    void watch(Executor executor, RequestProcessor processor, long nowNanos, long limitNanos) {
        for (Execution work : executions) {
            if (work.expire(processor, nowNanos, limitNanos)) {
                overdue.incrementAndGet();
                Task abandoned = work.takeAbandoned();
                if (abandoned != null) {
                    abandoned.waitingNanos = nowNanos;
                    queue.put(abandoned, false);
                }
                startMissing(executor, processor);
            }
        }
        polledNanos = nowNanos;
        watchStall(executor, processor, nowNanos);
        // By then whatever blocked the queue has passed its deadline, and another thread has had time to take it.
        refuseWhatWaited(processor, nowNanos, 2 * limitNanos);
    }

    private void watchStall(Executor executor, RequestProcessor processor, long nowNanos) {
        int before = loops();
        int lost = overdue();
        if (spare > 0 && busy.get() - lost < threads) {
            spare = 0;
        } else if (before < MAX_LOOPS && !queue.isEmpty() && waiting(nowNanos) >= before - lost) {
            spare += before - lost;
            LOG.log(
                    Level.WARNING,
                    "All {0} worker threads have blocked for a second and requests are queued; the pool has grown to {1}. Check the database.",
                    Integer.toString(before - lost),
                    Integer.toString(loops() - lost));
            startMissing(executor, processor);
        }
    }

    private int waiting(long nowNanos) {
        int waiting = 0;
        for (Execution work : executions) {
            waiting += work.waits(nowNanos, STALL_NANOS) ? 1 : 0;
        }
        return waiting;
    }

    private void refuseWhatWaited(RequestProcessor processor, long nowNanos, long limitNanos) {
        for (Task chain : queue.waiting()) {
            if (chain == WAKE_UP || chain.route.batches() != null) {
                continue;
            }
            if (nowNanos - chain.waitingNanos <= limitNanos) {
                break;
            }
            // The thread that removes it from the queue answers it.
            if (queue.remove(chain)) {
                FrameHandler.Replies replies = chain.replies;
                for (Task work = chain; work != null; work = work.rest()) {
                    refuse(processor, work, limitNanos);
                    done(work);
                }
                replies.flush();
            }
        }
        for (BatchQueue batches : gathering) {
            for (Task work : batches.giveUp(nowNanos, limitNanos)) {
                refuse(processor, work, limitNanos);
                work.replies.flush();
            }
        }
    }

    private static void refuse(RequestProcessor processor, Task work, long limitNanos) {
        processor.reached(LimitKind.WORKER_TIME);
        Refusal refusal = new Refusal(
                        Refusal.Code.BUSY,
                        "Busy: no worker was free within " + TimeUnit.NANOSECONDS.toMillis(limitNanos)
                                + " ms. The request was not executed; retry later.")
                .retryAfter(Duration.ofNanos(limitNanos));
        work.replies.fill(work.slot, processor.refuse(work.route, work.session(), work.length, refusal));
    }

    private void startLoop(int number, Executor executor, RequestProcessor processor) {
        boolean started = false;
        try {
            executor.execute(() -> drainLoop(number, executor, processor));
            started = true;
        } finally {
            if (!started) {
                runningLoops.clear(number);
            }
        }
    }

    private void startMissing(Executor executor, RequestProcessor processor) {
        try {
            start(executor, processor);
        } catch (RuntimeException | OutOfMemoryError e) {
            // The latter if the system gives no more threads.
            notStarted.log(others -> LOG.log(
                    Level.WARNING, "The executor starts no more worker threads: " + Thrown.message(e) + others));
        }
    }

    /** Whether the loop of this number ends; if so it is no longer counted. */
    private boolean ends(int number) {
        synchronized (runningLoops) {
            if (!closed && number < loops()) {
                return false;
            }
            runningLoops.clear(number);
            runningLoops.notifyAll();
            return true;
        }
    }

    /** Admits the requests of one connection. One thread at a time. */
    final class Admission {

        private int room; // reserved and not used yet
        private boolean more; // than one since the last read

        /**
         * Reserves room for one request, and for its body if it is large enough to be counted.
         *
         * @return the limit that is reached, so that the request is to be refused; null if it is admitted
         */
        @Nullable
        LimitKind admit(int bodyBytes) {
            if (bodyBytes >= COUNTED_BODY_BYTES && !bodies.take(bodyBytes)) {
                return LimitKind.REQUEST_BYTES;
            }
            if (room == 0) {
                room = takeRoom(more ? ROOM_AT_ONCE : 1);
                more = true;
            }
            if (room == 0) {
                if (bodyBytes >= COUNTED_BODY_BYTES) {
                    bodies.giveBack(bodyBytes);
                }
                return LimitKind.REQUESTS;
            }
            room--;
            return null;
        }

        /** All requests of one read have been admitted: releases the room that was reserved for more. */
        void readCompleted() {
            if (room > 0) {
                outstanding.addAndGet(-room);
                room = 0;
            }
            more = false;
        }
    }

    /** Reserves room for that many requests if there is plenty, otherwise for one, if there is any. */
    private int takeRoom(int wanted) {
        while (true) {
            int taken = outstanding.get();
            int free = capacity - taken;
            if (free <= 0) {
                return 0;
            }
            int room = free > PLENTY_OF_ROOM ? wanted : 1;
            if (outstanding.compareAndSet(taken, taken + room)) {
                return room;
            }
        }
    }

    /** Submits a chain of admitted requests. */
    void submit(Task chain) {
        Task rest = withoutBatches(chain);
        if (rest != null) {
            boolean fast = rest.route.serviceTime().isFast();
            if (!fast || ++untimed % SAMPLE == 0) {
                rest.timedFor = fast ? SAMPLE : 1;
                rest.submittedNanos = System.nanoTime();
            }
            rest.waitingNanos = polledNanos;
            queue.put(rest, fast);
        }
    }

    /** The chain without the requests of batch workers, which go to their batch queues. */
    private @Nullable Task withoutBatches(Task chain) {
        Task first = null;
        Task last = null;
        Task next;
        for (Task work = chain; work != null; work = next) {
            next = work.next;
            BatchQueue batches = work.route.batches();
            if (batches != null) {
                work.next = null;
                work.waitingNanos = polledNanos;
                if (batches.add(work)) {
                    gathering.add(batches);
                    queue.put(Task.turn(work.route), false);
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

    /** Bytes of the requests that are waiting or in work, and of those that are being read; small ones are not counted. */
    public ByteBudget requestBytes() {
        return bodies;
    }

    /** Threads whose worker was interrupted after its deadline and has not returned. */
    public int overdue() {
        return Math.max(0, overdue.get());
    }

    /** Threads that are working on a request now. */
    public int busy() {
        return busy.get();
    }

    /** Long-lived tasks in all. */
    public int threads() {
        return threads;
    }

    /** Long-lived tasks that have a thread of the executor: as many as are wanted, unless it gives no more. */
    public int running() {
        return executions.size();
    }

    /** The most requests that may be waiting or in work. */
    public int capacity() {
        return capacity;
    }

    /** Ends the long-lived tasks once what they are working on is done; what still waits is given up. */
    @Override
    public void close() {
        closed = true;
        queue.put(WAKE_UP, false);
    }

    /** Waits for the long-lived tasks to end after {@link #close()}. */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (runningLoops) {
            for (long left = limit.toNanos();
                    !runningLoops.isEmpty() && left > 0;
                    left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(runningLoops, left);
            }
            return runningLoops.isEmpty();
        }
    }

    private void drainLoop(int number, Executor executor, RequestProcessor processor) {
        boolean forgotten = false;
        Execution own = new Execution();
        executions.add(own);
        try (HandoffQueue.Consumer consumer = queue.new Consumer()) {
            while (true) {
                if (closed || number >= loops()) {
                    forgotten = ends(number);
                    if (forgotten) {
                        // The next one may be surplus too.
                        queue.put(WAKE_UP, false);
                        return;
                    }
                }
                Task chain = take(consumer, processor);
                if (chain == END) {
                    Thread.currentThread().interrupt();
                    return;
                }
                if (chain == WAKE_UP) {
                    startMissing(executor, processor);
                } else if (chain != null) {
                    if (chain.timedFor > 0) {
                        begun(processor, chain);
                    }
                    busy.incrementAndGet();
                    try {
                        work(processor, chain, own, consumer);
                    } catch (Throwable fault) {
                        // Not a worker's fault: those are answered. The thread goes on, as requests may be queued for
                        // it.
                        processor.unforeseen("a worker thread was disturbed", fault);
                    } finally {
                        busy.decrementAndGet();
                    }
                }
            }
        } finally {
            executions.remove(own);
            if (!forgotten) {
                synchronized (runningLoops) {
                    runningLoops.clear(number);
                    runningLoops.notifyAll();
                }
            }
        }
    }

    /** The next task; null if there is none yet; {@link #END} if the thread's owner ends it. */
    private @Nullable Task take(HandoffQueue.Consumer consumer, RequestProcessor processor) {
        try {
            return consumer.take(TAKE_NANOS);
        } catch (InterruptedException e) {
            // A worker may have passed its thread to code that interrupts it later: that does not end the loop.
            if (!processor.boundary().isThreadEnding()) {
                return null;
            }
            if (!closed) {
                // All threads may log this at once.
                endedByExecutor.log(
                        others -> LOG.log(Level.WARNING, "The executor has ended a worker thread" + others));
            }
            return END;
        }
    }

    private void begun(RequestProcessor processor, Task chain) {
        long waited = System.nanoTime() - chain.submittedNanos;
        processor.waited(waited, chain.timedFor);
        chain.timedFor = 0;
        if (waited > LATE_NANOS) {
            queue.wakeAnother();
        }
    }

    private void workBatch(RequestProcessor processor, Task turn, BatchQueue batches, Execution execution) {
        List<Task> batch = batches.take();
        List<Task> wanted = batch.stream().filter(Task::decide).toList();
        execution.begin(turn.route, wanted);
        try {
            if (wanted.isEmpty()) {
                passOn(turn, batches, batch.size());
            } else {
                turn.route.answer(processor, wanted, () -> passOn(turn, batches, batch.size()));
            }
        } finally {
            if (!execution.end()) {
                overdue.decrementAndGet();
            }
            batch.forEach(this::done);
        }
    }

    private void passOn(Task turn, BatchQueue batches, int worked) {
        if (batches.end(worked)) {
            // Behind what came before; at once, if nothing did.
            queue.put(turn, false);
        }
    }

    /** Answers by errors what is admitted and cannot be worked: a request, all that share its array, and all that are chained to it. */
    void giveUp(RequestProcessor processor, @Nullable Task chain, Throwable fault) {
        for (Task work = chain; work != null; work = work.rest()) {
            giveUp(processor, work.route, work.session(), work.replies, work.slot, work.length, fault);
        }
    }

    /** Answers by an error a request that is admitted and cannot be worked. */
    void giveUp(
            RequestProcessor processor,
            Route<?, ?> route,
            Session session,
            FrameHandler.Replies replies,
            long slot,
            int length,
            Throwable fault) {
        replies.fill(slot, processor.failed(route, session, fault));
        outstanding.decrementAndGet();
        releaseBody(length);
        replies.flush();
    }

    private void done(Task work) {
        outstanding.decrementAndGet();
        releaseBody(work.length);
    }

    private void releaseBody(int length) {
        if (length >= COUNTED_BODY_BYTES) {
            bodies.giveBack(length);
        }
    }

    private boolean defer(Task work) {
        // Not counted meanwhile: clients that do not take their replies must not fill the queue for others.
        outstanding.decrementAndGet();
        boolean aside = false;
        try {
            aside = work.replies.defer(work.slot, () -> goOn(work));
        } finally {
            if (!aside) {
                outstanding.incrementAndGet();
            }
        }
        return aside;
    }

    /** Work that was put aside while replies were in its way goes on, behind what came meanwhile. */
    private void goOn(Task work) {
        outstanding.incrementAndGet();
        work.waitingNanos = polledNanos;
        queue.put(work, work.route.serviceTime().isFast());
    }

    private void work(RequestProcessor processor, Task chain, Execution execution, HandoffQueue.Consumer consumer) {
        BatchQueue batches = chain.route.batches();
        if (batches != null) {
            consumer.markSlow();
            workBatch(processor, chain, batches, execution);
            return;
        }
        long waitingNanos = chain.waitingNanos;
        int worked = 0; // not subtracted from outstanding yet, which all threads share
        Task work = chain;
        while (work != null) {
            Route<?, ?> route = work.route;
            FrameHandler.Replies replies = work.replies;
            long slot = work.slot;
            byte[] bytes = work.bytes;
            int offset = work.offset;
            int length = work.length;
            Task rest = work.rest();
            boolean open = true; // it has no answer, and no other thread will give it one
            try {
                if (!route.serviceTime().isFast()) {
                    consumer.markSlow();
                    if (rest != null) {
                        rest.waitingNanos = waitingNanos;
                        queue.put(rest, rest.route.serviceTime().isFast());
                        rest = null;
                    }
                }
                boolean aside = replies.isAboveHighWatermark()
                        && defer(new Task(route, replies, work.sender, slot, bytes, offset, length));
                if (aside) {
                    open = false;
                } else {
                    byte[] reply =
                            execution.answer(processor, route, work.sender, replies, slot, bytes, offset, length, rest);
                    open = false;
                    releaseBody(length);
                    worked++;
                    if (reply == null) {
                        outstanding.addAndGet(-worked);
                        overdue.decrementAndGet();
                        // Another thread has the rest.
                        return;
                    }
                    replies.fill(slot, reply);
                }
                if (aside || rest == null || !rest.route.serviceTime().isFast()) {
                    outstanding.addAndGet(-worked);
                    worked = 0;
                    execution.flush();
                    replies.flush();
                }
            } catch (Throwable fault) {
                outstanding.addAndGet(-worked);
                if (open) {
                    giveUp(processor, route, work.session(), replies, slot, length, fault);
                }
                giveUp(processor, rest, fault);
                replies.flush();
                throw fault;
            }
            work = rest;
        }
    }
}
