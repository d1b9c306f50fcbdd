package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.testkit.ServerProcess;
import io.framegate.testkit.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * HTTP at the context root, as it is in production, where the port requires a login: large bodies, slow clients, foreign names. By
 * sockets, since a client of HTTP sends nothing of the kind.
 */
class HttpIT {

    private static final int BOMBS = 16;
    private static final int BOMB_BYTES = 60_000_000;
    private static final int SLOW_CONNECTIONS = 300;

    /** More than the container has threads for HTTP. */
    private static final int SLOW_BODIES = 280;

    private static final String EVIL = "evil.example";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
    private static final String ADMIN = "Authorization: Basic "
            + Base64.getEncoder()
                    .encodeToString(("admin:" + Deployed.ADMIN_PASSWORD).getBytes(StandardCharsets.US_ASCII))
            + "\r\n";

    private static ServerProcess server;
    private static String own;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        TestDatabase database = TestDatabase.create();
        // The name that makes it the root's.
        Path war = Files.copy(Path.of("target", "framegate.war"), directory.resolve("ROOT.war"));
        server = new ServerProcess(
                war,
                Path.of("target", "http-it.log"),
                "-Dframegate.database.url=" + database.url(),
                "-Dframegate.database.user=" + TestDatabase.USER,
                "-Dframegate.admin.password=" + Deployed.ADMIN_PASSWORD,
                "-Dframegate.admin.hosts=gate.example",
                "-Dframegate.identity.required=true",
                "-Dframegate.map.initial-load="
                        + Path.of("target", "map-data", "monaco", "monaco-210801.osm.pbf")
                                .toAbsolutePath(),
                "-Dframegate.http.body-timeout=PT6S",
                // What a machine reads is the same in all languages: here one with digits of its own.
                "-Duser.language=ar",
                "-Duser.country=EG");
        own = "127.0.0.1:" + server.http("").getPort();
        // The TCP port is open before the pages are there.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (status("GET /", own, "") != 200 || status("GET /health", own, "") != 200) {
            assertTrue(System.nanoTime() < deadline, "no page; target/http-it.log may say why");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @Test
    void refusesHugeFormsUnread() throws Exception {
        long begun = System.nanoTime();
        List<Callable<Integer>> bombs = new ArrayList<>();
        for (int i = 0; i < BOMBS; i++) {
            boolean chunked = i % 2 == 0;
            bombs.add(() -> bomb(chunked));
        }
        ExecutorService threads = Executors.newFixedThreadPool(BOMBS);
        try {
            for (Future<Integer> status : threads.invokeAll(bombs)) {
                assertEquals(413, status.get());
            }
        } finally {
            threads.shutdownNow();
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        assertEquals(200, status("GET /health/live", own, ""));
        System.out.printf("%d forms of %d bytes: 413 for each, all within %d ms%n", BOMBS, BOMB_BYTES, millis);
    }

    /** Sends as much of a form as is taken, or the whole. */
    private static int bomb(boolean chunked) throws IOException {
        try (Socket socket = connect()) {
            send(
                    socket,
                    "POST /admin/session HTTP/1.1\r\nHost: " + own + "\r\n" + FORM
                            + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 60000000\r\n\r\n"));
            if (!chunked) {
                // Told by what is announced: not a byte of it has to come.
                return status(socket);
            }
            String piece = "2000\r\n" + "a".repeat(0x2000) + "\r\n";
            send(socket, piece);
            int status = status(socket);
            try {
                for (int sent = 0; sent < BOMB_BYTES; sent += 0x2000) {
                    send(socket, piece);
                }
            } catch (IOException e) {
                // It was closed, as it should be.
                return status;
            }
            throw new AssertionError("all of it was taken");
        }
    }

    @Test
    void answersHealthWhileHundredsOfClientsAreSlow() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW_CONNECTIONS; i++) {
                Socket socket = connect();
                slow.add(socket);
                if (i < SLOW_BODIES) {
                    send(
                            socket,
                            "POST /admin/session HTTP/1.1\r\nHost: " + own + "\r\n" + FORM
                                    + "Content-Length: 4000\r\n\r\nu");
                } else if (i % 2 == 0) {
                    send(socket, "GET / HTTP/1.1\r\nHost: " + own + "\r\nX-Slow");
                } else {
                    // More than the buffers on the way have room for.
                    send(socket, ("GET /map/scene.js HTTP/1.1\r\nHost: " + own + "\r\n\r\n").repeat(150));
                }
            }
            // Whoever is too many has been told: it is not the number of refusals that is measured.
            for (int i = SLOW_BODIES / 2; i < SLOW_BODIES; i += 20) {
                assertEquals(429, status(slow.get(i)));
            }
            long worst = 0;
            for (int i = 0; i < 20; i++) {
                long begun = System.nanoTime();
                assertEquals(200, status("GET /health/live", own, ""));
                worst = Math.max(worst, System.nanoTime() - begun);
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(worst);
            System.out.printf("%d slow connections: /health/live within %d ms, 20 times%n", SLOW_CONNECTIONS, millis);
            assertTrue(millis <= 1_000, millis + " ms");
            // Some wait for a body and are told when they have had their time, the others that they are too many.
            List<Integer> bodies = new ArrayList<>();
            for (int i = 0; i < SLOW_BODIES / 2; i++) {
                bodies.add(status(slow.get(i)));
            }
            assertTrue(bodies.contains(408) && bodies.contains(429), bodies.toString());
            assertTrue(bodies.stream().allMatch(status -> status == 408 || status == 429), bodies.toString());
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /** Each answer was made anew, under a lock of the container's, so that all its threads waited for those of a few hundred. */
    @Test
    void answersHealthWhileHundredsReadItSlowly() throws Exception {
        String ask = "GET /health HTTP/1.1\r\nHost: " + own + "\r\n\r\n";
        for (int i = 0; i < 200; i++) {
            assertEquals(200, status("GET /health", own, "")); // until what is measured is compiled
        }
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW_CONNECTIONS; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(2048);
                socket.connect(new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), server.http("").getPort()));
                slow.add(socket);
                send(socket, ask.repeat(10));
            }
            long worst = 0;
            for (int i = 0; i < 20; i++) {
                long begun = System.nanoTime();
                assertEquals(200, status("GET /health/live", own, ""));
                worst = Math.max(worst, System.nanoTime() - begun);
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(worst);
            System.out.printf(
                    "%d read /health slowly: /health/live within %d ms, 20 times%n", SLOW_CONNECTIONS, millis);
            assertTrue(millis <= 1_000, millis + " ms");
            // One answer of a connection, however many it has asked for: nothing waits for it to be read.
            slow.get(0).setSoTimeout(10_000);
            String answers = new String(slow.get(0).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(2, answers.split("HTTP/1.1 ", -1).length, answers);
            assertTrue(answers.startsWith("HTTP/1.1 200 ") && answers.contains("framegate-listener"), answers);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void answersHealthAsTheContainerDoes() throws Exception {
        for (String path : List.of("/health", "/health/", "/health/live", "/health/ready", "/health/started")) {
            assertEquals(200, status("GET " + path, own, ""), path);
            assertEquals(200, status("HEAD " + path, own, ""), path);
            assertEquals(200, status("GET " + path + "?pretty=true", own, ""), path);
        }
        assertEquals(404, status("GET /health/other", own, ""));
        assertEquals(405, status("DELETE /health/live", own, ""));
        for (String path : List.of("/health", "/health/live")) {
            try (Socket socket = connect()) {
                send(socket, "GET " + path + "?pretty=true HTTP/1.1\r\nHost: " + own + "\r\n\r\n");
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(answer.contains("Content-Type: application/json\r\n"), answer);
                assertTrue(answer.contains("Connection: close\r\n"), answer);
                assertTrue(answer.contains("\n    \"checks\": ["), answer);
            }
        }
    }

    @Test
    void endsABodyThatDrips() throws Exception {
        try (Socket socket = connect()) {
            send(
                    socket,
                    "POST /admin/session HTTP/1.1\r\nHost: " + own + "\r\n" + FORM + "Content-Length: 4000\r\n\r\n");
            socket.setSoTimeout(100);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (System.nanoTime() < deadline) {
                send(socket, "a");
                try {
                    assertEquals(408, status(socket));
                    return;
                } catch (SocketTimeoutException e) {
                    // Not yet: another byte.
                }
            }
            throw new AssertionError("it drips on");
        }
    }

    @Test
    void dataNeedsTheLoginOfThePort() throws Exception {
        for (String path : List.of(
                "admin/map/data-sets",
                "admin/map/data-sets/liechtenstein/records",
                "admin/map/features/links?area=9,47,9.1,47.1",
                "admin/map/load",
                "metrics",
                "metrics/application")) {
            assertEquals(401, status("GET /" + path, own, ""), path);
            assertEquals(401, status("GET /" + path, own, "Authorization: Bearer x.y.z\r\n"), path);
        }
        assertEquals(200, status("GET /metrics", own, ADMIN));
        assertEquals(404, status("GET /admin/map/load", own, ADMIN));
        assertEquals(200, status("GET /health/live", own, ""));
        assertEquals(200, status("GET /map/", own, ""));
    }

    /** Who has logged in over HTTP has what the gate asks its own port for, which answers nobody without a login. */
    @Test
    void loggedInUsersSeeTheMap(@TempDir Path directory) throws Exception {
        String features = "GET /admin/map/features/links?area=7.41,43.72,7.44,43.75";
        awaitMap(features);
        assertEquals(401, status(features, own, ""));
        String fields = "{\"number\":7}";
        try (Socket socket = connect()) {
            send(
                    socket,
                    "POST /admin/try/WelcomeRequest HTTP/1.1\r\nHost: " + own + "\r\n" + ADMIN
                            + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: "
                            + fields.length() + "\r\n\r\n" + fields);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.contains("welcome:7"), answer);
        }
        try (Socket socket = connect()) {
            send(
                    socket,
                    "GET /admin/map/sign-in HTTP/1.1\r\nHost: " + own + "\r\nSec-Fetch-Mode: navigate\r\n"
                            + "Connection: close\r\n\r\n");
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 401 ") && answer.contains("WWW-Authenticate: Basic "), answer);
        }
        assertEquals(303, status("GET /admin/map/sign-in", own, ADMIN));
        assumeTrue(Browser.isInstalled(), "there is no Chromium on this machine");
        try (Browser browser = new Browser(directory.resolve("profile"))) {
            browser.open(server.http("map/"), 1200, 800, false);
            browser.await("!document.getElementById('sign-in').hidden");
            browser.await("document.getElementById('error').textContent.includes('for those who log in')");
            Files.write(Path.of("target", "map-sign-in.png"), browser.screenshot());
            browser.open(Deployed.signInLink(server.http(""), server.http("admin/session/link")), 1200, 800, false);
            browser.await("document.getElementById('state').textContent === 'serving'");
            browser.open(server.http("map/"), 1200, 800, false);
            browser.await("document.body.dataset.state === 'drawn'");
            browser.await("document.getElementById('sign-in').hidden");
        }
    }

    /** Its first load may still be under way. */
    private static void awaitMap(String request) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (int status = 0; status != 200; status = status(request, own, ADMIN)) {
            assertTrue(System.nanoTime() < deadline, "the map is not answered: " + status);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    @Test
    void refusesToBeReadByAForeignName() throws Exception {
        for (String path :
                List.of("", "index.html", "map/", "try/", "protocol", "metrics", "openapi", "admin/map/data-sets")) {
            assertEquals(403, status("GET /" + path, EVIL, ADMIN), path);
            assertEquals(403, status("GET /" + path, "localhost." + EVIL, ADMIN), path);
            assertEquals(403, status("GET /" + path, "192.0.2.9:80", ADMIN), path);
        }
        for (String name : List.of("localhost", "LOCALHOST:9", own, "gate.example", "Gate.Example:8080")) {
            assertEquals(200, status("GET /", name, ""), name);
        }
        assertEquals(200, status("GET /health/live", EVIL, ""));
    }

    /** Every resource, however wrong what it is sent: refused in a sentence, never by a mistake of the server. */
    @Test
    void answersRequestsThatMakeNoSenseInSentences() throws Exception {
        OddHttp odd = new OddHttp(server.http(""));
        long begun = System.nanoTime();
        List<String> wrong = odd.answeredWrong();
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        System.out.printf("requests that make no sense, by status, within %d s: %s%n", seconds, odd.byStatus());
        assertEquals(
                List.of(),
                wrong.stream().limit(30).toList(),
                () -> wrong.size() + " answered wrong, of " + odd.byStatus());
        for (int status : List.of(400, 404, 405, 406, 415)) {
            assertTrue(odd.byStatus().containsKey(status), odd.byStatus().toString());
        }
        // The sign-in of the console, by a page or program that takes it for something else.
        for (String type : List.of("application/json", "*/*", "application/x-www-form-urlencoded;charset=no-such")) {
            assertEquals(
                    415,
                    status("POST /admin/session", own, "Content-Type: " + type + "\r\nContent-Length: 0\r\n"),
                    type);
        }
        assertEquals(415, status("POST /admin/session", own, "Content-Length: 0\r\n"));
    }

    @Test
    void boundsEventStreams() throws Exception {
        List<Socket> pages = new ArrayList<>();
        try {
            // Those of other tests may not be gone yet.
            int ofFirst = follow(pages, "127.0.0.1", 429, "16 pages of your address follow the running info");
            assertTrue(ofFirst >= 8 && ofFirst <= 16, ofFirst + " followed");
            int ofSecond = follow(pages, "127.0.0.2", 503, "32 pages follow the running info");
            assertTrue(ofSecond <= 16, ofSecond + " followed");
            assertTrue(read(pages.get(0), "data:"), "those that follow go on");
        } finally {
            for (Socket page : pages) {
                page.close();
            }
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try (Socket page = connect()) {
                sendFollow(page);
                if (status(page) == 200) {
                    return;
                }
            }
            assertTrue(System.nanoTime() < deadline, "the places of those that have gone are not given again");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private static void sendFollow(Socket page) throws IOException {
        send(page, "GET /admin/running-info/live HTTP/1.1\r\nHost: " + own + "\r\n" + ADMIN + "\r\n");
    }

    /** Has pages of an address follow until one is refused, and returns how many do. */
    private static int follow(List<Socket> pages, String address, int refusal, String sentence) throws IOException {
        for (int count = 0; ; count++) {
            assertTrue(count <= 16, "more than 16 follow");
            Socket page = new Socket(
                    InetAddress.getLoopbackAddress(), server.http("").getPort(), InetAddress.getByName(address), 0);
            page.setSoTimeout(30_000);
            pages.add(page);
            sendFollow(page);
            int status = status(page);
            if (status != 200) {
                assertEquals(refusal, status, "after " + count + " of " + address);
                String answer = rest(page);
                assertTrue(answer.contains("Retry-After: 1\r\n"), answer);
                assertTrue(answer.contains(sentence), answer);
                return count;
            }
        }
    }

    /** What comes until the connection is quiet for a while, or ends. */
    private static String rest(Socket socket) throws IOException {
        socket.setSoTimeout(2000);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            for (int one = socket.getInputStream().read();
                    one >= 0;
                    one = socket.getInputStream().read()) {
                all.write(one);
                if (one == '.' && all.toString(StandardCharsets.UTF_8).contains("\r\n\r\n")) {
                    break;
                }
            }
        } catch (SocketTimeoutException e) {
            // That was all of it.
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Reads until this text has come. */
    private static boolean read(Socket socket, String text) throws IOException {
        StringBuilder all = new StringBuilder();
        int one = socket.getInputStream().read();
        while (one >= 0 && all.append((char) one).indexOf(text) < 0) {
            one = socket.getInputStream().read();
        }
        return one >= 0;
    }

    private static int status(String request, String host, String headers) throws IOException {
        try (Socket socket = connect()) {
            send(socket, request + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "Connection: close\r\n\r\n");
            return status(socket);
        }
    }

    private static Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.http("").getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Of the next answer on a connection. */
    private static int status(Socket socket) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int one = socket.getInputStream().read();
                one != '\n';
                one = socket.getInputStream().read()) {
            if (one < 0) {
                throw new IOException("closed after " + line.toString(StandardCharsets.US_ASCII));
            }
            line.write(one);
        }
        return Integer.parseInt(line.toString(StandardCharsets.US_ASCII).split(" ")[1]);
    }
}
