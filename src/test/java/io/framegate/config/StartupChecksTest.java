package io.framegate.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartupChecksTest {

    private static final long MEBI = 1024 * 1024;
    private static final StartupChecks.Given PLENTY =
            new StartupChecks.Given(1024 * MEBI, Long.MAX_VALUE, Long.MAX_VALUE);

    @Test
    void defaultsPassOnAnOrdinaryMachine() {
        StartupChecks check = StartupChecks.of(config(Map.of()), new StartupChecks.Given(512 * MEBI, 65_536, 4096));
        assertEquals(List.of(), check.refusals());
        assertEquals(List.of(), check.warnings());
        assertEquals(10_000L * StartupChecks.IDLE_CONNECTION_BYTES, check.idleBytes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listener.max-connections | 1000000 | Set framegate.listener.max-connections to at most",
            })
    void refusesWhatTheHeapCanNotHold(String name, String value, String sentence) {
        StartupChecks check = StartupChecks.of(config(Map.of("framegate." + name, value)), PLENTY);
        assertEquals(1, check.refusals().size());
        assertTrue(
                check.refusals().get(0).startsWith(sentence), check.refusals().toString());
    }

    @Test
    void refusesARequestThatIsLargerThanTheHeap() {
        StartupChecks check = StartupChecks.of(config(Map.of()), new StartupChecks.Given(64 * MEBI, 65_536, 4096));
        assertTrue(
                check.refusals().get(0).contains("one request may have 99 MiB, the heap has 64 MiB"),
                check.refusals().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listener.max-connections   | 200000 | need 585 of the heap's 1024 MiB",
                "workers.queue-capacity     | 1      | is less than framegate.workers.threads",
                "listener.drain-timeout     | PT1S   | is shorter than framegate.listener.linger-timeout (PT2S)",
            })
    void warnsOfContradictionsAndSaysWhatToChange(String name, String value, String part) {
        StartupChecks check = StartupChecks.of(config(Map.of("framegate." + name, value)), PLENTY);
        assertEquals(List.of(), check.refusals());
        assertEquals(1, check.warnings().size(), check.warnings().toString());
        assertTrue(check.warnings().get(0).contains(part), check.warnings().toString());
    }

    @Test
    void warnsOfTheProcessesOwnLimits() {
        List<String> warnings = StartupChecks.of(config(Map.of()), new StartupChecks.Given(1024 * MEBI, 1024, 128))
                .warnings();
        assertEquals(2, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains("may have 1024 open files"), warnings.toString());
        assertTrue(warnings.get(1).contains("at most 128 connections"), warnings.toString());
    }

    @Test
    void reportsMissingExecutorThreads() {
        ServerConfig config = ConfigReader.read(new MapConfig(Map.of(
                "framegate.workers.threads", "32", "framegate.workers.executor", "concurrent/workers-of-framegate")));
        assertEquals(
                "The managed executor concurrent/workers-of-framegate runs 8 worker threads, not the 32 of"
                        + " framegate.workers.threads; give it a core size of at least as many, or lower the setting.",
                StartupChecks.threadsMissing(config, 8));
    }

    private static GateConfig config(Map<String, String> values) {
        return ConfigReader.read(new MapConfig(values)).gate();
    }
}
