package io.framegate.dispatch;

import io.framegate.message.Refusal;
import io.framegate.message.Thrown;
import io.framegate.metrics.Limit;
import io.framegate.metrics.LogLimit;
import io.framegate.session.Session;
import io.framegate.transport.ByteBudget;
import io.framegate.transport.FrameSink;
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
 * Hands requests to the managed threads, and is the bound on how many may wait.
 *
 * <p><b>Threads.</b> A submit to a managed executor captures the caller's contexts, which costs a hundred microseconds
 * and more. So at start it is given a few tasks that run as long as the gate: each takes requests from the queue, on a
 * thread with the application's contexts. {@link HandOver} says which of them is woken, if any is.
 *
 * <p><b>Order.</b> Chained requests are worked one after the other by one thread as long as they are quick, with one
 * flush for all their replies. Before one that is not, the rest goes back to the queue for another thread. Replies go out
 * in order in any case; that is the pipeline's doing. Requests of batch workers are not in the queue themselves but gather
 * in {@link Batches}; what is in the queue is their worker's turn.
 *
 * <p><b>Limits.</b> {@code capacity} counts requests that are waiting or being worked, not chains. It is the queue's only
 * bound, and may change at any time, as may the number of threads: a thread too many ends when it has no work in hand, and
 * one that is missing is started by another, which has the application's contexts to hand on.
 *
 * <p>A worker that works longer than its deadline is interrupted, and its request answered by an error. Its thread and its
 * request are counted until it really ends; meanwhile another thread works in its place, as far as there are
 * {@link #MAX_LOOPS}. One that has waited twice as long without being begun, for what was before it and on its own,
 * is refused as busy, so that it gets an answer even if every thread hangs. A request whose connection has too many replies waiting to be taken is put aside until it has fewer.
 *
 * <p>Long before that deadline every thread may have come to wait for the same thing, a database that stalls say, while
 * requests that need nothing of it stand behind. So where all threads have done nothing but wait for a second, and there is work,
 * as many more are started, until fewer are busy than are wanted. Threads that compute, or take turns, are not multiplied.
 */
public final class WorkQueue implements AutoCloseable {

    private static final Logger LOG = System.getLogger(WorkQueue.class.getName());

    /** Threads in all, those included whose workers do not end. */
    private static final int MAX_LOOPS = 256;

    private static final long TAKE_NANOS = 1_000_000_000;

    /** What waited for longer would have been begun before by another thread, had one been woken. */
    private static final long LATE_NANOS = 50_000;

    /** When all threads have waited for so long, nothing of what they wait for is likely to come soon. */
    private static final long STANDSTILL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Smaller bodies are not counted: the capacity bounds them well enough. Nor do larger ones share an array. */
    static final int COUNTED_BODY_BYTES = 4096;

    /** The waits of quick requests are timed once in so many. */
    private static final int SAMPLE = 16;

    /** Of what all threads share, a connection takes room for so many requests at once while there is plenty. */
    private static final int ROOM_AT_ONCE = 16;

    private static final int PLENTY_OF_ROOM = 1024;

    /** No work: whoever takes it looks whether it is still wanted, and whether others are. */
    private static final Work LOOK = new Work(null, null, null, 0, new byte[0]);

    /** No work: the thread is to end. */
    private static final Work END = new Work(null, null, null, 0, new byte[0]);

    private final HandOver queue = new HandOver(Runtime.getRuntime().availableProcessors());
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final BitSet running = new BitSet(); // the loops, by number; guarded by itself
    private final Set<Running> works = ConcurrentHashMap.newKeySet(); // one for each loop
    private final AtomicInteger overdue = new AtomicInteger(); // loops whose worker has had its time and goes on
    private final Set<Batches> gathering = ConcurrentHashMap.newKeySet(); // all that ever had a turn
    private final ByteBudget bodies = new ByteBudget();
    private final LogLimit notStarted = new LogLimit();
    private final LogLimit toldToEnd = new LogLimit();
    private int untimed; // only roughly every so many: a lost update does not matter
    private volatile int capacity;
    private volatile int threads;
    private volatile int spare; // threads more than are wanted, since all wait; written by the watch alone
    private volatile boolean closed;
    private volatile long lookNanos = System.nanoTime(); // when the watch looked last: near enough for what waits

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
        queue.put(LOOK, false);
    }

    /** Starts the long-lived tasks. */
    void start(Executor executor, Answering answering) {
        synchronized (running) {
            for (int i = 0; i < loops(); i++) {
                if (!closed && !running.get(i)) {
                    running.set(i);
                    startLoop(i, executor, answering);
                }
            }
        }
    }

    /** As many as are wanted, one more for each that has been lost to its worker for now, and those in place of all that wait. */
    private int loops() {
        return Math.max(threads, Math.min(threads + overdue.get() + spare, MAX_LOOPS));
    }

    /** Ends what has been in work for too long. For the watch. */
    void watch(Executor executor, Answering answering, long nowNanos, long limitNanos) {
        for (Running work : works) {
            if (work.expire(answering, nowNanos, limitNanos)) {
                overdue.incrementAndGet();
                Work orphan = work.takeOrphan();
                if (orphan != null) {
                    orphan.waitingNanos = nowNanos;
                    queue.put(orphan, false);
                }
                startMissing(executor, answering);
            }
        }
        lookNanos = nowNanos;
        watchStandstill(executor, answering, nowNanos);
        // What hung before it has had its time by then, and another thread that of taking it.
        refuseWhatWaited(answering, nowNanos, 2 * limitNanos);
    }

    private void watchStandstill(Executor executor, Answering answering, long nowNanos) {
        int before = loops();
        int lost = overdue();
        if (spare > 0 && busy.get() - lost < threads) {
            spare = 0;
        } else if (before < MAX_LOOPS && !queue.isEmpty() && waiting(nowNanos) >= before - lost) {
            spare += before - lost;
            LOG.log(
                    Level.WARNING,
                    "All {0} worker threads wait, for a database perhaps, and requests wait for them; there are {1} now",
                    Integer.toString(before - lost),
                    Integer.toString(loops() - lost));
            startMissing(executor, answering);
        }
    }

    private int waiting(long nowNanos) {
        int waiting = 0;
        for (Running work : works) {
            waiting += work.waits(nowNanos, STANDSTILL_NANOS) ? 1 : 0;
        }
        return waiting;
    }

    private void refuseWhatWaited(Answering answering, long nowNanos, long limitNanos) {
        for (Work chain : queue.waiting()) {
            if (chain == LOOK || chain.route.batches() != null) {
                continue;
            }
            if (nowNanos - chain.waitingNanos <= limitNanos) {
                break;
            }
            // Whoever takes it out of the queue answers it.
            if (queue.remove(chain)) {
                FrameSink.Replies line = chain.replies;
                for (Work work = chain; work != null; work = work.rest()) {
                    refuse(answering, work, limitNanos);
                    done(work);
                }
                line.flush();
            }
        }
        for (Batches batches : gathering) {
            for (Work work : batches.giveUp(nowNanos, limitNanos)) {
                refuse(answering, work, limitNanos);
                work.replies.flush();
            }
        }
    }

    private static void refuse(Answering answering, Work work, long limitNanos) {
        answering.reached(Limit.WORKER_TIME);
        Refusal refusal = new Refusal(
                        Refusal.Code.BUSY,
                        "Nothing was done: the request waited for " + TimeUnit.NANOSECONDS.toMillis(limitNanos)
                                + " ms, and no worker was free; try again later.")
                .retryAfter(Duration.ofNanos(limitNanos));
        work.replies.fill(work.place, answering.refuse(work.route, work.session(), work.length, refusal));
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
        } catch (RuntimeException | OutOfMemoryError e) {
            // The latter where the system gives no more threads.
            notStarted.tell(others -> LOG.log(
                    Level.WARNING, "The executor starts no more worker threads: " + Thrown.message(e) + others));
        }
    }

    /** Whether the loop of this number is to end; it is forgotten then. */
    private boolean ends(int number) {
        synchronized (running) {
            if (!closed && number < loops()) {
                return false;
            }
            running.clear(number);
            running.notifyAll();
            return true;
        }
    }

    /** What one connection's requests are admitted by. One thread at a time. */
    final class Admission {

        private int room; // taken, and not used yet
        private boolean more; // than one since the last read

        /**
         * Takes room for one request, and for its body if it is of a size worth counting.
         *
         * @return the limit that leaves none, so that the request is to be refused; null where there is room
         */
        @Nullable
        Limit admit(int bodyBytes) {
            if (bodyBytes >= COUNTED_BODY_BYTES && !bodies.take(bodyBytes)) {
                return Limit.REQUEST_BYTES;
            }
            if (room == 0) {
                room = takeRoom(more ? ROOM_AT_ONCE : 1);
                more = true;
            }
            if (room == 0) {
                if (bodyBytes >= COUNTED_BODY_BYTES) {
                    bodies.giveBack(bodyBytes);
                }
                return Limit.REQUESTS;
            }
            room--;
            return null;
        }

        /** What was read at once has been admitted: room that was taken for more is free again. */
        void readCompleted() {
            if (room > 0) {
                outstanding.addAndGet(-room);
                room = 0;
            }
            more = false;
        }
    }

    /** Takes room for as many requests, if there is much more than that, or else for one, if there is any. */
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

    /** Hands over a chain of admitted requests. */
    void submit(Work chain) {
        Work rest = withoutBatches(chain);
        if (rest != null) {
            boolean quick = rest.route.pace().isQuick();
            if (!quick || ++untimed % SAMPLE == 0) {
                rest.timedFor = quick ? SAMPLE : 1;
                rest.submittedNanos = System.nanoTime();
            }
            rest.waitingNanos = lookNanos;
            queue.put(rest, quick);
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
                work.waitingNanos = lookNanos;
                if (batches.add(work)) {
                    gathering.add(batches);
                    queue.put(Work.turn(work.route), false);
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

    /** Threads whose worker was told to stop, and has not. */
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
        return works.size();
    }

    /** The most requests that may be waiting or in work. */
    public int capacity() {
        return capacity;
    }

    /** Ends the long-lived tasks once what they are working on is done; what still waits is given up. */
    @Override
    public void close() {
        closed = true;
        queue.put(LOOK, false);
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
        Running own = new Running();
        works.add(own);
        try (HandOver.Taker taker = queue.new Taker()) {
            while (true) {
                if (closed || number >= loops()) {
                    forgotten = ends(number);
                    if (forgotten) {
                        // The next one may be too many as well.
                        queue.put(LOOK, false);
                        return;
                    }
                }
                Work chain = take(taker, answering);
                if (chain == END) {
                    Thread.currentThread().interrupt();
                    return;
                }
                if (chain == LOOK) {
                    startMissing(executor, answering);
                } else if (chain != null) {
                    if (chain.timedFor > 0) {
                        begun(answering, chain);
                    }
                    busy.incrementAndGet();
                    try {
                        work(answering, chain, own, taker);
                    } catch (Throwable fault) {
                        // No worker's: these are answered. The thread goes on, or others would wait for it.
                        answering.unforeseen("a worker thread was disturbed", fault);
                    } finally {
                        busy.decrementAndGet();
                    }
                }
            }
        } finally {
            works.remove(own);
            if (!forgotten) {
                synchronized (running) {
                    running.clear(number);
                    running.notifyAll();
                }
            }
        }
    }

    /** The next work; null where there is none yet; {@link #END} where the thread's owner wants it to end. */
    private @Nullable Work take(HandOver.Taker taker, Answering answering) {
        try {
            return taker.take(TAKE_NANOS);
        } catch (InterruptedException e) {
            // A worker may have handed its thread to something that interrupts it later: that ends no loop.
            if (!answering.boundary().isThreadEnding()) {
                return null;
            }
            if (!closed) {
                // All threads may have the same to say at once.
                toldToEnd.tell(
                        others -> LOG.log(Level.WARNING, "A worker thread was told to end by its executor" + others));
            }
            return END;
        }
    }

    private void begun(Answering answering, Work chain) {
        long waited = System.nanoTime() - chain.submittedNanos;
        answering.waited(waited, chain.timedFor);
        chain.timedFor = 0;
        if (waited > LATE_NANOS) {
            queue.callAnother();
        }
    }

    private void workBatch(Answering answering, Work turn, Batches batches, Running running) {
        List<Work> batch = batches.take();
        List<Work> wanted = batch.stream().filter(Work::decide).toList();
        running.begin(turn.route, wanted);
        try {
            if (wanted.isEmpty()) {
                passOn(turn, batches, batch.size());
            } else {
                turn.route.answer(answering, wanted, () -> passOn(turn, batches, batch.size()));
            }
        } finally {
            if (!running.end()) {
                overdue.decrementAndGet();
            }
            batch.forEach(this::done);
        }
    }

    private void passOn(Work turn, Batches batches, int worked) {
        if (batches.end(worked)) {
            // Behind what came before; at once, if nothing did.
            queue.put(turn, false);
        }
    }

    /** Answers by errors what is admitted and cannot be worked: a request, all that share its array, and all that are chained to it. */
    void giveUp(Answering answering, @Nullable Work chain, Throwable fault) {
        for (Work work = chain; work != null; work = work.rest()) {
            giveUp(answering, work.route, work.session(), work.replies, work.place, work.length, fault);
        }
    }

    /** Answers by an error a request that is admitted and cannot be worked. */
    void giveUp(
            Answering answering,
            Route<?, ?> route,
            Session session,
            FrameSink.Replies replies,
            long place,
            int length,
            Throwable fault) {
        replies.fill(place, answering.failed(route, session, fault));
        outstanding.decrementAndGet();
        giveBackBody(length);
        replies.flush();
    }

    private void done(Work work) {
        outstanding.decrementAndGet();
        giveBackBody(work.length);
    }

    private void giveBackBody(int length) {
        if (length >= COUNTED_BODY_BYTES) {
            bodies.giveBack(length);
        }
    }

    private boolean putAside(Work work) {
        // Not counted meanwhile: clients that do not take their replies must not fill the queue for others.
        outstanding.decrementAndGet();
        boolean aside = false;
        try {
            aside = work.replies.postpone(work.place, () -> goOn(work));
        } finally {
            if (!aside) {
                outstanding.incrementAndGet();
            }
        }
        return aside;
    }

    /** Work that was put aside while replies were in its way goes on, behind what came meanwhile. */
    private void goOn(Work work) {
        outstanding.incrementAndGet();
        work.waitingNanos = lookNanos;
        queue.put(work, work.route.pace().isQuick());
    }

    private void work(Answering answering, Work chain, Running running, HandOver.Taker taker) {
        Batches batches = chain.route.batches();
        if (batches != null) {
            taker.takesItsTime();
            workBatch(answering, chain, batches, running);
            return;
        }
        long waitingNanos = chain.waitingNanos;
        int worked = 0; // not taken off outstanding yet, which all threads share
        Work work = chain;
        while (work != null) {
            Route<?, ?> route = work.route;
            FrameSink.Replies replies = work.replies;
            long place = work.place;
            byte[] bytes = work.bytes;
            int offset = work.offset;
            int length = work.length;
            Work rest = work.rest();
            boolean open = true; // it has no answer, and nobody else will give it one
            try {
                if (!route.pace().isQuick()) {
                    taker.takesItsTime();
                    if (rest != null) {
                        rest.waitingNanos = waitingNanos;
                        queue.put(rest, rest.route.pace().isQuick());
                        rest = null;
                    }
                }
                boolean aside = replies.isOverfull()
                        && putAside(new Work(route, replies, work.sender, place, bytes, offset, length));
                if (aside) {
                    open = false;
                } else {
                    byte[] reply =
                            running.answer(answering, route, work.sender, replies, place, bytes, offset, length, rest);
                    open = false;
                    giveBackBody(length);
                    worked++;
                    if (reply == null) {
                        outstanding.addAndGet(-worked);
                        overdue.decrementAndGet();
                        // Another thread has the rest.
                        return;
                    }
                    replies.fill(place, reply);
                }
                if (aside || rest == null || !rest.route.pace().isQuick()) {
                    outstanding.addAndGet(-worked);
                    worked = 0;
                    running.tell();
                    replies.flush();
                }
            } catch (Throwable fault) {
                outstanding.addAndGet(-worked);
                if (open) {
                    giveUp(answering, route, work.session(), replies, place, length, fault);
                }
                giveUp(answering, rest, fault);
                replies.flush();
                throw fault;
            }
            work = rest;
        }
    }
}
