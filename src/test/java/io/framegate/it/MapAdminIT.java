package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.cli.ExitCode;
import io.framegate.client.cli.FramegateCommand;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TestDatabase;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads, export, import and removal of data sets in the container, by the command line and by REST. */
@ArquillianTest
class MapAdminIT {

    private static final Path LIECHTENSTEIN = mapData("liechtenstein", "liechtenstein.osm.pbf");
    private static final Path MONACO = mapData("monaco", "monaco-210801.osm.pbf");
    private static final int SLOW_READERS = 20;
    private static final String JSON = "application/json";
    private static final String TOO_SLOW = "Less than 3 KiB of the file came in 3 s; nothing has changed.";

    private final Deployed deployed = new Deployed();

    @Deployment(testable = false)
    static WebArchive war() {
        return Deployed.war();
    }

    @TempDir
    private static Path secrets;

    private static Path passwordFile;

    @BeforeAll
    static void keepPassword() throws Exception {
        passwordFile = Files.writeString(secrets.resolve("password"), Deployed.ADMIN_PASSWORD);
    }

    @BeforeEach
    void awaitReady() throws Exception {
        deployed.awaitReady();
    }

    @Test
    void loadsMonacoBesideLiechtenstein() throws Exception {
        JsonObject before = dataSets().get("liechtenstein");
        Run load = run("load", MONACO.toString(), "--name", "monaco", "--replace");
        assertEquals(ExitCode.OK, load.exitCode, load.err);
        assertTrue(load.out.startsWith("Loaded monaco: "), load.out);

        assertEquals(before, dataSets().get("liechtenstein"));
        JsonObject monaco = dataSets().get("monaco");
        assertFalse(monaco.getBoolean("served"));
        assertTrue(monaco.getInt("links") > 3_000, monaco.toString());
        assertEquals("monaco-210801.osm.pbf", monaco.getString("source"));
        assertEquals(
                43.73, monaco.getJsonObject("extent").getJsonNumber("south").doubleValue(), 0.02);
        Run list = run("data-sets");
        assertTrue(list.out.contains("* liechtenstein"), list.out);
        assertTrue(list.out.contains("  monaco"), list.out);

        Run again = run("load", MONACO.toString(), "--name", "monaco");
        assertEquals(ExitCode.REFUSED, again.exitCode);
        assertTrue(again.err.contains("There is a data set monaco already"), again.err);
    }

    @Test
    void readsBackWhatItExports(@TempDir Path directory) throws Exception {
        Path first = directory.resolve("first.geojson");
        Path second = directory.resolve("second.geojson");
        String name = "round trip";
        assertEquals(ExitCode.OK, run("load", MONACO.toString(), "--name", name, "--replace").exitCode);
        Run export = run("export", "--name", name, first.toString());
        assertEquals(ExitCode.OK, export.exitCode, export.err);
        JsonObject loaded = dataSets().get(name);

        Run load = run("import", first.toString(), "--name", name, "--replace");
        assertEquals(ExitCode.OK, load.exitCode, load.err);
        JsonObject imported = dataSets().get(name);
        for (String kind : List.of("links", "nodes", "polygons", "polylines", "turnRules", "buildings3d", "lines3d")) {
            assertTrue(loaded.getInt(kind) > 0, kind);
            assertEquals(loaded.getInt(kind), imported.getInt(kind), kind);
        }
        assertEquals(loaded.getString("attribution"), imported.getString("attribution"));
        assertEquals(ExitCode.OK, run("export", "--name", name, second.toString()).exitCode);
        assertEquals(-1, Files.mismatch(first, second));

        assertEquals(ExitCode.OK, run("remove", name).exitCode);
        assertFalse(dataSets().containsKey(name));
        assertEquals(ExitCode.REFUSED, run("export", "--name", name, second.toString()).exitCode);
    }

