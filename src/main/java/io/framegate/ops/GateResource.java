package io.framegate.ops;

import io.framegate.contract.json.JsonText;
import io.framegate.gate.GateInstance;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/**
 * What can be done to the gate while it runs.
 *
 * <pre>
 *  POST   /admin/pause             no new connections; what is connected goes on
 *  POST   /admin/drain             no new connections and no new requests; connections end as they are answered
 *  POST   /admin/resume            all of it again
 *  POST   /admin/reset             counters begin anew
 *  POST   /admin/reload-certificates  looks at the files of the certificate now; answers with outcome: TAKEN, UNCHANGED,
 *                                  REFUSED or NO_TLS, and with the trouble, if there is one
 *  GET    /admin/connections       all of them, as in the running info
 *  DELETE /admin/connections/ID    closes one at once. 204, or 404
 * </pre>
 *
 * The first three answer with the state that they lead to: SERVING, PAUSED or DRAINING.
 */
@Path("/")
@RequestScoped
public class GateResource {

    @Inject
    private GateInstance instance;

    @Context
    private HttpServletRequest request;

    /** No new connections. */
    @POST
    @Path("pause")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Take no new connections; what is connected goes on")
    public JsonObject pause() {
        instance.gate().pause();
        return state();
    }

    /** No new connections and requests. */
    @POST
    @Path("drain")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Take no new connections and requests; end connections as they are answered")
    public JsonObject drain() {
        instance.gate().drain();
        return state();
    }

    /** All of it again. */
    @POST
    @Path("resume")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Take connections and requests again")
    public JsonObject resume() {
        instance.gate().resume();
        return state();
    }

    /** Counters begin anew. */
    @POST
    @Path("reset")
    @Operation(summary = "Count anew")
    public void reset() {
        instance.gate().info().reset();
    }

    /** The files of the certificate, now. */
    @POST
    @Path("reload-certificates")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Take the certificate that is in the files now")
    public JsonObject reloadCertificates() {
        String outcome = instance.gate().reloadCertificates().map(Enum::name).orElse("NO_TLS");
        AuditFilter.detail(request, outcome);
        JsonObjectBuilder answer = JsonText.JSON.createObjectBuilder().add("outcome", outcome);
        instance.gate().certificate().ifPresent(state -> {
            answer.add("subject", state.subject())
                    .add("validUntil", state.validUntil().toString());
            state.revocationsUntil().ifPresent(until -> answer.add("revocationsUntil", until.toString()));
            state.failure().ifPresent(failure -> answer.add("trouble", failure));
        });
        return answer.build();
    }

    /** All connections. */
    @GET
    @Path("connections")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "All open connections, oldest first")
    @APIResponse(
            responseCode = "200",
            description = "Each as in the running info",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(type = SchemaType.OBJECT)))
    public String connections() {
        return JsonText.of(json -> RunningInfoJson.list(json, "connections", instance, Integer.MAX_VALUE));
    }

    /** Closes a connection. */
    @DELETE
    @Path("connections/{id}")
    @Operation(summary = "Close a connection at once")
    public Response close(@PathParam("id") long id) {
        if (!instance.gate().listener().close(id)) {
            return ErrorBody.of(
                            Response.Status.NOT_FOUND.getStatusCode(), "There is no connection " + id + " any more.")
                    .build();
        }
        return Response.noContent().build();
    }

    /** The last frames of a connection, as a file for Wireshark. */
    @GET
    @Path("connections/{id}/recording")
    @Produces("application/x-pcapng")
    @Operation(
            summary = "The last frames of a connection as pcapng, where framegate.listener.recorded-bytes keeps some")
    public Response recording(@PathParam("id") long id) {
        AuditFilter.detail(request, "the frames of a client are read");
        return instance.gate()
                .listener()
                .recording(id)
                .map(recording -> Response.ok(RecordingFile.of(recording), "application/x-pcapng")
                        .header("Content-Disposition", "attachment; filename=\"connection-" + id + ".pcapng\"")
                        .header("Cache-Control", "no-store"))
                .orElseGet(() -> ErrorBody.of(
                        Response.Status.NOT_FOUND.getStatusCode(),
                        "There is no connection " + id + " any more, or nothing is recorded: set"
                                + " framegate.listener.recorded-bytes first."))
                .build();
    }

    private JsonObject state() {
        return JsonText.JSON
                .createObjectBuilder()
                .add("state", instance.gate().state().name())
                .build();
    }
}
