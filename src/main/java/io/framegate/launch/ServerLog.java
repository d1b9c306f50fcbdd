package io.framegate.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes sense of what Payara Micro prints, line by line: which entries are the application's, whether it has finished
 * starting, and why a deployment failed.
 *
 * <pre>
 *  [time] [] [INFO] [id] [logger] [tid: …] [timeMillis: …] [levelValue: 800] message
 *  [time] [] [SEVERE] [id] [logger] [tid: …] [timeMillis: …] [levelValue: 1000] [[
 *    message of
 *    several lines ]]
 * </pre>
 *
 * <p><b>Threads.</b> One accepts lines; any may ask.
 */
final class ServerLog {

    private static final Pattern ENTRY = Pattern.compile("\\[[^]]*] \\[[^]]*] \\[(?<level>[A-Z]+)] \\[[^]]*] "
            + "\\[(?<logger>[^]]*)] \\[tid: [^]]*] \\[timeMillis: \\d+] \\[levelValue: \\d+] (?<message>.*)");
    /** How java.util.logging prints before Payara has set it up. */
    private static final Pattern EARLY = Pattern.compile("(?<level>SEVERE|WARNING): (?<message>.*)");

    private static final Pattern COLOUR = Pattern.compile("\u001B\\[[0-9;]*m");
    private static final Pattern THROWABLE =
            Pattern.compile("(?:Caused by: )?(?<type>(?:[\\w$]+\\.)+[\\w$]*(?:Exception|Error|Failure|Refusal))"
                    + "(?:: (?<message>.*))?");
    private static final String APPLICATION = "io.framegate";
    private static final int MAX_FAULTS = 200;

    private final Consumer<Entry> application;
    private final List<Entry> faults = new ArrayList<>(); // guarded by this
    private boolean started; // guarded by this

    private @Nullable Entry open; // of the accepting thread: an entry of several lines
    private final StringBuilder openMessage = new StringBuilder(); // of the accepting thread

    /** @param application gets the entries of the application's own loggers, as they come */
    ServerLog(Consumer<Entry> application) {
        this.application = application;
    }

    /** A line as it is kept in a file: without the colours meant for a terminal. */
    static String plain(String line) {
        return COLOUR.matcher(line).replaceAll("");
    }

    /** Takes the next line, plain. */
    void accept(String line) {
        if (open != null) {
            boolean last = line.endsWith("]]");
            openMessage
                    .append(last ? line.substring(0, line.length() - 2) : line)
                    .append('\n');
            if (last) {
                complete(new Entry(
                        open.level, open.logger, openMessage.toString().strip()));
            }
            return;
        }
        Matcher entry = ENTRY.matcher(line);
        if (entry.matches()) {
            String message = entry.group("message");
            if (message.equals("[[")) {
                open = new Entry(entry.group("level"), entry.group("logger"), "");
                openMessage.setLength(0);
            } else {
                complete(new Entry(entry.group("level"), entry.group("logger"), message));
            }
            return;
        }
        Matcher early = EARLY.matcher(line);
        if (early.matches()) {
            complete(new Entry(early.group("level"), "", early.group("message")));
        }
    }

    /** Whether Payara Micro says it is ready, which it does after a failed deployment too. */
    synchronized boolean isStarted() {
        return started;
    }

    /**
     * The likeliest reason for a failed start, as a sentence: the first fault's own words, where it has no exception, and
     * the deepest cause of the first fault that has one. A deployment that fails is told several times over, each time
     * with less.
     */
    synchronized Optional<String> reason() {
        Optional<String> cause = faults.stream()
                .map(fault -> deepestCause(fault.message))
                .flatMap(Optional::stream)
                .findFirst();
        Optional<String> words = faults.stream()
                .limit(1)
                .filter(fault -> deepestCause(fault.message).isEmpty())
                .map(fault -> firstLine(fault.message))
                .findFirst();
        return words.map(first -> first + cause.map(then -> "; then: " + then).orElse(""))
                .or(() -> cause);
    }

    private void complete(Entry entry) {
        open = null;
        synchronized (this) {
            if (entry.message.startsWith("Payara Micro") && entry.message.contains(" ready in ")) {
                started = true;
            }
            if (entry.level.equals("SEVERE") && faults.size() < MAX_FAULTS) {
                faults.add(entry);
            }
        }
        if (entry.logger.startsWith(APPLICATION)) {
            application.accept(entry);
        }
    }

    private static Optional<String> deepestCause(String message) {
        String deepest = null;
        for (String line : message.lines().map(String::strip).toList()) {
            Matcher throwable = THROWABLE.matcher(line);
            if (throwable.matches()) {
                String type = throwable.group("type");
                String words = throwable.group("message");
                String name = type.substring(type.lastIndexOf('.') + 1);
                // Whole sentences are meant for a person; anything else needs the name of the exception to make sense.
                deepest = words == null || words.isBlank()
                        ? name
                        : words.endsWith(".") ? words : words + " (" + name + ")";
            }
        }
        return Optional.ofNullable(deepest);
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /**
     * An entry of the log.
     *
     * @param level as {@code java.util.logging} names it
     * @param logger may be empty
     * @param message may have several lines
     */
    record Entry(String level, String logger, String message) {}
}
