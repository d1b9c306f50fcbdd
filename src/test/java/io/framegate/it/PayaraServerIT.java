package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.testkit.TestDatabase;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The WAR on a real Payara Server, brought up by the steps that {@code src/docs/payara-server.md} has and administered from its
 * own console. The server is 170 MB and takes minutes to be up, so this runs by {@code mvn -Pserver verify} alone. It leaves the
 * pictures of that page in {@code target/payara-server}.
 */
@EnabledIfSystemProperty(
        named = "framegate.it.payara-server",
        matches = ".+",
        disabledReason = "mvn -Pserver verify runs it")
class PayaraServerIT {

    private static final String DOMAIN = "framegate";
    private static final long LIMIT_SECONDS = 300;

    // The places of a domain's ports after its first one, as asadmin's create-domain --portbase has them.
    private static final int JMX = 86;
    private static final int ADMIN = 48;
    private static final int GRID = 49;
    private static final int HTTP = 80;
    private static final List<Integer> PORTS = List.of(9, 37, 38, 39, ADMIN, GRID, 59, 66, 76, HTTP, 81, JMX);

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    @TempDir
    private static Path directory;

    // Set before the first test.
    private static Path server;
    private static Path shots;
    private static int base;
    private static TestDatabase database;

    @BeforeAll
    static void bringUp() throws Exception {
        shots = Files.createDirectories(Path.of("target", "payara-server"));
        server = Path.of(System.getProperty("framegate.it.payara-server"), "payara6");
        Files.setPosixFilePermissions(server.resolve("bin/asadmin"), PosixFilePermissions.fromString("rwxr-xr-x"));
        base = freePorts();
        database = TestDatabase.create();
        Path domain = server.resolve("glassfish/domains").resolve(DOMAIN);
        if (Files.exists(domain)) {
            asadmin("delete-domain", DOMAIN);
        }
        asadmin("create-domain", "--nopassword=true", "--portbase", String.valueOf(base), DOMAIN);
        Path driver = jar("postgresql-");
        Files.copy(driver, domain.resolve("lib").resolve(driver.getFileName()));
        asadmin("start-domain", "--prebootcommandfile", settings("server-preboot.asadmin"), DOMAIN);
        remote("multimode", "--file", settings("server.asadmin"));
        remote("restart-domain", DOMAIN);
        remote("deploy", "--name", "framegate", "--contextroot", "/", "target/framegate.war");
        await(http("health/ready"), "\"framegate-listener\",\"status\":\"UP\"");
    }

    @AfterAll
    static void bringDown() throws Exception {
        if (server != null) {
            asadmin("stop-domain", "--force=true", DOMAIN);
            asadmin("delete-domain", DOMAIN);
        }
    }

    // ---------------------------------------------------------------- the console

    @Test
    void theConsolePingsThePool() throws Exception {
        try (Browser browser = console()) {
            click(browser, "a", "JDBC");
            click(browser, "a", "JDBC Connection Pools");
            click(browser, "a[href*=jdbcConnectionPoolEdit]", "framegate");
            browser.await("[...document.querySelectorAll('input')]"
                    + ".some((input) => input.value === 'org.postgresql.ds.PGSimpleDataSource')");
            click(browser, "input[type=submit]", "Ping");
            browser.await("document.body.innerText.includes('Ping Succeeded')");
            Files.write(shots.resolve("payara-server-pool.png"), browser.screenshot());
        }
    }

    @Test
    void showsOnThePageWhatTheConsoleChanges() throws Exception {
        assertEquals(
                "10000", setting(http(""), "framegate.listener.max-connections").getString("value"));
        try (Browser browser = console()) {
            // The way that an operator goes: the tree, the tab, the tab below it.
            click(browser, "a", "server (Admin Server)");
            browser.await("document.body.innerText.includes('General Information')");
            click(browser, "a", "Properties");
            browser.await("document.body.innerText.includes('MicroProfile Properties')");
            click(browser, "a", "MicroProfile Properties");
            browser.await("document.body.innerText.includes('Instance MicroProfile Properties')");
            change(browser, "framegate.listener.max-connections", "9000");
            browser.await("document.body.innerText.includes('New values successfully saved')");
            Files.write(shots.resolve("payara-server-settings.png"), browser.screenshot());
        }
        JsonObject changed = awaitSetting(http(""), "framegate.listener.max-connections", "9000");
        assertEquals("Server", changed.getString("source"));
        try (Browser page = new Browser(directory.resolve("page"))) {
            page.open(Deployed.signInLink(http(""), http("admin/session/link")), 1400, 1000, false);
            page.await("document.getElementById('t-limit').textContent === 'of 9,000'");
            Files.write(shots.resolve("payara-server-page.png"), page.screenshot());
        }

        // One that can't be used is not taken, and the page says why.
        remote(
                "set-config-property",
                "--source",
                "server",
                "--sourceName",
                "server",
                "--propertyName",
                "framegate.listener.max-connections",
                "--propertyValue",
                "many");
        await(http("admin/config"), "Set framegate.listener.max-connections to a whole number");
        assertEquals(
                "9000", setting(http(""), "framegate.listener.max-connections").getString("value"));
    }

