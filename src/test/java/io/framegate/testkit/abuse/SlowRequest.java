package io.framegate.testkit.abuse;

import io.framegate.message.Message;

/**
 * Asks for an answer that takes a time, or for a mistake of its worker.
 *
 * @param millis to take, or one of the mistakes
 */
@Message(190701)
public record SlowRequest(int number, int millis) {

    /** In place of a time: an exception. */
    public static final int THROW = -1;

    /** In place of a time: an error, which is no exception. */
    public static final int RECUR_WITHOUT_END = -2;

    /** In place of a time: no answer. */
    public static final int GIVE_NULL = -3;

    /** In place of a time: a refusal, which is no mistake. */
    public static final int REFUSE = -4;
}
