package io.framegate.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.SmallDisk;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LogFileTest {

    private static final String LINE = "x".repeat(1 << 16);

    @Test
    void countsLinesLostToAFullDisk(@TempDir Path directory) throws Exception {
        List<String> told = new ArrayList<>();
        try (SmallDisk disk = SmallDisk.mount(directory, "1m")) {
            Path path = directory.resolve("payara.log");
            try (OutputStream out = Files.newOutputStream(path)) {
                LogFile log = new LogFile(out, told::add);
                for (int i = 0; i < 32; i++) {
                    log.write(LINE);
                }
                disk.resize("4m");
                log.write("room again");
            }
            assertEquals(1, told.size(), told.toString());
            List<String> lines = Files.readAllLines(path);
            long whole = lines.stream().filter(LINE::equals).count();
            assertTrue(whole >= 14 && whole < 32, whole + " whole lines");
            assertEquals(32 - whole + " lines are missing here: the disk was full.", lines.get(lines.size() - 2));
            assertEquals("room again", lines.get(lines.size() - 1));
        }
    }

    @Test
    void survivesAnUnwritableLog(@TempDir Path directory) throws Exception {
        try (PayaraProcess process = PayaraProcess.start(
                List.of("sh", "-c", "seq 100000; exit 7"),
                directory,
                Map.of(),
                directory.resolve("pid"),
                Path.of("/dev/full"),
                new ServerLog(line -> {}),
                Duration.ofSeconds(5))) {
            assertEquals(7, process.ended());
        }
    }
}