    /** The console with its start page, which takes some time to be up. */
    private static Browser console() throws Exception {
        assumeTrue(Browser.isInstalled(), "there is no Chromium on this machine");
        Browser browser = new Browser(Files.createTempDirectory(directory, "profile"));
        browser.open(URI.create("http://127.0.0.1:" + (base + ADMIN) + "/"), 1400, 1000, false);
        browser.await("document.body.innerText.includes('Common Tasks')");
        return browser;
    }

    private static void click(Browser browser, String selector, String text) throws Exception {
        String element = "[...document.querySelectorAll('" + selector + "')].find((each) =>"
                + " (each.innerText || each.value || '').trim() === '" + text + "')";
        browser.await("Boolean(" + element + ")");
        browser.evaluate(element + ".click()");
    }

    private static void change(Browser browser, String name, String value) throws Exception {
        String row = "[...document.querySelectorAll('tr')].filter((row) => [...row.querySelectorAll('input')]"
                + ".some((input) => input.value === '" + name + "')).pop()";
        browser.await("Boolean(" + row + ")");
        browser.evaluate("(" + row + ".querySelectorAll('input[type=text]')[1].value = '" + value + "')");
        click(browser, "input[type=submit]", "Save");
    }

    // ---------------------------------------------------------------- the resources

    @Test
    void worksWithTheServersOwnPoolAndExecutor() throws Exception {
        assertEquals(
                "concurrent/workers-of-framegate",
                setting(http(""), "framegate.workers.executor").getString("value"));
        assertEquals(
                32,
                json(get(http("admin/running-info"))).getJsonObject("workers").getInt("threads"));
        await(http("health/ready"), "\"framegate-database\",\"status\":\"UP\"");
        assertTrue(remote("ping-connection-pool", "framegate").contains("executed successfully"));
    }

