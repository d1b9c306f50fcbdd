package io.framegate.map.admin;

import io.framegate.contract.json.JsonText;
import io.framegate.map.MapSettings;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.store.DataSet;
import io.framegate.map.store.DataSetQueries;
import io.framegate.map.store.MapDatabase;
import io.framegate.map.store.RecordExport;
import io.framegate.message.Refusal;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The data sets: {@code /admin/map/data-sets}.
 *
 * <pre>
 *  GET             dataSets: each with name, served (whether the TCP port answers from it), source, attribution, loadedAt
 *                  (ISO 8601), links, nodes, polygons, polylines, turnRules, buildings3d, lines3d (counts when it was
 *                  loaded), and extent: west, south, east, north in degrees
 *  DELETE /NAME    removes one; 409 for the one that is served
 *  GET /NAME/records?area=W,S,E,N
 *                  all its records, or those that touch an area, as {@link RecordExport} has them; of one moment, and
 *                  read whole before the first is sent: no connection to the database waits for who takes them
 * </pre>
 *
 * Refusals are sentences as text: 404 for a name that is not there, 400 for an area that is none, 503 for an
 * export while others are read from the database, or without room for its file.
 */
@Path("/map/data-sets")
@RequestScoped
public class DataSetsResource {

    @Inject
    private MapSettings settings;

    @Inject
    private DataSetQueries queries;

    @Inject
    private MapDatabase database;

    @Inject
    private Exports exports;

    /** All of them, by name. */
    @GET
    @PermitAll
    @Produces(MediaType.APPLICATION_JSON)
    public JsonObject list() {
        JsonArrayBuilder list = JsonText.JSON.createArrayBuilder();
        queries.all().stream().map(this::json).forEach(list::add);
        return JsonText.JSON.createObjectBuilder().add("dataSets", list).build();
    }

    /** Removes one. */
    @DELETE
    @Path("/{name}")
    public void remove(@PathParam("name") String name) {
        if (name.equals(settings.dataSet())) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "This is the data set that is served: replace it by a load, or serve another one first.");
        }
        if (!queries.remove(name)) {
            throw missing();
        }
    }

    /** Its records. */
    @GET
    @PermitAll
    @Path("/{name}/records")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    public Response records(@PathParam("name") String name, @QueryParam("area") @Nullable String area)
            throws SQLException {
        DataSet dataSet = queries.named(name).orElseThrow(DataSetsResource::missing);
        Exports.File export = exports.read(new RecordExport(
                database.dataSource(), dataSet.id(), Optional.ofNullable(area).map(DataSetsResource::area)));
        return Response.ok((StreamingOutput) export::sendTo)
                .header(HttpHeaders.CONTENT_LENGTH, export.bytes())
                .build();
    }

    private static Area area(String text) {
        String[] edges = text.split(",", -1);
        try {
            if (edges.length == 4) {
                return new Area(
                        Ellipsoid.WGS84,
                        Area.EVERYTHING,
                        Double.parseDouble(edges[0]),
                        Double.parseDouble(edges[1]),
                        Double.parseDouble(edges[2]),
                        Double.parseDouble(edges[3]));
            }
        } catch (NumberFormatException e) {
            // Said below, as for any other text that is not four numbers.
        }
        throw new Refusal(Refusal.Code.INVALID, "An area is four numbers, west,south,east,north in degrees.");
    }

    private static Refusal missing() {
        return new Refusal(Refusal.Code.NOT_FOUND, "There is no data set of that name.");
    }

    private JsonObjectBuilder json(DataSet dataSet) {
        JsonObjectBuilder object = JsonText.JSON
                .createObjectBuilder()
                .add("name", dataSet.name())
                .add("served", dataSet.name().equals(settings.dataSet()))
                .add("source", dataSet.source())
                .add("attribution", dataSet.attribution())
                .add("loadedAt", dataSet.loadedAt().toString())
                .add("links", dataSet.links())
                .add("nodes", dataSet.nodes())
                .add("polygons", dataSet.polygons())
                .add("polylines", dataSet.polylines())
                .add("turnRules", dataSet.passInfos())
                .add("buildings3d", dataSet.polygons3D())
                .add("lines3d", dataSet.heights3D());
        queries.extent(dataSet)
                .ifPresent(extent -> object.add(
                        "extent",
                        JsonText.JSON
                                .createObjectBuilder()
                                .add("west", extent.west())
                                .add("south", extent.south())
                                .add("east", extent.east())
                                .add("north", extent.north())));
        return object;
    }
}
