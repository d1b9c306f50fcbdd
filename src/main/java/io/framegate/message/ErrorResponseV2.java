package io.framegate.message;

/**
 * {@link ErrorResponse} with a code and a retry time, for clients that asked for it by a
 * {@code HelloRequest}.
 *
 * @param code the kind of error
 * @param retryAfterMillis milliseconds after which a retry may succeed; {@link #NEVER} if a retry is
 *     useless
 * @param text a sentence for people
 */
@Message(ErrorResponseV2.ID)
public record ErrorResponseV2(Refusal.Code code, int retryAfterMillis, String text) {

    /** The id in the header. */
    public static final int ID = 500202;

    /** A retry is useless. */
    public static final int NEVER = -1;
}
