package io.framegate.map.admin;

import io.framegate.contract.json.JsonText;
import io.framegate.map.load.LoadMode;
import io.framegate.map.load.LoadReport;
import io.framegate.map.load.UpdateReport;
import io.framegate.message.Refusal;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The load of a map file: {@code /admin/map/load}.
 *
 * <pre>
 *  POST    begins one. JSON: file, an absolute path on the server's machine, ending in .pbf, .geojson or .json; name, of the
 *          data set; replace or update, what becomes of one of that name (both false: there must be none). 202 with the
 *          status below
 *  POST /NAME?dataSet=…&replace=true&update=false
 *          begins one of a file that is sent as the body (application/octet-stream), under a NAME that ends so too; 202 when
 *          it has arrived
 *  GET     the status of the load under way, or of the last one: number, dataSet, file, state (running, done, failed),
 *          phase, unit, done, total, perSecond, secondsLeft (of the phase); words when it failed; when it is done links,
 *          nodes, polygons, polylines, turnRules, buildings3d, lines3d, brokenAreas, brokenTurns, millis; of an update also added,
 *          changed, deleted, kept (how many) and firstKept: kind and id of each
 *  DELETE  stops it; nothing is changed. 202, or 404 if none is under way
 * </pre>
 *
 * Refusals are sentences as text: 400 for a request that makes no sense, 403 from elsewhere, 404
 * for an update of what is not there, 409 while another load runs and
 * for a name that is taken, 422 for a file beyond {@code framegate.map.max-upload-size}, 503 while the map is not ready.
 */
@Path("/map/load")
@RequestScoped
public class LoadResource {

