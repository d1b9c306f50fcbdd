package io.framegate.map.store;

/** A commit was asked for and not confirmed: it may or may not have been done. */
public final class OutcomeUnknownException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * @param cause why it was not confirmed
     */
    public OutcomeUnknownException(Throwable cause) {
        super("a commit was not confirmed", cause);
    }
}
