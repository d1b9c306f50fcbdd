package io.framegate.ops;

import io.framegate.contract.json.JsonText;
import io.framegate.gate.Gate;
import io.framegate.gate.GateInstance;
import io.framegate.gate.GateStatus;
import io.framegate.message.ApplicationMetrics;
import io.framegate.metrics.GateMetrics;
import io.framegate.metrics.Histogram;
import io.framegate.metrics.LimitKind;
import io.framegate.metrics.MessageMetrics;
import io.framegate.transport.Listener;
import jakarta.json.stream.JsonGenerator;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The running info of this moment as JSON. All numbers are sums since the start or since a reset, so a rate is the difference
 * of two of them; times are in nanoseconds.
 *
 * <pre>
 *  time         ISO 8601
 *  version      of the gate
 *  state        SERVING, PAUSED, DRAINING
 *  listener     address, port, open
 *  connections  open, opened, refused, limit, closedByReason, acceptsFailed, readsPaused, list: the first hundred, each with
 *               id, remote, principal (who has logged in, or whose certificate it is), since, bytesRead, bytesWritten, requests,
 *               inFlight, paused, lastMessage
 *  bytes        read, written
 *  workers      threads, running (those that the executor has given), busy, outstanding, capacity; waits: count, p50, p99, p999
 *  keptAnswers  of versioned workers: limit, bytes, answers, hits, misses
 *  guests       what applications count of their own: name, title, figures: each with name, words, unit and value
 *  refusals     by code
 *  limits       how often each was reached, by name
 *  memory       used, max: bytes of the heap
 *  messages     each: id, name, received, answered, failed, bytesIn, bytesOut; the sums of time decodeNanos, workNanos,
 *               encodeNanos, compressNanos; and times: count, p50, p99, p999
 * </pre>
 */
final class RunningInfoJson {

    private static final int LISTED_CONNECTIONS = 100;

    private RunningInfoJson() {}

    /** As text. */
    static String of(GateInstance instance) {
        return JsonText.of(json -> write(json, instance));
    }

    /** The members, into an object that has begun. */
    static void write(JsonGenerator json, GateInstance instance) {
        GateMetrics info = instance.gate().info();
        GateStatus status = instance.gate().status();
        json.write("time", Instant.now().toString());
        json.write("version", Gate.VERSION);
        json.write("state", status.state().name());
        listener(json, status);
        connections(json, instance, status.connections());
        json.writeStartObject("bytes");
        json.write("read", info.bytesRead());
        json.write("written", info.bytesWritten());
        json.writeEnd();
        workers(json, status.workers(), info.waits());
        keptAnswers(json, status.cache());
        guests(json, instance.applications());
        counts(json, "refusals", info.refusedByCode());
        json.writeStartObject("limits");
        for (LimitKind limit : LimitKind.values()) {
            json.write(limit.name(), info.reachedTimes(limit));
        }
        json.writeEnd();
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        json.writeStartObject("memory");
        json.write("used", heap.getUsed());
        json.write("max", heap.getMax());
        json.writeEnd();
        json.writeStartArray("messages");
        info.messages().forEach(message -> message(json, message));
        json.writeEnd();
    }

    private static void listener(JsonGenerator json, GateStatus status) {
        json.writeStartObject("listener");
        status.address().ifPresent(address -> {
            json.write("address", address.getAddress().getHostAddress());
            json.write("port", address.getPort());
        });
        json.write("open", status.accepting());
        json.writeEnd();
    }

    private static void connections(JsonGenerator json, GateInstance instance, GateStatus.Connections connections) {
        GateMetrics info = instance.gate().info();
        json.writeStartObject("connections");
        json.write("open", connections.open());
        json.write("opened", info.connectionsOpened());
        json.write("refused", info.connectionsRefused());
        json.write("limit", connections.limit());
        counts(json, "closedByReason", info.closedByReason());
        json.write("acceptsFailed", info.acceptsFailed());
        json.write("readsPaused", info.readsPaused());
        list(json, "list", instance, LISTED_CONNECTIONS);
        json.writeEnd();
    }

