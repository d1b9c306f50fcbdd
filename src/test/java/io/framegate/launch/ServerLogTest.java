package io.framegate.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerLogTest {

    private final List<String> shown = new ArrayList<>();
    private final ServerLog log = new ServerLog(entry -> shown.add(entry.level() + " " + entry.message()));

    @Test
    void showsTheEntriesOfTheApplicationOnly() {
        log.accept(entry("INFO", "PayaraMicro", "Deployed 1 archive(s)"));
        log.accept(entry("INFO", "io.framegate.map.load", "Loading the map: 42 %"));
        log.accept(entry("WARNING", "io.framegate", "[["));
        log.accept("  The limit of connections is reached.");
        log.accept("  Raise it. ]]");
        assertEquals(
                List.of("INFO Loading the map: 42 %", "WARNING The limit of connections is reached.\n  Raise it."),
                shown);
    }

    @Test
    void noticesThatPayaraHasStarted() {
        log.accept(entry("INFO", "PayaraMicro", "Deployed 1 archive(s)"));
        assertFalse(log.isStarted());
        log.accept(entry("INFO", "PayaraMicro", "Payara Micro 6.2025.10 (build 42) ready in 6,301 (ms)"));
        assertTrue(log.isStarted());
        assertEquals(Optional.empty(), log.reason());
    }

    @Test
    void findsTheDeepestCause() {
        log.accept(entry("SEVERE", "javax.enterprise.system.core", "[["));
        log.accept("  Startup of context failed");
        log.accept("java.lang.RuntimeException: jakarta.ejb.EJBException: Failed to initialise");
        log.accept("\tat org.glassfish.Something.go(Something.java:12)");
        log.accept("Caused by: jakarta.ejb.CreateException: Initialization failed for Singleton GateBean");
        log.accept("\t... 12 more");
        log.accept(
                "Caused by: io.framegate.dispatch.DuplicateWorkerException: Message 100101 has two workers: A and B");
        log.accept("\tat io.framegate.Something.go(Something.java:12)");
        log.accept("]]");
        log.accept(entry("SEVERE", "PayaraMicro", "[["));
        log.accept("  Error: java.lang.IllegalStateException: something later");
        log.accept("]]");
        assertEquals(Optional.of("Message 100101 has two workers: A and B (DuplicateWorkerException)"), log.reason());
    }

    @Test
    void usesTheFaultsTextWithoutACause() {
        log.accept("SEVERE: --deploy File /nowhere/framegate.war does not exist");
        assertEquals(Optional.of("--deploy File /nowhere/framegate.war does not exist"), log.reason());
    }

    @Test
    void reportsTheFirstFaultBeforeLaterOnes() {
        log.accept(entry("SEVERE", "jdbc", "RAR9001 : Custom validation class name is invalid"));
        log.accept(entry("SEVERE", "persistence", "[["));
        log.accept("Caused by: java.lang.NullPointerException: key is null");
        log.accept("]]");
        assertEquals(
                Optional.of("RAR9001 : Custom validation class name is invalid; then: key is null"
                        + " (NullPointerException)"),
                log.reason());
    }

    @Test
    void takesTheColoursOutOfALine() {
        assertEquals("[INFO] [x]", ServerLog.plain("[\u001B[1;92mINFO\u001B[0m] [\u001B[1;94mx\u001B[0m]"));
    }

    private static String entry(String level, String logger, String message) {
        return "[2026-11-23T08:07:53.050+0000] [] [" + level + "] [NCLS-CORE-1] [" + logger
                + "] [tid: _ThreadID=1 _ThreadName=main] [timeMillis: 1795421273050] [levelValue: 800] " + message;
    }
}
