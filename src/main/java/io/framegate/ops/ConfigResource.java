package io.framegate.ops;

import io.framegate.config.DynamicConfig;
import io.framegate.config.GateSettings;
import io.framegate.config.InvalidConfigException;
import io.framegate.config.Setting;
import io.framegate.contract.json.JsonText;
import io.framegate.gate.GateInstance;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The settings in force: {@code /admin/config}.
 *
 * <pre>
 *  GET           settings: each with name, value, source, default, expected (the allowed values), description, live (whether it
 *                can change now) and, if the configuration has another value for the next start, pending; refused: why the
 *                configuration's present values are not in force, if they are not
 *  GET /reference  the page of all settings, in Markdown
 *  PUT /NAME     the value as text: in force at once, until the server ends. 204; 400 in a sentence for a value that can't
 *                be used, 409 for a setting that can't change now
 *  DELETE /NAME  takes that back
 * </pre>
 */
@Path("/config")
@RequestScoped
public class ConfigResource {

    private static final int MAX_VALUE_CHARS = 1000;

    @Inject
    private GateInstance instance;

    @Context
    private HttpServletRequest request;

    /** All settings. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "The settings in force, with their sources")
    public JsonObject list() {
        return json(instance.settings());
    }

    /** The reference page. */
    @GET
    @Path("/reference")
    @Produces("text/markdown;charset=UTF-8")
    @Operation(summary = "All settings with their defaults and descriptions, in Markdown")
    public String reference() {
        return GateSettings.markdown();
    }

    static JsonObject json(DynamicConfig live) {
        JsonArrayBuilder settings = JsonText.JSON.createArrayBuilder();
        live.settings().stream().map(ConfigResource::json).forEach(settings::add);
        JsonObjectBuilder object = JsonText.JSON.createObjectBuilder().add("settings", settings);
        live.refused().ifPresent(sentence -> object.add("refused", sentence));
        return object.build();
    }

    /** Sets one. */
    @PUT
    @Path("/{name}")
    @Consumes(MediaType.TEXT_PLAIN)
    @Operation(summary = "Set a value until the server ends")
    public Response set(@PathParam("name") String name, String value) {
        if (value.length() > MAX_VALUE_CHARS) {
            return ErrorBody.of(
                            Response.Status.BAD_REQUEST.getStatusCode(),
                            "A value has at most " + MAX_VALUE_CHARS + " characters.")
                    .build();
        }
        return change(name, () -> instance.settings().set(name, value));
    }

    /** Takes an operator's value back. */
    @DELETE
    @Path("/{name}")
    @Operation(summary = "Take a set value back")
    public Response reset(@PathParam("name") String name) {
        return change(name, () -> instance.settings().reset(name));
    }

    /** Changes a setting. @return its name, what it was and what it is, in words */
    static String changed(DynamicConfig live, String name, Runnable change) {
        String before = value(live, name);
        change.run();
        return name + ": " + before + " -> " + value(live, name);
    }

    /** What a setting is now; empty where there is none of that name. */
    static String value(DynamicConfig live, String name) {
        return live.settings().stream()
                .filter(setting -> setting.name().equals(name))
                .map(Setting::value)
                .findFirst()
                .orElse("");
    }

    private Response change(String name, Runnable change) {
        try {
            AuditFilter.detail(request, changed(instance.settings(), name, change));
            return Response.noContent().build();
        } catch (InvalidConfigException e) {
            return ErrorBody.of(Response.Status.BAD_REQUEST.getStatusCode(), String.valueOf(e.getMessage()))
                    .build();
        } catch (IllegalArgumentException e) {
            return ErrorBody.of(Response.Status.CONFLICT.getStatusCode(), String.valueOf(e.getMessage()))
                    .build();
        }
    }

    private static JsonObjectBuilder json(Setting setting) {
        JsonObjectBuilder object = JsonText.JSON
                .createObjectBuilder()
                .add("name", setting.name())
                .add("value", setting.value())
                .add("source", setting.source())
                .add("default", setting.byDefault())
                .add("live", setting.live());
        GateSettings.find(setting.name()).ifPresent(definition -> object.add("expected", definition.expected())
                .add("description", definition.plainDescription()));
        setting.pending().ifPresent(next -> object.add("pending", next));
        return object;
    }
}
