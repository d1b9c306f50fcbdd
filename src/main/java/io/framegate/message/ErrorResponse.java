package io.framegate.message;

/**
 * The answer to a request that can't be answered otherwise: unknown id, malformed body, no worker, a failed worker, a full queue.
 *
 * @param text a sentence for people
 */
@Message(ErrorResponse.ID)
public record ErrorResponse(String text) {

    /** The id in the header. */
    public static final int ID = 500201;
}
