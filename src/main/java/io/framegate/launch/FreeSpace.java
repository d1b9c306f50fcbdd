package io.framegate.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells which folder is full, where something has failed that writes. */
final class FreeSpace {

    /** With less, what writes is likely to have failed for it. */
    private static final long SCARCE_BYTES = 64L << 20;

    private static final long MEBI = 1 << 20;

    private FreeSpace() {}

    /** What is to be added to a sentence: one more about each of these folders that has hardly any room, or nothing. */
    static String note(Path... folders) {
        return Stream.of(folders)
                .distinct()
                .filter(folder -> bytes(folder) < SCARCE_BYTES)
                .map(folder -> " Only " + mebibytes(bytes(folder)) + " are free in " + folder + ".")
                .collect(Collectors.joining());
    }

    /** Room for files in a folder, or where it is to be made. Very much where the system does not tell. */
    static long bytes(Path folder) {
        @Nullable Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            return there == null ? Long.MAX_VALUE : Files.getFileStore(there).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    static String mebibytes(long bytes) {
        return bytes / MEBI + " MiB";
    }
}
