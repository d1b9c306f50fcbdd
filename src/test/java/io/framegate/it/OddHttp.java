package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Requests that make no sense, to every resource that the OpenAPI document of a server has: each path with each method, and with
 * content types, bodies, {@code Accept}s and queries that are wrong for most.
 */
final class OddHttp {

    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "PATCH", "BREW");

    /** Of the others the container refuses a body itself. */
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    /** In place of a path's parameters: what is there, what is not, and what no name can be. */
    private static final List<String> NAMES = List.of("WelcomeRequest", "99999999999999999999", "%E2%82%AC;a=b");

    private static final List<String> BODIES =
            List.of("", "{", "[]", "null", "{\"a\":{\"a\":[1e999]}}", "\0\0", "a=b&a=%zz&=");

    private static final List<String> CONTENT_TYPES = List.of(
            JSON,
            FORM,
            FORM + ";charset=no-such",
            "",
            "*/*",
            "text/plain",
            "text/plain;charset=no-such",
            "application/octet-stream",
            "multipart/form-data",
            "image/png",
            "nonsense");

    private static final List<String> ACCEPTED = List.of("image/png", "nonsense", "application/json;q=x");

    private static final List<String> QUERIES = List.of(
            "", "?area=1,2,3,4&area=x", "?a=" + "b".repeat(6000), "?area=1e999,NaN,,&level=x&replace=7&%FF%C0", "?&&=");

    private static final Pattern TELLS_TOO_MUCH = Pattern.compile(
            "Exception|jakarta\\.|javax\\.|java\\.|org\\.glassfish|\\.java|select |<html", Pattern.CASE_INSENSITIVE);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI root;
    private final String cookie;
    private final Map<Integer, Integer> byStatus = new TreeMap<>();
    private final List<String> wrong = new ArrayList<>();

    /**
     * Signs in, by a session: a password is looked at for a third of a second each time.
     *
     * @param root the application's
     */
    OddHttp(URI root) throws Exception {
        this.root = root;
        HttpRequest signIn = HttpRequest.newBuilder(root.resolve("/admin/session"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", FORM)
                .POST(HttpRequest.BodyPublishers.ofString("user=admin&password=" + Deployed.ADMIN_PASSWORD))
                .build();
        HttpResponse<String> begun = client.send(signIn, HttpResponse.BodyHandlers.ofString());
        assertEquals(204, begun.statusCode(), begun.body());
        this.cookie = begun.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }

    /** Sends them all. @return what was answered wrong: as a mistake of the server, or not in a sentence */
    List<String> answeredWrong() throws Exception {
        for (String path : paths()) {
            List<String> named = path.contains("{")
                    ? NAMES.stream()
                            .map(name -> path.replaceAll("\\{[^}]*}", name))
                            .toList()
                    : List.of(path);
            for (String name : named) {
                METHODS.forEach(method -> all(method, name));
            }
        }
        return wrong;
    }

    /** How many were answered by each status. */
    Map<Integer, Integer> byStatus() {
        return byStatus;
    }

    private void all(String method, String path) {
        // Done right, these end the server's service, or the session.
        if (method.equals("POST") && path.matches(".*/(drain|pause|reset)")
                || method.equals("DELETE") && path.equals("/admin/session")) {
            return;
        }
        boolean signIn = path.equals("/admin/session") && method.equals("POST");
        String body = WITH_BODY.contains(method) ? "a=b&a=%zz&=" : "";
        for (String type : CONTENT_TYPES) {
            // Not a wrong password, of which this address may send few.
            if (signIn && type.equals(FORM)) {
                continue;
            }
            if (send(method, path, type, body, "*/*") == 405) {
                return; // whatever else it has
            }
        }
        for (int i = 0; i < Math.max(BODIES.size(), QUERIES.size()); i++) {
            String sent = WITH_BODY.contains(method) ? BODIES.get(i % BODIES.size()) : "";
            send(method, path + QUERIES.get(i % QUERIES.size()), JSON, sent, "*/*");
        }
        for (String accepted : ACCEPTED) {
            send(method, path, signIn ? JSON : FORM, body, accepted);
        }
    }

    private int send(String method, String path, String contentType, String sent, String accept) {
        String words = String.format(
                Locale.ROOT,
                "%s %.60s as %s accepting %s: %s",
                method,
                path,
                contentType,
                accept,
                sent.replace('\0', '0'));
        HttpRequest.Builder request = HttpRequest.newBuilder(root.resolve(path))
                .timeout(Duration.ofSeconds(20))
                .header("Cookie", cookie)
                .header("Accept", accept)
                .method(method, HttpRequest.BodyPublishers.ofString(sent));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        try {
            // Events would never end.
            boolean events = path.contains("/live") && method.equals("GET");
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            String sentence = "";
            try (InputStream body = response.body()) {
                sentence = events ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
            byStatus.merge(response.statusCode(), 1, Integer::sum);
            if (response.statusCode() == 500) {
                wrong.add(words + " -> 500 " + sentence);
            } else if (response.statusCode() >= 400 && !events) {
                String type = response.headers().firstValue("Content-Type").orElse("");
                if (!type.startsWith("text/plain")
                        || !sentence.endsWith(".")
                        || TELLS_TOO_MUCH.matcher(sentence).find()) {
                    wrong.add(words + " -> " + response.statusCode() + " " + type + ": " + sentence);
                }
            }
            return response.statusCode();
        } catch (IOException | InterruptedException e) {
            wrong.add(words + " -> " + e);
            return 0;
        }
    }

    private List<String> paths() throws Exception {
        HttpRequest document = HttpRequest.newBuilder(root.resolve("/openapi"))
                .timeout(Duration.ofSeconds(20))
                .header("Accept", "application/json")
                .build();
        try (JsonReader reader = Json.createReader(new StringReader(
                client.send(document, HttpResponse.BodyHandlers.ofString()).body()))) {
            JsonObject paths = reader.readObject().getJsonObject("paths");
            return List.copyOf(paths.keySet());
        }
    }
}
