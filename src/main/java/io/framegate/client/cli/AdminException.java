package io.framegate.client.cli;

/** Why an admin request has no result: a sentence for a person, and what the command ends with. */
public final class AdminException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** @param sentence for a person */
    public AdminException(int exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    /** What the command ends with. */
    public int exitCode() {
        return exitCode;
    }
}
