package io.framegate.launch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A file of lines that goes on where its disk is full: lines that can't be written are left out, which is told once, and counted in the
 * file as soon as there is room again.
 */
final class LogFile {

    private final OutputStream file;
    private final Consumer<String> failure;
    private long leftOut;

    /**
     * Lines for a file.
     *
     * @param file is written to a line at a time; not closed
     * @param failure is told in a sentence when lines begin to be left out
     */
    LogFile(OutputStream file, Consumer<String> failure) {
        this.file = file;
        this.failure = failure;
    }

    /** Puts a line into it, if that can be done. */
    void write(String line) {
        try {
            // The line that failed may be there in part.
            String before = leftOut == 0 ? "" : "\n" + leftOut + " lines are missing here: the disk was full.\n";
            file.write((before + line + "\n").getBytes(StandardCharsets.UTF_8));
            leftOut = 0;
        } catch (IOException e) {
            if (leftOut++ == 0) {
                failure.accept("The server's log cannot be written (" + e.getMessage()
                        + "); its lines are left out until there is room.");
            }
        }
    }
}
