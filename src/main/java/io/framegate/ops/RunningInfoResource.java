package io.framegate.ops;

import io.framegate.contract.json.JsonText;
import io.framegate.gate.GateInstance;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/**
 * What the gate counts: {@code /admin/running-info}.
 *
 * <pre>
 *  GET            this moment, see {@link RunningInfoJson}
 *  GET /history   the last hour, see {@link History}
 *  GET /live      server-sent events, one a second: the running info, as sample the history's newest, and instances with
 *                 self as {@link InstancesResource} has them; until the session ends that asks. 429 where as many pages of
 *                 the client's address follow as may, 503 where as many as may do in all
 * </pre>
 */
@Path("/running-info")
@RequestScoped
public class RunningInfoResource {

    @Inject
    private GateInstance instance;

    @Inject
    private Sampler sampler;

    @Inject
    private AdminSessions sessions;

    @Inject
    private ClientAddress addresses;

    /** This moment. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "What has been counted up to now")
    @APIResponse(
            responseCode = "200",
            description = "Sums since the start; times in nanoseconds",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(type = SchemaType.OBJECT)))
    public String runningInfo() {
        return RunningInfoJson.of(instance);
    }

    /** The last hour. */
    @GET
    @Path("/history")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "The last hour, a sample every second")
    @APIResponse(
            responseCode = "200",
            description = "Its columns, oldest first",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(type = SchemaType.OBJECT)))
    public String history() {
        return JsonText.of(sampler.history()::write);
    }

    /** Every second. */
    @GET
    @Path("/live")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(summary = "What has been counted, every second")
    public void live(@Context SseEventSink sink, @Context Sse sse, @Context HttpServletRequest request) {
        switch (sampler.follow(addresses.of(request), sink, sse, sessions.end(request))) {
            case BEGUN -> {}
            case TOO_MANY -> throw busy(Response.Status.SERVICE_UNAVAILABLE, Sampler.MAX_FOLLOWERS + " pages");
            case TOO_MANY_OF_ADDRESS ->
                throw busy(Response.Status.TOO_MANY_REQUESTS, Sampler.MAX_OF_ADDRESS + " pages of your address");
        }
    }

    private static WebApplicationException busy(Response.Status status, String pages) {
        return new WebApplicationException(ErrorBody.of(
                        status.getStatusCode(), pages + " follow the running info, and no more may: close another one.")
                .header(HttpHeaders.RETRY_AFTER, 1)
                .build());
    }
}