    @Test
    void isManagedByJmx() throws Exception {
        JMXServiceURL address =
                new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + (base + JMX) + "/jmxrmi");
        Map<String, Object> login = Map.of(JMXConnector.CREDENTIALS, new String[] {"admin", ""});
        try (JMXConnector connector = JMXConnectorFactory.connect(address, login)) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            ObjectName listener = new ObjectName("io.framegate:type=Listener");
            assertEquals("SERVING", beans.getAttribute(listener, "State"));
            beans.invoke(listener, "pause", null, null);
            assertEquals("PAUSED", json(get(http("admin/running-info"))).getString("state"));
            beans.invoke(listener, "resume", null, null);
        }
    }

    @Test
    void listensOnTheLoopbackInterfaceAlone() throws Exception {
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .toList();
        assumeTrue(!others.isEmpty(), "this machine has the loopback interface alone");
        for (int port : PORTS) {
            for (InetAddress address : others) {
                try (Socket socket = new Socket()) {
                    assertThrows(
                            IOException.class,
                            () -> socket.connect(new InetSocketAddress(address, base + port), 1000),
                            address + ":" + (base + port));
                }
            }
        }
    }

    // ---------------------------------------------------------------- instances

    @Test
    void orderReachesAJoinedPayaraMicro() throws Exception {
        int http = freePort();
        Path log = directory.resolve("micro.log");
        ProcessBuilder builder = new ProcessBuilder(
                        java(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dhazelcast.socket.bind.any=false",
                        "-jar",
                        jar("payara-micro-6").toString(),
                        "--prebootcommandfile",
                        "payara-config/preboot.asadmin",
                        "--clustermode",
                        "tcpip:127.0.0.1:" + (base + GRID),
                        "--clustername",
                        "framegate",
                        "--interfaces",
                        "127.0.0.1",
                        "--hzpublicaddress",
                        "127.0.0.1",
                        "--startport",
                        String.valueOf(freePort()),
                        "--name",
                        "gate1",
                        "--disablephonehome",
                        "--port",
                        String.valueOf(http),
                        "--contextroot",
                        "/",
                        "--deploy",
                        "target/framegate.war")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "FRAMEGATE_LISTENER_PORT",
                        "0",
                        "FRAMEGATE_DATABASE_URL",
                        database.url(),
                        "FRAMEGATE_DATABASE_USER",
                        TestDatabase.USER,
                        "FRAMEGATE_ADMIN_PASSWORD",
                        Deployed.ADMIN_PASSWORD));
        Process micro = builder.start();
        try {
            URI page = URI.create("http://127.0.0.1:" + http + "/");
            await(page.resolve("health/ready"), "\"framegate-listener\",\"status\":\"UP\"");
            assertTrue(remote("list-hazelcast-members").contains("gate1-MicroShoal"));
            remote(
                    "send-asadmin-command",
                    "--targets",
                    "MicroShoal:*",
                    "--command",
                    "set-config-property",
                    "--",
                    "--source=config",
                    "--sourceName=server-config",
                    "--propertyName=framegate.listener.max-connections",
                    "--propertyValue=8000");
            // What it has looked up before stays for a minute, as the cache of a Payara Micro's configuration has it.
            awaitSetting(page, "framegate.listener.max-connections", "8000");
            try (Browser browser = console()) {
                click(browser, "a", "Data Grid");
                click(browser, "a", "Data Grid Instances");
                browser.await("document.body.innerText.includes('gate1')");
                assertFalse(browser.evaluate("document.body.innerText").contains("An error has occurred"));
                Files.write(shots.resolve("payara-server-grid.png"), browser.screenshot());
            }
        } finally {
            micro.destroy();
            assertTrue(micro.waitFor(60, TimeUnit.SECONDS));
        }
    }

    // ---------------------------------------------------------------- asadmin

    /** A command to the running server. */
    private static String remote(String... command) throws Exception {
        List<String> all = new ArrayList<>(List.of("--port", String.valueOf(base + ADMIN), "--interactive=false"));
        all.addAll(List.of(command));
        return asadmin(all.toArray(String[]::new));
    }

    private static String asadmin(String... command) throws Exception {
        List<String> all = new ArrayList<>(List.of(server.resolve("bin/asadmin").toString()));
        all.addAll(List.of(command));
        Path output = Files.createTempFile(directory, "asadmin", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment()
                .putAll(Map.of(
                        "AS_JAVA",
                        System.getProperty("java.home"),
                        "FRAMEGATE_DATABASE_PASSWORD",
                        "none",
                        "FRAMEGATE_ADMIN_PASSWORD",
                        Deployed.ADMIN_PASSWORD));
        Process process = builder.start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        String said = Files.readString(output);
        assertTrue(ended && process.exitValue() == 0, () -> String.join(" ", command) + ": " + said);
        return said;
    }

    /** A file of {@code payara-config} with the ports and the database of this test. */
    private static String settings(String file) throws IOException {
        String text = Files.readString(Path.of("payara-config", file))
                .replace("127.0.0.1:4900", "127.0.0.1:" + (base + GRID))
                .replace("Value 7400", "Value 0")
                .replace("jdbc:postgresql://localhost:5432/framegate", database.url())
                .replace(
                        "database.user --propertyValue framegate",
                        "database.user --propertyValue " + TestDatabase.USER);
        return Files.writeString(directory.resolve(file), text).toString();
    }

    // ---------------------------------------------------------------- what the gate says

    private static JsonObject awaitSetting(URI page, String name, String value) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        JsonObject setting = setting(page, name);
        while (!setting.getString("value").equals(value)) {
            assertTrue(System.nanoTime() < deadline, "it is " + setting);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            setting = setting(page, name);
        }
        return setting;
    }

    private static JsonObject setting(URI page, String name) throws Exception {
        return json(get(page.resolve("admin/config"))).getJsonArray("settings").getValuesAs(JsonObject.class).stream()
                .filter(each -> each.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void await(URI address, String text) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        String last = "";
        while (!last.contains(text)) {
            assertTrue(System.nanoTime() < deadline, address + " has no " + text + ": " + last);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            try {
                last = get(address);
            } catch (IOException e) {
                last = String.valueOf(e.getMessage());
            }
        }
    }

    private static URI http(String path) {
        return URI.create("http://127.0.0.1:" + (base + HTTP) + "/").resolve(path);
    }

    private static String get(URI address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", Deployed.ADMIN)
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    // ---------------------------------------------------------------- this machine

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Path jar(String name) {
        return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .map(Path::of)
                .filter(path -> path.getFileName().toString().startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    /** The first of a hundred ports of which all that a domain takes are free. */
    private static int freePorts() {
        for (int first = 21_000; first < 32_000; first += 100) {
            int from = first;
            if (PORTS.stream().allMatch(port -> isFree(from + port))) {
                return first;
            }
        }
        throw new AssertionError("no free ports");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
