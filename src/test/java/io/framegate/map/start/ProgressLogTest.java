package io.framegate.map.start;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.map.load.LoadProgress.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressLogTest {

    private long millis;

    @Test
    void logsProgressOncePerSecond() {
        List<String> told = new ArrayList<>();
        ProgressLog progress = new ProgressLog("monaco", told::add, () -> TimeUnit.MILLISECONDS.toNanos(millis));
        progress.at(Phase.READING_WAYS, 175, 2000);
        millis = 900;
        progress.at(Phase.READING_WAYS, 1000, 2000);
        millis = 2000;
        progress.at(Phase.READING_WAYS, 1500, 2000);
        millis = 3000;
        progress.at(Phase.STORING, 0, 0);
        millis = 4000;
        progress.at(Phase.STORING, 10, 40);
        assertEquals(
                List.of(
                        "reading ways, 175 of 2000 bytes (8 %)",
                        "reading ways, 1500 of 2000 bytes (75 %, 750 a second, 1 s left)",
                        "storing, 0 of 0 features (100 %)",
                        "storing, 10 of 40 features (25 %, 10 a second, 3 s left)"),
                told);
    }
}