    @Test
    void updatesADataSetInPlace(@TempDir Path directory) throws Exception {
        String name = "updated " + UUID.randomUUID();
        Run missing = run("load", MONACO.toString(), "--name", name, "--update");
        assertEquals(ExitCode.REFUSED, missing.exitCode);
        assertTrue(missing.err.contains("There is no data set " + name + " to be updated"), missing.err);
        Run both = run("load", MONACO.toString(), "--name", name, "--update", "--replace");
        assertEquals(ExitCode.USAGE, both.exitCode);

        assertEquals(ExitCode.OK, run("load", MONACO.toString(), "--name", name).exitCode);
        Run same = run("load", MONACO.toString(), "--name", name, "--update", "--upload");
        assertEquals(ExitCode.OK, same.exitCode, same.err);
        assertTrue(same.out.startsWith("Updated " + name + ": "), same.out);
        assertTrue(same.out.contains("0 added, 0 changed, 0 deleted; 0 kept as edited here."), same.out);

        long edited = editAPolygon(name);
        Path file = directory.resolve("changed.geojson");
        assertEquals(ExitCode.OK, run("export", "--name", name, file.toString()).exitCode);
        String text = Files.readString(file);
        String place = "\"name\":\"Boulevard des Moulins\"";
        assertTrue(text.contains(place));
        Files.writeString(file, text.replace(place, place.replace("des", "de")).replace("Edited here", "Edited there"));
        Run changed = run("import", file.toString(), "--name", name, "--update");
        assertEquals(ExitCode.OK, changed.exitCode, changed.err);
        assertTrue(
                changed.out.contains("0 added, ")
                        && changed.out.contains(" changed, 0 deleted; 1 kept as edited here: polygon " + edited + "."),
                changed.out);
        JsonObject status = json(deployed.get("admin/map/load").body());
        assertEquals(text.split(place, -1).length - 1, status.getInt("changed"), status.toString());
        assertEquals(ExitCode.OK, run("remove", name).exitCode);
    }

