package io.framegate.map.load;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Access to the directory for temporary files. What fails there is a {@link TemporaryFileException}, but for an interrupt. */
public final class TemporaryFile {

    /** The system's. */
    public static final Path DIRECTORY = Path.of(System.getProperty("java.io.tmpdir"));

    private TemporaryFile() {}

    /** Makes something there. */
    @FunctionalInterface
    public interface Making<T> {
        T run() throws IOException;
    }

    /** Writes to something there. */
    @FunctionalInterface
    public interface Writing {
        void run() throws IOException;
    }

    /**
     * Makes something there.
     *
     * @throws ClosedByInterruptException where the thread is interrupted
     */
    public static <T> T make(Making<T> making) throws TemporaryFileException, ClosedByInterruptException {
        try {
            return making.run();
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new TemporaryFileException(e);
        }
    }

    /**
     * Writes to something there.
     *
     * @throws ClosedByInterruptException where the thread is interrupted
     */
    public static void write(Writing writing) throws TemporaryFileException, ClosedByInterruptException {
        try {
            writing.run();
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new TemporaryFileException(e);
        }
    }

    /**
     * Opens a new file for reading and writing; it is gone when it is closed, or the JVM ends.
     *
     * @param directory {@link #DIRECTORY}, as a rule
     * @throws ClosedByInterruptException where the thread is interrupted
     */
    public static FileChannel open(Path directory, String prefix)
            throws TemporaryFileException, ClosedByInterruptException {
        Path path = make(() -> Files.createTempFile(directory, prefix, null));
        try {
            return FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            write(() -> Files.delete(path));
            throw new TemporaryFileException(e);
        }
    }
}
