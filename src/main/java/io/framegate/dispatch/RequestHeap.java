package io.framegate.dispatch;

import io.framegate.codec.WireReader;
import io.framegate.message.Refusal;
import io.framegate.transport.ByteBudget;
import org.jspecify.annotations.Nullable;

/**
 * What the requests that one thread has in hand take of the heap, decompressed and decoded: counted from one budget of the process,
 * from before it is allocated until their answers are made.
 *
 * <p>The first {@link #FREE_BYTES} are not counted there, and what is, is in pieces of as many, so that small requests never touch
 * what all threads share.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class RequestHeap implements WireReader.Heap {

    /** Not counted: what all threads together have of it is small beside a heap. */
    static final int FREE_BYTES = 64 << 10;

    private @Nullable ByteBudget budget; // null until there is a first request
    private long taken; // of the budget
    private long used; // of the free bytes and of those taken
    private long usedBefore; // by requests in hand before the present one
    private boolean refused; // and nobody has asked since

    /** The next request is about to be opened and decoded. */
    void begin(ByteBudget shared) {
        if (budget != shared) {
            budget = shared;
        }
        usedBefore = used;
    }

    /**
     * Takes bytes.
     *
     * @throws Refusal as busy where there are not so many at present; as too large where one request takes more than there is
     */
    @Override
    public void take(long bytes) {
        long then = used + bytes;
        if (then > taken + FREE_BYTES) {
            takeMore(then);
        }
        used = then;
    }

    private void takeMore(long then) {
        ByteBudget shared = budget;
        if (shared == null) {
            throw new IllegalStateException("no request has begun");
        }
        long pieces = (then - taken - 1) / FREE_BYTES;
        if (!shared.take(pieces * FREE_BYTES)) {
            refused = true;
            throw refusal(then - usedBefore, shared.limit());
        }
        taken += pieces * FREE_BYTES;
    }

    private static Refusal refusal(long bytes, long limit) {
        return bytes > limit
                ? new Refusal(
                        Refusal.Code.TOO_LARGE,
                        "The request takes more than " + limit
                                + " bytes of memory when it is opened, which is all that this server has for requests.")
                : new Refusal(
                        Refusal.Code.BUSY,
                        "The server has as many large requests in hand as it has memory for; try again a little later.");
    }

    /** Whether it has refused something since this was asked last. */
    boolean hasRefused() {
        boolean has = refused;
        refused = false;
        return has;
    }

    /** Something of what was taken is garbage now. */
    void giveBack(long bytes) {
        used -= bytes;
        long surplus = Math.min(taken, (taken + FREE_BYTES - used) / FREE_BYTES * FREE_BYTES);
        ByteBudget shared = budget;
        if (surplus > 0 && shared != null) {
            shared.giveBack(surplus);
            taken -= surplus;
        }
    }

    /** The present request can't be decoded: gives back what it has taken. */
    void giveUp() {
        giveBack(used - usedBefore);
    }

    /** All requests in hand are answered. */
    void end() {
        if (used != 0) {
            usedBefore = 0;
            giveBack(used);
        }
    }
}
