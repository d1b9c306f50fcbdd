package io.framegate.map.command;

/** Why an admin request has no result: a sentence for a person, and what the command ends with. */
final class AdminException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    AdminException(int exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
