package io.framegate.launch;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the server says of its readiness: {@code {"status":"UP","checks":[{"name":…,"status":…,"data":{…}}]}}, as
 * MicroProfile Health defines it.
 *
 * @param checks empty also where nothing is deployed
 */
record Health(boolean up, List<Check> checks) {

    private static final int PATIENCE_MILLIS = 5_000;

    /**
     * Asks.
     *
     * @return empty while nobody answers
     */
    static Optional<Health> ask(URI ready) {
        try {
            var connection = (HttpURLConnection) ready.toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MILLIS);
            connection.setReadTimeout(PATIENCE_MILLIS);
            int status = connection.getResponseCode();
            // 503 is the answer of a server that is not ready, with the same content.
            InputStream body = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
            if (body == null) {
                return Optional.empty();
            }
            try (JsonReader json = Json.createReader(body)) {
                return Optional.of(of(json.readObject()));
            }
        } catch (IOException | JsonException | ClassCastException e) {
            return Optional.empty();
        }
    }

    /** A check by its name. */
    Optional<Check> check(String name) {
        return checks.stream().filter(check -> check.name.equals(name)).findFirst();
    }

    /** The checks that fail, in words; empty where none does. */
    String failures() {
        return checks.stream().filter(check -> !check.up).map(Check::toString).collect(Collectors.joining(", "));
    }

    /** A check that says, by its {@code state}, that waiting will not help; in words. */
    Optional<String> failedForGood() {
        return checks.stream()
                .filter(check -> !check.up && "failed".equals(check.data.get("state")))
                .map(check -> check.data.getOrDefault("detail", check.toString()))
                .findFirst();
    }

    private static Health of(JsonObject json) {
        List<Check> checks =
                json
                        .getOrDefault("checks", JsonValue.EMPTY_JSON_ARRAY)
                        .asJsonArray()
                        .getValuesAs(JsonObject.class)
                        .stream()
                        .map(check -> {
                            Map<String, String> data = new LinkedHashMap<>();
                            if (check.get("data") instanceof JsonObject object) {
                                object.forEach((name, value) -> data.put(name, text(value)));
                            }
                            return new Check(check.getString("name"), isUp(check), data);
                        })
                        .toList();
        return new Health(isUp(json), checks);
    }

    private static boolean isUp(JsonObject json) {
        return "UP".equals(json.getString("status", ""));
    }

    private static String text(JsonValue value) {
        return value instanceof JsonString string ? string.getString() : value.toString();
    }

    /**
     * One check.
     *
     * @param data what it tells of itself, by name
     */
    record Check(String name, boolean up, Map<String, String> data) {

        Check {
            data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        }

        @Override
        public String toString() {
            String facts = data.entrySet().stream()
                    .map(fact -> fact.getKey() + ": " + fact.getValue())
                    .collect(Collectors.joining(", "));
            return name + (up ? " is up" : " is down") + (facts.isEmpty() ? "" : " (" + facts + ")");
        }
    }
}
