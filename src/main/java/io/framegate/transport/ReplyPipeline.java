package io.framegate.transport;

import io.framegate.metrics.LimitKind;
import java.util.Arrays;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The outbound queue of one connection: each request claims a slot when it is read, workers fill the slots in any order, and
 * replies leave from the head in order. It owns the locking and does no I/O.
 *
 * <p><b>Order.</b> A slot is a sequence number; the ring holds the slots from {@code head} (the next to leave) to {@code tail} (the
 * next to be claimed). With {@linkplain #useRequestIds request ids} a reply fills the first open slot instead of its request's own,
 * so that it leaves at once; the slots are then a mere count.
 *
 * <p><b>Threads.</b> Any. One of them at a time is the <em>writer</em>: {@link #beginWrite} makes it so, {@link #poll}
 * gives it the replies, and {@link #endWrite} ends it unless the head has been filled meanwhile, so no filled slot
 * is left without a writer. A thread that makes replies faster than it could pass them on becomes the writer
 * {@linkplain #beginWriteIfEmpty before} it makes them, and needs no slots.
 *
 * <p><b>Limits.</b> A pipeline is full when all its slots are claimed, when too many bytes of replies are pending in it, or when some
 * are while all pipelines together hold too many. Pending bytes are added to the shared budget in pieces of {@link #PIECE_BYTES}, so
 * small replies that leave at once never touch it. Above the high-water mark, requests that already have a slot are
 * {@linkplain #defer deferred}, all but the one at the head, on which the others wait. The ring begins small and grows up to
 * {@code maxSlots}: ten thousand idle connections should not cost ten thousand full rings.
 */
final class ReplyPipeline {

    /** No slot: the pipeline has ended. */
    static final long NONE = -1;

    /** No slot now: the pipeline is {@linkplain #isFull full}. */
    static final long FULL = -2;

    private static final int FIRST_SLOTS = 4;

    /** The writer polls at most so many replies under one lock. */
    private static final int TOGETHER = 16;

    /** The shared budget is updated once for so many bytes. */
    private static final int PIECE_BYTES = 4096;

    private final ByteBudget replyBytes; // of all pipelines

    // All guarded by this.
    private int maxSlots;
    private int maxPendingBytes;
    private byte @Nullable [][] ring = new byte @Nullable [FIRST_SLOTS][];
    private long head;
    private long tail;
    private long pendingBytes;
    private long countedBytes; // of these, those that replyBytes knows of
    private final PriorityQueue<Deferred> deferred = new PriorityQueue<>(1);
    private boolean writing;
    private boolean ended;
    private boolean abandoned;
    private int @Nullable [] requestIds; // parallel to ring; null without request ids
    private long firstWithId; // the first slot whose reply has a request id
    private long nextFree; // with request ids, the first open slot

    // The writer's: replies that were polled together, under one lock.
    private byte @Nullable [] @Nullable [] polled; // null until there is a first reply
    private int @Nullable [] polledIds; // parallel to leaving; null without request ids
    private int polledWithoutId; // so many of the first ones have none
    private int polledNext;
    private int polledEnd;

    // Written under the lock, read without it: almost always false.
    private volatile boolean aboveHighWatermark;
    private volatile boolean anyDeferred;

    /** A request that runs later. */
    private record Deferred(long slot, Runnable work) implements Comparable<Deferred> {
        @Override
        public int compareTo(Deferred other) {
            return Long.compare(slot, other.slot);
        }
    }

    ReplyPipeline(int maxSlots, int maxPendingBytes, ByteBudget replyBytes) {
        this.replyBytes = replyBytes;
        this.maxSlots = maxSlots;
        this.maxPendingBytes = maxPendingBytes;
    }

    /** Changes the limits; what is in the pipeline stays. */
    synchronized void limit(int slots, int pendingReplyBytes) {
        maxSlots = slots;
        maxPendingBytes = pendingReplyBytes;
        aboveHighWatermark = isAboveHighWatermark();
    }

    /** Claims the next slot, or returns {@link #NONE} after the {@linkplain #endIfEmpty end}, or {@link #FULL}. */
    synchronized long takeIfRoom() {
        return isFull() && !ended ? FULL : take();
    }

    /** Claims the next slot, even of a full pipeline, or returns {@link #NONE} after the {@linkplain #endIfEmpty end}. */
    synchronized long take() {
        if (ended) {
            return NONE;
        }
        if (tail - head == ring.length) {
            grow();
        }
        return tail++;
    }

    /** Fills a slot. */
    synchronized void fill(long slot, byte[] frame, int frameBytes) {
        if (abandoned) {
            return;
        }
        int index = index(slot);
        if (slot < head || slot >= tail || ring[index] != null) {
            throw new IllegalStateException("slot " + slot + " is not open: head=" + head + " tail=" + tail);
        }
        ring[index] = frame;
        pend(frameBytes);
    }

    /**
     * Gives every later slot a request id. All earlier slots must be filled.
     *
     * @throws IllegalStateException if one is not
     */
    synchronized void useRequestIds() {
        for (long slot = head; slot < tail; slot++) {
            if (ring[index(slot)] == null) {
                throw new IllegalStateException("slot " + slot + " is not filled");
            }
        }
        requestIds = new int[ring.length];
        firstWithId = tail;
        nextFree = tail;
    }

    /** Fills the first open slot. */
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
     * Claims a slot and fills it.
     *
     * @return whether there was room
     */
    synchronized boolean push(byte[] frame, int frameBytes) {
        if (abandoned) {
            return false;
        }
        long slot = takeIfRoom();
        if (slot < 0) {
            return false;
        }
        if (requestIds == null) {
            fill(slot, frame, frameBytes);
        } else {
            fill(0, frame, frameBytes);
        }
        return true;
    }

    /** Whether the reply that was {@linkplain #poll polled} last has a request id. For the writer. */
    boolean hasRequestId() {
        return polledNext > polledWithoutId;
    }

    /** The request id of the reply that was {@linkplain #poll polled} last. For the writer. */
    int requestId() {
        return polledIds == null ? 0 : polledIds[polledNext - 1];
    }

    /** Whether no request may be read: no slot is left, or too many bytes of replies are pending. */
    synchronized boolean isFull() {
        return !abandoned && (tail - head >= maxSlots || isAboveHighWatermark());
    }

    /** Whether reading may resume after a pause: below half of what {@link #isFull()} allows, as hysteresis. */
    synchronized boolean hasRoom() {
        return abandoned
                || (tail - head <= maxSlots / 2 && pendingBytes <= maxPendingBytes / 2 && !isAboveHighWatermark());
    }

    /** The limit that makes the pipeline full, or would be the next to. */
    synchronized LimitKind limit() {
        if (tail - head >= maxSlots) {
            return LimitKind.REQUESTS_PER_CONNECTION;
        }
        return replyLimit();
    }

    /** The limit of replies for which work is {@linkplain #defer deferred}. */
    synchronized LimitKind replyLimit() {
        return pendingBytes > maxPendingBytes ? LimitKind.REPLY_BYTES_PER_CONNECTION : LimitKind.REPLY_BYTES;
    }

    /** Whether {@link #defer} is worth asking; needs no lock. */
    boolean isAboveHighWatermarkNow() {
        return aboveHighWatermark;
    }

    /**
     * Defers the work for a slot if too many replies of this pipeline are pending.
     *
     * @param slot as for {@link #fill}: the slot, or the request's id
     * @return whether it is deferred; {@link #nextDeferred} then returns it later
     */
    synchronized boolean defer(long slot, Runnable work) {
        if (abandoned || !isAboveHighWatermark() || requestIds == null && slot == head) {
            return false;
        }
        deferred.add(new Deferred(slot, work));
        anyDeferred = true;
        return true;
    }

    /** The next deferred work that may run now; null if there is none. */
    @Nullable
    Runnable nextDeferred() {
        return anyDeferred ? firstDeferred() : null;
    }

    private synchronized @Nullable Runnable firstDeferred() {
        Deferred first = deferred.peek();
        if (first == null || !abandoned && isAboveHighWatermark() && (requestIds != null || first.slot() != head)) {
            return null;
        }
        deferred.remove();
        anyDeferred = !deferred.isEmpty();
        return first.work();
    }

    private boolean isAboveHighWatermark() {
        return pendingBytes > maxPendingBytes || countedBytes > 0 && replyBytes.isSpent();
    }

    private void pend(int bytes) {
        pendingBytes += bytes;
        long counted = pendingBytes & -PIECE_BYTES;
        if (counted != countedBytes) {
            replyBytes.add(counted - countedBytes);
            countedBytes = counted;
        }
        if (aboveHighWatermark || counted > 0 || pendingBytes > maxPendingBytes) {
            aboveHighWatermark = isAboveHighWatermark();
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
     * Ends the pipeline if it is empty. No slot can be claimed after that, so a request that arrives at this very moment is
     * either answered or was never accepted.
     *
     * @return whether it has ended, now or before
     */
    synchronized boolean endIfEmpty() {
        ended |= isEmpty();
        return ended;
    }

    /** Bytes of replies that are pending. */
    synchronized long pendingBytes() {
        return pendingBytes;
    }

    /** Makes the caller the writer, if the head is filled and there is no other writer. */
    synchronized boolean beginWrite() {
        if (writing || !isHeadFilled()) {
            return false;
        }
        writing = true;
        return true;
    }

    /**
     * Makes the caller the writer of an empty pipeline, so that its replies bypass it: no other thread writes before
     * {@link #endWrite}, and slots that are filled meanwhile leave after these replies.
     *
     * @return false if the pipeline is not empty, has a writer, or has ended
     */
    synchronized boolean beginWriteIfEmpty() {
        if (writing || ended || abandoned || head != tail) {
            return false;
        }
        writing = true;
        return true;
    }

    /** Counts bytes that bypassed the pipeline and are pending, as if they were in it. For the writer. */
    synchronized void pending(int bytes) {
        if (!abandoned) {
            pend(bytes);
        }
    }

    /** Removes the reply at the head; null if the head is not filled yet. For the writer. */
    byte @Nullable [] poll() {
        if (polledNext == polledEnd && !pollSome()) {
            return null;
        }
        byte[][] together = Objects.requireNonNull(polled);
        byte[] frame = together[polledNext];
        together[polledNext++] = null;
        return frame;
    }

    /** Removes several replies from the head. @return false if the head is not filled */
    private synchronized boolean pollSome() {
        polledNext = 0;
        polledEnd = 0;
        polledWithoutId = 0;
        if (!isHeadFilled()) {
            return false;
        }
        if (polled == null) {
            polled = new byte[TOGETHER][];
        }
        int[] ids = requestIds;
        if (ids != null && polledIds == null) {
            polledIds = new int[TOGETHER];
        }
        while (polledEnd < TOGETHER && isHeadFilled()) {
            int index = index(head);
            polled[polledEnd] = ring[index];
            ring[index] = null;
            if (ids == null || polledIds == null || head < firstWithId) {
                polledWithoutId++;
            } else {
                polledIds[polledEnd] = ids[index];
            }
            polledEnd++;
            head++;
        }
        return true;
    }

    /** Counts bytes as written. For the writer. */
    synchronized void written(int bytes) {
        if (abandoned) {
            return;
        }
        pend(-bytes);
    }

    /** Ends the caller's role as the writer, unless the head has been filled meanwhile. */
    synchronized boolean endWrite() {
        if (isHeadFilled()) {
            return false;
        }
        writing = false;
        return true;
    }

    /** Drops all replies, later ones included: the connection is closed. */
    synchronized void abandon() {
        abandoned = true;
        Arrays.fill(ring, null);
        head = tail;
        nextFree = tail;
        replyBytes.add(-countedBytes);
        countedBytes = 0;
        pendingBytes = 0;
        aboveHighWatermark = false;
    }

    private boolean isHeadFilled() {
        return !abandoned && head < tail && ring[index(head)] != null;
    }

    private void grow() {
        byte @Nullable [][] larger = new byte @Nullable [ring.length * 2][];
        int @Nullable [] ids = requestIds;
        int @Nullable [] moreIds = ids == null ? null : new int[larger.length];
        for (long slot = head; slot < tail; slot++) {
            int there = (int) (slot & (larger.length - 1));
            larger[there] = ring[index(slot)];
            if (ids != null) {
                moreIds[there] = ids[index(slot)];
            }
        }
        ring = larger;
        requestIds = moreIds;
    }

    private int index(long slot) {
        return (int) (slot & (ring.length - 1));
    }
}
