package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.framegate.client.cli.ExitCode;
import io.framegate.client.cli.FramegateCommand;
import io.framegate.map.message.SaveFeatures;
import io.framegate.message.Message;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.ServerProcess;
import io.framegate.testkit.TestDatabase;
import io.framegate.testkit.Tool;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of Payara Micro in one Data Grid, each told and seen from the other. */
class GridIT {

    private static final Path WAR = Path.of("target", "framegate.war");
    private static final int CLIENTS = 8;

    /** How late a machine with other work may be. */
    private static final long LATE_MILLIS = Scorecard.size(5000, 500);

    private static final String DRAIN_DELAY = "instances/all/config/framegate.listener.drain-delay";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private static final List<ServerProcess> GATES = new ArrayList<>();

    /** What the second gate's traces were told by OTLP. */
    private static final Queue<String> SPANS = new ConcurrentLinkedQueue<>();

    private static HttpServer collector;
    private static int jmxPort;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        TestDatabase database = TestDatabase.create();
        List<Integer> members = List.of(freePort(), freePort());
        jmxPort = freePort();
        Path passwords = Files.writeString(directory.resolve("jmx.password"), "operator " + Deployed.ADMIN_PASSWORD);
        Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
        Path access = Files.writeString(directory.resolve("jmx.access"), "operator readwrite");
        List<String> jmx = List.of(
                "-Djava.rmi.server.hostname=127.0.0.1",
                "-Dcom.sun.management.jmxremote.host=127.0.0.1",
                "-Dcom.sun.management.jmxremote.port=" + jmxPort,
                "-Dcom.sun.management.jmxremote.rmi.port=" + jmxPort,
                "-Dcom.sun.management.jmxremote.ssl=false",
                "-Dcom.sun.management.jmxremote.password.file=" + passwords,
                "-Dcom.sun.management.jmxremote.access.file=" + access);
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
            List<String> options = new ArrayList<>(number == 0 ? jmx : List.of());
            options.addAll(List.of(
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
                    "-Dotel.bsp.schedule.delay=200"));
            Callable<ServerProcess> start = () -> ServerProcess.inGrid(
                    WAR,
                    Path.of("target", "grid-" + (number + 1) + ".log"),
                    members.get(number),
                    members,
                    options.toArray(String[]::new));
            started.add(starting.submit(start));
        }
        starting.shutdown();
        for (Future<ServerProcess> gate : started) {
            GATES.add(gate.get());
        }
        for (ServerProcess gate : GATES) {
            await(gate, "framegate/admin/instances", "\"name\":\"gate1\"", "\"name\":\"gate2\"");
        }
        awaitOrders();
    }

    /** The first orders load classes, and find the grid busy with sharing out its partitions. */
    private static void awaitOrders() throws Exception {
        for (ServerProcess gate : GATES) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (send(gate, "POST", "instances/all/resume", "").statusCode() != 200) {
                assertTrue(System.nanoTime() < deadline, "orders are not taken");
            }
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
        // The one that was told by the grid knows who has given the order, and where.
        await(
                gate(1),
                "framegate/admin/audit",
                "\"act\":\"order\",\"by\":\"admin\",\"from\":\"127.0.0.1 through gate2\",\"outcome\":\"done\","
                        + "\"detail\":\"SET framegate.listener.max-connections: 10000 -> 77\"");
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

    /** For longer than the grid waits for a member, and orders for being taken. */
    @Test
    void repeatsAnOrderToAMemberThatMissedIt() throws Exception {
        String path = "instances/all/config/framegate.listener.max-pipelined";
        gate(2).suspend();
        long suspended = System.nanoTime();
        try {
            HttpResponse<String> response = send(gate(1), "PUT", path, "98");
            long toldMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - suspended);
            assertEquals(409, response.statusCode());
            assertEquals("", outcomes(response).get("gate1"));
            assertTrue(
                    outcomes(response).get("gate2").startsWith("It has not answered within 900 ms; "), response.body());
            assertEquals(409, send(gate(1), "PUT", path, "99").statusCode());
            await(
                    gate(1),
                    "framegate/admin/instances",
                    "\"state\":\"UNREACHABLE\"",
                    "[\"framegate.listener.max-pipelined\"]");
            await(
                    gate(1),
                    "health/ready",
                    "\"grid-unreachable\":\"gate2\"",
                    "\"grid-missed-settings\":\"gate2: framegate.listener.max-pipelined\"");
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(35) - (System.nanoTime() - suspended));
            gate(2).resume();
            long resumed = System.nanoTime();
            await(gate(2), "framegate/admin/instances", "\"framegate.listener.max-pipelined\":\"99\"");
            await(gate(1), "health/ready", "\"grid-met-again\":\"gate2 after ");
            long metMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - resumed);
            await(gate(1), "framegate/admin/instances", "\"missedSettings\":[],\"otherSettings\":[]");
            assertTrue(!get(gate(1), "health/ready").body().contains("grid-missed"), "nothing is missed any more");
            Scorecard.row(
                    50,
                    "a member of the grid that does not run: who has missed an order is told, and takes it when it is met",
                    "suspended for 35 s; told %,d ms after the order, taken and met again %,d ms after its end",
                    toldMillis,
                    metMillis);
            assertTrue(metMillis <= 30_000, metMillis + " ms");
            assertTrue(toldMillis <= 1000 + LATE_MILLIS, toldMillis + " ms");
        } finally {
            gate(2).resume();
            send(gate(1), "DELETE", path, "");
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

    // ---------------------------------------------------------------- the command line

    @Test
    void asksAndTellsAnotherByTheCommandLine() throws Exception {
        Path password = Files.writeString(directory.resolve("password"), Deployed.ADMIN_PASSWORD);
        try (RawClient client = new RawClient(gate(2).address())) {
            client.send(Frames.of(new WelcomeRequest(7)));
            client.receive();
            String list = framegate(ExitCode.OK, password, "instances");
            assertTrue(list.matches("(?s).*gate1 \\*? +serving.*gate2 +serving.*"), list);
            String remote = "127.0.0.1:" + client.socket().getLocalPort();
            String connections = framegate(ExitCode.OK, password, "connections", "--instance", "gate2");
            assertTrue(connections.contains(remote), connections);
            String top = framegate(ExitCode.OK, password, "top", "--once", "--instance", "gate2");
            assertTrue(top.contains(":" + gate(2).address().getPort()) && top.contains("WelcomeRequest"), top);

            String set = framegate(
                    ExitCode.OK, password, "config", "set", "listener.max-pipelined", "99", "--instance", "gate2");
            assertEquals("gate2: Set." + System.lineSeparator(), set);
            for (String instance : List.of("gate1", "gate2")) {
                assertEquals(
                        (instance.equals("gate2") ? "99" : "128") + System.lineSeparator(),
                        framegate(
                                ExitCode.OK,
                                password,
                                "config",
                                "get",
                                "listener.max-pipelined",
                                "--instance",
                                instance));
            }
            framegate(ExitCode.OK, password, "config", "reset", "listener.max-pipelined", "--instance", "all");
            String wrong =
                    framegate(ExitCode.REFUSED, password, "config", "set", "workers.threads", "0", "--instance", "all");
            assertTrue(wrong.contains("framegate: gate2: Set framegate.workers.threads to"), wrong);

            String id = connections
                    .lines()
                    .filter(line -> line.contains(remote))
                    .findFirst()
                    .orElseThrow()
                    .strip()
                    .split(" ")[0];
            framegate(ExitCode.OK, password, "connections", "close", id, "--instance", "gate2");
            assertTrue(client.isAtEnd());
        }
        framegate(ExitCode.OK, password, "pause", "--instance", "gate2");
        assertEquals("PAUSED", state(gate(2)));
        assertEquals("SERVING", state(gate(1)));
        assertTrue(framegate(ExitCode.REFUSED, password, "resume", "--instance", "gate3")
                .contains("There is no gate of that name"));
        assertTrue(
                framegate(ExitCode.USAGE, password, "top", "--instance", "all").contains("the name of one gate"));
    }

    /** What it says, its errors last, when gate 1 is asked. */
    private static String framegate(int exitCode, Path password, String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of("--http", gate(1).http("framegate/").toString(), "--password-file", password.toString()));
        var out = new StringWriter();
        var err = new StringWriter();
        int ended = FramegateCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        assertEquals(exitCode, ended, out + err.toString());
        return out + err.toString();
    }

    // ---------------------------------------------------------------- JMX

    @Test
    void isManagedByJmxOverAPort() throws Exception {
        JMXServiceURL address = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + jmxPort + "/jmxrmi");
        assertThrows(SecurityException.class, () -> JMXConnectorFactory.connect(address));
        Map<String, Object> login =
                Map.of(JMXConnector.CREDENTIALS, new String[] {"operator", Deployed.ADMIN_PASSWORD});
        try (JMXConnector connector = JMXConnectorFactory.connect(address, login)) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            ObjectName listener = new ObjectName("io.framegate:type=Listener");
            beans.invoke(listener, "pause", null, null);
            assertEquals("PAUSED", state(gate(1)));
            beans.invoke(listener, "resume", null, null);
            assertEquals("SERVING", beans.getAttribute(listener, "State"));
        }
    }

    // ---------------------------------------------------------------- the page

    @Test
    void eachPageShowsAllInstances() throws Exception {
        assumeTrue(Browser.isInstalled(), "there is no Chromium on this machine");
        try (Browser browser = new Browser(directory.resolve("profile"));
                RawClient client = new RawClient(gate(2).address())) {
            browser.open(
                    Deployed.signInLink(
                            gate(1).http("framegate/index.html"), gate(1).http("framegate/admin/session/link")),
                    1400,
                    1000,
                    false);
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
    void tracesRequestsIfSwitchedOn() throws Exception {
        for (ServerProcess gate : GATES) {
            try (RawClient client = new RawClient(gate.address())) {
                client.send(Frames.of(new WelcomeRequest(7)));
                client.receive();
            }
        }
        String span = awaitSpan("WelcomeRequest");
        assertTrue(span.contains("framegate.connection") && span.contains("framegate.response.size"), span);
        assertTrue(span.contains("framegate.request.size"), span);

        // Saves are worked in batches: one of nothing is refused, and traced all the same.
        try (RawClient client = new RawClient(gate(2).address())) {
            client.send(Frames.of(
                    new SaveFeatures("", "", "", List.of(), List.of(), List.of(), List.of(), List.of(), List.of())));
            client.receive();
        }
        String batch = awaitSpan("SaveFeatures batch");
        assertTrue(batch.contains("framegate.batch.size"), batch);
    }

    private static String awaitSpan(String name) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            Optional<String> found =
                    SPANS.stream().filter(span -> span.contains(name)).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            assertTrue(System.nanoTime() < deadline, "no " + name + " among " + SPANS.size() + " spans");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    // ---------------------------------------------------------------- one after the other

    /**
     * What {@code src/docs/administration.md} says of restarting one gate after the other: every request of every client is answered, and
     * none is sent more than twice.
     */
    @Test
    void rollingRestartBehindHaproxyLosesNothing() throws Exception {
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
                .redirectOutput(Path.of("target", "grid-haproxy.log").toFile())
                .start();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            assertEquals(200, send(gate(1), "PUT", DRAIN_DELAY, "PT3S").statusCode());
            InetSocketAddress balanced = new InetSocketAddress(InetAddress.getLoopbackAddress(), entry);
            awaitAnswer(balanced);
            Load load = new Load(balanced);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                running.add(clients.submit(load));
            }
            for (ServerProcess gate : GATES) {
                awaitMore(load);
                assertEquals(200, send(gate, "POST", "drain", "").statusCode());
                assertEquals(503, get(gate, "health/ready").statusCode());
                try (RawClient late = new RawClient(gate.address())) {
                    assertTrue(Load.asked(late, 0), "HAProxy has not seen yet that it is not ready");
                }
                await(gate, "framegate/admin/running-info", "\"open\":0,");
                awaitMore(load);
                gate.restart();
                await(
                        gate,
                        "health/ready",
                        "\"framegate-listener\",\"status\":\"UP\"",
                        "\"framegate-map\",\"status\":\"UP\"");
                awaitClients(gate);
            }
            load.ends.set(true);
            for (Future<?> client : running) {
                client.get(30, TimeUnit.SECONDS);
            }
            assertTrue(load.again.sum() > 0, "nobody was connected to what was drained");
            System.out.printf(
                    "Rolling restart of two: %d requests answered, %d of them sent again after a refusal or an end, none twice; the"
                            + " longest took %d ms%n",
                    load.answered.sum(), load.again.sum(), load.longestMillis);
            for (ServerProcess gate : GATES) {
                await(gate, "framegate/admin/instances", "\"name\":\"gate1\"", "\"name\":\"gate2\"");
            }
        } finally {
            clients.shutdownNow();
            haproxy.destroy();
            assertTrue(haproxy.waitFor(20, TimeUnit.SECONDS));
        }
    }

    /** Until HAProxy sends it clients again. */
    private static void awaitClients(ServerProcess gate) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (info(gate).getJsonObject("connections").getInt("open") == 0) {
            assertTrue(System.nanoTime() < deadline, "HAProxy sends it nobody");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
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

    /**
     * Clients that ask one thing after the other, and ask once more where they were told to come later or the connection ended. Every
     * other one connects anew now and then; the rest stay where they are, so a gate has to end them.
     */
    private static final class Load implements Callable<Void> {

        private static final int OF_A_CONNECTION = 500;

        private final InetSocketAddress entry;
        private final AtomicBoolean ends = new AtomicBoolean();
        private final AtomicInteger clients = new AtomicInteger();
        private final LongAdder answered = new LongAdder();
        private final LongAdder again = new LongAdder();
        private volatile long longestMillis; // about: several write it

        Load(InetSocketAddress entry) {
            this.entry = entry;
        }

        @Override
        public Void call() throws Exception {
            boolean stays = clients.incrementAndGet() % 2 == 0;
            RawClient client = new RawClient(entry);
            try {
                for (int number = 1; !ends.get(); number++) {
                    long begun = System.nanoTime();
                    if (!asked(client, number)) {
                        again.increment();
                        client.close();
                        client = new RawClient(entry);
                        assertTrue(
                                asked(client, number), "request " + number + " has no answer the second time either");
                    }
                    answered.increment();
                    longestMillis = Math.max(longestMillis, (System.nanoTime() - begun) / 1_000_000);
                    // Else it would take the cores that the other gate starts on.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                    if (!stays && number % OF_A_CONNECTION == 0) {
                        client.close();
                        client = new RawClient(entry);
                    }
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
                return frame != null && isWelcome(frame, number);
            } catch (IOException e) {
                return false;
            }
        }

        private static boolean isWelcome(byte[] frame, int number) {
            int id = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getInt();
            if (id != WelcomeResponse.class.getAnnotation(Message.class).value()) {
                return false;
            }
            assertEquals(
                    "welcome:" + number,
                    Frames.message(frame, WelcomeResponse.class).text());
            return true;
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
