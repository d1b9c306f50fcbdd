package io.framegate.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The requests of one batch worker: what waits while a batch is in work is the next one.
 *
 * <p><b>Threads.</b> Any thread adds. Whoever adds to nothing, and whoever ends a batch and finds more, has the turn to
 * be taken by a managed thread; so one thread at a time takes and ends.
 */
final class Batches {

    private final int maxRequests;
    private final int maxBytes;
    private final ConcurrentLinkedQueue<Work> waiting = new ConcurrentLinkedQueue<>();

    private final AtomicInteger pending = new AtomicInteger();

    Batches(int maxRequests, int maxBytes) {
        if (maxRequests < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("its batches are limited to " + maxRequests + " requests and " + maxBytes
                    + " bytes, at least 1 each");
        }
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
    }

    /**
     * Adds a request.
     *
     * @return whether there was none, so that the turn is to be handed to a managed thread
     */
    boolean add(Work work) {
        waiting.add(work);
        return pending.getAndIncrement() == 0;
    }

    /** Requests that wait or are in the batch in work. */
    int pending() {
        return pending.get();
    }

    /** Of those that have waited for so long, the ones that nobody will work now. They stay counted until they are taken. */
    List<Work> giveUp(long nowNanos, long limitNanos) {
        List<Work> given = new ArrayList<>();
        for (Work work : waiting) {
            if (nowNanos - work.waitingNanos <= limitNanos) {
                break;
            }
            if (work.decide()) {
                given.add(work);
            }
        }
        return given;
    }

    /** The next batch, of one request or more; by whoever has the turn. */
    List<Work> take() {
        List<Work> batch = new ArrayList<>();
        long bytes = 0;
        for (Work next = waiting.peek(); next != null; next = waiting.peek()) {
            bytes += next.body.length;
            if (batch.size() == maxRequests || bytes > maxBytes && !batch.isEmpty()) {
                break;
            }
            batch.add(waiting.remove());
        }
        return batch;
    }

    /**
     * Ends a batch that was answered.
     *
     * @return whether more are waiting, so that the turn goes on
     */
    boolean end(int requests) {
        return pending.addAndGet(-requests) > 0;
    }
}
