package io.framegate.it;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A headless Chromium with one page, told what to do by its own debugging protocol. */
final class Browser implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final long SECONDS = 60;
    private static final int PHONE_WIDTH = 600;

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();
    private final List<String> exceptions = new CopyOnWriteArrayList<>();
    private @Nullable String session;

    /** Whether there is one on this machine. */
    static boolean isInstalled() {
        return Files.isExecutable(CHROMIUM);
    }

    Browser(Path profile) throws Exception {
        process = new ProcessBuilder(
                        CHROMIUM.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--hide-scrollbars",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address(), new Messages())
                .get(SECONDS, TimeUnit.SECONDS);
        String target = call("Target.createTarget", Json.createObjectBuilder().add("url", "about:blank"))
                .getString("targetId");
        session = call(
                        "Target.attachToTarget",
                        Json.createObjectBuilder().add("targetId", target).add("flatten", true))
                .getString("sessionId");
        call("Runtime.enable", Json.createObjectBuilder());
        call("Page.enable", Json.createObjectBuilder());
        call("Log.enable", Json.createObjectBuilder());
    }

    private URI address() throws IOException {
        // Not closed: the browser would end with its error stream.
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int at = line.indexOf("ws://");
            if (at >= 0) {
                return URI.create(line.substring(at).strip());
            }
        }
        throw new AssertionError("chromium has ended");
    }

    void open(URI page, int width, int height, boolean dark) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                Json.createObjectBuilder()
                        .add("width", width)
                        .add("height", height)
                        .add("deviceScaleFactor", 1)
                        .add("mobile", width < PHONE_WIDTH));
        call(
                "Emulation.setEmulatedMedia",
                Json.createObjectBuilder()
                        .add(
                                "features",
                                Json.createArrayBuilder()
                                        .add(Json.createObjectBuilder()
                                                .add("name", "prefers-color-scheme")
                                                .add("value", dark ? "dark" : "light"))));
        call("Page.navigate", Json.createObjectBuilder().add("url", page.toString()));
    }

    /** The value of an expression, as text; a promise's, when it is kept. */
    String evaluate(String expression) throws Exception {
        JsonObject result = call(
                        "Runtime.evaluate",
                        Json.createObjectBuilder()
                                .add("expression", "Promise.resolve(" + expression + ").then(String)")
                                .add("awaitPromise", true))
                .getJsonObject("result");
        return result.getString("value", result.toString());
    }

    /** Presses and lifts the left button of the mouse at a place of the page, in CSS pixels. */
    void click(int x, int y) throws Exception {
        for (String event : List.of("mousePressed", "mouseReleased")) {
            call(
                    "Input.dispatchMouseEvent",
                    Json.createObjectBuilder()
                            .add("type", event)
                            .add("x", x)
                            .add("y", y)
                            .add("button", "left")
                            .add("clickCount", 1));
        }
    }

    /** Waits until an expression is true. */
    void await(String expression) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!evaluate(expression).equals("true")) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + SECONDS + " s: " + expression + "; the page says "
                        + evaluate("document.body.innerText") + exceptions);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** What the page's scripts have thrown, and what its content security policy has kept it from. */
    List<String> exceptions() {
        return exceptions;
    }

    /** The whole page as it looks, in PNG. */
    byte[] screenshot() throws Exception {
        awaitSize();
        String data = call(
                        "Page.captureScreenshot",
                        Json.createObjectBuilder().add("format", "png").add("captureBeyondViewport", true))
                .getString("data");
        return Base64.getDecoder().decode(data);
    }

    /** A long page that has just come may have elements, and no size yet: then there is nothing to take a picture of. */
    private void awaitSize() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (call("Page.getLayoutMetrics", Json.createObjectBuilder())
                        .getJsonObject("cssContentSize")
                        .getJsonNumber("width")
                        .doubleValue()
                <= 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the page has no size within " + SECONDS + " s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        // The layout that the metrics tell of is drawn with the next frame.
        evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
    }

    private JsonObject call(String method, JsonObjectBuilder parameters) throws Exception {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        JsonObjectBuilder message =
                Json.createObjectBuilder().add("id", id).add("method", method).add("params", parameters);
        Optional.ofNullable(session).ifPresent(value -> message.add("sessionId", value));
        socket.sendText(message.build().toString(), true).get(SECONDS, TimeUnit.SECONDS);
        JsonObject result = answer.get(SECONDS, TimeUnit.SECONDS);
        if (result.containsKey("error")) {
            throw new AssertionError(method + ": " + result.get("error"));
        }
        return result.getJsonObject("result");
    }

    @Override
    public void close() throws InterruptedException {
        // Its children write into the profile until they end themselves, and that may be after it.
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        for (ProcessHandle child : children) {
            child.destroyForcibly();
            child.onExit().join();
        }
    }

    private final class Messages implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                received(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        private void received(String message) {
            try (JsonReader reader = Json.createReader(new StringReader(message))) {
                JsonObject object = reader.readObject();
                if (object.containsKey("id")) {
                    CompletableFuture<JsonObject> answer = waiting.remove(object.getInt("id"));
                    if (answer != null) {
                        answer.complete(object);
                    }
                } else if (object.getString("method", "").equals("Runtime.exceptionThrown")) {
                    JsonValue details = object.getJsonObject("params").get("exceptionDetails");
                    exceptions.add(String.valueOf(details));
                } else if (message.contains("Log.entryAdded") && message.contains("Content Security Policy")) {
                    exceptions.add(message);
                }
            }
        }
    }
}
