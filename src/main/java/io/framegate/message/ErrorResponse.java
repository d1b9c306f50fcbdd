package io.framegate.message;

/**
 * The answer where there is no other: unknown id, broken body, no worker, a worker that failed, a full queue.
 *
 * @param text a sentence for a person
 */
@Message(ErrorResponse.ID)
public record ErrorResponse(String text) {

    /** Clients recognise a failed request by this id. */
    public static final int ID = 500201;
}
