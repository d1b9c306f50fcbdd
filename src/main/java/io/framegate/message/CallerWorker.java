package io.framegate.message;

/**
 * A {@link Worker} that also wants to know who asks.
 *
 * @param <Q> the request
 * @param <A> the answer
 */
public interface CallerWorker<Q extends Record, A extends Record> extends Worker<Q, A> {

    /**
     * Makes the answer to a request of this client.
     *
     * @throws Refusal as in {@link Worker#process}
     * @throws Exception as in {@link Worker#process}
     */
    A process(Q request, Caller caller) throws Exception;

    /** Not called: the gate always says who asks. */
    @Override
    default A process(Q request) {
        throw new UnsupportedOperationException("a CallerWorker is called with its caller");
    }
}
