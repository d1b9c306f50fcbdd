package io.framegate.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.KeptLog;
import java.text.MessageFormat;
import java.util.List;
import java.util.logging.Level;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AuditLogTest {

    private final AuditLog audit = new AuditLog();

    @Test
    void writesOneLineWhoeverHadAHandInIt() {
        try (KeptLog log = new KeptLog(Level.INFO, AuditLog.LOGGER)) {
            audit.done("PUT config/{0}", "ann", "10.0.0.7", "a: 1 -> 2");
            audit.refused("sign-in", "x\" by=\"root\"\n\u202e" + "y".repeat(500), "10.0.0.8", 401, "");
            audit.refused("POST try/X", "ann", "10.0.0.7", 502, "");
            List<String> lines = lines(log);
            assertEquals(
                    "act=\"PUT config/{0}\" by=\"ann\" from=\"10.0.0.7\" outcome=\"done\" detail=\"a: 1 -> 2\"",
                    lines.get(0));
            assertTrue(
                    lines.get(1)
                            .matches(
                                    "act=\"sign-in\" by=\"x' by='root'\\\\u000a\\\\u202ey{100,200}…\" from=\"10.0.0.8\""
                                            + " outcome=\"refused 401\" detail=\"\""),
                    lines.get(1));
            assertTrue(lines.get(2).contains("outcome=\"failed 502\""), lines.get(2));
        }
    }

    @Test
    void limitsLinesAboutRefusals() {
        try (KeptLog log = new KeptLog(Level.INFO, AuditLog.LOGGER)) {
            int all = 100_000;
            for (int i = 0; i < all; i++) {
                audit.refused("sign-in", "x", "10.0.0.8", 401, "");
            }
            audit.done("POST pause", "ann", "10.0.0.7", "");
            List<String> lines = lines(log);
            assertTrue(lines.size() < all / 100, lines.size() + " lines");
            assertTrue(lines.get(lines.size() - 1).startsWith("act=\"POST pause\""));
            int leftOut = lines.stream()
                    .flatMap(line ->
                            Pattern.compile("\\((\\d+) refused").matcher(line).results())
                    .mapToInt(found -> Integer.parseInt(found.group(1)))
                    .sum();
            assertEquals(all, lines.size() - 1 + leftOut);
        }
        assertTrue(audit.last().size() <= AuditLog.KEPT);
        assertEquals("POST pause", audit.last().get(0).act());
    }

    private static List<String> lines(KeptLog log) {
        return log.take().stream()
                .map(entry -> MessageFormat.format(entry.getMessage(), entry.getParameters()))
                .toList();
    }
}
