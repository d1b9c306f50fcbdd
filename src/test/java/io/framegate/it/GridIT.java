package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.framegate.message.Message;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.ServerProcess;
import io.framegate.testkit.TestDatabase;
import io.framegate.testkit.Tool;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of Payara Micro in one Data Grid, each told and seen from the other. */
class GridIT {

    private static final Path WAR = Path.of("target", "framegate.war");
    private static final int CLIENTS = 8;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private static final List<ServerProcess> GATES = new ArrayList<>();

    /** What the second gate's traces were told by OTLP. */
    private static final Queue<String> SPANS = new ConcurrentLinkedQueue<>();

    private static HttpServer collector;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        TestDatabase database = TestDatabase.create();
        List<Integer> members = List.of(freePort(), freePort());
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            SPANS.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        ExecutorService starting = Executors.newFixedThreadPool(members.size());
        List<Future<ServerProcess>> started = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            int number = i;
            Callable<ServerProcess> start = () -> ServerProcess.inGrid(
                    WAR,
                    Path.of("target", "grid-" + (number + 1) + ".log"),
                    members.get(number),
                    members,
                    "-Dframegate.instance.name=gate" + (number + 1),
                    "-Dframegate.admin.password=" + Deployed.ADMIN_PASSWORD,
                    "-Dframegate.database.url=" + database.url(),
                    "-Dframegate.database.user=" + TestDatabase.USER,
                    "-Dotel.sdk.disabled=" + (number == 0),
                    "-Dotel.traces.exporter=otlp",
                    "-Dotel.metrics.exporter=none",
                    "-Dotel.logs.exporter=none",
                    "-Dotel.exporter.otlp.protocol=http/protobuf",
                    "-Dotel.exporter.otlp.endpoint=http://127.0.0.1:"
                            + collector.getAddress().getPort(),
                    "-Dotel.exporter.otlp.compression=none",
                    "-Dotel.bsp.schedule.delay=200");
            started.add(starting.submit(start));
        }
        starting.shutdown();
        for (Future<ServerProcess> gate : started) {
            GATES.add(gate.get());
        }
        for (ServerProcess gate : GATES) {
            await(gate, "framegate/admin/instances", "\"name\":\"gate1\"", "\"name\":\"gate2\"");
        }
    }

    @AfterAll
    static void end() {
        GATES.forEach(ServerProcess::close);
        if (collector != null) {
            collector.stop(0);
        }
    }

    @AfterEach
    void resume() throws Exception {
        send(gate(1), "POST", "instances/all/resume", "");
    }

    private static ServerProcess gate(int number) {
        return GATES.get(number - 1);
    }

    // ---------------------------------------------------------------- told from any of them

    @Test
    void pausesAndResumesOneOrAll() throws Exception {
        assertEquals(Map.of("gate1", "", "gate2", ""), outcomes(send(gate(1), "POST", "instances/all/pause", "")));
        assertEquals("PAUSED", state(gate(1)));
        assertEquals("PAUSED", state(gate(2)));
        assertEquals(Map.of("gate2", ""), outcomes(send(gate(1), "POST", "instances/gate2/resume", "")));
        assertEquals("PAUSED", state(gate(1)));
        assertEquals("SERVING", state(gate(2)));
        assertEquals(404, send(gate(1), "POST", "instances/gate3/resume", "").statusCode());
        assertEquals(404, send(gate(1), "POST", "instances/gate2/explode", "").statusCode());
    }

    @Test
    void changesASettingOfAllOrOfNone() throws Exception {
        String path = "instances/all/config/framegate.listener.max-connections";
        assertEquals(Map.of("gate1", "", "gate2", ""), outcomes(send(gate(2), "PUT", path, "77")));
        for (ServerProcess gate : GATES) {
            assertEquals(77, info(gate).getJsonObject("connections").getInt("limit"));
        }
        HttpResponse<String> wrong = send(gate(2), "PUT", path, "many");
        assertEquals(409, wrong.statusCode());
        outcomes(wrong)
                .values()
                .forEach(why -> assertTrue(why.startsWith("Set framegate.listener.max-connections"), why));
        assertEquals(2, outcomes(wrong).size());
        assertEquals(77, info(gate(1)).getJsonObject("connections").getInt("limit"));
        outcomes(send(gate(1), "DELETE", path, ""));
        for (ServerProcess gate : GATES) {
            assertEquals(10_000, info(gate).getJsonObject("connections").getInt("limit"));
        }
    }

    @Test
    void closesAConnectionOfAnother() throws Exception {
        try (RawClient client = new RawClient(gate(2).address())) {
            client.send(Frames.of(new WelcomeRequest(7)));
            client.receive();
            String remote = "127.0.0.1:" + client.socket().getLocalPort();
            int id = json(get(gate(2), "framegate/admin/connections").body())
                    .getJsonArray("connections")
                    .getValuesAs(JsonObject.class)
                    .stream()
                    .filter(each -> each.getString("remote").equals(remote))
                    .findFirst()
                    .orElseThrow()
                    .getInt("id");
            assertEquals(
                    Map.of("gate2", ""), outcomes(send(gate(1), "DELETE", "instances/gate2/connections/" + id, "")));
            assertTrue(client.isAtEnd());
            assertEquals(
                    Map.of("gate2", "There is no connection " + id + " any more."),
                    outcomes(send(gate(1), "DELETE", "instances/gate2/connections/" + id, "")));
        }
    }

    // ---------------------------------------------------------------- the page

    @Test
    void showsAllOfThemOnThePageOfEach() throws Exception {
        assumeTrue(Browser.isInstalled(), "there is no Chromium on this machine");
        try (Browser browser = new Browser(directory.resolve("profile"));
                RawClient client = new RawClient(gate(2).address())) {
            browser.open(gate(1).http("framegate/index.html#sign-in=" + Deployed.ADMIN_PASSWORD), 1400, 1000, false);
            browser.await("!document.getElementById('grid').hidden");
            client.send(Frames.of(new WelcomeRequest(7)));
            client.receive();
            browser.await("document.querySelector('#instances tr.self').innerText.includes('gate1')");
            browser.await("document.querySelector('#instances tr[data-key=gate2]').cells[6].textContent === '1'");
            browser.evaluate("document.querySelector('[aria-label=\"Pause gate2\"]').click()");
            browser.await("document.querySelector('#instances tr[data-key=gate2]').innerText.includes('paused')");
            assertEquals("PAUSED", state(gate(2)));
            assertEquals("SERVING", state(gate(1)));
            Files.write(Path.of("target", "console-instances.png"), browser.screenshot());
            browser.evaluate("document.querySelector('[aria-label=\"Resume gate2\"]').click()");
            browser.await("document.querySelector('#instances tr[data-key=gate2]').innerText.includes('serving')");
            assertEquals(List.of(), browser.exceptions());
        }
    }

    // ---------------------------------------------------------------- traces

    @Test
    void tracesRequestsOfTheGateWhereThatIsSwitchedOn() throws Exception {
        for (ServerProcess gate : GATES) {
            try (RawClient client = new RawClient(gate.address())) {
                client.send(Frames.of(new WelcomeRequest(7)));
                client.receive();
            }
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (SPANS.stream().noneMatch(span -> span.contains("WelcomeRequest"))) {
            assertTrue(System.nanoTime() < deadline, "no span of a welcome among " + SPANS.size());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        String span = SPANS.stream()
                .filter(each -> each.contains("WelcomeRequest"))
                .findFirst()
                .orElseThrow();
        assertTrue(span.contains("framegate.connection") && span.contains("framegate.response.size"), span);
        assertTrue(span.contains("framegate.request.size"), span);
    }

    // ---------------------------------------------------------------- one after the other

    @Test
    @EnabledIfSystemProperty(
            named = "framegate.test.rolling-restart",
            matches = "true",
            disabledReason = "it takes minutes: -Dframegate.test.rolling-restart=true")
    void losesNoRequestWhenOneAfterTheOtherIsRestartedBehindHaproxy() throws Exception {
        assumeTrue(Tool.isThere("haproxy", "-v"), "there is no HAProxy on this machine");
        int entry = freePort();
        Path config = Files.writeString(
                directory.resolve("haproxy.cfg"),
                Files.readString(Path.of("payara-config", "haproxy.cfg"))
                        .replace("maxconn 20000", "maxconn 1000")
                        .replace("127.0.0.1:7500", "127.0.0.1:" + entry)
                        .replace("127.0.0.1:7400 check port 8080", check(gate(1)))
                        .replace("127.0.0.1:7401 check port 8081", check(gate(2))));
        Process haproxy = new ProcessBuilder("haproxy", "-db", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("haproxy.log").toFile())
                .start();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            InetSocketAddress balanced = new InetSocketAddress(InetAddress.getLoopbackAddress(), entry);
            awaitAnswer(balanced);
            Load load = new Load(balanced);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                running.add(clients.submit(load));
            }
            awaitMore(load);
            for (ServerProcess gate : GATES) {
                assertEquals(200, send(gate, "POST", "drain", "").statusCode());
                await(gate, "framegate/admin/running-info", "\"open\":0,");
                gate.restart();
                await(
                        gate,
                        "health/ready",
                        "\"framegate-listener\",\"status\":\"UP\"",
                        "\"framegate-map\",\"status\":\"UP\"");
                awaitMore(load);
            }
            load.ends.set(true);
            for (Future<?> client : running) {
                client.get(30, TimeUnit.SECONDS);
            }
            System.out.printf(
                    "Rolling restart of two: %d requests answered, %d asked again after a refusal or an end, 0 lost; the longest"
                            + " took %d ms%n",
                    load.answered.sum(), load.again.sum(), load.longestMillis);
        } finally {
            clients.shutdownNow();
            haproxy.destroy();
            assertTrue(haproxy.waitFor(20, TimeUnit.SECONDS));
        }
    }

    private static String check(ServerProcess gate) {
        return "127.0.0.1:" + gate.address().getPort() + " check port "
                + gate.http("").getPort();
    }

    /** Until HAProxy is up and has seen that a gate is ready. */
    private static void awaitAnswer(InetSocketAddress entry) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try (RawClient client = new RawClient(entry)) {
                if (Load.asked(client, 0)) {
                    return;
                }
            } catch (IOException e) {
                // Not yet.
            }
            assertTrue(System.nanoTime() < deadline, "HAProxy gives no answer");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static void awaitMore(Load load) {
        long wanted = load.answered.sum() + 2000;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (load.answered.sum() < wanted) {
            assertTrue(System.nanoTime() < deadline, load.answered + " answered");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** A client that asks one thing after the other, and asks again where it was told to come later or the connection ended. */
    private static final class Load implements Callable<Void> {

        private static final long LOST_SECONDS = 10;

        private final InetSocketAddress entry;
        private final AtomicBoolean ends = new AtomicBoolean();
        private final LongAdder answered = new LongAdder();
        private final LongAdder again = new LongAdder();
        private volatile long longestMillis; // about: several write it

        Load(InetSocketAddress entry) {
            this.entry = entry;
        }

        @Override
        public Void call() throws Exception {
            RawClient client = new RawClient(entry);
            try {
                for (int number = 0; !ends.get(); number++) {
                    long begun = System.nanoTime();
                    while (!asked(client, number)) {
                        again.increment();
                        assertTrue(
                                System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(LOST_SECONDS),
                                "request " + number + " has no answer");
                        client.close();
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                        client = new RawClient(entry);
                    }
                    answered.increment();
                    longestMillis = Math.max(longestMillis, (System.nanoTime() - begun) / 1_000_000);
                }
            } finally {
                client.close();
            }
            return null;
        }

        private static boolean asked(RawClient client, int number) {
            try {
                client.send(Frames.of(new WelcomeRequest(number)));
                byte[] frame = client.receive();
                return frame != null && isWelcome(frame);
            } catch (IOException e) {
                return false;
            }
        }

        private static boolean isWelcome(byte[] frame) {
            int id = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getInt();
            return id == WelcomeResponse.class.getAnnotation(Message.class).value();
        }
    }

    // ---------------------------------------------------------------- by HTTP

    private static String state(ServerProcess gate) throws Exception {
        return info(gate).getString("state");
    }

    private static JsonObject info(ServerProcess gate) throws Exception {
        return json(get(gate, "framegate/admin/running-info").body());
    }

    private static Map<String, String> outcomes(HttpResponse<String> response) {
        Map<String, String> outcomes = new TreeMap<>();
        JsonObject all = json(response.body()).getJsonObject("outcomes");
        all.keySet().forEach(name -> outcomes.put(name, all.getString(name)));
        return outcomes;
    }

    private static void await(ServerProcess gate, String path, String... texts) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        String last = "";
        while (!List.of(texts).stream().allMatch(last::contains)) {
            assertTrue(System.nanoTime() < deadline, path + " has not " + List.of(texts) + ": " + last);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            try {
                last = get(gate, path).body();
            } catch (IOException e) {
                last = String.valueOf(e.getMessage());
            }
        }
    }

    private static HttpResponse<String> get(ServerProcess gate, String path) throws Exception {
        return ask(gate.http(path), "GET", "");
    }

    private static HttpResponse<String> send(ServerProcess gate, String method, String path, String body)
            throws Exception {
        return ask(gate.http("framegate/admin/" + path), method, body);
    }

    private static HttpResponse<String> ask(URI address, String method, String body) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(address)
                        .timeout(Duration.ofSeconds(20))
                        .header("Authorization", Deployed.ADMIN)
                        .header("Content-Type", "text/plain;charset=UTF-8")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
