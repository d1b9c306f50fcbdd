package io.framegate.bench;

import io.framegate.client.cli.FramegateCommand;
import io.framegate.launch.EmbeddedDatabase;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonGenerator;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Loads a data set of a million features from GeoJSON, and updates it by files like it: how long each takes, and how much
 * memory the server's process and PostgreSQL's have then had at most. The features are 24 copies of the extract of
 * Liechtenstein side by side, with ids, ends, turn rules and heights of their own.
 *
 * <p>Files and database stay in {@code target/bench/update}; the files are made again only if they are not there.
 */
public final class UpdateBenchmark {

    private static final Path EXTRACT = Path.of("target", "map-data", "liechtenstein", "liechtenstein.osm.pbf")
            .toAbsolutePath();
    private static final Path DIRECTORY = Path.of("target", "bench", "update").toAbsolutePath();
    private static final String PASSWORD = "of-the-benchmark";
    private static final long LIMIT_MINUTES = 30;

    private static final int COPIES = 24;
    private static final int COLUMNS = 6;
    private static final double STEP_DEGREES = 0.5;
    private static final long STEP_ID = 10_000_000_000_000L;
    /** Of so many features one has another name in the changed file; of the areas that nothing hangs on a tenth is missing. */
    private static final int RENAMED = 100;

    private static final int GONE = 10;

    private static final Set<String> IDS = Set.of("fromNode", "toNode", "fromLink", "viaNode", "toLink");

    private final HttpClient http = HttpClient.newHttpClient();
    private Subject server;
    private String admin;
    private long backendMegabytes;

    private UpdateBenchmark() {}

    public static void main(String[] args) throws Exception {
        new UpdateBenchmark().run();
    }

    private void run() throws Exception {
        Files.createDirectories(DIRECTORY);
        try (EmbeddedDatabase database =
                        EmbeddedDatabase.start(DIRECTORY.resolve("postgresql"), DIRECTORY.resolve("postgresql.log"));
                Subject started = Subject.gate(
                        Path.of("target", "framegate.war"),
                        database.address(),
                        "-Dframegate.admin.password=" + PASSWORD,
                        "-Dframegate.map.initial-load=" + EXTRACT)) {
            server = started;
            admin = "http://127.0.0.1:" + server.httpPort() + "/framegate/";
            Path same = DIRECTORY.resolve("million.geojson");
            Path changed = DIRECTORY.resolve("changed.geojson");
            if (!Files.exists(same) || !Files.exists(changed)) {
                awaitMap();
                Path one = DIRECTORY.resolve("one.geojson");
                export(one);
                replicate(one, same, changed);
            }
            report("load", load(same, "replace"));
            report("update, nothing differs", load(same, "update"));
            report("update, some differ", load(changed, "update"));
            report("update, back again", load(same, "update"));
        }
    }

    private void awaitMap() throws Exception {
        awaitTrue(() -> get("admin/map/data-sets").contains("\"name\":\"liechtenstein\""));
    }

