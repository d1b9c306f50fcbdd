package io.framegate.bench;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured: as a table for people, as JSON for programs, as a plot for the README. */
final class Report {

    private static final int PLOT_WIDTH = 960;
    private static final int BAR_HEIGHT = 16;
    private static final int LABEL_WIDTH = 320;

    private final Map<String, Map<String, List<Measurement>>> results;
    private final int rounds;
    private final int millis;

    /**
     * @param results by scenario, then by subject, one for each round
     * @param millis of one measurement
     */
    Report(Map<String, Map<String, List<Measurement>>> results, int rounds, int millis) {
        this.results = results;
        this.rounds = rounds;
        this.millis = millis;
    }

    /** The scenarios of a report that was written before, so that a long benchmark can be run in several parts. */
    static Map<String, Map<String, List<Measurement>>> read(Path directory) throws IOException {
        Map<String, Map<String, List<Measurement>>> results = new LinkedHashMap<>();
        try (JsonReader reader =
                Json.createReader(new StringReader(Files.readString(directory.resolve("benchmark.json"))))) {
            reader.readObject().getJsonObject("scenarios").forEach((scenario, rows) -> {
                Map<String, List<Measurement>> subjects = new LinkedHashMap<>();
                rows.asJsonObject()
                        .forEach((name, rounds) -> subjects.put(
                                name,
                                rounds.asJsonArray().stream()
                                        .map(round -> Measurement.of(round.asJsonObject()))
                                        .toList()));
                results.put(scenario, subjects);
            });
        }
        return results;
    }

    void write(Path directory) throws IOException {
        Files.writeString(directory.resolve("benchmark.md"), markdown());
        Files.writeString(directory.resolve("benchmark.json"), json());
        Files.writeString(directory.resolve("benchmark.svg"), svg());
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("Measured ")
                .append(LocalDate.now(ZoneOffset.UTC))
                .append(": ")
                .append(machine())
                .append(". ")
                .append(rounds)
                .append(" rounds of ")
                .append(millis)
                .append(
                        " ms each, alternating; medians, in brackets least and most. Load and server share the machine.\n");
        results.forEach((scenario, subjects) -> {
            text.append("\n**").append(scenario).append("**\n\n");
            text.append("| | requests/s | CPU µs each | p50 µs | p99 µs | p99.9 µs |\n|---|---|---|---|---|---|\n");
            subjects.forEach((name, figures) -> text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f (%,.0f – %,.0f) | %.2f | %,.0f | %,.0f | %,.0f |%n",
                    name,
                    median(figures, Measurement::requestsPerSecond),
                    least(figures, Measurement::requestsPerSecond),
                    most(figures, Measurement::requestsPerSecond),
                    median(figures, Measurement::cpuMicrosPerRequest),
                    median(figures, Measurement::p50Micros),
                    median(figures, Measurement::p99Micros),
                    median(figures, Measurement::p999Micros))));
        });
        return text.toString();
    }

    private String json() {
        JsonObjectBuilder scenarios = Json.createObjectBuilder();
        results.forEach((scenario, subjects) -> {
            JsonObjectBuilder rows = Json.createObjectBuilder();
            subjects.forEach((name, figures) -> {
                JsonArrayBuilder measured = Json.createArrayBuilder();
                figures.forEach(one -> measured.add(one.json()));
                rows.add(name, measured);
            });
            scenarios.add(scenario, rows);
        });
        return Json.createObjectBuilder()
                .add("date", LocalDate.now(ZoneOffset.UTC).toString())
                .add("machine", machine())
                .add("rounds", rounds)
                .add("millis", millis)
                .add("scenarios", scenarios)
                .build()
                .toString();
    }

    /** Bars of requests per second, a group for each scenario, each group with a scale of its own. */
    private String svg() {
        StringBuilder plot = new StringBuilder();
        int y = 10;
        for (Map.Entry<String, Map<String, List<Measurement>>> scenario : results.entrySet()) {
            if (scenario.getKey().startsWith("open loop")) {
                // Its rate is given, so the bars would all be of one length.
                continue;
            }
            double longest = scenario.getValue().values().stream()
                    .mapToDouble(figures -> median(figures, Measurement::requestsPerSecond))
                    .max()
                    .orElse(1);
            y += 18;
            plot.append(String.format(
                    Locale.ROOT,
                    "<text x='8' y='%d' font-weight='bold'>%s, requests/s</text>%n",
                    y,
                    scenario.getKey()));
            y += 8;
            for (Map.Entry<String, List<Measurement>> subject :
                    scenario.getValue().entrySet()) {
                double median = median(subject.getValue(), Measurement::requestsPerSecond);
                double width = (PLOT_WIDTH - LABEL_WIDTH - 90) * median / longest;
                plot.append(String.format(
                        Locale.ROOT,
                        "<text x='8' y='%d'>%s</text><rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>"
                                + "<text x='%.1f' y='%d'>%,.0f</text>%n",
                        y + BAR_HEIGHT - 4,
                        subject.getKey(),
                        LABEL_WIDTH,
                        y + 1,
                        width,
                        BAR_HEIGHT - 3,
                        subject.getKey().startsWith("framegate") ? "#0b6e75" : "#9aa5ae",
                        LABEL_WIDTH + width + 6,
                        y + BAR_HEIGHT - 4,
                        median));
                y += BAR_HEIGHT;
            }
        }
        return String.format(
                Locale.ROOT,
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>"
                        + "<rect width='100%%' height='100%%' fill='white'/>%n%s</svg>%n",
                PLOT_WIDTH,
                y + 12,
                plot);
    }

    private static String machine() {
        return Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name") + ", Java "
                + System.getProperty("java.version");
    }

    private static double median(List<Measurement> figures, ToDoubleFunction<Measurement> value) {
        double[] sorted = figures.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double least(List<Measurement> figures, ToDoubleFunction<Measurement> value) {
        return figures.stream().mapToDouble(value).min().orElse(0);
    }

    private static double most(List<Measurement> figures, ToDoubleFunction<Measurement> value) {
        return figures.stream().mapToDouble(value).max().orElse(0);
    }
}
