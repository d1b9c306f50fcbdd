package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.tools.attach.VirtualMachine;
import io.framegate.client.cli.ExitCode;
import io.framegate.client.cli.FramegateCommand;
import io.framegate.guest.SleepRequest;
import io.framegate.guest.SleepResponse;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.message.ErrorResponse;
import io.framegate.session.LoginRequest;
import io.framegate.session.LoginResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.Tool;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.welcome.WelcomeRequest;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Administration in the container: by REST, by the command line, by JMX, and what Prometheus sees of it. */
@ArquillianTest
class AdminIT {

    private static final String TEXT = "text/plain;charset=UTF-8";
    private static final String JSON = "application/json";
    private static final String THRESHOLD = "admin/config/framegate.compression.threshold";
    private static final HttpClient PROMETHEUS_CLIENT = HttpClient.newHttpClient();

    private final Deployed deployed = new Deployed();

    @Deployment(testable = false)
    static WebArchive war() {
        return Deployed.war().addPackage(SleepRequest.class.getPackage());
    }

    @BeforeEach
    void awaitReady() throws Exception {
        deployed.awaitReady();
    }

    @AfterEach
    void resume() throws Exception {
        deployed.send("POST", "admin/resume", "");
    }

    // ---------------------------------------------------------------- who may

    @Test
    void letsNobodyInWithoutThePassword() throws Exception {
        for (String path : List.of("running-info", "running-info/history", "connections", "config", "session")) {
            assertEquals(401, deployed.getAsNobody("admin/" + path).statusCode(), path);
        }
        for (String path : List.of("pause", "resume", "drain", "reset")) {
            assertEquals(401, deployed.sendAsNobody("POST", "admin/" + path, "").statusCode(), path);
        }
        assertEquals(
                401,
                deployed.sendAsNobody("PUT", THRESHOLD, "1KiB", "Content-Type", TEXT)
                        .statusCode());
        assertEquals(
                401, deployed.sendAsNobody("DELETE", "admin/connections/1", "").statusCode());
        assertEquals(200, deployed.getAsNobody("index.html").statusCode());
        assertEquals(200, deployed.getFromRoot("metrics").statusCode());
    }