    /** Returns its id. */
    private long editAPolygon(String dataSet) throws Exception {
        Polygon edited = new Polygon(
                0,
                0,
                PolygonKind.WATER,
                (byte) 0,
                (byte) 10,
                "Edited here",
                List.of(new Polygon.Ring(false, Points.differences(new int[] {
                    74_000_000, 437_000_000, 74_010_000, 437_000_000, 74_010_000, 437_010_000
                }))));
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new SaveFeatures(
                    UUID.randomUUID().toString(),
                    "Ada",
                    dataSet,
                    List.of(),
                    List.of(),
                    List.of(edited),
                    List.of(),
                    List.of(),
                    List.of())));
            return client.receive(SaveResult.class).saved().get(0).id();
        }
    }

    @Test
    void readinessTellsWhatIsServedNow() throws Exception {
        try {
            assertEquals(ExitCode.OK, run("load", MONACO.toString(), "--name", "liechtenstein", "--replace").exitCode);
            int links = dataSets().get("liechtenstein").getInt("links");
            assertTrue(links < 5_000, links + " links");
            assertEquals(links, readyLinks());
        } finally {
            assertEquals(
                    ExitCode.OK,
                    run("load", LIECHTENSTEIN.toString(), "--name", "liechtenstein", "--replace").exitCode);
        }
        assertEquals(dataSets().get("liechtenstein").getInt("links"), readyLinks());
    }

    @Test
    void takesAFileThatTheServerCannotRead(@TempDir Path directory) throws Exception {
        String fileName = UUID.randomUUID() + ".osm.pbf";
        Path file = Files.copy(MONACO, directory.resolve(fileName));
        Run load = run("load", file.toString(), "--name", "sent", "--upload", "--replace");
        assertEquals(ExitCode.OK, load.exitCode, load.err);
        JsonObject sent = dataSets().get("sent");
        assertEquals(fileName, sent.getString("source"));
        assertTrue(sent.getInt("links") > 3_000, sent.toString());
        try (DirectoryStream<Path> received =
                Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")), "framegate-upload-*")) {
            for (Path each : received) {
                assertFalse(Files.exists(each.resolve(fileName)), each + " is left behind");
            }
        }

        Run taken = run("load", file.toString(), "--name", "sent", "--upload");
        assertEquals(ExitCode.REFUSED, taken.exitCode, taken.err);
        assertTrue(taken.err.contains("There is a data set sent already"), taken.err);
        Path noise = Files.writeString(directory.resolve("noise.geojson"), "{]");
        Run broken = run("import", noise.toString(), "--name", "sent", "--upload", "--replace");
        assertEquals(ExitCode.REFUSED, broken.exitCode);
        assertTrue(broken.err.contains("The map file noise.geojson cannot be loaded"), broken.err);
        assertEquals(sent, dataSets().get("sent"));
    }

    @Test
    void refusesTooLargeAndIncompleteFiles() throws Exception {
        String large = sendFile(5L << 30, "");
        assertTrue(large.startsWith("HTTP/1.1 422"), large);
        assertTrue(large.contains("more than the 4294967296 bytes that the server takes"), large);

        sendFile(1000, "half");
        JsonObject ended = awaitEnd();
        assertEquals("failed", ended.getString("state"), ended.toString());
        assertEquals("The file could not be received to its end; nothing has changed.", ended.getString("words"));
        assertFalse(dataSets().containsKey("cut"));
        for (String wrong : List.of("a.txt?dataSet=x", ".pbf?dataSet=x", "a.pbf", "a%2Fb.pbf?dataSet=x")) {
            HttpResponse<String> response =
                    deployed.send("POST", "admin/map/load/" + wrong, "x", "Content-Type", "application/octet-stream");
            assertTrue(response.statusCode() == 400 || response.statusCode() == 404, wrong + response.statusCode());
        }
    }

    @Test
    void aStalledUploadBlocksNoOther() throws Exception {
        try (Socket stalled =
                new Socket(deployed.url("").getHost(), deployed.url("").getPort())) {
            stalled.setSoTimeout(20_000);
            announce(stalled, "cut.osm.pbf", 1000, "half");
            awaitReceiving();
            JsonObject ended = awaitEnd();
            assertEquals("failed", ended.getString("state"), ended.toString());
            assertEquals(TOO_SLOW, ended.getString("words"));
            assertEquals(ExitCode.OK, run("load", MONACO.toString(), "--name", "next", "--replace").exitCode);
            assertEquals("done", json(deployed.get("admin/map/load").body()).getString("state"));
            // What still comes, and what its own thread finds, is not told as the next load's.
            int number = json(deployed.get("admin/map/load").body()).getInt("number");
            readToEnd(stalled);
            JsonObject last = json(deployed.get("admin/map/load").body());
            assertEquals(number, last.getInt("number"));
            assertEquals("done", last.getString("state"));
        }
    }

    @Test
    void endsALoadWhoseFileDrips() throws Exception {
        try (Socket dripping =
                new Socket(deployed.url("").getHost(), deployed.url("").getPort())) {
            announce(dripping, "cut.osm.pbf", 1_000_000, "half");
            awaitReceiving();
            Thread drops = new Thread(() -> {
                try {
                    // More often than the limit, and far longer.
                    for (int drop = 0; drop < 300; drop++) {
                        dripping.getOutputStream().write(drop);
                        Thread.sleep(100);
                    }
                } catch (IOException | InterruptedException e) {
                    // The server or the test has ended it.
                }
            });
            drops.start();
            try {
                JsonObject ended = awaitEnd();
                assertEquals("failed", ended.getString("state"), ended.toString());
                assertEquals(TOO_SLOW, ended.getString("words"));
            } finally {
                drops.interrupt();
                drops.join(5_000);
            }
        }
    }

    /** Until the server ends it; how soon it does is the container's own. */
    private static String readToEnd(Socket socket) {
        try {
            return new String(socket.getInputStream().readAllBytes());
        } catch (IOException e) {
            return "";
        }
    }

    /** By a socket, since the client of the JDK keeps its word: announces a size, sends a text, and ends. */
    private String sendFile(long announced, String text) throws Exception {
        try (var socket =
                new Socket(deployed.url("").getHost(), deployed.url("").getPort())) {
            socket.setSoTimeout(20_000);
            announce(socket, "cut.osm.pbf", announced, text);
            if (!text.isEmpty()) {
                awaitReceiving();
                return "";
            }
            // Whether the connection then ends at once, or the server waits for the rest, is the container's own.
            StringBuilder answer = new StringBuilder();
            byte[] buffer = new byte[1000];
            while (answer.indexOf("load it from there.") < 0) {
                int read = socket.getInputStream().read(buffer);
                assertTrue(read > 0, answer.toString());
                answer.append(new String(buffer, 0, read));
            }
            return answer.toString();
        }
    }

    private void announce(Socket socket, String file, long announced, String text) throws IOException {
        String path = deployed.url("admin/map/load/" + file).getPath() + "?dataSet=cut";
        socket.getOutputStream()
                .write(("POST " + path
                                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\n"
                                + "Authorization: " + Deployed.ADMIN + "\r\n"
                                + "Content-Length: " + announced + "\r\nConnection: close\r\n\r\n" + text)
                        .getBytes());
    }

    private void awaitReceiving() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            JsonObject status = json(deployed.get("admin/map/load").body());
            if (status.getString("dataSet").equals("cut")
                    && status.getString("phase").equals("receiving the file")) {
                return;
            }
            assertTrue(System.nanoTime() < deadline, status.toString());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private int readyLinks() throws Exception {
        return Integer.parseInt(
                deployed.readiness("framegate-map").getJsonObject("data").getString("links"));
    }

    @Test
    void exportsOnlyWhatTouchesAnArea(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("vaduz.geojson");
        Run export = run("export", "--name", "liechtenstein", "--area", "9.51,47.13,9.53,47.15", file.toString());
        assertEquals(ExitCode.OK, export.exitCode, export.err);
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(file))) {
            int features = reader.readObject().getJsonArray("features").size();
            assertTrue(features > 1_000 && features < 20_000, features + " features");
        }
        Run wrong = run("export", "--name", "liechtenstein", "--area", "9.51,47.13", file.toString());
        assertEquals(ExitCode.REFUSED, wrong.exitCode);
        assertTrue(wrong.err.contains("four numbers"), wrong.err);
    }

    @Test
    void slowExportsHoldNoDatabaseConnection() throws Exception {
        byte[] whole =
                deployed.getBytes("admin/map/data-sets/liechtenstein/records").body();
        List<Socket> readers = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW_READERS; i++) {
                Socket reader = new Socket();
                readers.add(reader);
                reader.setReceiveBufferSize(2048);
                reader.connect(new InetSocketAddress(
                        deployed.url("").getHost(), deployed.url("").getPort()));
                String path = deployed.url("admin/map/data-sets/liechtenstein/records")
                        .getPath();
                reader.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").getBytes());
            }
            // One byte of each: all of them are being sent.
            for (Socket reader : readers) {
                reader.setSoTimeout(30_000);
                assertEquals('H', reader.getInputStream().read());
            }
            assertTrue(whole.length > 4 << 20, "more than the sockets take: " + whole.length);
            awaitNoDatabaseConnectionHeld();
            long begun = System.nanoTime();
            assertEquals(200, deployed.getAsNobody("admin/map/data-sets").statusCode());
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertTrue(millis < 3_000, millis + " ms");

            Socket last = readers.get(0);
            DataInputStream in = new DataInputStream(last.getInputStream());
            StringBuilder head = new StringBuilder("H");
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            assertTrue(
                    head.toString().toLowerCase(Locale.ROOT).contains("content-length: " + whole.length + "\r\n"),
                    head.toString());
            assertArrayEquals(whole, in.readNBytes(whole.length));
            System.out.printf(
                    "%d slow readers of %d bytes: the data sets are told after %d ms%n",
                    SLOW_READERS, whole.length, millis);
        } finally {
            for (Socket reader : readers) {
                reader.close();
            }
        }
    }

    /** Waits until the application has kept no connection in a transaction that does nothing for a second. */
    private static void awaitNoDatabaseConnectionHeld() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(25);
        try (Connection connection = DriverManager.getConnection(
                        System.getProperty("framegate.it.database.url"), TestDatabase.USER, "");
                Statement statement = connection.createStatement()) {
            for (int none = 0; none < 10; ) {
                try (ResultSet rows = statement.executeQuery("select count(*) from pg_stat_activity"
                        + " where application_name = 'framegate' and state like 'idle in transaction%'")) {
                    rows.next();
                    none = rows.getInt(1) == 0 ? none + 1 : 0;
                    assertTrue(System.nanoTime() < deadline, rows.getInt(1) + " are held");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
    }

    @Test
    void saysWhereAFileIsBrokenAndChangesNothing(@TempDir Path directory) throws Exception {
        assertEquals(ExitCode.OK, run("load", MONACO.toString(), "--name", "kept", "--replace").exitCode);
        JsonObject before = dataSets().get("kept");
        Path cut = directory.resolve("cut.osm.pbf");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(MONACO), 300_000));
        Path noise = Files.writeString(directory.resolve("noise.osm.pbf"), "not a map, but long enough");
        Path empty = Files.createFile(directory.resolve("empty.osm.pbf"));
        Path json = Files.writeString(
                directory.resolve("cut.geojson"), "{\"type\":\"FeatureCollection\",\n\"features\":[{");
        for (Map.Entry<Path, String> each : Map.of(
                        cut, "is cut short",
                        noise, "at byte 0 ",
                        empty, "at byte 0 it is empty",
                        json, "at byte 42 it ends")
                .entrySet()) {
            String command = each.getKey() == json ? "import" : "load";
            Run run = run(command, each.getKey().toString(), "--name", "kept", "--replace");
            assertEquals(ExitCode.REFUSED, run.exitCode, run.err);
            assertTrue(run.err.contains(each.getValue()), run.err);
        }
        assertEquals(before, dataSets().get("kept"));
    }

    @Test
    void loadsOneFileAtATime() throws Exception {
        String name = "stopped-" + UUID.randomUUID();
        String request = Json.createObjectBuilder()
                .add("file", LIECHTENSTEIN.toString())
                .add("name", name)
                .build()
                .toString();
        HttpResponse<String> first = deployed.send("POST", "admin/map/load", request, "Content-Type", JSON);
        assertEquals(202, first.statusCode(), first.body());
        HttpResponse<String> second = deployed.send("POST", "admin/map/load", request, "Content-Type", JSON);
        assertEquals(409, second.statusCode());
        assertTrue(second.body().startsWith("A load is under way"), second.body());
        assertEquals(202, deployed.send("DELETE", "admin/map/load", "").statusCode());
        JsonObject ended = awaitEnd();
        assertEquals("failed", ended.getString("state"));
        assertEquals("The load was stopped; nothing has changed.", ended.getString("words"));
        assertFalse(dataSets().containsKey(name));
        assertEquals(404, deployed.send("DELETE", "admin/map/load", "").statusCode());
    }

    @Test
    void refusesWhatMakesNoSense() throws Exception {
        for (String body : List.of(
                "",
                "{",
                "[]",
                "{}",
                "{\"name\":\"x\",\"file\":7}",
                "{\"name\":\"x\",\"file\":\"relative.osm.pbf\"}",
                "{\"name\":\"x\",\"file\":\"/nowhere/at/all.osm.pbf\"}",
                "{\"name\":\"x\",\"file\":\"/etc/passwd\"}",
                "{\"name\":\"x\",\"file\":\"/a\\u0000.pbf\"}",
                "{\"name\":\"../x\",\"file\":\"" + MONACO + "\"}",
                "{\"name\":\"" + "x".repeat(101) + "\",\"file\":\"" + MONACO + "\"}")) {
            HttpResponse<String> response = deployed.send("POST", "admin/map/load", body, "Content-Type", JSON);
            assertEquals(400, response.statusCode(), body);
            assertTrue(response.body().endsWith(".") && response.body().length() < 500, response.body());
        }
        assertEquals(
                409,
                deployed.send("DELETE", "admin/map/data-sets/liechtenstein", "").statusCode());
        assertEquals(
                404, deployed.send("DELETE", "admin/map/data-sets/atlantis", "").statusCode());
    }

    @Test
    void refusesRequestsOfOtherPages() throws Exception {
        assertEquals(
                403,
                deployed.send("POST", "admin/map/load", "{}", "Content-Type", JSON, "Origin", "http://evil.example")
                        .statusCode());
        assertEquals(
                403,
                deployed.send("DELETE", "admin/map/data-sets/atlantis", "", "Origin", "null")
                        .statusCode());
        assertEquals(
                415,
                deployed.send("POST", "admin/map/load", "{}", "Content-Type", "text/plain")
                        .statusCode());
        String same = "http://" + deployed.url("").getAuthority();
        assertEquals(
                404,
                deployed.send("DELETE", "admin/map/data-sets/atlantis", "", "Origin", same)
                        .statusCode());
        assertEquals(403, statusWithHost("evil.example"));
    }

    @Test
    void onlyTheAdministratorMayChange() throws Exception {
        assertEquals(200, deployed.getAsNobody("admin/map/data-sets").statusCode());
        assertEquals(
                401,
                deployed.sendAsNobody("DELETE", "admin/map/data-sets/atlantis", "")
                        .statusCode());
        assertEquals(
                401,
                deployed.sendAsNobody("POST", "admin/map/load", "{}", "Content-Type", JSON)
                        .statusCode());
    }

    /** By a socket: the client of the JDK does not let a Host be chosen. */
    private int statusWithHost(String host) throws Exception {
        try (var socket =
                new Socket(deployed.url("").getHost(), deployed.url("").getPort())) {
            String path = deployed.url("admin/map/load").getPath();
            socket.getOutputStream()
                    .write(("DELETE " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes());
            String answer = new String(socket.getInputStream().readAllBytes());
            return Integer.parseInt(answer.split(" ")[1]);
        }
    }

    private JsonObject awaitEnd() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            JsonObject status = json(deployed.get("admin/map/load").body());
            if (!status.getString("state").equals("running")) {
                return status;
            }
            assertTrue(System.nanoTime() < deadline, status.toString());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private Map<String, JsonObject> dataSets() throws Exception {
        Map<String, JsonObject> byName = new TreeMap<>();
        json(deployed.get("admin/map/data-sets").body()).getJsonArray("dataSets").getValuesAs(JsonObject.class).stream()
                .forEach(each -> byName.put(each.getString("name"), each));
        return byName;
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private Run run(String command, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("map", command, "--http"));
        all.addAll(List.of(deployed.url("").toString(), "--password-file", passwordFile.toString()));
        all.addAll(List.of(arguments));
        int exitCode = FramegateCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Run(exitCode, out.toString(), err.toString());
    }

    private static Path mapData(String directory, String file) {
        return Path.of("target", "map-data", directory, file).toAbsolutePath();
    }

    private record Run(int exitCode, String out, String err) {}
}
