package io.framegate.testkit.abuse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a {@link GateProcess} has logged, by causes: entries that differ in their numbers alone are of one cause. */
final class GateLog {

    /** For {@link java.util.logging.SimpleFormatter}: the time in milliseconds, the level, the text, the stack trace. */
    static final String FORMAT = "@%1$tQ %4$s %5$s%6$s%n";

    private static final Pattern ENTRY = Pattern.compile("@(\\d+) (\\S+ .*)");
    private static final Pattern OTHERS = Pattern.compile("; so did (\\d+) others since the last such line");
    private static final Pattern OF_A_STACK_TRACE =
            Pattern.compile("(\t.*)?|Caused by: .*|[\\w.$]+(Error|Exception)(: .*)?");

    private GateLog() {}

    /** Reads what was logged from a place on; what belongs to no entry is a cause of its own. */
    static Map<String, GateProcess.Logged> read(Path file, int from) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
        Map<String, GateProcess.Logged> causes = new TreeMap<>();
        for (String line : text.lines().toList()) {
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches()) {
                Matcher others = OTHERS.matcher(entry.group(2));
                long told = others.find() ? 1 + Long.parseLong(others.group(1)) : 1;
                String cause = others.replaceFirst("").replaceAll("\\d+", "#");
                causes.merge(
                        cause,
                        new GateProcess.Logged(List.of(Long.parseLong(entry.group(1))), told),
                        GateLog::together);
            } else if (!OF_A_STACK_TRACE.matcher(line).matches()) {
                causes.merge(line, new GateProcess.Logged(List.of(), 1), GateLog::together);
            }
        }
        return causes;
    }

    private static GateProcess.Logged together(GateProcess.Logged first, GateProcess.Logged more) {
        List<Long> millis = new ArrayList<>(first.millis());
        millis.addAll(more.millis());
        return new GateProcess.Logged(List.copyOf(millis), first.told() + more.told());
    }
}
