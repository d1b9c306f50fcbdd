package io.framegate.client.cli;

import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The running info in a terminal, anew every second. */
@Command(
        name = "top",
        description = "Show what the server does, anew every second, until Ctrl-C.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class TopCommand extends AdminCommand {

    /** And don't wrap lines: what is too long ends at the edge. */
    private static final String HIDE_CURSOR = "\u001B[?25l\u001B[?7l";

    private static final String SHOW_CURSOR = "\u001B[?7h\u001B[?25h";
    private static final String HOME = "\u001B[H";
    private static final String CLEAR_LINE = "\u001B[K";
    private static final String CLEAR_BELOW = "\u001B[J";
    private static final String BOLD = "\u001B[1m";
    private static final String DIM = "\u001B[2m";
    private static final String RED = "\u001B[31m";
    private static final String YELLOW = "\u001B[33m";
    private static final String GREEN = "\u001B[32m";
    private static final String PLAIN = "\u001B[0m";
    private static final String BLOCKS = " ▁▂▃▄▅▆▇█";
    private static final int COURSE = 60;
    private static final int BAR = 20;
    private static final int MAX_MESSAGES = 12;
    private static final int MAX_CONNECTIONS = 8;
    private static final double NANOS_PER_MICRO = 1e3;

    @Option(names = "--once", description = "Show it once, without anything that only a terminal understands.")
    private boolean once;

    @Mixin
    private InstanceOption instance;

    private final List<Double> course = new ArrayList<>();
    private final Map<Long, Long> before = new HashMap<>();
    private @Nullable Instant timeBefore;

    @Override
    protected int run(AdminClient admin) throws AdminException, IOException {
        String path = instance.ofOne("running-info");
        try {
            if (instance.isGiven()) {
                ask(admin, path);
            } else {
                follow(admin, path + "/live");
            }
            return ExitCode.OK;
        } finally {
            if (!once) {
                out().println(SHOW_CURSOR);
                out().flush();
            }
        }
    }

    private void begin() {
        if (!once) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                out().print(SHOW_CURSOR + System.lineSeparator());
                out().flush();
            }));
            out().print(HIDE_CURSOR + HOME + CLEAR_BELOW);
        }
    }

    /** Takes the events of the gate that is asked, until it is interrupted or has shown one. */
    private void follow(AdminClient admin, String path) throws AdminException, IOException {
        try (var events = new BufferedReader(new InputStreamReader(admin.stream(path), StandardCharsets.UTF_8))) {
            begin();
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                if (line.startsWith("data:")) {
                    try (JsonReader reader = Json.createReader(new StringReader(line.substring("data:".length())))) {
                        show(reader.readObject());
                    }
                    if (once) {
                        return;
                    }
                }
            }
            throw new AdminException(ExitCode.NO_ANSWER, "The server has ended.");
        }
    }

    /** Asks for another gate again and again; what it says takes the grid up to a second. */
    private void ask(AdminClient admin, String path) throws AdminException {
        JsonObject info = admin.get(path);
        begin();
        while (true) {
            if (info.containsKey("sample")) {
                show(info);
                if (once) {
                    return;
                }
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            info = admin.get(path);
        }
    }

    private void show(JsonObject info) {
        List<String> lines = lines(info);
        if (once) {
            lines.forEach(line -> out().println(line.replaceAll("\u001B\\[[0-9;]*m", "")));
        } else {
            StringBuilder screen = new StringBuilder(HOME);
            // One row less: the end of a line in the last row would push the first one out.
            lines.stream()
                    .limit(Math.max(1, rows() - 1))
                    .forEach(line -> screen.append(line).append(CLEAR_LINE).append("\r\n"));
            out().print(screen.append(CLEAR_BELOW));
        }
        out().flush();
    }

    /** How many rows the terminal has now, which changes with its window; very many where nobody says. */
    private static int rows() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            int rows = Integer.parseInt(size.strip().split(" ")[0]);
            return rows > 0 ? rows : Integer.MAX_VALUE;
        } catch (IOException | NumberFormatException e) {
            return Integer.MAX_VALUE;
        }
    }

    private List<String> lines(JsonObject info) {
        JsonObject sample = info.getJsonObject("sample");
        JsonObject connections = info.getJsonObject("connections");
        JsonObject workers = info.getJsonObject("workers");
        JsonObject memory = info.getJsonObject("memory");
        JsonObject listener = info.getJsonObject("listener");
        String state = info.getString("state");
        List<String> lines = new ArrayList<>();
        lines.add(BOLD + "Framegate " + info.getString("version") + PLAIN + "  tcp://" + listener.getString("address")
                + ":"
                + listener.getInt("port") + "  " + (state.equals("SERVING") ? GREEN : YELLOW)
                + state.toLowerCase(Locale.ROOT)
                + PLAIN + DIM + "  " + info.getString("time").replaceFirst("\\.\\d+", "") + PLAIN);
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "requests  %s%12s/s%s   p50 %-9s p99 %-9s p99.9 %-9s wait p99 %s",
                BOLD,
                NumberFormat.count(number(sample, "requests")),
                PLAIN,
                NumberFormat.micros(number(sample, "p50")),
                NumberFormat.micros(number(sample, "p99")),
                NumberFormat.micros(number(sample, "p999")),
                NumberFormat.micros(number(sample, "waitP99"))));
        double errors = number(sample, "errors");
        lines.add(String.format(
                Locale.ROOT,
                "errors    %s%12s/s%s   in %s/s   out %s/s",
                errors > 0 ? RED : "",
                NumberFormat.count(errors),
                PLAIN,
                NumberFormat.bytes(number(sample, "bytesIn")),
                NumberFormat.bytes(number(sample, "bytesOut"))));
        lines.add("          " + GREEN + course(number(sample, "requests")) + PLAIN + DIM + " last minute" + PLAIN);
        lines.add("");
        lines.add(meter("workers", number(workers, "busy"), number(workers, "threads")));
        lines.add(meter("queue", number(workers, "outstanding"), number(workers, "capacity")));
        lines.add(meter("clients", number(connections, "open"), number(connections, "limit")));
        lines.add(String.format(
                Locale.ROOT,
                "%-9s %s  %s of %s",
                "heap",
                bar(number(memory, "used") / number(memory, "max")),
                NumberFormat.bytes(number(memory, "used")),
                NumberFormat.bytes(number(memory, "max"))));
        lines.add("");
        messages(info, lines);
        lines.add("");
        clients(connections, lines);
        return lines;
    }

    private void messages(JsonObject info, List<String> lines) {
        lines.add(DIM
                + String.format(
                        Locale.ROOT,
                        "%-28s %10s %14s %9s %10s %10s",
                        "message",
                        "per second",
                        "answered",
                        "failed",
                        "p50",
                        "p99")
                + PLAIN);
        List<JsonObject> asked = info.getJsonArray("messages").getValuesAs(JsonObject.class).stream()
                .filter(message -> number(message, "received") > 0)
                .sorted(Comparator.comparingDouble(message -> -number(message, "received")))
                .limit(MAX_MESSAGES)
                .toList();
        Instant time = Instant.parse(info.getString("time"));
        double seconds = timeBefore == null
                ? 1
                : Math.max(0.001, Duration.between(timeBefore, time).toMillis() / 1e3);
        timeBefore = time;
        for (JsonObject message : asked) {
            JsonObject times = message.getJsonObject("times");
            long received = (long) number(message, "received");
            Long was = before.put((long) number(message, "id"), received);
            boolean timed = number(times, "count") > 0;
            double failed = number(message, "failed");
            lines.add(String.format(
                    Locale.ROOT,
                    "%-28s %10s %14s %s%9s%s %10s %10s",
                    NumberFormat.printable(message.getString("name")),
                    was == null ? "–" : NumberFormat.count(Math.max(0, (received - was) / seconds)),
                    NumberFormat.count(number(message, "answered")),
                    failed > 0 ? RED : "",
                    NumberFormat.count(failed),
                    PLAIN,
                    NumberFormat.micros(timed ? number(times, "p50") / NANOS_PER_MICRO : -1),
                    NumberFormat.micros(timed ? number(times, "p99") / NANOS_PER_MICRO : -1)));
        }
        if (asked.isEmpty()) {
            lines.add("no request yet; try: framegate welcome 7");
        }
    }

    private static void clients(JsonObject connections, List<String> lines) {
        lines.add(DIM
                + String.format(
                        Locale.ROOT,
                        "%6s %-21s %12s %9s %11s %11s  %s",
                        "id",
                        "client",
                        "requests",
                        "in flight",
                        "read",
                        "written",
                        "last message")
                + PLAIN);
        List<JsonObject> busiest = connections.getJsonArray("list").getValuesAs(JsonObject.class).stream()
                .sorted(Comparator.comparingDouble(connection -> -number(connection, "requests")))
                .limit(MAX_CONNECTIONS)
                .toList();
        for (JsonObject each : busiest) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%6.0f %-21s %12s %9.0f %11s %11s  %s",
                    number(each, "id"),
                    NumberFormat.printable(each.getString("remote")),
                    NumberFormat.count(number(each, "requests")),
                    number(each, "inFlight"),
                    NumberFormat.bytes(number(each, "bytesRead")),
                    NumberFormat.bytes(number(each, "bytesWritten")),
                    NumberFormat.printable(each.getString("lastMessage"))));
        }
        double others = number(connections, "open") - busiest.size();
        if (others > 0) {
            lines.add(DIM + String.format(Locale.ROOT, "       and %s others", NumberFormat.count(others)) + PLAIN);
        }
    }

    private static double number(JsonObject object, String name) {
        JsonNumber number = object.getJsonNumber(name);
        return number == null ? 0 : number.doubleValue();
    }

    private static String meter(String name, double value, double most) {
        return String.format(
                Locale.ROOT,
                "%-9s %s  %s of %s",
                name,
                bar(value / most),
                NumberFormat.count(value),
                NumberFormat.count(most));
    }

    private static String bar(double part) {
        int filled = (int) Math.ceil(Math.min(1, Math.max(0, part)) * BAR);
        String colour = part > 0.9 ? RED : part > 0.7 ? YELLOW : GREEN;
        return colour + "■".repeat(filled) + PLAIN + DIM + "·".repeat(BAR - filled) + PLAIN;
    }

    /** The last minute's requests as a line of blocks, the highest of them full. */
    private String course(double requests) {
        course.add(requests);
        if (course.size() > COURSE) {
            course.remove(0);
        }
        double most = course.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        StringBuilder blocks = new StringBuilder();
        for (double value : course) {
            int height = most == 0 ? 0 : (int) Math.ceil(value / most * (BLOCKS.length() - 1));
            blocks.append(BLOCKS.charAt(height));
        }
        return blocks.toString();
    }
}
