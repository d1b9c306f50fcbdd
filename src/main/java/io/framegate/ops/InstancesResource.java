package io.framegate.ops;

import io.framegate.contract.json.JsonText;
import io.framegate.gate.GateInstance;
import io.framegate.ops.Instances.Action;
import io.framegate.ops.Instances.Order;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.security.Principal;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The gates that share a Data Grid: {@code /admin/instances}. TO is the name of one, or {@code all}.
 *
 * <pre>
 *  GET                               self: the name of the one that answers; instances: each with name, time, version, state,
 *                                    address, port, connections, connectionLimit, requests, requestsPerSecond, errors, busy,
 *                                    threads, outstanding, run (another one after each start), set: the settings that an operator
 *                                    has set, with their values. Of the others too: missedSettings, about which it was given an order
 *                                    here that it has not taken; otherSettings, which operators have set on one of the two alone, or
 *                                    otherwise. The state is UNREACHABLE where nothing was heard of it for three seconds
 *  GET    /TO/running-info           of one: as for one gate, with sample, the history's newest
 *  GET    /TO/connections            of one: its oldest thousand
 *  GET    /TO/config                 of one: as for one gate
 *  POST   /TO/pause, drain, resume, reset   as for one gate
 *  PUT    /TO/config/NAME            sets a value, which is given as text, until the servers end
 *  DELETE /TO/config/NAME            takes that back
 *  DELETE /TO/connections/ID         closes a connection of one
 * </pre>
 *
 * Those that change something answer with outcomes: by instance, empty where it is done and else why not, in a sentence. The status is 200
 * if all have done it, 404 if there is no such instance, and else 409.
 */
@Path("/instances")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class InstancesResource {

    private static final int MAX_VALUE_CHARS = 1000;

    @Inject
    private GateInstance instance;

    @Inject
    private Instances instances;

    @Inject
    private ClientAddress addresses;

    @Context
    private HttpServletRequest request;

    /** All of them. */
    @GET
    @Operation(summary = "The gates that share a Data Grid")
    public JsonObject list() {
        return JsonText.JSON
                .createObjectBuilder()
                .add("self", instances.name())
                .add("instances", instances.seen())
                .build();
    }

    /** What one of them tells of itself. */
    @GET
    @Path("/{to}/{what: running-info|connections|config}")
    @Operation(summary = "What one gate counts, its connections or its settings")
    public Response tell(@PathParam("to") String to, @PathParam("what") String what) {
        String told = Instances.Told.valueOf(what.toUpperCase(Locale.ROOT).replace('-', '_'))
                .name();
        Map<String, String> outcomes =
                to.equals(Instances.ALL) ? Map.of() : instances.order(instance, by(to, Action.TELL, told, ""));
        if (outcomes.isEmpty()) {
            return nobody();
        }
        String outcome = outcomes.get(to);
        // What it tells is an object, and a sentence is none.
        return outcome.startsWith("{")
                ? Response.ok(outcome).build()
                : ErrorBody.of(Response.Status.CONFLICT.getStatusCode(), outcome)
                        .build();
    }

    /** No new connections, or all of it again, or no requests either, or counters begin anew. */
    @POST
    @Path("/{to}/{action: pause|drain|resume|reset}")
    @Operation(summary = "Pause, drain or resume one gate or all, or have them count anew")
    public Response act(@PathParam("to") String to, @PathParam("action") String action) {
        return order(by(to, Action.valueOf(action.toUpperCase(Locale.ROOT)), "", ""));
    }

    /** Sets one setting. */
    @PUT
    @Path("/{to}/config/{name}")
    @Consumes(MediaType.TEXT_PLAIN)
    @Operation(summary = "Set a value, on one gate or all, until they end")
    public Response set(@PathParam("to") String to, @PathParam("name") String name, String value) {
        if (value.length() > MAX_VALUE_CHARS) {
            return ErrorBody.of(
                            Response.Status.BAD_REQUEST.getStatusCode(),
                            "A value has at most " + MAX_VALUE_CHARS + " characters.")
                    .build();
        }
        return order(by(to, Action.SET, name, value));
    }

    /** Takes an operator's value back. */
    @DELETE
    @Path("/{to}/config/{name}")
    @Operation(summary = "Take a set value back, on one gate or all")
    public Response reset(@PathParam("to") String to, @PathParam("name") String name) {
        return order(by(to, Action.UNSET, name, ""));
    }

    /** Closes a connection. */
    @DELETE
    @Path("/{to}/connections/{id}")
    @Operation(summary = "Close a connection of one gate at once")
    public Response close(@PathParam("to") String to, @PathParam("id") long id) {
        return order(by(to, Action.CLOSE, String.valueOf(id), ""));
    }

    /** An order of who asks. */
    private Order by(String to, Action action, String name, String value) {
        Principal caller = request.getUserPrincipal();
        return new Order(to, action, name, value, caller == null ? "" : caller.getName(), addresses.of(request));
    }

    private Response order(Order order) {
        String words = order.words(instance);
        Map<String, String> outcomes = instances.order(instance, order);
        if (outcomes.isEmpty()) {
            return nobody();
        }
        String notDone = outcomes.entrySet().stream()
                .filter(outcome -> !outcome.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        AuditFilter.detail(request, words + (notDone.isEmpty() ? "" : "; not done by " + notDone));
        JsonObjectBuilder object = JsonText.JSON.createObjectBuilder();
        outcomes.forEach(object::add);
        boolean done = outcomes.values().stream().allMatch(String::isEmpty);
        return Response.status(done ? Response.Status.OK : Response.Status.CONFLICT)
                .entity(JsonText.JSON
                        .createObjectBuilder()
                        .add("outcomes", object)
                        .build())
                .build();
    }

    private static Response nobody() {
        return ErrorBody.of(
                        Response.Status.NOT_FOUND.getStatusCode(), "There is no gate of that name in the Data Grid.")
                .build();
    }
}