    @Test
    void tellsNobodyWhichLibrariesItHas() throws Exception {
        try (ZipFile war = new ZipFile("target/framegate.war")) {
            List<String> folders = war.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.matches("WEB-INF__lib__.*MANIFEST[.]MF"))
                    .toList();
            assertFalse(folders.isEmpty());
            for (String folder : folders) {
                assertEquals(404, deployed.getAsNobody(folder).statusCode(), folder);
                assertEquals(
                        404,
                        deployed.getAsNobody("x/../" + folder.replace("WEB-INF", "%57EB-INF"))
                                .statusCode(),
                        folder);
            }
        }
    }

    @Test
    void beginsASessionThatNoOtherPageCanUse() throws Exception {
        HttpClient browser =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        assertEquals(401, login(browser, "wrong").statusCode());
        HttpResponse<String> login = login(browser, Deployed.ADMIN_PASSWORD);
        assertEquals(204, login.statusCode(), login.body());
        String cookie = login.headers().firstValue("Set-Cookie").orElse("");
        assertTrue(cookie.startsWith("FRAMEGATE_SESSION="), cookie);
        assertTrue(cookie.contains("HttpOnly"), cookie);
        // In small letters, which browsers take as well.
        assertTrue(cookie.contains("SameSite=strict"), cookie);
        assertEquals("admin", ask(browser, "GET", "admin/session").body());
        assertEquals(200, ask(browser, "GET", "admin/running-info").statusCode());
        assertEquals(
                403,
                ask(browser, "POST", "admin/pause", "Origin", "http://evil.example")
                        .statusCode());
        assertEquals("SERVING", state());
        assertEquals(204, ask(browser, "DELETE", "admin/session").statusCode());
        assertEquals(401, ask(browser, "GET", "admin/running-info").statusCode());
    }

    @Test
    void refusesWhatComesFromElsewhere() throws Exception {
        String login = "Authorization: Basic "
                + Base64.getEncoder()
                        .encodeToString(("admin:" + Deployed.ADMIN_PASSWORD).getBytes(StandardCharsets.US_ASCII));
        String here = "Host: " + deployed.url("").getAuthority();
        List<String> operations = operations();
        assertTrue(operations.size() > 20, operations.toString());
        int calls = 0;
        for (String operation : operations) {
            // A session is begun by whoever has the password.
            if (!operation.equals("POST admin/session")) {
                assertEquals(401, status(operation, here), operation + " without login");
                calls++;
            }
            assertEquals(403, status(operation, "Host: elsewhere.example", login), operation + " by another name");
            calls++;
            if (!operation.startsWith("GET ")) {
                assertEquals(
                        403,
                        status(operation, here, login, "Origin: http://elsewhere.example"),
                        operation + " for another page");
                calls++;
            }
        }
        assertEquals("SERVING", state());
        Scorecard.row(
                40,
                "console and administration from elsewhere, by another Host, for a page of another server, without login: refused",
                "%d operations: %d calls, each refused, by 401 or 403; the gate serves as before",
                operations.size(),
                calls);
    }

    /** Every operation of administration that the application tells of, such as "GET admin/connections". */
    private List<String> operations() throws Exception {
        List<String> operations = new ArrayList<>();
        String path = "";
        for (String line : deployed.getFromRoot("openapi").body().lines().toList()) {
            if (line.matches("  ['\"]?/.*:")) {
                // Of names that a path allows the first, else any.
                path = line.replaceAll("['\"]?:$", "")
                        .replaceAll("\\{\\w+: *([\\w-]+)[^}]*}", "$1")
                        .replaceAll("\\{[^}]*}", "1");
            } else if (line.matches("    (get|put|post|delete|patch):") && path.contains("/admin/")) {
                operations.add(line.strip().replace(":", "").toUpperCase(Locale.ROOT) + " "
                        + path.substring(path.indexOf("admin/")));
            }
        }
        // To read the map is for everybody.
        operations.removeIf(operation -> operation.startsWith("GET admin/map/"));
        return operations;
    }

    /** The status of the answer to an operation with an empty body of whatever type it takes. */
    private int status(String operation, String... headers) throws IOException {
        int status = 415;
        for (String type : List.of(
                TEXT, JSON, "application/x-www-form-urlencoded", "application/octet-stream", "application/geo+json")) {
            if (status == 415) {
                status = status(operation, type, headers);
            }
        }
        return status;
    }

    private int status(String operation, String type, String[] headers) throws IOException {
        String[] methodAndPath = operation.split(" ");
        URI url = deployed.url(methodAndPath[1]);
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write((methodAndPath[0] + " " + url.getPath() + " HTTP/1.1\r\n" + String.join("\r\n", headers)
                                    + "\r\nContent-Type: " + type
                                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return Integer.parseInt(answer.substring(answer.length() - 3));
        }
    }

    @Test
    void throttlesWrongPasswordsByAddress() throws Exception {
        HttpClient inside =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        HttpClient guessing = HttpClient.newHttpClient();
        assertEquals(204, login(inside, Deployed.ADMIN_PASSWORD).statusCode());
        int wrong = 0;
        while (login(guessing, "wrong").statusCode() == 401) {
            assertTrue(++wrong < 30, "never slowed down");
        }
        assertTrue(wrong >= 10, "slowed down after " + wrong);
        HttpResponse<String> refused = login(guessing, Deployed.ADMIN_PASSWORD);
        assertEquals(429, refused.statusCode());
        String seconds = refused.headers().firstValue("Retry-After").orElseThrow();
        assertEquals(
                "Too many wrong passwords came from your address; try again in " + seconds + " s.", refused.body());
        assertEquals(401, deployed.get("admin/config").statusCode());

        assertEquals(200, ask(inside, "GET", "admin/running-info").statusCode());
        if (System.getProperty("os.name").equals("Linux")) {
            // All of 127/8 is this machine there.
            assertEquals("HTTP/1.1 204", loginFrom("127.0.0.2", Deployed.ADMIN_PASSWORD));
        }
        Gate.await(() -> {
            try {
                return login(guessing, Deployed.ADMIN_PASSWORD).statusCode() == 204;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertEquals(401, login(guessing, "wrong").statusCode());
    }

    @Test
    void signsInOnceByALink() throws Exception {
        assertEquals(
                401, deployed.sendAsNobody("POST", "admin/session/link", "").statusCode());
        String link = deployed.signInLink("").toString();
        String token = link.substring(link.indexOf('=') + 1);
        assertTrue(token.length() >= 43, "not long enough to be safe from guesses: " + token.length());
        assertFalse(link.contains(Deployed.ADMIN_PASSWORD));
        HttpClient first =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        assertEquals(204, begin(first, "token=" + token).statusCode());
        assertEquals("admin", ask(first, "GET", "admin/session").body());
        HttpResponse<String> again = begin(HttpClient.newHttpClient(), "token=" + token);
        assertEquals(401, again.statusCode());
        assertEquals(
                "This link was used before, or is older than 10 minutes: sign in by name and password.", again.body());
        // A session makes further ones.
        assertEquals(200, ask(first, "POST", "admin/session/link").statusCode());
        assertEquals(204, ask(first, "DELETE", "admin/session").statusCode());
    }

    @Test
    void endsAPagesEventsWithItsSession() throws Exception {
        HttpClient browser =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        assertEquals(204, login(browser, Deployed.ADMIN_PASSWORD).statusCode());
        HttpResponse<InputStream> live = browser.send(
                HttpRequest.newBuilder(deployed.url("admin/running-info/live")).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, live.statusCode());
        try (var lines = new BufferedReader(new InputStreamReader(live.body(), StandardCharsets.UTF_8))) {
            event(lines);
            assertEquals(204, ask(browser, "DELETE", "admin/session").statusCode());
            // What is on its way may still come; then the stream ends, which without this would be never.
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (lines.readLine() != null) {
                assertTrue(System.nanoTime() < deadline, "events go on after the session's end");
            }
        }
    }

    @Test
    void throttlesTheClientBehindATrustedProxy() throws Exception {
        String hosts = "admin/config/framegate.admin.hosts";
        String proxies = "admin/config/framegate.admin.trusted-proxies";
        String own = "Authorization: " + Deployed.ADMIN;
        assertEquals(
                200,
                status(
                        "GET admin/running-info",
                        "Host: LocalHost.:" + deployed.url("").getPort(),
                        own));
        assertEquals(403, status("GET admin/config", "Host: gate.example", own));
        try {
            assertEquals(
                    204,
                    deployed.send("PUT", hosts, "Gate.Example:8443", "Content-Type", TEXT)
                            .statusCode());
            assertEquals(200, status("GET admin/config", "Host: gate.example", own));
            assertEquals(200, status("GET admin/config", "Host: GATE.EXAMPLE.:443", own));
            assertEquals(403, status("GET admin/config", "Host: gate.example.evil.example", own));
            assertEquals(
                    204,
                    deployed.send("PUT", proxies, "127.0.0.0/8", "Content-Type", TEXT)
                            .statusCode());
            // Whoever comes through the proxy is not on this machine.
            assertEquals(403, status("GET admin/config", "Host: localhost", "X-Forwarded-For: 203.0.113.7", own));
            String wrong = "Authorization: Basic "
                    + Base64.getEncoder().encodeToString("admin:wrong".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 12; i++) {
                // What a client writes itself stands before what the proxy appends.
                String forwarded = "X-Forwarded-For: 198.51.100." + i + ", 203.0.113.7";
                assertEquals(401, status("GET admin/config", "Host: gate.example", forwarded, wrong));
            }
            assertEquals(401, status("GET admin/config", "Host: gate.example", "X-Forwarded-For: 203.0.113.7", own));
            assertEquals(200, status("GET admin/config", "Host: gate.example", "X-Forwarded-For: 203.0.113.8", own));
            assertEquals(200, deployed.get("admin/config").statusCode());
            assertTrue(
                    audit().stream()
                            .anyMatch(entry -> entry.getString("from").equals("203.0.113.7")
                                    && entry.getString("outcome").equals("refused 401")
                                    && entry.getString("by").equals("admin")),
                    audit().toString());
        } finally {
            deployed.send("DELETE", proxies, "");
            deployed.send("DELETE", hosts, "");
        }
    }

    @Test
    void auditsConsoleAndJmx() throws Exception {
        HttpClient nobody = HttpClient.newHttpClient();
        String odd = "x%22%0Aact=%22y";
        assertEquals(
                401, begin(nobody, "user=" + odd + "&password=not-to-be-told").statusCode());
        assertEquals(
                204,
                deployed.send("PUT", THRESHOLD, "3KiB", "Content-Type", TEXT).statusCode());
        assertEquals(
                400,
                deployed.send("PUT", THRESHOLD, "much", "Content-Type", TEXT).statusCode());
        assertEquals(204, deployed.send("DELETE", THRESHOLD, "").statusCode());
        assertEquals(
                409,
                deployed.send("PUT", "admin/config/framegate.admin.password", "not-to-be-told", "Content-Type", TEXT)
                        .statusCode());
        assertEquals(200, deployed.send("POST", "admin/pause", "").statusCode());
        assertEquals(200, deployed.send("POST", "admin/resume", "").statusCode());
        assertEquals(401, deployed.sendAsNobody("POST", "admin/drain", "").statusCode());
        tried("WelcomeRequest", "{\"number\": 7}");
        try (RawClient client = deployed.connect()) {
            welcomed(client);
            int id = own(client).getInt("id");
            assertEquals(
                    404, deployed.get("admin/connections/" + id + "/recording").statusCode());
            assertEquals(
                    204, deployed.send("DELETE", "admin/connections/" + id, "").statusCode());
            expectAudit("DELETE connections/" + id, "admin", "127.0.0.1", "done", "");
            expectAudit(
                    "GET connections/" + id + "/recording",
                    "admin",
                    "127.0.0.1",
                    "refused 404",
                    "the frames of a client are read");
        }
        try (JMXConnector connector = JMXConnectorFactory.connect(jmxOfThePayara())) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            beans.invoke(new ObjectName("io.framegate:type=Listener"), "pause", null, null);
            beans.invoke(new ObjectName("io.framegate:type=Listener"), "resume", null, null);
        }
        String setting = "PUT config/framegate.compression.threshold";
        expectAudit("sign-in", "x'\\u000aact='y", "127.0.0.1", "refused 401", "by password");
        expectAudit(setting, "admin", "127.0.0.1", "done", "framegate.compression.threshold: 8KiB -> 3KiB");
        expectAudit(setting, "admin", "127.0.0.1", "refused 400", "");
        expectAudit(
                "DELETE config/framegate.compression.threshold",
                "admin",
                "127.0.0.1",
                "done",
                "framegate.compression.threshold: 3KiB -> 8KiB");
        expectAudit("PUT config/framegate.admin.password", "admin", "127.0.0.1", "refused 409", "");
        expectAudit("POST pause", "admin", "127.0.0.1", "done", "");
        expectAudit("POST drain", "", "127.0.0.1", "refused 401", "");
        expectAudit("POST try/WelcomeRequest", "admin", "127.0.0.1", "done", "");
        expectAudit("Listener.pause", "JMX", "JMX", "done", "");
        expectAudit("Listener.resume", "JMX", "JMX", "done", "");
        assertFalse(audit().toString().contains("not-to-be-told"));
    }

    private List<JsonObject> audit() throws Exception {
        return json(deployed.get("admin/audit").body()).getJsonArray("audit").getValuesAs(JsonObject.class);
    }

    private void expectAudit(String act, String by, String from, String outcome, String detail) throws Exception {
        List<JsonObject> told = audit();
        assertTrue(
                told.stream()
                        .anyMatch(entry -> entry.getString("act").equals(act)
                                && entry.getString("by").equals(by)
                                && entry.getString("from").equals(from)
                                && entry.getString("outcome").equals(outcome)
                                && entry.getString("detail").equals(detail)),
                () -> act + " by " + by + " from " + from + ": " + outcome + " (" + detail + ") is not in " + told);
    }

    /** Pages, files, errors and whatever the administration answers. */
    @Test
    void sendsWhatKeepsAPageSafeWithEveryAnswer() throws Exception {
        List<String> paths = new ArrayList<>(List.of(
                "", "index.html", "map/", "try/", "protocol", "protocol/", "protocol/none", "none", "none/none.html"));
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "webapp"))) {
            files.filter(Files::isRegularFile)
                    .map(file ->
                            Path.of("src", "main", "webapp").relativize(file).toString())
                    // What is below this the server refuses by itself.
                    .filter(file -> !file.startsWith("WEB-INF"))
                    .forEach(paths::add);
        }
        try (ZipFile war = new ZipFile("target/framegate.war")) {
            paths.add(war.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.matches("WEB-INF__lib__.*MANIFEST[.]MF"))
                    .findFirst()
                    .orElseThrow());
        }
        paths.addAll(List.of(
                "webjars/uplot/1.6.30/dist/uPlot.iife.min.js",
                "webjars/uplot/1.6.30/dist/uPlot.min.css",
                "protocol/protocol.css",
                "protocol/contract.json",
                "protocol/framegate.py"));
        List<String> wrong = new ArrayList<>();
        int answers = 0;
        for (String path : paths) {
            answers += look(deployed.getAsNobody(path), path, wrong);
        }
        for (String operation : operations()) {
            String[] methodAndPath = operation.split(" ");
            answers += look(deployed.sendAsNobody(methodAndPath[0], methodAndPath[1], "x"), operation, wrong);
            // Events have no end.
            if (!operation.endsWith("/live")) {
                answers += look(deployed.send(methodAndPath[0], methodAndPath[1], "x"), operation, wrong);
                answers += look(
                        deployed.send(methodAndPath[0], methodAndPath[1], "x", "Origin", "http://evil.example"),
                        operation,
                        wrong);
            }
        }
        for (String path :
                List.of("admin", "admin/", "admin/none", "admin/map/none", "admin/map/load", "admin/map/data-sets")) {
            answers += look(deployed.get(path), path, wrong);
        }
        answers += look(deployed.send("PATCH", "admin/config", ""), "PATCH", wrong);
        answers += look(deployed.sendAsNobody("POST", "index.html", ""), "POST index.html", wrong);
        assertEquals(List.of(), wrong);
        assertTrue(answers > 100, answers + " answers");
        deployed.send("POST", "admin/resume", "");
    }

    private static int look(HttpResponse<String> answer, String what, List<String> wrong) {
        Map<String, List<String>> headers = answer.headers().map();
        String told = what + " (" + answer.statusCode() + "): ";
        String policy = String.join("|", headers.getOrDefault("content-security-policy", List.of("none")));
        if (!policy.contains("default-src 'none'")
                || !policy.contains("script-src 'self'")
                || !policy.contains("frame-ancestors 'none'")
                || policy.contains("unsafe")
                || policy.contains("|")) {
            wrong.add(told + policy);
        }
        if (!List.of("nosniff").equals(headers.get("x-content-type-options"))) {
            wrong.add(told + "x-content-type-options " + headers.get("x-content-type-options"));
        }
        if (!List.of("same-origin").equals(headers.get("referrer-policy"))) {
            wrong.add(told + "referrer-policy " + headers.get("referrer-policy"));
        }
        boolean unkept = what.contains("admin") || answer.statusCode() >= 400;
        List<String> kept = headers.getOrDefault("cache-control", List.of());
        if (!kept.equals(List.of(unkept ? "no-store" : "no-cache"))) {
            wrong.add(told + "cache-control " + kept);
        }
        return 1;
    }

    /** The first words of the answer to a login from another of this machine's addresses. */
    private String loginFrom(String address, String password) throws Exception {
        URI session = deployed.url("admin/session");
        String form = "user=admin&password=" + password;
        try (Socket socket = new Socket(session.getHost(), session.getPort(), InetAddress.getByName(address), 0)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("POST " + session.getPath() + " HTTP/1.1\r\nHost: " + session.getAuthority()
                                    + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                                    + form.length() + "\r\nConnection: close\r\n\r\n" + form)
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        }
    }

    private HttpResponse<String> login(HttpClient browser, String password) throws Exception {
        return begin(browser, "user=admin&password=" + password);
    }

    private HttpResponse<String> begin(HttpClient browser, String form) throws Exception {
        return browser.send(
                HttpRequest.newBuilder(deployed.url("admin/session"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> ask(HttpClient browser, String method, String path, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(deployed.url(path)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    // ---------------------------------------------------------------- settings

    @Test
    void changesASettingLive() throws Exception {
        try (RawClient client = deployed.connect()) {
            assertEquals('N', welcomed(client));
            assertEquals(
                    204,
                    deployed.send("PUT", THRESHOLD, "1", "Content-Type", TEXT).statusCode());
            assertEquals('Z', welcomed(client));
            JsonObject set = setting("framegate.compression.threshold");
            assertEquals("1", set.getString("value"));
            assertEquals("operator", set.getString("source"));

            HttpResponse<String> wrong = deployed.send("PUT", THRESHOLD, "much", "Content-Type", TEXT);
            assertEquals(400, wrong.statusCode());
            assertTrue(wrong.body().startsWith("Set framegate.compression.threshold to a size"), wrong.body());
            assertEquals("1", setting("framegate.compression.threshold").getString("value"));

            assertEquals(204, deployed.send("DELETE", THRESHOLD, "").statusCode());
            assertEquals('N', welcomed(client));
            assertEquals("default", setting("framegate.compression.threshold").getString("source"));
        }
        HttpResponse<String> fixed =
                deployed.send("PUT", "admin/config/framegate.listener.port", "7", "Content-Type", TEXT);
        assertEquals(409, fixed.statusCode());
        assertTrue(fixed.body().contains("can't change while the server runs"), fixed.body());
        assertFalse(setting("framegate.listener.port").getBoolean("live"));
        assertFalse(deployed.get("admin/config").body().contains(Deployed.ADMIN_PASSWORD));
    }

    private static char welcomed(RawClient client) throws IOException {
        client.send(Frames.of(new WelcomeRequest(1)));
        return (char) Objects.requireNonNull(client.receive())[8];
    }

    @Test
    void startsMoreWorkerThreadsOnTheManagedExecutor() throws Exception {
        int threads = info().getJsonObject("workers").getInt("threads");
        String name = "admin/config/framegate.workers.threads";
        assertEquals(
                204,
                deployed.send("PUT", name, String.valueOf(threads + 8), "Content-Type", TEXT)
                        .statusCode());
        try (RawClient client = deployed.connect()) {
            for (int i = 0; i < threads + 8; i++) {
                client.send(Frames.of(new SleepRequest(3000)));
            }
            deployed.await("admin/running-info", "\"busy\":" + (threads + 8));
            for (int i = 0; i < threads + 8; i++) {
                client.receive(SleepResponse.class);
            }
        } finally {
            assertEquals(204, deployed.send("DELETE", name, "").statusCode());
        }
    }

    private JsonObject setting(String name) throws Exception {
        return json(deployed.get("admin/config").body()).getJsonArray("settings").getValuesAs(JsonObject.class).stream()
                .filter(each -> each.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    // ---------------------------------------------------------------- the gate

    @Test
    void pausesDrainsAndResumes() throws Exception {
        try (RawClient open = deployed.connect();
                RawClient drained = deployed.connect()) {
            welcomed(open);
            welcomed(drained);
            assertEquals(200, deployed.send("POST", "admin/pause", "").statusCode());
            assertEquals(503, deployed.getFromRoot("health/ready").statusCode());
            try (RawClient late = deployed.connect()) {
                assertTrue(late.receive(ErrorResponse.class).text().contains("takes no new connections"));
            }
            welcomed(open);
            assertEquals(200, deployed.send("POST", "admin/drain", "").statusCode());
            assertTrue(open.isAtEnd());
            assertTrue(drained.isAtEnd());
            assertEquals("DRAINING", state());
        }
        assertEquals(200, deployed.send("POST", "admin/resume", "").statusCode());
        assertEquals(200, deployed.getFromRoot("health/ready").statusCode());
        try (RawClient next = deployed.connect()) {
            welcomed(next);
        }
    }

    @Test
    void servesDuringADrainsDelay() throws Exception {
        String delay = "admin/config/framegate.listener.drain-delay";
        assertEquals(
                204, deployed.send("PUT", delay, "PT3S", "Content-Type", TEXT).statusCode());
        try (RawClient client = deployed.connect()) {
            deployed.send("POST", "admin/drain", "");
            assertEquals("DRAINING", state());
            assertEquals(503, deployed.getFromRoot("health/ready").statusCode());
            welcomed(client);
            try (RawClient late = deployed.connect()) {
                welcomed(late);
            }
            deployed.send("POST", "admin/resume", "");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3500));
            welcomed(client);
            deployed.send("POST", "admin/drain", "");
            assertTrue(client.isAtEnd());
        } finally {
            deployed.send("DELETE", delay, "");
        }
    }

    @Test
    void listsConnectionsAndClosesOne() throws Exception {
        try (RawClient client = deployed.connect()) {
            welcomed(client);
            JsonObject listed = own(client);
            assertEquals("WelcomeRequest", listed.getString("lastMessage"));
            assertEquals(1, listed.getInt("requests"));
            String path = "admin/connections/" + listed.getInt("id");
            assertEquals(204, deployed.send("DELETE", path, "").statusCode());
            assertTrue(client.isAtEnd());
            assertEquals(404, deployed.send("DELETE", path, "").statusCode());
        }
    }

    @Test
    void tellsWhoHasLoggedInOnAConnection() throws Exception {
        try (RawClient client = deployed.connect()) {
            welcomed(client);
            assertEquals("", own(client).getString("principal"));
            client.send(Frames.of(new LoginRequest("admin", Deployed.ADMIN_PASSWORD)));
            assertEquals("admin", client.receive(LoginResponse.class).name());
            assertEquals("admin", own(client).getString("principal"));
        }
    }

    @Test
    void givesTheLastFramesOfAConnectionAsACapture() throws Exception {
        String setting = "admin/config/framegate.listener.recorded-bytes";
        try (RawClient client = deployed.connect()) {
            welcomed(client);
            String path = "admin/connections/" + own(client).getInt("id") + "/recording";
            assertEquals(401, deployed.getAsNobody(path).statusCode());
            assertEquals(404, deployed.get(path).statusCode());
            assertEquals(
                    204,
                    deployed.send("PUT", setting, "64KiB", "Content-Type", TEXT).statusCode());
            try {
                welcomed(client);
                HttpResponse<String> file = deployed.get(path);
                assertEquals(200, file.statusCode());
                assertEquals(
                        "application/x-pcapng",
                        file.headers().firstValue("Content-Type").orElse(""));
                assertTrue(file.body().contains("w\0e\0l\0c\0o\0m\0e\0:\0001\0"), file.body());
            } finally {
                deployed.send("DELETE", setting, "");
            }
            assertEquals(404, deployed.get(path).statusCode());
        }
    }

    private JsonObject own(RawClient client) throws Exception {
        String remote = "127.0.0.1:" + client.socket().getLocalPort();
        JsonArray all = json(deployed.get("admin/connections").body()).getJsonArray("connections");
        return all.getValuesAs(JsonObject.class).stream()
                .filter(each -> each.getString("remote").equals(remote))
                .findFirst()
                .orElseThrow();
    }

    private String state() throws Exception {
        return info().getString("state");
    }

    private JsonObject info() throws Exception {
        return json(deployed.get("admin/running-info").body());
    }

    // ---------------------------------------------------------------- figures

    @Test
    void tellsTheSameNumbersAsTheMetrics() throws Exception {
        try (RawClient client = deployed.connect()) {
            for (int i = 0; i < 50; i++) {
                welcomed(client);
            }
            client.send(Frames.frame(123401, (byte) 'N', (byte) 0));
            client.receive(ErrorResponse.class);
        }
        deployed.await("admin/running-info", "\"open\":0");
        JsonObject info = info();
        String metrics = deployed.getFromRoot("metrics").body();
        assertEquals(
                info.getJsonObject("connections").getInt("opened"), metric(metrics, "framegate_connections_opened{"));
        assertEquals(
                info.getJsonObject("connections").getInt("refused"), metric(metrics, "framegate_connections_refused{"));
        assertEquals(
                info.getJsonObject("connections").getInt("limit"), metric(metrics, "framegate_connections_limit{"));
        assertEquals(
                info.getJsonObject("bytes").getJsonNumber("read").doubleValue(),
                metric(metrics, "framegate_bytes_read_bytes{"));
        assertEquals(
                info.getJsonObject("bytes").getJsonNumber("written").doubleValue(),
                metric(metrics, "framegate_bytes_written_bytes{"));
        JsonObject workers = info.getJsonObject("workers");
        assertEquals(workers.getInt("threads"), metric(metrics, "framegate_workers_threads{"));
        assertEquals(workers.getInt("outstanding"), metric(metrics, "framegate_workers_queued{"));
        info.getJsonObject("refusals")
                .forEach((code, count) -> assertEquals(
                        Double.parseDouble(count.toString()),
                        metric(metrics, "framegate_refusals{code=\"" + code + "\"")));
        for (JsonObject message : info.getJsonArray("messages").getValuesAs(JsonObject.class)) {
            String label = "message=\"" + message.getString("name") + "\"";
            for (Map.Entry<String, String> each : Map.of(
                            "received", "framegate_requests_received{",
                            "answered", "framegate_requests_answered{",
                            "failed", "framegate_requests_failed{",
                            "bytesIn", "framegate_requests_bytes_in_bytes{",
                            "bytesOut", "framegate_requests_bytes_out_bytes{")
                    .entrySet()) {
                assertEquals(
                        message.getJsonNumber(each.getKey()).doubleValue(),
                        metric(metrics, each.getValue() + label),
                        each.getValue() + label);
            }
            JsonObject times = message.getJsonObject("times");
            assertEquals(
                    times.getJsonNumber("p99").doubleValue() / 1e9,
                    metric(
                            metrics,
                            "framegate_requests_duration_seconds{" + label
                                    + ",mp_scope=\"application\",quantile=\"0.99\""),
                    1e-12);
            assertEquals(
                    times.getJsonNumber("count").doubleValue(),
                    metric(metrics, "framegate_requests_duration_bucket{le=\"+Inf\"," + label));
        }
    }

    private static double metric(String metrics, String start) {
        Matcher line = Pattern.compile("^" + Pattern.quote(start) + ".*} (\\S+)$", Pattern.MULTILINE)
                .matcher(metrics);
        assertTrue(line.find(), () -> "no metric " + start);
        return Double.parseDouble(line.group(1));
    }

    @Test
    void streamsEverySecondAndKeepsTheHistory() throws Exception {
        // Connected before the page is opened: a sample is taken at any moment after that.
        try (RawClient client = deployed.connect()) {
            welcomed(client);
            HttpResponse<InputStream> live = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(deployed.url("admin/running-info/live"))
                                    .header("Authorization", Deployed.ADMIN)
                                    .build(),
                            HttpResponse.BodyHandlers.ofInputStream());
            assertEquals(200, live.statusCode());
            try (var lines = new BufferedReader(new InputStreamReader(live.body(), StandardCharsets.UTF_8))) {
                for (int i = 0; i < 3; i++) {
                    JsonObject event = event(lines);
                    assertTrue(event.getJsonObject("sample").getInt("connections") >= 1, event.toString());
                }
            }
        }
        JsonObject history = json(deployed.get("admin/running-info/history").body());
        int samples = history.getJsonArray("time").size();
        assertTrue(samples >= 3 && samples <= 3600, samples + " samples");
        for (String column : List.of("requests", "errors", "p50", "p99", "p999", "heap", "outstanding")) {
            assertEquals(samples, history.getJsonArray(column).size(), column);
        }
    }

    private static JsonObject event(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.startsWith("data:")) {
            line = lines.readLine();
        }
        assertNotNull(line, "the events have ended");
        return json(line.substring("data:".length()));
    }

    @Test
    void describesItselfByOpenApi() throws Exception {
        String document = deployed.getFromRoot("openapi").body();
        for (String path : List.of(
                "/admin/config/{name}:", "/admin/connections/{id}:", "/admin/drain:", "/admin/running-info/live:")) {
            assertTrue(document.contains(path), path);
        }
        for (String path : List.of("/admin/running-info:", "/admin/running-info/history:", "/admin/connections:")) {
            String described = document.split(Pattern.quote(path), 2)[1].split("\n  /", 2)[0];
            assertTrue(described.contains("type: object") && !described.contains("type: string"), described);
        }
    }

    // ---------------------------------------------------------------- the page

    @Test
    void isAdministeredByThePage(@TempDir Path directory) throws Exception {
        assumeTrue(Browser.isInstalled(), "there is no Chromium on this machine");
        try (Browser browser = new Browser(directory.resolve("profile"));
                RawClient client = deployed.connect()) {
            browser.open(deployed.url("index.html"), 1400, 1000, false);
            browser.await("!document.getElementById('login').hidden");
            browser.await("document.querySelector('[name=user]').value === 'admin'");
            Files.write(Path.of("target", "console-sign-in.png"), browser.screenshot());
            browser.evaluate("(document.querySelector('[name=password]').value = 'wrong',"
                    + " document.getElementById('login').requestSubmit())");
            browser.await("document.getElementById('login-trouble').textContent.includes('password is wrong')");
            browser.evaluate("(document.querySelector('[name=password]').value = '" + Deployed.ADMIN_PASSWORD
                    + "', document.getElementById('login').requestSubmit())");
            browser.await("document.getElementById('state').textContent === 'serving'");

            welcomed(client);
            JsonObject own = own(client);
            browser.await("document.getElementById('messages').innerText.includes('WelcomeRequest')");
            browser.await(
                    "document.getElementById('connections').innerText.includes('" + own.getString("remote") + "')");
            browser.await("document.querySelectorAll('.chart canvas').length === 4");

            browser.evaluate("[...document.querySelectorAll('#settings tr')]"
                    + ".find((row) => row.innerText.includes('zlib-level') || row.textContent.includes('zlib-level'))"
                    + ".querySelector('button').click()");
            browser.evaluate("(document.getElementById('edit-value').value = '10',"
                    + " document.getElementById('edit-set').click())");
            browser.await("document.getElementById('edit-trouble').textContent.includes('from 1 to 9')");
            browser.evaluate("(document.getElementById('edit-value').value = '4',"
                    + " document.getElementById('edit-set').click())");
            browser.await("!document.getElementById('edit').open");
            assertEquals("4", setting("framegate.compression.zlib-level").getString("value"));
            deployed.send("DELETE", "admin/config/framegate.compression.zlib-level", "");

            browser.evaluate("document.getElementById('audit').closest('details').open = true");
            browser.await("document.getElementById('audit').innerText.includes('sign-in')");
            Files.write(Path.of("target", "console-audit.png"), browser.screenshot());
            browser.evaluate("document.getElementById('audit').closest('details').open = false");

            browser.evaluate("document.getElementById('pause').click()");
            browser.await("document.getElementById('state').textContent === 'paused'");
            browser.evaluate("document.getElementById('resume').click()");
            browser.await("document.getElementById('state').textContent === 'serving'");

            browser.evaluate(
                    "document.querySelector('[aria-label^=\"Close connection " + own.getInt("id") + ",\"]').click()");
            browser.await("document.getElementById('ask').open");
            browser.evaluate("document.getElementById('ask-yes').click()");
            assertTrue(client.isAtEnd());
            assertEquals(List.of(), browser.exceptions());
            try (RawClient busy = deployed.connect()) {
                askThisAndThat(busy);
                Files.write(Path.of("target", "console.png"), browser.screenshot());
                browser.open(deployed.url("index.html?dark"), 1400, 1000, true);
                browser.await("document.querySelectorAll('.chart canvas').length === 4"
                        + " && document.getElementById('state').textContent === 'serving'");
                Files.write(Path.of("target", "console-dark.png"), browser.screenshot());
            }

            // On a phone nothing sticks out: tables scroll in their cards.
            browser.open(deployed.url("index.html"), 390, 844, true);
            browser.await("document.documentElement.dataset.theme === 'dark'"
                    + " && document.getElementById('state').textContent === 'serving'");
            assertEquals("390", browser.evaluate("document.documentElement.scrollWidth"));
            Files.write(Path.of("target", "console-phone.png"), browser.screenshot());
            browser.evaluate("document.getElementById('logout').click()");
            browser.await("document.getElementById('state').textContent === 'signed out'");
            assertEquals(List.of(), browser.exceptions());

            // A link signs in once; who opens it again is told so, and asked for the password.
            URI link = deployed.signInLink("index.html?link");
            browser.open(link, 1400, 1000, false);
            browser.await("document.getElementById('state').textContent === 'serving'");
            assertEquals("", browser.evaluate("location.hash"));
            browser.evaluate("document.getElementById('logout').click()");
            browser.await("document.getElementById('state').textContent === 'signed out'");
            browser.open(URI.create(link.toString().replace("?link", "?again")), 1400, 1000, false);
            browser.await("document.getElementById('login-trouble').textContent.includes('used before')");
            browser.await("!document.getElementById('login').hidden");
            Files.write(Path.of("target", "console-link-used.png"), browser.screenshot());
        }
    }

    /** For some seconds, so that a picture of the page has more on it than zeros. */
    private static void askThisAndThat(RawClient client) throws IOException {
        Area area = new Area(Ellipsoid.WGS84, 0, 9.51, 47.13, 9.53, 47.15);
        for (int i = 0; i < 300; i++) {
            welcomed(client);
            if (i % 5 == 0) {
                client.send(Frames.of(i % 2 == 0 ? new LoadLinksByArea(area) : new LoadPolygonsByArea(area)));
                client.receive();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5 + 10L * Math.abs(150 - i) / 150));
        }
    }

    @Test
    void triesAMessageOverTheTcpPort() throws Exception {
        String path = "admin/try/WelcomeRequest";
        String fields = "{\"number\": 7}";
        assertEquals(
                401,
                deployed.sendAsNobody("POST", path, fields, "Content-Type", JSON)
                        .statusCode());
        assertEquals(
                403,
                deployed.send("POST", path, fields, "Content-Type", JSON, "Origin", "http://elsewhere.example")
                        .statusCode());
        // What a form of another page could send without asking the server first.
        assertEquals(
                415, deployed.send("POST", path, fields, "Content-Type", TEXT).statusCode());
        HttpResponse<String> wrong = deployed.send("POST", path, "{\"number\": 1.5}", "Content-Type", JSON);
        assertEquals(400, wrong.statusCode());
        assertEquals("number: a whole number from -2147483648 to 2147483647 is needed, not 1.5.", wrong.body());
        assertEquals(404, deployed.get("admin/try/WelcomeResponse").statusCode());

        JsonObject tried = tried("WelcomeRequest", fields);
        JsonObject reply = tried.getJsonObject("reply");
        assertEquals("WelcomeResponse", reply.getString("name"));
        assertEquals("welcome:7", reply.getJsonObject("json").getString("text"));
        JsonObject compression =
                tried.getJsonObject("request").getJsonArray("parts").getJsonObject(2);
        assertEquals("4E", compression.getString("hex"), compression.toString());
        JsonObject refused =
                tried("LoadLinksByArea", "{\"area\": {\"loadType\": 99}}").getJsonObject("reply");
        assertEquals("ErrorResponse", refused.getString("name"));
        assertTrue(refused.getJsonObject("json").getString("text").endsWith("."), refused.toString());
    }

    private JsonObject tried(String message, String fields) throws Exception {
        HttpResponse<String> response = deployed.send("POST", "admin/try/" + message, fields, "Content-Type", JSON);
        assertEquals(200, response.statusCode(), response.body());
        return json(response.body());
    }

    @Test
    void thePageTriesEachMessage(@TempDir Path directory) throws Exception {
        assumeTrue(Browser.isInstalled(), "there is no Chromium on this machine");
        try (Browser browser = new Browser(directory.resolve("profile"))) {
            browser.open(deployed.url("try/index.html#LoadPolygonsByArea"), 1400, 900, false);
            browser.await("!document.getElementById('login').hidden");
            browser.evaluate("(document.querySelector('[name=password]').value = '" + Deployed.ADMIN_PASSWORD
                    + "', document.getElementById('login').requestSubmit())");
            browser.await("!document.getElementById('main').hidden");
            browser.await("document.getElementById('message').value === 'LoadPolygonsByArea'");
            // The example has come into the form.
            browser.await("[...document.querySelectorAll('#fields input')].every((input) => input.value !== '')");
            for (String[] each : new String[][] {
                {"loadType", "0"}, {"west", "9.515"}, {"south", "47.135"}, {"east", "9.53"}, {"north", "47.145"}
            }) {
                browser.evaluate("[...document.querySelectorAll('#fields .field')].find((field) =>"
                        + " field.querySelector('code').textContent === '" + each[0]
                        + "').querySelector('input').value = '"
                        + each[1] + "'");
            }
            browser.evaluate("document.getElementById('request').requestSubmit()");
            browser.await("document.getElementById('answer-title').textContent === 'Polygons'");
            browser.await("document.querySelectorAll('#tab-drawing path').length > 100");
            Files.write(Path.of("target", "try-drawing.png"), browser.screenshot());
            browser.evaluate("document.querySelector('[data-tab=reply]').click()");
            browser.await("document.getElementById('tab-reply').innerText.includes('originalSize')");
            // The values are within the card, not to the right of it.
            browser.await("document.getElementById('tab-reply').scrollWidth"
                    + " === document.getElementById('tab-reply').clientWidth");
            Files.write(Path.of("target", "try-bytes.png"), browser.screenshot());
            browser.open(deployed.url("try/index.html?dark#LoadPolygonsByArea"), 1400, 900, true);
            browser.await("document.getElementById('message')?.value === 'LoadPolygonsByArea'");
            // What was sent last is in the form again.
            browser.await("[...document.querySelectorAll('#fields input')].some((input) => input.value === '9.515')");
            browser.evaluate("document.getElementById('request').requestSubmit()");
            browser.await("document.querySelectorAll('#tab-drawing path').length > 100");
            Files.write(Path.of("target", "try-dark.png"), browser.screenshot());
            browser.evaluate("document.querySelector('[data-tab=json]').click()");
            browser.await("document.getElementById('tab-json').innerText.includes('\"polygons\": [')");
            assertEquals(List.of(), browser.exceptions());

            browser.open(deployed.url("try/index.html?phone#SaveFeatures"), 390, 844, true);
            browser.await("document.getElementById('message')?.value === 'SaveFeatures'");
            browser.await("document.querySelectorAll('#fields textarea').length >= 3");
            assertEquals("390", browser.evaluate("document.documentElement.scrollWidth"));
            browser.evaluate("document.getElementById('request').requestSubmit()");
            browser.await("/SaveResult|ErrorResponse/.test(document.getElementById('answer-title').textContent)");
            Files.write(Path.of("target", "try-phone.png"), browser.screenshot());
            assertEquals("390", browser.evaluate("document.documentElement.scrollWidth"));
            assertEquals(List.of(), browser.exceptions());

            browser.open(deployed.url("protocol"), 1400, 1000, false);
            browser.await("document.querySelectorAll('article').length > 50");
            Files.write(Path.of("target", "protocol.png"), browser.screenshot());
            browser.evaluate("document.querySelector('#WelcomeRequest a[href^=try]').click()");
            browser.await("document.getElementById('message')?.value === 'WelcomeRequest'");
            browser.open(deployed.url("protocol"), 390, 844, true);
            browser.await("document.documentElement.scrollWidth === 390"
                    + " && document.querySelectorAll('article').length > 50");
            Files.write(Path.of("target", "protocol-phone.png"), browser.screenshot());
            assertEquals(List.of(), browser.exceptions());
        }
    }

    @Test
    void pageAndMetricsShowTheSameNumbers(@TempDir Path directory) throws Exception {
        assumeTrue(Browser.isInstalled(), "there is no Chromium on this machine");
        String comparison = resource("page-and-metrics.js");
        try (Browser browser = new Browser(directory.resolve("profile"))) {
            browser.open(deployed.signInLink("index.html"), 1400, 1000, false);
            browser.await("document.getElementById('state').textContent === 'serving'");
            try (RawClient client = deployed.connect()) {
                for (int i = 0; i < 40; i++) {
                    welcomed(client);
                }
                client.send(Frames.of(new SleepRequest(3)));
                client.receive(SleepResponse.class);
                client.send(Frames.frame(123401, (byte) 'N', (byte) 0));
                client.receive(ErrorResponse.class);
            }
            // What the page was told last is up to a second old.
            String compared = "";
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!compared.matches("\\d+")) {
                assertTrue(System.nanoTime() < deadline, compared);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                compared = browser.evaluate(comparison);
            }
            assertTrue(Integer.parseInt(compared) >= 60, compared + " numbers were compared");
            assertEquals(List.of(), browser.exceptions());
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = AdminIT.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    // ---------------------------------------------------------------- the command line

    @Test
    void doesTheSameByTheCommandLine(@TempDir Path directory) throws Exception {
        Path password = Files.writeString(directory.resolve("password"), Deployed.ADMIN_PASSWORD + "\n");
        try (RawClient client = deployed.connect()) {
            welcomed(client);
            String list = run(password, "connections");
            assertTrue(list.contains("127.0.0.1:" + client.socket().getLocalPort()), list);
            String top = run(password, "top", "--once");
            assertTrue(top.contains("WelcomeRequest") && top.contains("serving"), top);
            assertFalse(top.contains("\u001B"), top);

            assertEquals("", run(password, "config", "set", "compression.zlib-level", "3"));
            assertEquals("3" + System.lineSeparator(), run(password, "config", "get", "compression.zlib-level"));
            String settings = run(password, "config");
            assertTrue(settings.matches("(?s).*framegate\\.compression\\.zlib-level +3 +operator.*"), settings);
            run(password, "config", "reset", "framegate.compression.zlib-level");
            assertEquals("1" + System.lineSeparator(), run(password, "config", "get", "compression.zlib-level"));

            run(password, "pause");
            assertEquals("PAUSED", state());
            run(password, "resume");
            assertEquals("SERVING", state());
            run(password, "connections", "close", String.valueOf(own(client).getInt("id")));
            assertTrue(client.isAtEnd());
        }
        var err = new StringWriter();
        Path wrong = Files.writeString(directory.resolve("wrong"), "wrong");
        assertEquals(ExitCode.REFUSED, execute(new StringWriter(), err, wrong, "pause"));
        assertTrue(err.toString().contains("does not know this name and password"), err.toString());
        var invalid = new StringWriter();
        assertEquals(
                ExitCode.REFUSED,
                execute(new StringWriter(), invalid, password, "config", "set", "workers.threads", "0"));
        assertTrue(invalid.toString().contains("a whole number from 1 to"), invalid.toString());
    }

    @Test
    void topRunsInATerminalUntilInterrupted(@TempDir Path directory) throws Exception {
        assumeTrue(Tool.isThere("script", "--version"), "there is no script, which makes terminals, on this machine");
        assumeTrue(
                takesInterrupts(),
                "this process ignores Ctrl-C, as a shell's background job does, and so do its children");
        int rows = 18;
        Path password = Files.writeString(directory.resolve("password"), Deployed.ADMIN_PASSWORD);
        Process terminal = new ProcessBuilder(
                        "script",
                        "--quiet",
                        "--return",
                        "--command",
                        "stty rows " + rows + " cols 80 && exec "
                                + Path.of(System.getProperty("java.home"), "bin", "java")
                                + " -XX:TieredStopAtLevel=1 -jar target/framegate-cli.jar top --http "
                                + deployed.url("")
                                + " --password-file " + password,
                        "/dev/null")
                .redirectErrorStream(true)
                .start();
        CompletableFuture.delayedExecutor(120, TimeUnit.SECONDS).execute(terminal::destroyForcibly);
        StringBuilder seen = new StringBuilder();
        try (RawClient client = deployed.connect();
                InputStreamReader screen = new InputStreamReader(terminal.getInputStream(), StandardCharsets.UTF_8)) {
            welcomed(client);
            // Three screens, each drawn over the one before.
            while (seen.toString().split("\u001B\\[H", -1).length < 4) {
                int next = screen.read();
                assertTrue(next >= 0, seen.toString());
                seen.append((char) next);
            }
            terminal.getOutputStream().write(3); // Ctrl-C
            terminal.getOutputStream().flush();
            for (int next = screen.read(); next >= 0; next = screen.read()) {
                seen.append((char) next);
            }
        }
        assertTrue(terminal.waitFor(20, TimeUnit.SECONDS));
        String all = seen.toString();
        assertTrue(all.startsWith("\u001B[?25l\u001B[?7l"), all);
        assertTrue(all.contains("WelcomeRequest") && all.contains("serving"), all);
        assertTrue(all.strip().endsWith("\u001B[?25h"), all);
        for (String screen : all.split("\u001B\\[H", -1)) {
            // Behind the last one comes the farewell.
            String drawn = screen.split("\u001B\\[J", 2)[0];
            assertTrue(drawn.chars().filter(each -> each == '\n').count() < rows, drawn);
        }
    }

    /** Whether SIGINT, the second of the signals, is not among those that are ignored. */
    private static boolean takesInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        return !Files.exists(status)
                || Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .allMatch(line -> (Long.parseUnsignedLong(line.split("\\s+")[1], 16) & 0b10) == 0);
    }

    private String run(Path password, String... command) {
        var out = new StringWriter();
        var err = new StringWriter();
        assertEquals(ExitCode.OK, execute(out, err, password, command), err.toString());
        return out.toString();
    }

    private int execute(StringWriter out, StringWriter err, Path password, String... command) {
        List<String> all = new ArrayList<>(Arrays.asList(command));
        int options = command[0].equals("connections") || command[0].equals("config") ? Math.min(2, command.length) : 1;
        all.addAll(options, List.of("--http", deployed.url("").toString(), "--password-file", password.toString()));
        return FramegateCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    // ---------------------------------------------------------------- JMX

    @Test
    void isManagedByJmx() throws Exception {
        try (JMXConnector connector = JMXConnectorFactory.connect(jmxOfThePayara());
                RawClient client = deployed.connect()) {
            welcomed(client);
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            ObjectName listener = new ObjectName("io.framegate:type=Listener");
            ObjectName connections = new ObjectName("io.framegate:type=Connections");
            assertEquals("SERVING", beans.getAttribute(listener, "State"));
            assertEquals("NO_TLS", beans.invoke(listener, "reloadCertificates", null, null));
            beans.invoke(listener, "pause", null, null);
            assertEquals("PAUSED", state());
            beans.invoke(listener, "resume", null, null);
            assertTrue(
                    (long) beans.getAttribute(new ObjectName("io.framegate:type=RunningInfo"), "RequestsReceived") > 0);
            assertTrue((int) beans.getAttribute(new ObjectName("io.framegate:type=Workers"), "Threads") > 0);
            CompositeData[] open = (CompositeData[]) beans.getAttribute(connections, "Connections");
            long id = own(client).getInt("id");
            assertTrue(Arrays.stream(open).anyMatch(each -> each.get("id").equals(id)));
            Object[] number = {id};
            String[] signature = {"long"};
            assertEquals(true, beans.invoke(connections, "close", number, signature));
            assertTrue(client.isAtEnd());
            beans.invoke(new ObjectName("io.framegate:type=RunningInfo"), "resetCounters", null, null);
            assertEquals(0L, beans.getAttribute(new ObjectName("io.framegate:type=RunningInfo"), "RequestsAnswered"));
        }
    }

    private static JMXServiceURL jmxOfThePayara() throws Exception {
        ProcessHandle payara = ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains("payara-micro"))
                .findFirst()
                .orElseThrow();
        VirtualMachine machine = VirtualMachine.attach(String.valueOf(payara.pid()));
        try {
            return new JMXServiceURL(machine.startLocalManagementAgent());
        } finally {
            machine.detach();
        }
    }

    // ---------------------------------------------------------------- Prometheus

    @Test
    void hasTheMetricsOfPanelsAndRules(@TempDir Path directory) throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/prometheus")) && Files.isExecutable(Path.of("/usr/bin/promtool")),
                "there is no Prometheus on this machine");
        Path rules = Path.of("payara-config", "prometheus-alerts.yml").toAbsolutePath();
        assertEquals(0, wait(new ProcessBuilder("promtool", "check", "rules", rules.toString()), directory));

        Path config = Files.writeString(
                directory.resolve("prometheus.yml"),
                """
                global: {scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 2s}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: framegate
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                """
                        .formatted(rules, deployed.url("").getPort()));
        URI prometheus = URI.create("http://127.0.0.1:" + freePort() + "/");
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + prometheus.getPort())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        try (RawClient client = deployed.connect()) {
            List<String> left = queries();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
            while (!left.isEmpty()) {
                assertTrue(System.nanoTime() < deadline, "these stay empty: " + left);
                welcomed(client);
                client.send(Frames.of(new SleepRequest(1)));
                client.receive(SleepResponse.class);
                List<String> empty = new ArrayList<>();
                for (String query : left) {
                    if (!hasResult(prometheus, query)) {
                        empty.add(query);
                    }
                }
                left = empty;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
            String loaded = body(prometheus.resolve("api/v1/rules"));
            assertFalse(loaded.contains("\"health\":\"err\""), loaded);
            assertTrue(loaded.contains("FramegateBusy"), loaded);
        } finally {
            process.destroy();
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        }
    }

    /** The quantiles since the start are for those without a Prometheus: a panel makes its own of the buckets. */
    @Test
    void hasAPanelOrARuleForEveryMetric() throws Exception {
        String shown =
                String.join("\n", queries()) + Files.readString(Path.of("payara-config", "prometheus-alerts.yml"));
        List<String> missing = deployed.getFromRoot("metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("framegate_"))
                .map(line -> line.split("[{ ]", 2)[0])
                .distinct()
                .filter(name -> !name.equals("framegate_requests_duration_seconds"))
                .filter(name -> !Pattern.compile(name + "\\b").matcher(shown).find())
                .toList();
        assertEquals(List.of(), missing);
    }

    /** Of all panels of the dashboard. */
    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        JsonObject dashboard = json(Files.readString(Path.of("payara-config", "grafana-dashboard.json")));
        for (JsonObject panel : dashboard.getJsonArray("panels").getValuesAs(JsonObject.class)) {
            for (JsonObject target : panel.getJsonArray("targets").getValuesAs(JsonObject.class)) {
                queries.add(target.getString("expr").replace("$instance", ".*").replace("$__rate_interval", "20s"));
            }
        }
        assertTrue(queries.size() > 16, queries.toString());
        return queries;
    }

    /** Whether a query has a number for an answer; a quotient of zeros has none. */
    private static boolean hasResult(URI prometheus, String query) throws Exception {
        String body =
                body(prometheus.resolve("api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)));
        return body.contains("\"status\":\"success\"") && body.contains("\"value\":[") && !body.contains("\"NaN\"]");
    }

    private static String body(URI address) throws Exception {
        try {
            return PROMETHEUS_CLIENT
                    .send(
                            HttpRequest.newBuilder(address)
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static int wait(ProcessBuilder command, Path directory) throws Exception {
        Process process = command.redirectErrorStream(true)
                .redirectOutput(directory.resolve("tool.log").toFile())
                .start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return process.exitValue();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }
}
