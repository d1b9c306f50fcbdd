package io.framegate.dispatch;

import io.framegate.wire.Envelope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The requests of one batch worker: what waits while a batch is in work is the next one.
 *
 * <p><b>Threads.</b> Any thread adds. Whoever adds where there is no turn, and whoever ends a batch and finds more, has the turn
 * to be taken by a managed thread. There is one turn at a time, or a few where the worker allows for it; a further one is given
 * only for a batch of the most requests, since more of a smaller size would gain nothing.
 */
final class Batches {

    private final int maxRequests;
    private final int maxBytes;
    private final int maxTurns;

    // All guarded by this.
    private final Queue<Work> waiting = new ArrayDeque<>();
    private int inWork; // requests
    private int turns;
    private int untaken; // of these, those that nobody has taken a batch for yet

    Batches(int maxRequests, int maxBytes, int maxTurns) {
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
     * @return whether there is a turn for it, which is to be handed to a managed thread
     */
    synchronized boolean add(Work work) {
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

    /** Requests that wait or are in a batch in work; not those that are worked, of which the answers are being written. */
    synchronized int pending() {
        return waiting.size() + inWork;
    }

    /** Of those that have waited for so long, the ones that nobody will work now. They stay counted until they are taken. */
    synchronized List<Work> giveUp(long nowNanos, long limitNanos) {
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

    /** The next batch; by whoever has a turn. It is empty only where another turn was quicker. */
    synchronized List<Work> take() {
        List<Work> batch = new ArrayList<>();
        long bytes = 0;
        for (Work next = waiting.peek(); next != null; next = waiting.peek()) {
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
     * Ends a batch that was worked.
     *
     * @return whether more are waiting, so that the turn goes on
     */
    synchronized boolean end(int requests) {
        inWork -= requests;
        turns--;
        return isTurn();
    }
}
