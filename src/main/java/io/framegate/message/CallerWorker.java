package io.framegate.message;

/**
 * A {@link Worker} that also gets the client that asks.
 *
 * @param <Q> the request
 * @param <A> the answer
 */
public interface CallerWorker<Q extends Record, A extends Record> extends Worker<Q, A> {

    /**
     * Answers a request of a client.
     *
     * @throws Refusal as in {@link Worker#process}
     * @throws Exception as in {@link Worker#process}
     */
    A process(Q request, Caller caller) throws Exception;

    /** Not called: the gate always passes the caller. */
    @Override
    default A process(Q request) {
        throw new UnsupportedOperationException("a CallerWorker is called with its caller");
    }
}
