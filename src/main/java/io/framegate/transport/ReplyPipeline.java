package io.framegate.transport;

import io.framegate.metrics.Limit;
import java.util.Arrays;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The line of replies of one connection: every request takes a place when it is read, workers fill the places in any
 * order, and what is filled at the head leaves in order. It owns the locking and does no I/O.
 *
 * <p><b>Order.</b> A place is a number that grows by one; the ring holds the places from {@code head} (the next to leave)
 * to {@code tail} (the next to be taken). With {@linkplain #useRequestIds request ids} a reply takes the first place that
 * is not filled instead of its request's own, so that it leaves at once; the places are then no more than a count.
 *
 * <p><b>Threads.</b> Any. One of them at a time is the <em>writer</em>: {@link #beginWrite} makes it so, {@link #poll}
 * gives it the replies, and {@link #endWrite} ends it only if no filled head has come in between, so that no reply is
 * left behind without somebody to write it. A thread that makes replies faster than it could hand them over becomes the writer
 * {@linkplain #beginWriteIfEmpty before} it makes them, and has no need of places.
 *
 * <p><b>Limits.</b> A line is full when its places are taken, when too many bytes of replies wait in it, or when some do
 * while all lines together hold too many. What waits in one line is counted in all by pieces of {@link #PIECE_BYTES}, so
 * small replies that leave at once are not. Requests that already have a place are {@linkplain #postpone postponed} while
 * replies are in the way, all but the one at the head, which the others wait for. The ring begins small and grows up to {@code maxPlaces}: ten thousand idle connections should not
 * cost ten thousand full rings.
 */
final class ReplyPipeline {

    /** No place: the line has ended. */
    static final long NONE = -1;

    /** No place now: the line is {@linkplain #isFull full}. */
    static final long FULL = -2;

    private static final int FIRST_PLACES = 4;

    /** So many replies leave the line together at most. */
    private static final int TOGETHER = 16;

    /** What all lines share is touched once for so many bytes. */
    private static final int PIECE_BYTES = 4096;

    private final ByteBudget replyBytes; // of all lines

    // All guarded by this.
    private int maxPlaces;
    private int maxPendingBytes;
    private byte @Nullable [][] ring = new byte @Nullable [FIRST_PLACES][];
    private long head;
    private long tail;
    private long pendingBytes;
    private long countedBytes; // of these, those that replyBytes knows of
    private final PriorityQueue<Postponed> postponed = new PriorityQueue<>(1);
    private boolean writing;
    private boolean ended;
    private boolean abandoned;
    private int @Nullable [] requestIds; // parallel to ring; null without request ids
    private long firstWithId; // the first place of which the reply has a request id
    private long nextFree; // with request ids, the first place that is not filled

    // The writer's: replies that have left the line together, so that the lock is taken once for all of them.
    private byte @Nullable [] @Nullable [] leaving; // null until there is a first reply
    private int @Nullable [] leavingIds; // parallel to leaving; null without request ids
    private int leavingWithoutId; // so many of the first ones have none
    private int leavingNext;
    private int leavingEnd;

    // Written under the lock, read without: most lines have neither, at any time.
    private volatile boolean overfull;
    private volatile boolean anyPostponed;

    /** A request that is worked later. */
    private record Postponed(long place, Runnable work) implements Comparable<Postponed> {
        @Override
        public int compareTo(Postponed other) {
            return Long.compare(place, other.place);
        }
    }

    ReplyPipeline(int maxPlaces, int maxPendingBytes, ByteBudget replyBytes) {
        this.replyBytes = replyBytes;
        this.maxPlaces = maxPlaces;
        this.maxPendingBytes = maxPendingBytes;
    }

    /** Other limits from now on; what is in the line already stays. */
    synchronized void limit(int places, int pendingReplyBytes) {
        maxPlaces = places;
        maxPendingBytes = pendingReplyBytes;
        overfull = isOverfull();
    }

    /** Takes the next place, or {@link #NONE} after the {@linkplain #endIfEmpty end}, or {@link #FULL}. */
    synchronized long takeIfRoom() {
        return isFull() && !ended ? FULL : take();
    }

    /** Takes the next place, even of a line that is full, or {@link #NONE} after the {@linkplain #endIfEmpty end}. */
    synchronized long take() {
        if (ended) {
            return NONE;
        }
        if (tail - head == ring.length) {
            grow();
        }
        return tail++;
    }

    /** Puts a reply into its place. */
    synchronized void fill(long place, byte[] frame, int frameBytes) {
        if (abandoned) {
            return;
        }
        int index = index(place);
        if (place < head || place >= tail || ring[index] != null) {
            throw new IllegalStateException("place " + place + " is not open: head=" + head + " tail=" + tail);
        }
        ring[index] = frame;
        pend(frameBytes);
    }

    /**
     * Gives every place from now on a request id. All places before must be filled.
     *
     * @throws IllegalStateException where one is not
     */
    synchronized void useRequestIds() {
        for (long place = head; place < tail; place++) {
            if (ring[index(place)] == null) {
                throw new IllegalStateException("place " + place + " is not filled");
            }
        }
        requestIds = new int[ring.length];
        firstWithId = tail;
        nextFree = tail;
    }

    /** Puts a reply into the first place that is not filled. */
    synchronized void fill(int requestId, byte[] frame, int frameBytes) {
        int[] ids = requestIds;
        if (abandoned) {
            return;
        }
        if (ids == null || nextFree == tail) {
            throw new IllegalStateException("no request is open: head=" + head + " tail=" + tail);
        }
        ids[index(nextFree)] = requestId;
        ring[index(nextFree)] = frame;
        nextFree++;
        pend(frameBytes + Integer.BYTES);
    }

    /**
     * Takes a place and fills it.
     *
     * @return whether there was room
     */
    synchronized boolean push(byte[] frame, int frameBytes) {
        if (abandoned) {
            return false;
        }
        long place = takeIfRoom();
        if (place < 0) {
            return false;
        }
        if (requestIds == null) {
            fill(place, frame, frameBytes);
        } else {
            fill(0, frame, frameBytes);
        }
        return true;
    }

    /** Whether the reply that was {@linkplain #poll polled} last has a request id. For the writer. */
    boolean hasRequestId() {
        return leavingNext > leavingWithoutId;
    }

    /** The request id of the reply that was {@linkplain #poll polled} last. For the writer. */
    int requestId() {
        return leavingIds == null ? 0 : leavingIds[leavingNext - 1];
    }

    /** Whether no request may be read: no place is left, or too many bytes of replies wait. */
    synchronized boolean isFull() {
        return !abandoned && (tail - head >= maxPlaces || isOverfull());
    }

    /** Whether reading may go on after a pause: half of what {@link #isFull()} allows, so that it does not flutter. */
    synchronized boolean hasRoom() {
        return abandoned || (tail - head <= maxPlaces / 2 && pendingBytes <= maxPendingBytes / 2 && !isOverfull());
    }

    /** Which limit makes the line full, or would be the next to. */
    synchronized Limit limit() {
        if (tail - head >= maxPlaces) {
            return Limit.REQUESTS_PER_CONNECTION;
        }
        return replyLimit();
    }

    /** Which limit of replies has work {@linkplain #postpone postponed}. */
    synchronized Limit replyLimit() {
        return pendingBytes > maxPendingBytes ? Limit.REPLY_BYTES_PER_CONNECTION : Limit.REPLY_BYTES;
    }

    /** Whether {@link #postpone} is worth asking; needs no lock. */
    boolean isOverfullNow() {
        return overfull;
    }

    /**
     * Keeps the work for a place for later, if replies are in the way of it: of this line too many wait already.
     *
     * @param place as for {@link #fill}: the place, or the request's id
     * @return whether it is kept, and will be given by {@link #nextPostponed}
     */
    synchronized boolean postpone(long place, Runnable work) {
        if (abandoned || !isOverfull() || requestIds == null && place == head) {
            return false;
        }
        postponed.add(new Postponed(place, work));
        anyPostponed = true;
        return true;
    }

    /** The next work that was postponed and need not be any more; null where there is none. */
    @Nullable
    Runnable nextPostponed() {
        return anyPostponed ? firstPostponed() : null;
    }

    private synchronized @Nullable Runnable firstPostponed() {
        Postponed first = postponed.peek();
        if (first == null || !abandoned && isOverfull() && (requestIds != null || first.place() != head)) {
            return null;
        }
        postponed.remove();
        anyPostponed = !postponed.isEmpty();
        return first.work();
    }

    private boolean isOverfull() {
        return pendingBytes > maxPendingBytes || countedBytes > 0 && replyBytes.isSpent();
    }

    private void pend(int bytes) {
        pendingBytes += bytes;
        long counted = pendingBytes & -PIECE_BYTES;
        if (counted != countedBytes) {
            replyBytes.add(counted - countedBytes);
            countedBytes = counted;
        }
        if (overfull || counted > 0 || pendingBytes > maxPendingBytes) {
            overfull = isOverfull();
        }
    }

    /** Requests without a written reply. */
    synchronized int inFlight() {
        return (int) (tail - head);
    }

    /** Whether every reply is written, and nobody is writing. */
    synchronized boolean isEmpty() {
        return head == tail && !writing;
    }

    /**
     * Ends the line if it is empty. No place is given out after that, so a request that comes at this very moment is
     * either answered or was never accepted.
     *
     * @return whether it has ended, now or before
     */
    synchronized boolean endIfEmpty() {
        ended |= isEmpty();
        return ended;
    }

    /** Bytes of replies that wait to be written. */
    synchronized long pendingBytes() {
        return pendingBytes;
    }

    /** Makes the caller the writer, if the head is filled and there is no other. */
    synchronized boolean beginWrite() {
        if (writing || !isHeadFilled()) {
            return false;
        }
        writing = true;
        return true;
    }

    /**
     * Makes the caller the writer of an empty line, so that it can write replies past it: nobody else does before
     * {@link #endWrite}, and what comes into the line meanwhile leaves after them.
     *
     * @return false where something is in the line, somebody is writing, or the line has ended
     */
    synchronized boolean beginWriteIfEmpty() {
        if (writing || ended || abandoned || head != tail) {
            return false;
        }
        writing = true;
        return true;
    }

    /** Counts bytes that were to go past the line, and wait as if they had been in it. For the writer. */
    synchronized void pending(int bytes) {
        if (!abandoned) {
            pend(bytes);
        }
    }

    /** The reply at the head, which leaves the line; null where the head is not filled yet. For the writer. */
    byte @Nullable [] poll() {
        if (leavingNext == leavingEnd && !pollSome()) {
            return null;
        }
        byte[][] together = Objects.requireNonNull(leaving);
        byte[] frame = together[leavingNext];
        together[leavingNext++] = null;
        return frame;
    }

    /** Has the replies at the head leave the line, several together. @return false if the head is not filled */
    private synchronized boolean pollSome() {
        leavingNext = 0;
        leavingEnd = 0;
        leavingWithoutId = 0;
        if (!isHeadFilled()) {
            return false;
        }
        if (leaving == null) {
            leaving = new byte[TOGETHER][];
        }
        int[] ids = requestIds;
        if (ids != null && leavingIds == null) {
            leavingIds = new int[TOGETHER];
        }
        while (leavingEnd < TOGETHER && isHeadFilled()) {
            int index = index(head);
            leaving[leavingEnd] = ring[index];
            ring[index] = null;
            if (ids == null || leavingIds == null || head < firstWithId) {
                leavingWithoutId++;
            } else {
                leavingIds[leavingEnd] = ids[index];
            }
            leavingEnd++;
            head++;
        }
        return true;
    }

    /** Tells that bytes have been taken by the socket. For the writer. */
    synchronized void written(int bytes) {
        if (abandoned) {
            return;
        }
        pend(-bytes);
    }

    /** Ends the caller's time as the writer, unless the head has been filled meanwhile. */
    synchronized boolean endWrite() {
        if (isHeadFilled()) {
            return false;
        }
        writing = false;
        return true;
    }

    /** Forgets all replies, those to come included: the connection is closed. */
    synchronized void abandon() {
        abandoned = true;
        Arrays.fill(ring, null);
        head = tail;
        nextFree = tail;
        replyBytes.add(-countedBytes);
        countedBytes = 0;
        pendingBytes = 0;
        overfull = false;
    }

    private boolean isHeadFilled() {
        return !abandoned && head < tail && ring[index(head)] != null;
    }

    private void grow() {
        byte @Nullable [][] larger = new byte @Nullable [ring.length * 2][];
        int @Nullable [] ids = requestIds;
        int @Nullable [] moreIds = ids == null ? null : new int[larger.length];
        for (long place = head; place < tail; place++) {
            int there = (int) (place & (larger.length - 1));
            larger[there] = ring[index(place)];
            if (ids != null) {
                moreIds[there] = ids[index(place)];
            }
        }
        ring = larger;
        requestIds = moreIds;
    }

    private int index(long place) {
        return (int) (place & (ring.length - 1));
    }
}
