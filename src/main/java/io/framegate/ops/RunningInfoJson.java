package io.framegate.ops;

import io.framegate.FramegateServer;
import io.framegate.config.GateConfig;
import io.framegate.message.Figures;
import io.framegate.metrics.Histogram;
import io.framegate.metrics.Limit;
import io.framegate.metrics.MessageInfo;
import io.framegate.metrics.RunningInfo;
import io.framegate.transport.Listener;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.lang.management.ManagementFactory;
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

    static JsonObjectBuilder of(FramegateServer server) {
        RunningInfo info = server.info();
        GateConfig config = server.config();
        Listener listener = server.listener();
        JsonArrayBuilder messages = Json.createArrayBuilder();
        info.messages().stream().map(RunningInfoJson::json).forEach(messages::add);
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return Json.createObjectBuilder()
                .add("time", Instant.now().toString())
                .add("version", FramegateServer.VERSION)
                .add("state", server.state().name())
                .add(
                        "listener",
                        Json.createObjectBuilder()
                                .add("address", listener.address().getAddress().getHostAddress())
                                .add("port", listener.address().getPort())
                                .add("open", listener.isOpen()))
                .add(
                        "connections",
                        Json.createObjectBuilder()
                                .add("open", listener.connectionCount())
                                .add("opened", info.connectionsOpened())
                                .add("refused", info.connectionsRefused())
                                .add("limit", config.limits().maxConnections())
                                .add("closedByReason", json(info.closedByReason()))
                                .add("acceptsFailed", info.acceptsFailed())
                                .add("readsPaused", info.readsPaused())
                                .add("list", connections(server, LISTED_CONNECTIONS)))
                .add(
                        "bytes",
                        Json.createObjectBuilder().add("read", info.bytesRead()).add("written", info.bytesWritten()))
                .add(
                        "workers",
                        Json.createObjectBuilder()
                                .add("threads", server.queue().threads())
                                .add("running", server.queue().running())
                                .add("busy", server.queue().busy())
                                .add("outstanding", server.queue().outstanding())
                                .add("capacity", server.queue().capacity())
                                .add("waits", json(info.waits().counts())))
                .add(
                        "keptAnswers",
                        Json.createObjectBuilder()
                                .add("limit", server.keptAnswers().maxBytes())
                                .add("bytes", server.keptAnswers().bytes())
                                .add("answers", server.keptAnswers().size())
                                .add("hits", server.keptAnswers().hits())
                                .add("misses", server.keptAnswers().misses()))
                .add("guests", guests(server.guests()))
                .add("refusals", json(info.refusedByCode()))
                .add("limits", limits(info))
                .add(
                        "memory",
                        Json.createObjectBuilder().add("used", heap.getUsed()).add("max", heap.getMax()))
                .add("messages", messages);
    }

    /** The oldest connections, so many at most. */
    static JsonArrayBuilder connections(FramegateServer server, int most) {
        Map<Integer, String> names = new HashMap<>();
        server.info().messages().forEach(message -> names.put(message.id(), message.name()));
        JsonArrayBuilder list = Json.createArrayBuilder();
        List<Listener.View> views = server.listener().connections();
        views.stream().limit(most).map(view -> json(view, names)).forEach(list::add);
        return list;
    }

    private static JsonObjectBuilder json(Listener.View view, Map<Integer, String> names) {
        var address = view.peer().address();
        return Json.createObjectBuilder()
                .add("id", view.id())
                .add("remote", address.getAddress().getHostAddress() + ":" + address.getPort())
                .add("principal", view.principal())
                .add("since", view.since().toString())
                .add("bytesRead", view.bytesRead())
                .add("bytesWritten", view.bytesWritten())
                .add("requests", view.requests())
                .add("inFlight", view.inFlight())
                .add("paused", view.paused())
                .add(
                        "lastMessage",
                        view.lastMessageId() == 0
                                ? ""
                                : names.getOrDefault(view.lastMessageId(), String.valueOf(view.lastMessageId())));
    }

    private static JsonObjectBuilder json(MessageInfo message) {
        return Json.createObjectBuilder()
                .add("id", message.id())
                .add("name", message.name())
                .add("received", message.received())
                .add("answered", message.answered())
                .add("failed", message.failed())
                .add("bytesIn", message.bytesIn())
                .add("bytesOut", message.bytesOut())
                .add("decodeNanos", message.decodeNanos())
                .add("workNanos", message.workNanos())
                .add("encodeNanos", message.encodeNanos())
                .add("compressNanos", message.compressNanos())
                .add("times", json(message.times().counts()));
    }

    private static JsonObjectBuilder json(Histogram.Counts counts) {
        return Json.createObjectBuilder()
                .add("count", counts.total())
                .add("p50", counts.quantile(0.5))
                .add("p99", counts.quantile(0.99))
                .add("p999", counts.quantile(0.999));
    }

    private static JsonArrayBuilder guests(List<Figures> guests) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        for (Figures guest : guests) {
            JsonArrayBuilder figures = Json.createArrayBuilder();
            for (Figures.Figure figure : guest.figures()) {
                figures.add(Json.createObjectBuilder()
                        .add("name", figure.name())
                        .add("words", figure.words())
                        .add("unit", figure.unit().name())
                        .add("value", figure.value().get().doubleValue()));
            }
            array.add(Json.createObjectBuilder()
                    .add("name", guest.name())
                    .add("title", guest.title())
                    .add("figures", figures));
        }
        return array;
    }

    private static JsonObjectBuilder limits(RunningInfo info) {
        JsonObjectBuilder object = Json.createObjectBuilder();
        for (Limit limit : Limit.values()) {
            object.add(limit.name(), info.reachedTimes(limit));
        }
        return object;
    }

    private static JsonObjectBuilder json(Map<String, Long> counts) {
        JsonObjectBuilder object = Json.createObjectBuilder();
        counts.forEach(object::add);
        return object;
    }
}
