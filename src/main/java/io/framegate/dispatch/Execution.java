package io.framegate.dispatch;

import io.framegate.session.Sender;
import io.framegate.session.Session;
import io.framegate.transport.FrameHandler;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The task a thread is executing, as seen by the watchdog.
 *
 * <p><b>Threads.</b> The owner begins and ends a task; the watchdog, a single thread, polls. One compare-and-set of {@code state}
 * decides which of them answers a request. The state is odd while a worker runs, and grows by one with every begin and every end,
 * whichever thread causes it. The other fields are those of the present task as long as the state is the same.
 *
 * <p>The owner never reads the clock: the watchdog measures from the poll that first sees a task, so a deadline is late by at most one
 * polling interval.
 */
final class Execution {

    private static final VarHandle STATE;
    private static final VarHandle ACQUIRED;
    private static final ThreadMXBean CLOCKS = ManagementFactory.getThreadMXBean();

    /** A task counts as blocked if it used at most one in so many parts of its time on a processor. */
    private static final int PART_OF_WAITING = 10;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Execution.class, "state", long.class);
            ACQUIRED = MethodHandles.lookup().findVarHandle(Execution.class, "taken", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // by its handle
    private long state;

    @SuppressWarnings("unused") // by its handle
    private boolean taken;

    // The owner's own.
    private final ThreadScratch scratch = new ThreadScratch();
    private final ServiceTime.Tally tally = new ServiceTime.Tally();

    // Of the present task.
    private @Nullable Thread thread;
    private @Nullable Route<?, ?> route;
    private @Nullable Session session;
    private FrameHandler.@Nullable Replies replies;
    private long slot;
    private @Nullable List<Task> batch;
    private @Nullable Task rest;

    // The watchdog's own.
    private long seenState;
    private long seenNanos;
    private long seenProcessorNanos;
    private @Nullable Task abandoned;

    /** Makes the calling thread the owner, if there is none. */
    boolean acquire() {
        return !(boolean) ACQUIRED.getVolatile(this) && ACQUIRED.compareAndSet(this, false, true);
    }

    /** Ends the ownership. */
    void release() {
        ACQUIRED.setRelease(this, false);
    }

    /**
     * Runs one request. For the owner.
     *
     * @param slot for its reply; the watchdog fills it after the deadline
     * @param rest the tasks that the thread would run next; another thread's after the deadline
     * @return the reply; null after the deadline
     */
    byte @Nullable [] answer(
            RequestProcessor processor,
            Route<?, ?> route,
            Sender sender,
            FrameHandler.Replies replies,
            long slot,
            byte[] bytes,
            int offset,
            int length,
            @Nullable Task rest) {
        begin(route, sender.session(), replies, slot, rest);
        byte[] frame = processor.answer(route, sender, scratch, bytes, offset, length);
        if (end()) {
            return frame;
        }
        scratch.flush();
        processor.drop(route, frame);
        return null;
    }

    /** Records requests of one kind that an I/O thread ran one after the other. For the owner. */
    void record(ServiceTime serviceTime, int requests, long nanosInAll) {
        tally.record(serviceTime, requests, nanosInAll);
    }

    /** Flushes the counters; to be called before replies are written. For the owner. */
    void flush() {
        scratch.flush();
    }

    private void begin(
            Route<?, ?> route, Session session, FrameHandler.Replies replies, long slot, @Nullable Task rest) {
        this.thread = Thread.currentThread();
        this.route = route;
        this.session = session;
        this.replies = replies;
        this.slot = slot;
        this.rest = rest;
        STATE.setRelease(this, (long) STATE.get(this) + 1);
    }

    /** A worker begins a batch. Each of its requests is answered by whichever thread {@linkplain Task#claim claims} it. */
    void begin(Route<?, ?> route, List<Task> batch) {
        this.thread = Thread.currentThread();
        this.route = route;
        this.batch = batch;
        this.rest = null;
        STATE.setRelease(this, (long) STATE.get(this) + 1);
    }

    /**
     * The worker has returned. For the owner.
     *
     * @return false after the deadline: the request is answered already, and the result is dropped
     */
    boolean end() {
        long now = (long) STATE.getAcquire(this);
        boolean inTime = (now & 1) == 1 && STATE.compareAndSet(this, now, now + 1);
        if (!inTime) {
            synchronized (this) {
                // The watchdog interrupts and answers under this lock; neither may reach the next task.
                Thread.interrupted();
            }
        }
        // Not before: the watchdog would take the last batch for the present task, and answer it again.
        batch = null;
        return inTime;
    }

    /** The tasks that the thread which last missed its deadline would have run next; another thread runs them. For the watchdog. */
    @Nullable
    Task takeAbandoned() {
        Task taken = abandoned;
        abandoned = null;
        return taken;
    }

    /**
     * Whether one task has run for that long and used next to no processor time. For the watchdog, after {@link #expire}.
     */
    boolean waits(long nowNanos, long leastNanos) {
        long elapsed = nowNanos - seenNanos;
        return (seenState & 1) == 1
                && elapsed >= leastNanos
                && (processorNanos(thread) - seenProcessorNanos) * PART_OF_WAITING <= elapsed
                && (long) STATE.getAcquire(this) == seenState;
    }

    /** The processor time of a thread; always 0 if the JVM does not measure it. */
    private static long processorNanos(@Nullable Thread thread) {
        return thread != null && CLOCKS.isThreadCpuTimeSupported() && CLOCKS.isThreadCpuTimeEnabled()
                ? Math.max(0, CLOCKS.getThreadCpuTime(thread.getId()))
                : 0;
    }

    /**
     * Answers a task that has run longer than its deadline by an error, and interrupts its thread. For the watchdog.
     *
     * @return whether there was one
     */
    boolean expire(RequestProcessor processor, long nowNanos, long limitNanos) {
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
        FrameHandler.Replies target = replies;
        long at = slot;
        List<Task> together = batch;
        Task next = rest;
        if (working == null || late == null) {
            return false;
        }
        boolean given = giveUp(seen, working, () -> {
            if (together == null && target != null && asking != null) {
                target.fill(at, processor.expired(late, asking, limitNanos));
                target.flush();
            }
        });
        if (!given) {
            return false;
        }
        abandoned = next;
        if (together != null) {
            for (Task work : together) {
                if (work.claim()) {
                    work.replies.fill(work.slot, processor.expired(late, work.session(), limitNanos));
                    work.replies.flush();
                }
            }
        }
        return true;
    }

    /**
     * Decides that a worker has missed its deadline, if it has not returned. For the watchdog.
     *
     * @param answer runs before the owner returns from {@link #end}
     * @return false if the worker has returned
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
