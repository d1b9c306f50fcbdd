package io.framegate.message;

/**
 * {@link ErrorResponse} for a program as well as for a person; sent to clients that asked for it by a
 * {@code HelloRequest}.
 *
 * @param code what kind of no
 * @param retryAfterMillis milliseconds after which the same request may have a chance; {@link #NEVER} where repeating it is
 *     of no use
 * @param text a sentence for a person
 */
@Message(ErrorResponseV2.ID)
public record ErrorResponseV2(Refusal.Code code, int retryAfterMillis, String text) {

    /** Clients recognise a failed request by this id. */
    public static final int ID = 500202;

    /** There is no use in trying again. */
    public static final int NEVER = -1;
}