    private static final int MAX_REQUEST_BYTES = 16 * 1024;
    private static final int MAX_NAME_LENGTH = 100;
    private static final int MAX_SHOWN_LENGTH = 200;
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]*");
    private static final Pattern FILE = Pattern.compile(".*\\.(pbf|geojson|json)");

    @Inject
    private LoadJobs loads;

    @Context
    private HttpServletRequest http;

    /** Begins a load. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response start(InputStream body) throws IOException {
        JsonObject request = object(body.readNBytes(MAX_REQUEST_BYTES));
        String name = dataSetName(text(request, "name"));
        LoadMode mode = mode(request.getBoolean("replace", false), request.getBoolean("update", false));
        audit(name, text(request, "file"), mode);
        LoadStatus begun = loads.start(file(text(request, "file")), name, mode);
        return Response.accepted(json(begun)).build();
    }

    /** Receives a file and begins its load. */
    @POST
    @Path("/{file}")
    @Consumes(MediaType.APPLICATION_OCTET_STREAM)
    @Produces(MediaType.APPLICATION_JSON)
    public Response receive(
            @PathParam("file") String file,
            @QueryParam("dataSet") @DefaultValue("") String dataSet,
            @QueryParam("replace") boolean replace,
            @QueryParam("update") boolean update,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @DefaultValue("-1") String length,
            InputStream body) {
        if (file.length() > MAX_NAME_LENGTH
                || !NAME.matcher(file).matches()
                || !FILE.matcher(file).matches()) {
            throw invalid(
                    "A file that is sent has a name like a data set's, which ends in .pbf, .geojson or .json; it is \""
                            + shown(file) + "\".");
        }
        audit(dataSet, file, mode(replace, update));
        long size = length.matches("\\d{1,18}") ? Long.parseLong(length) : -1;
        return Response.accepted(json(loads.receive(body, size, file, dataSetName(dataSet), mode(replace, update))))
                .build();
    }

    /** How the last one is doing. */
    @GET
    @PermitAll
    @Produces(MediaType.APPLICATION_JSON)
    public JsonObject status() {
        return loads.status()
                .map(LoadResource::json)
                .orElseThrow(() ->
                        new Refusal(Refusal.Code.NOT_FOUND, "No load was asked for since the server has started."));
    }

    /** Stops the one under way. */
    @DELETE
    public Response stop() {
        if (!loads.cancel()) {
            throw new Refusal(Refusal.Code.NOT_FOUND, "No load is under way.");
        }
        return Response.accepted().build();
    }

    /** For the administration's audit log, which knows the request and not what is in it. */
    private void audit(String dataSet, String file, LoadMode mode) {
        http.setAttribute(
                "framegate.audit.detail",
                "data set " + dataSet + " from " + file + ", " + mode.name().toLowerCase(Locale.ROOT));
    }

    private static String dataSetName(String name) {
        if (name.length() > MAX_NAME_LENGTH || !NAME.matcher(name).matches()) {
            throw invalid("A data set's name has 1 to " + MAX_NAME_LENGTH
                    + " letters, digits, spaces, dots, hyphens and underlines, and begins with a letter or digit.");
        }
        return name;
    }

    private static LoadMode mode(boolean replace, boolean update) {
        if (replace && update) {
            throw invalid("A data set is replaced or updated, not both.");
        }
        return replace ? LoadMode.REPLACE : update ? LoadMode.UPDATE : LoadMode.NEW;
    }

    private static JsonObject object(byte[] body) {
        try (JsonReader reader =
                JsonText.JSON.createReader(new StringReader(new String(body, StandardCharsets.UTF_8)))) {
            return reader.readObject();
        } catch (JsonException e) {
            throw invalid("The request is no JSON object, or has " + MAX_REQUEST_BYTES + " bytes and more.");
        }
    }

    private static java.nio.file.Path file(String text) {
        String shown = shown(text);
        try {
            java.nio.file.Path file = java.nio.file.Path.of(text);
            if (!file.isAbsolute() || !FILE.matcher(text).matches()) {
                throw invalid("The file must be an absolute path on the server's machine that ends in .pbf, .geojson or"
                        + " .json; it is \"" + shown + "\".");
            }
            java.nio.file.Path normal = file.normalize();
            if (!Files.isRegularFile(normal) || !Files.isReadable(normal)) {
                throw invalid("There is no file \"" + shown + "\" that the server can read.");
            }
            return normal;
        } catch (InvalidPathException e) {
            throw invalid("\"" + shown + "\" is no path of a file.");
        }
    }

    private static String text(JsonObject request, String name) {
        if (request.get(name) instanceof JsonString text) {
            return text.getString();
        }
        throw invalid("The request needs a text \"" + name + "\".");
    }

    /** Clipped, and without what a terminal or a log would take for its own. */
    private static String shown(String text) {
        String clipped = text.length() <= MAX_SHOWN_LENGTH ? text : text.substring(0, MAX_SHOWN_LENGTH) + "…";
        return clipped.replaceAll("\\p{Cntrl}", "?");
    }

    private static Refusal invalid(String sentence) {
        return new Refusal(Refusal.Code.INVALID, sentence);
    }

    private static JsonObject json(LoadStatus status) {
        JsonObjectBuilder object = JsonText.JSON
                .createObjectBuilder()
                .add("number", status.number())
                .add("dataSet", status.dataSet())
                .add("file", status.file())
                .add("state", status.state().name().toLowerCase(Locale.ROOT))
                .add("phase", status.phase().words())
                .add("unit", status.phase().unit())
                .add("done", status.done())
                .add("total", status.total())
                .add("perSecond", status.perSecond());
        status.secondsLeft().ifPresent(seconds -> object.add("secondsLeft", seconds));
        if (!status.words().isEmpty()) {
            object.add("words", status.words());
        }
        status.report().ifPresent(report -> add(report, object));
        return object.build();
    }

    private static void add(LoadReport report, JsonObjectBuilder object) {
        object.add("links", report.links())
                .add("nodes", report.nodes())
                .add("polygons", report.polygons())
                .add("polylines", report.polylines())
                .add("turnRules", report.passInfos())
                .add("buildings3d", report.polygons3D())
                .add("lines3d", report.heights3D())
                .add("brokenAreas", report.brokenAreas())
                .add("brokenTurns", report.brokenTurns())
                .add("millis", report.time().toMillis());
        report.update().ifPresent(update -> add(update, object));
    }

    private static void add(UpdateReport update, JsonObjectBuilder object) {
        JsonArrayBuilder firstKept = JsonText.JSON.createArrayBuilder();
        update.firstKept()
                .forEach(kept -> firstKept.add(JsonText.JSON
                        .createObjectBuilder()
                        .add("kind", kept.kind().name().toLowerCase(Locale.ROOT))
                        .add("id", kept.id())));
        object.add("added", update.added())
                .add("changed", update.changed())
                .add("deleted", update.deleted())
                .add("kept", update.kept())
                .add("firstKept", firstKept);
    }
}
