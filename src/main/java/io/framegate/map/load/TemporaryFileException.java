package io.framegate.map.load;

import java.io.IOException;

/** The directory for temporary files, {@code java.io.tmpdir}, can't be written: as a rule it is full. Its message is for whoever asked. */
public final class TemporaryFileException extends IOException {

    private static final long serialVersionUID = 1;

    /**
     * As above.
     *
     * @param cause the system's word, which is for the log
     */
    public TemporaryFileException(IOException cause) {
        super(
                "The server's directory for temporary files cannot be written; make room there. Nothing has changed.",
                cause);
    }
}
