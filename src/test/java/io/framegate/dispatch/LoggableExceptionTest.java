package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.OddThrowables;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoggableExceptionTest {

    private static String printed(Throwable fault) {
        StringWriter text = new StringWriter();
        LoggableException.of(fault).printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void keepsStackTraceAndCauses() {
        Exception cause = new IllegalArgumentException("cause");
        Exception fault = new IllegalStateException("fault", cause);
        fault.addSuppressed(new IllegalStateException("suppressed"));
        Throwable logged = LoggableException.of(fault);
        assertEquals(fault.toString(), logged.toString());
        assertArrayEquals(fault.getStackTrace(), logged.getStackTrace());
        assertEquals(cause.toString(), logged.getCause().toString());
        assertEquals("java.lang.IllegalStateException: suppressed", logged.getSuppressed()[0].toString());
    }

    @Test
    void tellsOfACircleOnce() {
        for (int circle : new int[] {15, 17}) {
            String printed = printed(OddThrowables.made(circle, "in a circle"));
            assertEquals(
                    2,
                    printed.lines().filter(line -> line.contains("in a circle")).count(),
                    printed);
        }
    }

    @Test
    void escapesAndClipsAnyText() {
        for (int how = 0; how < OddThrowables.KINDS; how++) {
            Throwable odd = OddThrowables.made(how, "a\nforged");
            String printed = printed(odd);
            assertTrue(printed.length() < 300_000, () -> printed.length() + " characters");
            assertTrue(printed.contains(odd.getClass().getName().replaceAll("\\$.*", "")), printed);
            for (String line : printed.lines().toList()) {
                assertTrue(line.length() <= 1100, line);
                assertTrue(!line.startsWith("forged") && line.chars().noneMatch(c -> c < ' ' && c != '\t'), line);
            }
        }
    }
}
