package io.framegate.client.cli;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Asks the server's REST under {@code /admin}, as its administrator. Paths are relative to that. */
public final class AdminClient {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_SENTENCE_CHARS = 500;
    private static final int UNAUTHORIZED = 401;
    private static final int CONFLICT = 409;
    private static final String TEXT = "text/plain;charset=UTF-8";

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final URI base;
    private final Optional<String> authorization;

    /**
     * @param root the application's address: {@code http://127.0.0.1:8080/}
     * @param authorization what the header of that name says, empty for none
     */
    AdminClient(URI root, Optional<String> authorization) {
        String text = root.toString();
        this.base = URI.create((text.endsWith("/") ? text : text + "/") + "admin/");
        this.authorization = authorization;
    }

    /** A part of a path. */
    public static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** An answer in JSON. */
    public JsonObject get(String path) throws AdminException {
        return json(send(request(path).GET()));
    }

    /** An answer as text. */
    public String text(String path) throws AdminException {
        return send(request(path).GET());
    }

    /** Sends JSON, and has some for an answer. */
    public JsonObject post(String path, JsonObject body) throws AdminException {
        return json(send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))));
    }

    /**
     * Sends a file; the answer comes when it has arrived, however long that takes.
     *
     * @throws IOException for a file that cannot be read
     */
    public CompletableFuture<HttpResponse<String>> send(String path, Path file) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", "application/octet-stream")
                .POST(HttpRequest.BodyPublishers.ofFile(file));
        authorization.ifPresent(value -> request.header("Authorization", value));
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The answer to a file that was sent. */
    public JsonObject received(CompletableFuture<HttpResponse<String>> answer) throws AdminException {
        try {
            HttpResponse<String> response = answer.get();
            if (response.statusCode() / 100 != 2) {
                throw refused(response.statusCode(), response.body());
            }
            return json(response.body());
        } catch (ExecutionException e) {
            throw new AdminException(
                    ExitCode.NO_ANSWER,
                    "The file could not be sent to " + base + " ("
                            + String.valueOf(e.getCause()).replaceAll(":.*", "").replaceAll(".*\\.", "")
                            + "): is --http where the server's web page is?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdminException(ExitCode.NO_ANSWER, "Interrupted.");
        }
    }

    /** Asks for something to be done. */
    public void post(String path) throws AdminException {
        send(request(path).POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** Puts a text. */
    public void put(String path, String text) throws AdminException {
        send(request(path).header("Content-Type", TEXT).PUT(HttpRequest.BodyPublishers.ofString(text)));
    }

    /** Removes something. */
    public void delete(String path) throws AdminException {
        send(request(path).DELETE());
    }

    /**
     * Has one gate of a Data Grid, or all of them, do something.
     *
     * @param body as text
     * @return by the name of each: empty, or why it was not done, in a sentence
     */
    public Map<String, String> order(String method, String path, String body) throws AdminException {
        HttpResponse<String> response = answer(
                request(path).header("Content-Type", TEXT).method(method, HttpRequest.BodyPublishers.ofString(body)),
                HttpResponse.BodyHandlers.ofString());
        // Of some and not of others: that is a conflict, and told by instance too.
        if (response.statusCode() / 100 != 2
                && !(response.statusCode() == CONFLICT && response.body().startsWith("{"))) {
            throw refused(response.statusCode(), response.body());
        }
        JsonObject told = json(response.body()).getJsonObject("outcomes");
        Map<String, String> outcomes = new TreeMap<>();
        told.keySet().forEach(name -> outcomes.put(name, told.getString(name)));
        return outcomes;
    }

    /** An answer as it comes; the caller closes it. */
    public InputStream stream(String path) throws AdminException {
        HttpResponse<InputStream> response = answer(request(path).GET(), HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() / 100 != 2) {
            try (InputStream body = response.body()) {
                throw refused(
                        response.statusCode(),
                        new String(body.readNBytes(2 * MAX_SENTENCE_CHARS), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw refused(response.statusCode(), "");
            }
        }
        return new BufferedInputStream(response.body());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(ANSWER_TIMEOUT);
        authorization.ifPresent(value -> request.header("Authorization", value));
        return request;
    }

    private String send(HttpRequest.Builder request) throws AdminException {
        HttpResponse<String> response = answer(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw refused(response.statusCode(), response.body());
        }
        return response.body();
    }

    private <T> HttpResponse<T> answer(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
            throws AdminException {
        try {
            return http.send(request.build(), body);
        } catch (InterruptedException | InterruptedIOException e) {
            Thread.currentThread().interrupt();
            throw new AdminException(ExitCode.NO_ANSWER, "Interrupted.");
        } catch (IOException e) {
            throw new AdminException(
                    ExitCode.NO_ANSWER,
                    "No answer from " + base + " (" + e.getClass().getSimpleName()
                            + "): is --http where the server's web page is?");
        }
    }

    private JsonObject json(String text) throws AdminException {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        } catch (JsonException e) {
            throw new AdminException(ExitCode.NO_ANSWER, "What answers at " + base + " is no Framegate.");
        }
    }

    private AdminException refused(int status, String body) {
        if (status == UNAUTHORIZED) {
            return new AdminException(
                    ExitCode.REFUSED,
                    authorization.isPresent()
                            ? "The server at " + base + " does not know this name and password."
                            : "The server at " + base
                                    + " asks for the administrator's password: give --password-file, or"
                                    + " FRAMEGATE_ADMIN_PASSWORD in the environment, or be asked by --password.");
        }
        // The server's refusals are sentences; a proxy's or container's page is none.
        boolean sentence = !body.isBlank() && body.length() <= MAX_SENTENCE_CHARS && !body.contains("<");
        return new AdminException(
                ExitCode.REFUSED,
                sentence ? body.strip() : "The server at " + base + " answered with status " + status + ".");
    }
}
