package io.framegate.ops;

import io.framegate.FramegateServer;
import io.framegate.config.GateConfig;
import io.framegate.metrics.MessageInfo;
import io.framegate.metrics.RunningInfo;
import io.framegate.transport.Listener;
import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The running info of this moment, as JSON: {@code GET /admin/running-info}.
 *
 * <pre>
 *  time         ISO 8601
 *  listener     address, port, open
 *  connections  open, opened, refused, limit, closedByReason, oldest: the first hundred, each with id, remote, since,
 *               bytesRead, inFlight, paused
 *  bytes        read, written
 *  workers      threads, busy, outstanding, capacity
 *  refusals     by code
 *  messages     each: id, name, received, answered, failed, bytesIn, bytesOut, and the sums of time in nanoseconds
 *               decodeNanos, workNanos, encodeNanos, compressNanos
 * </pre>
 *
 * All numbers are sums since the start, so a rate is the difference of two answers.
 */
@Path("/running-info")
@RequestScoped
public class RunningInfoResource {

    private static final int MAX_LISTED_CONNECTIONS = 100;

    @EJB
    private FramegateServer server;

    /** What the class describes. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public JsonObject runningInfo() {
        RunningInfo info = server.info();
        GateConfig config = server.config();
        Listener listener = server.listener();
        List<Listener.View> views = listener.connections();
        JsonArrayBuilder oldest = Json.createArrayBuilder();
        views.stream()
                .limit(MAX_LISTED_CONNECTIONS)
                .map(RunningInfoResource::json)
                .forEach(oldest::add);
        JsonArrayBuilder messages = Json.createArrayBuilder();
        info.messages().stream().map(RunningInfoResource::json).forEach(messages::add);
        return Json.createObjectBuilder()
                .add("time", Instant.now().toString())
                .add(
                        "listener",
                        Json.createObjectBuilder()
                                .add("address", listener.address().getAddress().getHostAddress())
                                .add("port", listener.address().getPort())
                                .add("open", listener.isOpen()))
                .add(
                        "connections",
                        Json.createObjectBuilder()
                                .add("open", views.size())
                                .add("opened", info.connectionsOpened())
                                .add("refused", info.connectionsRefused())
                                .add("limit", config.limits().maxConnections())
                                .add("closedByReason", json(info.closedByReason()))
                                .add("oldest", oldest))
                .add(
                        "bytes",
                        Json.createObjectBuilder().add("read", info.bytesRead()).add("written", info.bytesWritten()))
                .add(
                        "workers",
                        Json.createObjectBuilder()
                                .add("threads", server.queue().threads())
                                .add("busy", server.queue().busy())
                                .add("outstanding", server.queue().outstanding())
                                .add("capacity", server.queue().capacity()))
                .add("refusals", json(info.refusedByCode()))
                .add("messages", messages)
                .build();
    }

    private static JsonObjectBuilder json(Listener.View view) {
        return Json.createObjectBuilder()
                .add("id", view.id())
                .add("remote", view.peer().address().toString())
                .add("since", view.since().toString())
                .add("bytesRead", view.bytesRead())
                .add("bytesWritten", view.bytesWritten())
                .add("requests", view.requests())
                .add("inFlight", view.inFlight())
                .add("paused", view.paused());
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
                .add("compressNanos", message.compressNanos());
    }

    private static JsonObjectBuilder json(Map<String, Long> counts) {
        JsonObjectBuilder object = Json.createObjectBuilder();
        counts.forEach(object::add);
        return object;
    }
}