    private void export(Path file) throws Exception {
        Process export = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FramegateCommand.class.getName(),
                        "map",
                        "export",
                        "--http",
                        admin,
                        "--name",
                        "liechtenstein",
                        file.toString())
                .inheritIO()
                .start();
        if (!export.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) || export.exitValue() != 0) {
            export.destroyForcibly();
            throw new IOException("the extract could not be exported");
        }
    }

    private static void replicate(Path one, Path same, Path changed) throws IOException {
        JsonObject collection;
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(one))) {
            collection = reader.readObject();
        }
        List<JsonObject> features = collection.getJsonArray("features").getValuesAs(JsonObject.class);
        for (Path file : List.of(same, changed)) {
            Path part = file.resolveSibling(file.getFileName() + ".part");
            try (JsonGenerator out = Json.createGenerator(Files.newBufferedWriter(part))) {
                out.writeStartObject()
                        .write("type", "FeatureCollection")
                        .write("attribution", collection.getString("attribution"))
                        .writeStartArray("features");
                for (int copy = 0; copy < COPIES; copy++) {
                    int number = 0;
                    for (JsonObject feature : features) {
                        // A polygon without heights is one that nothing else hangs on.
                        boolean free = feature.get("geometry") instanceof JsonObject geometry
                                && geometry.getString("type").endsWith("Polygon")
                                && !"building"
                                        .equals(feature.getJsonObject("properties")
                                                .getString("kind", ""));
                        boolean other = file == changed && feature.get("geometry") instanceof JsonObject;
                        number++;
                        if (other && free && number % GONE == 0) {
                            continue;
                        }
                        boolean renamed = other
                                && number % RENAMED == 1
                                && feature.getJsonObject("properties").containsKey("name");
                        write(feature, copy, renamed, out);
                    }
                }
                out.writeEnd().writeEnd();
            }
            Files.move(part, file);
        }
    }

    private static void write(JsonObject feature, int copy, boolean renamed, JsonGenerator out) {
        out.writeStartObject().write("type", "Feature").write("id", moved(feature.getJsonNumber("id"), copy));
        out.writeStartObject("properties");
        for (Map.Entry<String, JsonValue> property :
                feature.getJsonObject("properties").entrySet()) {
            String name = property.getKey();
            if (IDS.contains(name)) {
                out.write(name, moved((JsonNumber) property.getValue(), copy));
            } else if (name.equals("viaLinks")) {
                out.writeStartArray(name);
                ((JsonArray) property.getValue())
                        .getValuesAs(JsonNumber.class)
                        .forEach(id -> out.write(moved(id, copy)));
                out.writeEnd();
            } else if (name.equals("name") && renamed) {
                out.write(name, ((JsonString) property.getValue()).getString() + " (renamed)");
            } else {
                out.write(name, property.getValue());
            }
        }
        out.writeEnd();
        if (feature.get("geometry") instanceof JsonObject geometry) {
            out.writeStartObject("geometry").write("type", geometry.getString("type"));
            out.writeStartArray("coordinates");
            coordinates(geometry.getJsonArray("coordinates"), copy, out);
            out.writeEnd().writeEnd();
        } else {
            out.writeNull("geometry");
        }
        out.writeEnd();
    }

    private static void coordinates(JsonArray all, int copy, JsonGenerator out) {
        if (all.get(0) instanceof JsonArray) {
            for (JsonArray each : all.getValuesAs(JsonArray.class)) {
                out.writeStartArray();
                coordinates(each, copy, out);
                out.writeEnd();
            }
        } else {
            out.write(degrees(all.getJsonNumber(0), copy % COLUMNS));
            out.write(degrees(all.getJsonNumber(1), copy / COLUMNS));
        }
    }

    private static BigDecimal degrees(JsonNumber degrees, int steps) {
        return degrees.bigDecimalValue().add(BigDecimal.valueOf(steps * STEP_DEGREES));
    }

    private static long moved(JsonNumber id, int copy) {
        return id.longValueExact() + copy * STEP_ID;
    }

    /** Has the server load a file; gives the status that it ends with. */
    private JsonObject load(Path file, String mode) throws Exception {
        String asked = Json.createObjectBuilder()
                .add("file", file.toString())
                .add("name", "million")
                .add(mode, true)
                .build()
                .toString();
        awaitTrue(() -> send("POST", "admin/map/load", asked).statusCode() == 202);
        awaitTrue(() -> {
            backendMegabytes = Math.max(backendMegabytes, largestBackend());
            return !get("admin/map/load").contains("\"state\":\"running\"");
        });
        JsonObject status = json(get("admin/map/load"));
        if (!status.getString("state").equals("done")) {
            throw new IOException(status.toString());
        }
        return status;
    }

    private void report(String what, JsonObject status) throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f s; %d links, %d nodes, %d polygons, %d polylines, %d turn rules; changes: %s; at most so far %d MB"
                        + " resident in the server, %d MB in a process of PostgreSQL beside what they share%n",
                what,
                status.getInt("millis") / 1e3,
                status.getInt("links"),
                status.getInt("nodes"),
                status.getInt("polygons"),
                status.getInt("polylines"),
                status.getInt("turnRules"),
                status.containsKey("added")
                        ? status.getInt("added") + " added, " + status.getInt("changed") + " changed, "
                                + status.getInt("deleted") + " deleted"
                        : "–",
                megabytes(server.pid(), "VmHWM"),
                backendMegabytes);
    }

    /** The most memory that a process of PostgreSQL has of its own now. */
    private static long largestBackend() throws IOException {
        long most = 0;
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            for (ProcessHandle each : all.toList()) {
                if (each.info().command().orElse("").startsWith(DIRECTORY.toString())) {
                    most = Math.max(most, megabytes(each.pid(), "RssAnon"));
                }
            }
        }
        return most;
    }

    private static long megabytes(long pid, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status"), StandardCharsets.US_ASCII).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1000)
                .findFirst()
                .orElse(0);
    }

    private String get(String path) throws IOException, InterruptedException {
        return send("GET", path, "").body();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(admin + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(("admin:" + PASSWORD).getBytes(StandardCharsets.UTF_8)))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private static void awaitTrue(Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(LIMIT_MINUTES);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("not within " + LIMIT_MINUTES + " min");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }
}
