package io.framegate.dispatch;

import io.framegate.wire.Envelope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The queued requests of one batch worker: those that arrive while a batch runs form the next one.
 *
 * <p><b>Threads.</b> Any thread adds. A turn is the right to take one batch. A thread that adds while there is no turn, or that ends a
 * batch while more are queued, submits one to the worker pool. There is one turn at a time, or a few if the worker allows it; a further
 * one is granted only for a full batch, since smaller ones would gain nothing.
 */
final class BatchQueue {

    private final int maxRequests;
    private final int maxBytes;
    private final int maxTurns;

    // All guarded by this.
    private final Queue<Task> waiting = new ArrayDeque<>();
    private int inWork; // requests
    private int turns;
    private int untaken; // of these, those that have not taken a batch yet

    BatchQueue(int maxRequests, int maxBytes, int maxTurns) {
        if (maxRequests < 1 || maxBytes < 1 || maxTurns < 1) {
            throw new IllegalArgumentException("its batches are limited to " + maxRequests + " requests and " + maxBytes
                    + " bytes, " + maxTurns + " at a time, at least 1 each");
        }
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
        this.maxTurns = maxTurns;
    }

    /**
     * Adds a request.
     *
     * @return whether the caller is to submit a turn
     */
    synchronized boolean add(Task work) {
        waiting.add(work);
        return isTurn();
    }

    private boolean isTurn() {
        boolean isTurn = turns == 0 ? !waiting.isEmpty() : turns < maxTurns && waiting.size() / maxRequests > untaken;
        if (isTurn) {
            turns++;
            untaken++;
        }
        return isTurn;
    }

    /** Queued requests and those of running batches, until the worker has returned. */
    synchronized int pending() {
        return waiting.size() + inWork;
    }

    /** The requests that have been queued longer than a limit and are not decided; the caller refuses them. They stay counted until their turn. */
    synchronized List<Task> giveUp(long nowNanos, long limitNanos) {
        List<Task> given = new ArrayList<>();
        for (Task work : waiting) {
            if (nowNanos - work.waitingNanos <= limitNanos) {
                break;
            }
            if (work.decide()) {
                given.add(work);
            }
        }
        return given;
    }

    /** The next batch, for the thread that has a turn. It is empty only if another turn was faster. */
    synchronized List<Task> take() {
        List<Task> batch = new ArrayList<>();
        long bytes = 0;
        for (Task next = waiting.peek(); next != null; next = waiting.peek()) {
            bytes += Math.max(next.length, Envelope.announcedBytes(next.bytes, next.offset, next.length));
            if (batch.size() == maxRequests || bytes > maxBytes && !batch.isEmpty()) {
                break;
            }
            batch.add(waiting.remove());
        }
        untaken--;
        inWork += batch.size();
        return batch;
    }

    /**
     * Ends a batch.
     *
     * @return whether the caller is to submit another turn
     */
    synchronized boolean end(int requests) {
        inWork -= requests;
        turns--;
        return isTurn();
    }
}
