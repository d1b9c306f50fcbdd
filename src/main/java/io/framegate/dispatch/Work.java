package io.framegate.dispatch;

import io.framegate.session.Session;
import io.framegate.transport.FrameSink;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a managed thread. The requests that one read of one connection brought are chained, so that
 * they are handed over, and woken for, once.
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
    final Session session;
    final long place;
    final byte[] body;

    /** The next request of the same read; set by the reading thread before the hand-over. */
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

    Work(Route<?, ?> route, FrameSink.Replies replies, Session session, long place, byte[] body) {
        this.route = route;
        this.replies = replies;
        this.session = session;
        this.place = place;
        this.body = body;
    }
}
