package io.framegate.transport;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The line of replies of one connection: every request takes a place when it is read, workers fill the places in any
 * order, and what is filled at the head leaves in order. It owns the locking and does no I/O.
 *
 * <p><b>Order.</b> A place is a number that grows by one; the ring holds the places from {@code head} (the next to leave)
 * to {@code tail} (the next to be taken).
 *
 * <p><b>Threads.</b> Any. One of them at a time is the <em>writer</em>: {@link #beginWrite} makes it so, {@link #poll}
 * gives it the replies, and {@link #endWrite} ends it only if no filled head has come in between, so that no reply is
 * left behind without somebody to write it.
 *
 * <p><b>Limits.</b> The ring begins small and grows up to {@code maxPlaces}: ten thousand idle connections should not
 * cost ten thousand full rings.
 */
final class ReplyPipeline {

    /** No place: the line has ended. */
    static final long NONE = -1;

    private static final int FIRST_PLACES = 4;

    // All guarded by this.
    private int maxPlaces;
    private int maxPendingBytes;
    private byte @Nullable [][] ring = new byte @Nullable [FIRST_PLACES][];
    private long head;
    private long tail;
    private long pendingBytes;
    private boolean writing;
    private boolean ended;
    private boolean abandoned;

    ReplyPipeline(int maxPlaces, int maxPendingBytes) {
        this.maxPlaces = maxPlaces;
        this.maxPendingBytes = maxPendingBytes;
    }

    /** Other limits from now on; what is in the line already stays. */
    synchronized void limit(int places, int pendingReplyBytes) {
        maxPlaces = places;
        maxPendingBytes = pendingReplyBytes;
    }

    /** Takes the next place, or {@link #NONE} after the {@linkplain #endIfEmpty end}. Not for a {@link #isFull} line. */
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
        int index = (int) (place & (ring.length - 1));
        if (place < head || place >= tail || ring[index] != null) {
            throw new IllegalStateException("place " + place + " is not open: head=" + head + " tail=" + tail);
        }
        ring[index] = frame;
        pendingBytes += frameBytes;
    }

    /** Whether no request may be read: no place is left, or too many bytes of replies wait. */
    synchronized boolean isFull() {
        return !abandoned && (tail - head >= maxPlaces || pendingBytes > maxPendingBytes);
    }

    /** Whether reading may go on after a pause: half of what {@link #isFull()} allows, so that it does not flutter. */
    synchronized boolean hasRoom() {
        return abandoned || (tail - head <= maxPlaces / 2 && pendingBytes <= maxPendingBytes / 2);
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

    /** The reply at the head, which leaves the line; null where the head is not filled yet. For the writer. */
    synchronized byte @Nullable [] poll() {
        if (!isHeadFilled()) {
            return null;
        }
        int index = (int) (head & (ring.length - 1));
        byte[] frame = ring[index];
        ring[index] = null;
        head++;
        return frame;
    }

    /** Tells that bytes have been taken by the socket. For the writer. */
    synchronized void written(int bytes) {
        pendingBytes -= bytes;
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
        pendingBytes = 0;
    }

    private boolean isHeadFilled() {
        return !abandoned && head < tail && ring[(int) (head & (ring.length - 1))] != null;
    }

    private void grow() {
        byte @Nullable [][] larger = new byte @Nullable [ring.length * 2][];
        for (long place = head; place < tail; place++) {
            larger[(int) (place & (larger.length - 1))] = ring[(int) (place & (ring.length - 1))];
        }
        ring = larger;
    }
}
