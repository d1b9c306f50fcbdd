package io.framegate.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.SmallDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "a disk of a few MiB is mounted")
class PostgresBinariesTest {

    @TempDir
    private Path temporary;

    @Test
    void reportsAFullDiskAndRecovers() throws Exception {
        Path disk = Files.createDirectory(temporary.resolve("disk"));
        try (SmallDisk small = SmallDisk.mount(disk, "20m")) {
            List<String> full = started(disk);
            assertEquals(1, full.size(), full::toString);
            assertTrue(
                    full.get(0)
                            .matches("PostgreSQL cannot be unpacked to " + disk + "/postgresql-binaries"
                                    + " \\(No space left on device\\): it takes \\d\\d MiB there, and (19|20) MiB are free\\."
                                    + " Make room, or choose another data directory with -Dframegate.data.dir=PATH\\."),
                    full::toString);
            try (Stream<Path> left = Files.list(disk.resolve("postgresql-binaries"))) {
                assertEquals(List.of(), left.toList());
            }
            small.resize("80m");
            List<String> without = started(disk);
            assertTrue(
                    without.get(0).contains(" MiB are free in " + disk + "/postgresql."),
                    "room for the programs and none for the data: " + without);
            small.resize("900m");
            assertEquals(List.of("started"), started(disk));
        }
    }

    /** In a process of its own: one that has unpacked it before would use that. */
    private List<String> started(Path disk) throws IOException, InterruptedException {
        Path told = temporary.resolve("told");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PostgresBinariesTest.class.getName(),
                        disk.resolve("postgresql").toString())
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        return Files.readAllLines(told, StandardCharsets.UTF_8);
    }

    /** Starts a database and stops it, or says why it can't. */
    public static void main(String[] args) {
        Path data = Path.of(args[0]);
        try (var database = EmbeddedDatabase.start(data, data.resolveSibling("log"))) {
            System.out.println(database.process().isPresent() ? "started" : "not there");
        } catch (LaunchFailure e) {
            System.out.println(e.getMessage());
        }
    }
}
