package io.framegate.client.cli;

import io.framegate.client.ClientException;

/** What the command line ends with. */
public final class ExitCode {

    /** Done. */
    public static final int OK = 0;

    /** The server answered, and said no. */
    public static final int REFUSED = 1;

    /** The command was not understood, or its values make no sense; nothing was sent. */
    public static final int USAGE = 2;

    /** There was no answer: no connection, a broken one, a timeout, or a reply that cannot be read. */
    public static final int NO_ANSWER = 3;

    /** The answer came, and something went wrong here: a file that cannot be written, or a fault of the program. */
    public static final int FAILED = 4;

    private ExitCode() {}

    static int of(ClientException e) {
        return e.kind() == ClientException.Kind.REFUSED ? REFUSED : NO_ANSWER;
    }
}
