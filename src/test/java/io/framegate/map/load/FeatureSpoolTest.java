package io.framegate.map.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.SmallDisk;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureSpoolTest {

    @Test
    void reportsAFullDirectoryAndRecovers(@TempDir Path directory) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory, "1m")) {
            try (FeatureSpool spool = new FeatureSpool(directory, "links")) {
                String sentence =
                        Objects.requireNonNull(assertThrows(TemporaryFileException.class, () -> fill(spool, 1 << 10))
                                .getMessage());
                assertTrue(
                        sentence.startsWith("The server's directory for temporary files cannot be written"), sentence);
            }
            try (Stream<Path> left = Files.list(directory)) {
                assertEquals(0, left.count());
            }
            disk.resize("4m");
            try (FeatureSpool spool = new FeatureSpool(directory, "links")) {
                fill(spool, 1 << 10);
                int[] given = new int[1];
                spool.forEach((buffer, length) -> given[0]++);
                assertEquals(1 << 10, given[0]);
            }
        }
    }

    @Test
    void saysSoOfADirectoryThatIsNotThere(@TempDir Path directory) {
        assertThrows(TemporaryFileException.class, () -> new FeatureSpool(directory.resolve("none"), "links").close());
    }

    @Test
    void takesAnInterruptForNoFullDirectory(@TempDir Path directory) throws Exception {
        try (FeatureSpool spool = new FeatureSpool(directory, "links")) {
            Thread.currentThread().interrupt();
            assertThrows(ClosedByInterruptException.class, () -> fill(spool, 1 << 10));
        } finally {
            Thread.interrupted();
        }
    }

    /** Rows of two KiB. */
    private static void fill(FeatureSpool spool, int rows) throws IOException {
        for (int i = 0; i < rows; i++) {
            spool.row(1).bytes(new byte[2048], 2048).end(i);
        }
    }
}
