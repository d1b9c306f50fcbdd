package io.framegate.map.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Serializable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The password of the database's user, as the first line of a file, which may change at any time: it is read for each connection
 * that is made. Where it can't be read the last one holds, and the log says so, once a second at most.
 *
 * <p><b>Threads.</b> Any.
 */
final class PasswordFile implements Serializable {

    /** Another file is meant. */
    static final int MAX_BYTES = 4096;

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = System.getLogger(PasswordFile.class.getName());
    private static final LimitedLog UNREADABLE = new LimitedLog();

    private final String path;

    // Written by whoever connects; all read the same file.
    private transient volatile @Nullable String last;

    PasswordFile(String path) {
        this.path = path;
    }

    /** Where it is. */
    String path() {
        return path;
    }

    /**
     * The password as of now.
     *
     * @throws SQLException if it can't be read and never was
     */
    String read() throws SQLException {
        try {
            String read = firstLine();
            last = read;
            return read;
        } catch (IOException e) {
            UNREADABLE.log(times -> LOG.log(
                    Level.WARNING,
                    "The password of the database''s user can''t be read from {0} ({1} times): {2}",
                    path,
                    String.valueOf(times),
                    e.toString()));
            String known = last;
            if (known == null) {
                // As if another one were refused: whoever asks for the health is told what to look at.
                throw new SQLException("the file with the password can't be read", "28P01", e);
            }
            return known;
        }
    }

    private String firstLine() throws IOException {
        Path file = Path.of(path);
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("more than " + MAX_BYTES + " bytes");
        }
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String line = reader.readLine();
            if (line == null || line.isEmpty()) {
                throw new IOException("its first line is empty");
            }
            return line;
        }
    }
}
