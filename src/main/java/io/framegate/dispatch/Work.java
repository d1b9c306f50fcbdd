package io.framegate.dispatch;

import io.framegate.session.Sender;
import io.framegate.session.Session;
import io.framegate.transport.FrameSink;
import io.framegate.wire.FrameHeader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Requests on their way to a managed thread: one, or several small ones of one kind that came right behind each other. These share
 * one array, as they came, and are taken out of it one after the other. What one read of one connection brought is chained, so that it
 * is handed over, and woken for, once.
 *
 * <p><b>Threads.</b> One at a time: the one that reads, then whoever has it.
 */
final class Work {

    private static final VarHandle CLAIMED;
    private static final VarHandle DECIDED;

    static {
        try {
            CLAIMED = MethodHandles.lookup().findVarHandle(Work.class, "claimed", boolean.class);
            DECIDED = MethodHandles.lookup().findVarHandle(Work.class, "decided", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Route<?, ?> route;
    final FrameSink.Replies replies;
    final Sender sender;

    // Of the first request that is left.
    long place;
    byte[] bytes;
    int offset; // of its body
    int length;

    private int requests = 1; // that are left
    private int end; // of the last body
    private int headerBytes; // of all but the first, whose header is not kept

    /** What the same read brought next; set by the reading thread before the hand-over. */
    @Nullable
    Work next;

    /** When it was handed over, where {@link #timedFor} is not 0; set before the hand-over. */
    long submittedNanos;

    /** About when it began to wait for a thread: of the first of a chain, and of each that waits for its batch. */
    long waitingNanos;

    /** For how many chains its wait for a thread stands; 0 where it is not timed. */
    int timedFor;

    /** In a batch, where traces are switched on; of the thread that works the batch. */
    Tracing.@Nullable Traced traced;

    @SuppressWarnings("unused") // by its handle
    private boolean claimed;

    @SuppressWarnings("unused") // by its handle
    private boolean decided;

    Session session() {
        return sender.session();
    }

    /** Of what waits for its batch: whether the caller is to have it worked, or to refuse it. */
    boolean decide() {
        return DECIDED.compareAndSet(this, false, true);
    }

    /** In a batch, answers of which may be due to the worker or to its deadline: whether the caller is to answer. */
    boolean claim() {
        return CLAIMED.compareAndSet(this, false, true);
    }

    /** Stands for the turn of a batch worker: no request, but the sign that some are waiting. */
    static Work turn(Route<?, ?> route) {
        return new Work(route, null, null, 0, new byte[0]);
    }

    Work(Route<?, ?> route, FrameSink.Replies replies, Sender sender, long place, byte[] body) {
        this(route, replies, sender, place, body, 0, body.length);
    }

    /** @param bytes is read until {@link #keep}, or until all are worked */
    Work(
            Route<?, ?> route,
            FrameSink.Replies replies,
            Sender sender,
            long place,
            byte[] bytes,
            int offset,
            int length) {
        this.route = route;
        this.replies = replies;
        this.sender = sender;
        this.place = place;
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.end = offset + length;
    }

    /**
     * Adds a request, if it is a small one of the same kind and sender whose frame begins where the last one's ends.
     *
     * @return whether it is added
     */
    boolean add(Route<?, ?> of, Sender by, long at, byte[] in, int bodyOffset, int bodyLength) {
        int header = bodyOffset - end;
        boolean withIds = header == FrameHeader.WITH_REQUEST_ID_BYTES;
        boolean follows = in == bytes
                && (requests == 1 ? withIds || header == FrameHeader.BYTES : header == headerBytes)
                && (withIds || at == place + requests);
        if (of != route
                || by != sender
                || of.batches() != null
                || !follows
                || end - offset + bodyLength >= WorkQueue.COUNTED_BODY_BYTES) {
            return false;
        }
        headerBytes = header;
        requests++;
        end = bodyOffset + bodyLength;
        return true;
    }

    /** Copies what it refers to, which is about to be overwritten. */
    void keep() {
        bytes = Arrays.copyOfRange(bytes, offset, end);
        end -= offset;
        offset = 0;
    }

    /**
     * Leaves the first request out.
     *
     * @return what is left: this, or the next in the chain; null where that was all
     */
    @Nullable
    Work rest() {
        if (--requests == 0) {
            return next;
        }
        int header = offset + length;
        place = headerBytes == FrameHeader.BYTES ? place + 1 : FrameHeader.requestId(bytes, header);
        length = FrameHeader.bodySize(bytes, header);
        offset = header + headerBytes;
        return this;
    }
}
