package io.framegate.ops;

import io.framegate.contract.json.JsonText;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** What was done lately: {@code GET /admin/audit}, the newest first, each with time, act, by, from, outcome and detail; see {@link AuditLog}. */
@Path("/audit")
@RequestScoped
public class AuditResource {

    @Inject
    private AuditLog log;

    /** The last ones. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Who has signed in and what was done lately")
    public JsonObject last() {
        JsonArrayBuilder array = JsonText.JSON.createArrayBuilder();
        for (AuditLog.Entry entry : log.last()) {
            array.add(JsonText.JSON
                    .createObjectBuilder()
                    .add("time", entry.time().toString())
                    .add("act", entry.act())
                    .add("by", entry.by())
                    .add("from", entry.from())
                    .add("outcome", entry.outcome())
                    .add("detail", entry.detail()));
        }
        return JsonText.JSON.createObjectBuilder().add("audit", array).build();
    }
}
