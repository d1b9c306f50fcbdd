package io.framegate.dispatch;

import io.framegate.session.Sender;
import io.framegate.session.Session;
import io.framegate.transport.FrameSink;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one thread has a worker do at present, for the watch over the deadline of workers.
 *
 * <p><b>Threads.</b> The owner begins and ends; the watch, a single thread, looks from time to time. Which of them answers a
 * request is decided by one compare-and-set of {@code state}: odd while a worker works, one more with every begin and every
 * end, whoever brings it about. The other fields are those of the present work as long as the state is the same.
 *
 * <p>The owner never looks at the clock: the watch measures from when it first sees a work, so a deadline is late by at most
 * the time between two looks.
 */
final class Running {

    private static final VarHandle STATE;
    private static final VarHandle TAKEN;
    private static final ThreadMXBean CLOCKS = ManagementFactory.getThreadMXBean();

    /** Of the time that it has been in work, what a worker that waits may have been on a processor: one in so many parts. */
    private static final int PART_OF_WAITING = 10;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Running.class, "state", long.class);
            TAKEN = MethodHandles.lookup().findVarHandle(Running.class, "taken", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // by its handle
    private long state;

    @SuppressWarnings("unused") // by its handle
    private boolean taken;

    // The owner's own.
    private final Desk desk = new Desk();
    private final Pace.Tally tally = new Pace.Tally();

    // Of the present work.
    private @Nullable Thread thread;
    private @Nullable Route<?, ?> route;
    private @Nullable Session session;
    private FrameSink.@Nullable Replies replies;
    private long place;
    private @Nullable List<Work> batch;
    private @Nullable Work rest;

    // The watch's own.
    private long seenState;
    private long seenNanos;
    private long seenProcessorNanos;
    private @Nullable Work orphan;

    /** Becomes its owner, if it has none. */
    boolean take() {
        return !(boolean) TAKEN.getVolatile(this) && TAKEN.compareAndSet(this, false, true);
    }

    /** Ends being its owner. */
    void giveBack() {
        TAKEN.setRelease(this, false);
    }

    /**
     * Has one request worked. For the owner.
     *
     * @param place for its reply, which the watch fills if it is not in time
     * @param rest what it has to work next; another thread's, if it is not in time
     * @return the reply; null if it was not in time
     */
    byte @Nullable [] answer(
            Answering answering,
            Route<?, ?> route,
            Sender sender,
            FrameSink.Replies replies,
            long place,
            byte[] bytes,
            int offset,
            int length,
            @Nullable Work rest) {
        begin(route, sender.session(), replies, place, rest);
        byte[] frame = answering.answer(route, sender, desk, bytes, offset, length);
        if (end()) {
            return frame;
        }
        desk.tell();
        answering.drop(route, frame);
        return null;
    }

    /** Some requests of one kind were worked one after the other, by a thread that reads. For the owner. */
    void took(Pace pace, int requests, long nanosInAll) {
        tally.took(pace, requests, nanosInAll);
    }

    /** Tells what was counted; to be called before replies are written. For the owner. */
    void tell() {
        desk.tell();
    }

    private void begin(Route<?, ?> route, Session session, FrameSink.Replies replies, long place, @Nullable Work rest) {
        this.thread = Thread.currentThread();
        this.route = route;
        this.session = session;
        this.replies = replies;
        this.place = place;
        this.rest = rest;
        STATE.setRelease(this, (long) STATE.get(this) + 1);
    }

    /** A worker is about to work on a batch, whose requests are answered by whoever {@linkplain Work#claim claims} each. */
    void begin(Route<?, ?> route, List<Work> batch) {
        this.thread = Thread.currentThread();
        this.route = route;
        this.batch = batch;
        this.rest = null;
        STATE.setRelease(this, (long) STATE.get(this) + 1);
    }

    /**
     * The worker has ended. For the owner.
     *
     * @return false if its time was over: the request is answered already, and what it gave is late
     */
    boolean end() {
        long now = (long) STATE.getAcquire(this);
        boolean inTime = (now & 1) == 1 && STATE.compareAndSet(this, now, now + 1);
        if (!inTime) {
            synchronized (this) {
                // The watch interrupts and answers under this lock; what comes next must not be met by it.
                Thread.interrupted();
            }
        }
        // Not before: without it the watch would take what was worked last for the present work, and answer that again.
        batch = null;
        return inTime;
    }

    /** What the thread that was last told to end would have worked next: for another one. For the watch. */
    @Nullable
    Work takeOrphan() {
        Work taken = orphan;
        orphan = null;
        return taken;
    }

    /**
     * Whether it has been at one work for so long, and has done next to nothing in that time but wait. For the watch, after
     * {@link #expire}.
     */
    boolean waits(long nowNanos, long leastNanos) {
        long elapsed = nowNanos - seenNanos;
        return (seenState & 1) == 1
                && elapsed >= leastNanos
                && (processorNanos(thread) - seenProcessorNanos) * PART_OF_WAITING <= elapsed
                && (long) STATE.getAcquire(this) == seenState;
    }

    /** What a thread has been on a processor in its life; always 0 where the JVM does not tell. */
    private static long processorNanos(@Nullable Thread thread) {
        return thread != null && CLOCKS.isThreadCpuTimeSupported() && CLOCKS.isThreadCpuTimeEnabled()
                ? Math.max(0, CLOCKS.getThreadCpuTime(thread.getId()))
                : 0;
    }

    /**
     * Answers, by an error, what has been in work for too long, and tells its thread so by an interrupt. For the watch.
     *
     * @return whether there was such a thing
     */
    boolean expire(Answering answering, long nowNanos, long limitNanos) {
        long seen = (long) STATE.getAcquire(this);
        if (seen != seenState) {
            seenState = seen;
            seenNanos = nowNanos;
            seenProcessorNanos = processorNanos(thread);
            return false;
        }
        if ((seen & 1) == 0 || nowNanos - seenNanos <= limitNanos) {
            return false;
        }
        Thread working = thread;
        Route<?, ?> late = route;
        Session asking = session;
        FrameSink.Replies line = replies;
        long at = place;
        List<Work> together = batch;
        Work next = rest;
        if (working == null || late == null) {
            return false;
        }
        boolean given = giveUp(seen, working, () -> {
            if (together == null && line != null && asking != null) {
                line.fill(at, answering.expired(late, asking, limitNanos));
                line.flush();
            }
        });
        if (!given) {
            return false;
        }
        orphan = next;
        if (together != null) {
            for (Work work : together) {
                if (work.claim()) {
                    work.replies.fill(work.place, answering.expired(late, work.session(), limitNanos));
                    work.replies.flush();
                }
            }
        }
        return true;
    }

    /**
     * Decides that a worker is late, if it has not ended. For the watch.
     *
     * @param answer is run before the owner comes back from {@link #end}
     * @return false if the worker has ended
     */
    boolean giveUp(long seen, Thread working, Runnable answer) {
        synchronized (this) {
            if (!STATE.compareAndSet(this, seen, seen + 1)) {
                return false;
            }
            working.interrupt();
            answer.run();
            return true;
        }
    }
}
