package io.framegate.bench;

import jakarta.json.Json;
import jakarta.json.JsonObject;

/**
 * One measurement of one subject.
 *
 * @param cpuMicrosPerRequest of the server's process, user and system time
 */
record Measurement(
        long answered,
        double requestsPerSecond,
        double cpuMicrosPerRequest,
        double p50Micros,
        double p99Micros,
        double p999Micros) {

    JsonObject json() {
        return Json.createObjectBuilder()
                .add("answered", answered)
                .add("requestsPerSecond", requestsPerSecond)
                .add("cpuMicrosPerRequest", cpuMicrosPerRequest)
                .add("p50Micros", p50Micros)
                .add("p99Micros", p99Micros)
                .add("p999Micros", p999Micros)
                .build();
    }

    static Measurement of(JsonObject json) {
        return new Measurement(
                json.getJsonNumber("answered").longValue(),
                json.getJsonNumber("requestsPerSecond").doubleValue(),
                json.getJsonNumber("cpuMicrosPerRequest").doubleValue(),
                json.getJsonNumber("p50Micros").doubleValue(),
                json.getJsonNumber("p99Micros").doubleValue(),
                json.getJsonNumber("p999Micros").doubleValue());
    }
}