    /** The oldest connections as an array, so many at most. */
    static void list(JsonGenerator json, String name, GateInstance instance, int most) {
        Map<Integer, String> names = new HashMap<>();
        instance.gate().info().messages().forEach(message -> names.put(message.id(), message.name()));
        json.writeStartArray(name);
        instance.gate().listener().connections(most).forEach(view -> connection(json, view, names));
        json.writeEnd();
    }

    private static void connection(JsonGenerator json, Listener.View view, Map<Integer, String> names) {
        var address = view.peer().address();
        json.writeStartObject();
        json.write("id", view.id());
        json.write("remote", address.getAddress().getHostAddress() + ":" + address.getPort());
        json.write("principal", view.principal());
        json.write("since", view.since().toString());
        json.write("bytesRead", view.bytesRead());
        json.write("bytesWritten", view.bytesWritten());
        json.write("requests", view.requests());
        json.write("inFlight", view.inFlight());
        json.write("paused", view.paused());
        json.write(
                "lastMessage",
                view.lastMessageId() == 0
                        ? ""
                        : names.getOrDefault(view.lastMessageId(), String.valueOf(view.lastMessageId())));
        json.writeEnd();
    }

    private static void workers(JsonGenerator json, GateStatus.Workers workers, Histogram waits) {
        json.writeStartObject("workers");
        json.write("threads", workers.threads());
        json.write("running", workers.running());
        json.write("busy", workers.busy());
        json.write("outstanding", workers.outstanding());
        json.write("capacity", workers.capacity());
        times(json, "waits", waits);
        json.writeEnd();
    }

    private static void keptAnswers(JsonGenerator json, GateStatus.Cache cache) {
        json.writeStartObject("keptAnswers");
        json.write("limit", cache.limit());
        json.write("bytes", cache.bytes());
        json.write("answers", cache.entries());
        json.write("hits", cache.hits());
        json.write("misses", cache.misses());
        json.writeEnd();
    }

    private static void message(JsonGenerator json, MessageMetrics message) {
        json.writeStartObject();
        json.write("id", message.id());
        json.write("name", message.name());
        json.write("received", message.received());
        json.write("answered", message.answered());
        json.write("failed", message.failed());
        json.write("bytesIn", message.bytesIn());
        json.write("bytesOut", message.bytesOut());
        json.write("decodeNanos", message.decodeNanos());
        json.write("workNanos", message.workNanos());
        json.write("encodeNanos", message.encodeNanos());
        json.write("compressNanos", message.compressNanos());
        times(json, "times", message.times());
        json.writeEnd();
    }

    private static void times(JsonGenerator json, String name, Histogram times) {
        Histogram.Counts counts = times.counts();
        json.writeStartObject(name);
        json.write("count", counts.total());
        json.write("p50", counts.quantile(0.5));
        json.write("p99", counts.quantile(0.99));
        json.write("p999", counts.quantile(0.999));
        json.writeEnd();
    }

    private static void guests(JsonGenerator json, List<ApplicationMetrics> guests) {
        json.writeStartArray("guests");
        for (ApplicationMetrics guest : guests) {
            json.writeStartObject();
            json.write("name", guest.name());
            json.write("title", guest.title());
            json.writeStartArray("figures");
            for (ApplicationMetrics.Figure figure : guest.figures()) {
                json.writeStartObject();
                json.write("name", figure.name());
                json.write("words", figure.words());
                json.write("unit", figure.unit().name());
                json.write("value", figure.value().get().doubleValue());
                json.writeEnd();
            }
            json.writeEnd();
            json.writeEnd();
        }
        json.writeEnd();
    }

    private static void counts(JsonGenerator json, String name, Map<String, Long> counts) {
        json.writeStartObject(name);
        counts.forEach(json::write);
        json.writeEnd();
    }
}
