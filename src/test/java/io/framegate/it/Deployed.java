package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.client.FramegateClient;
import io.framegate.testkit.RawClient;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR as it ships, and what a test sees of it once it is deployed: its HTTP and its TCP port. */
final class Deployed {

    /** The administrator's, for this run of the tests alone. */
    static final String ADMIN_PASSWORD = "for-the-tests-only";

    private static final long READY_SECONDS = 120;
    /** What the administrator sends along. */
    static final String ADMIN =
            "Basic " + Base64.getEncoder().encodeToString(("admin:" + ADMIN_PASSWORD).getBytes(StandardCharsets.UTF_8));

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI base =
            URI.create("http://127.0.0.1:" + System.getProperty("framegate.it.http.port") + "/framegate/");

    /** {@code target/framegate.war} itself, for a test to add its guests to; it will find an empty database. */
    static WebArchive war() {
        TestEnvironment.clearDatabase();
        return ShrinkWrap.create(ZipImporter.class, "framegate.war")
                .importFrom(new File("target/framegate.war"))
                .as(WebArchive.class);
    }

    /** Waits until the application says that it is ready, which includes the map's first load. */
    Deployed awaitReady() throws Exception {
        await("/health/ready", "framegate-listener");
        return this;
    }

    /** Waits until a path is answered with status 200 and this text in it. */
    void await(String path, String text) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        String last = "";
        while (System.nanoTime() < deadline) {
            try {
                HttpResponse<String> response = get(path);
                last = response.body();
                if (response.statusCode() == 200 && last.contains(text)) {
                    return;
                }
                if (last.contains("No Application deployed")) {
                    throw new AssertionError("the deployment has failed: see the server's log");
                }
            } catch (IOException e) {
                last = String.valueOf(e.getMessage());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        throw new AssertionError(path + " has no " + text + " after " + READY_SECONDS + " s: " + last);
    }

    /** A path below the application's context root, as the administrator. */
    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(base.resolve(path));
    }

    /** The same, as bytes. */
    HttpResponse<byte[]> getBytes(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(url(path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    /** The same, as nobody in particular. */
    HttpResponse<String> getAsNobody(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(url(path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** A request of nobody in particular, with a body and headers of its own. */
    HttpResponse<String> sendAsNobody(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        return send(false, method, path, body, headers);
    }

    /** A request of the administrator, with a body and headers of its own, to a path below the context root. */
    HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        return send(true, method, path, body, headers);
    }

    private HttpResponse<String> send(boolean admin, String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url(path))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (admin) {
            request.header("Authorization", ADMIN);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The console's page with a link's token, which signs in once. */
    URI signInLink(String page) throws IOException, InterruptedException {
        return signInLink(url(page), url("admin/session/link"));
    }

    /** The same of any server. */
    static URI signInLink(URI page, URI tokens) throws IOException, InterruptedException {
        HttpResponse<String> token = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(tokens)
                                .timeout(Duration.ofSeconds(20))
                                .header("Authorization", ADMIN)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, token.statusCode(), token.body());
        return URI.create(page + "#sign-in=" + token.body());
    }

    /** Where a path below the application's context root is. */
    URI url(String path) {
        return base.resolve(path);
    }

    /** A path below the server's root. */
    HttpResponse<String> getFromRoot(String path) throws IOException, InterruptedException {
        return send(base.resolve("/" + path));
    }

    /** The data of one readiness check. */
    JsonObject readiness(String check) throws IOException, InterruptedException {
        try (JsonReader reader =
                Json.createReader(new StringReader(getFromRoot("health/ready").body()))) {
            return reader.readObject().getJsonArray("checks").getValuesAs(JsonObject.class).stream()
                    .filter(object -> object.getString("name").equals(check))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no check " + check));
        }
    }

    /** A client of the TCP port, wherever that is. */
    RawClient connect() throws IOException, InterruptedException {
        JsonObject data = readiness("framegate-listener").getJsonObject("data");
        return new RawClient(
                new InetSocketAddress(data.getString("address"), Integer.parseInt(data.getString("port"))));
    }

    /** The Java client of the TCP port. */
    FramegateClient client() throws IOException, InterruptedException {
        JsonObject data = readiness("framegate-listener").getJsonObject("data");
        return FramegateClient.builder()
                .host(data.getString("address"))
                .port(Integer.parseInt(data.getString("port")))
                .build();
    }

    private HttpResponse<String> send(URI uri) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(20))
                        .header("Authorization", ADMIN)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
