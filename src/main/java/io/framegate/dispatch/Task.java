package io.framegate.dispatch;

import io.framegate.session.Sender;
import io.framegate.session.Session;
import io.framegate.transport.FrameHandler;
import io.framegate.wire.FrameHeader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Requests on their way to a managed thread: one, or several small ones of one kind that arrived one behind the other. These share
 * one array, as they arrived, and are taken out of it one by one. The tasks of one read of one connection are chained, so that they
 * are submitted once and wake at most one thread.
 *
 * <p><b>Threads.</b> One at a time: the I/O thread, then the worker thread that takes it.
 */
final class Task {

    private static final VarHandle CLAIMED;
    private static final VarHandle DECIDED;

    static {
        try {
            CLAIMED = MethodHandles.lookup().findVarHandle(Task.class, "claimed", boolean.class);
            DECIDED = MethodHandles.lookup().findVarHandle(Task.class, "decided", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Route<?, ?> route;
    final FrameHandler.Replies replies;
    final Sender sender;

    // Of the first remaining request.
    long slot;
    byte[] bytes;
    int offset; // of its body
    int length;

    private int requests = 1; // remaining
    private int end; // of the last body
    private int headerBytes; // of all but the first, whose header is dropped

    /** The next task of the same read; set by the I/O thread before it submits the chain. */
    @Nullable
    Task next;

    /** When it was submitted, if {@link #timedFor} is not 0; set before that. */
    long submittedNanos;

    /** About when it was queued: set in the first task of a chain, and in each that waits for its batch. */
    long waitingNanos;

    /** For how many chains its queue wait stands; 0 if it is not timed. */
    int timedFor;

    /** In a batch, if traces are on; for the thread that runs the batch. */
    Tracing.@Nullable Traced traced;

    @SuppressWarnings("unused") // by its handle
    private boolean claimed;

    @SuppressWarnings("unused") // by its handle
    private boolean decided;

    Session session() {
        return sender.session();
    }

    /** Of a task that waits for its batch: whether the caller decides what becomes of it, to run or to refuse it. */
    boolean decide() {
        return DECIDED.compareAndSet(this, false, true);
    }

    /** In a batch, which the worker and the watchdog may both answer: whether the caller answers. */
    boolean claim() {
        return CLAIMED.compareAndSet(this, false, true);
    }

    /** The turn of a batch worker: no request, but a token that some are waiting. */
    static Task turn(Route<?, ?> route) {
        return new Task(route, null, null, 0, new byte[0]);
    }

    Task(Route<?, ?> route, FrameHandler.Replies replies, Sender sender, long slot, byte[] body) {
        this(route, replies, sender, slot, body, 0, body.length);
    }

    /** @param bytes is read until {@link #keep}, or until all have run */
    Task(
            Route<?, ?> route,
            FrameHandler.Replies replies,
            Sender sender,
            long slot,
            byte[] bytes,
            int offset,
            int length) {
        this.route = route;
        this.replies = replies;
        this.sender = sender;
        this.slot = slot;
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.end = offset + length;
    }

    /**
     * Adds a request if it is small, of the same kind and sender, and its frame follows the last one's.
     *
     * @return whether it is added
     */
    boolean add(Route<?, ?> of, Sender by, long at, byte[] in, int bodyOffset, int bodyLength) {
        int header = bodyOffset - end;
        boolean withIds = header == FrameHeader.WITH_REQUEST_ID_BYTES;
        boolean follows = in == bytes
                && (requests == 1 ? withIds || header == FrameHeader.BYTES : header == headerBytes)
                && (withIds || at == slot + requests);
        if (of != route
                || by != sender
                || of.batches() != null
                || !follows
                || end - offset + bodyLength >= WorkerPool.COUNTED_BODY_BYTES) {
            return false;
        }
        headerBytes = header;
        requests++;
        end = bodyOffset + bodyLength;
        return true;
    }

    /** Copies the bytes that it refers to, which are about to be overwritten. */
    void keep() {
        bytes = Arrays.copyOfRange(bytes, offset, end);
        end -= offset;
        offset = 0;
    }

    /**
     * Drops the first request.
     *
     * @return the rest: this, or the next task of the chain; null if there is none
     */
    @Nullable
    Task rest() {
        if (--requests == 0) {
            return next;
        }
        int header = offset + length;
        slot = headerBytes == FrameHeader.BYTES ? slot + 1 : FrameHeader.requestId(bytes, header);
        length = FrameHeader.bodySize(bytes, header);
        offset = header + headerBytes;
        return this;
    }
}
