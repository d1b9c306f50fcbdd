package io.framegate.map.admin;

import io.framegate.map.MapSettings;
import io.framegate.map.store.DataSet;
import io.framegate.map.store.DataSetQueries;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/**
 * The data sets: {@code /admin/map/data-sets}.
 *
 * <pre>
 *  GET             dataSets: each with name, served (whether the TCP port answers from it), source, attribution, loadedAt
 *                  (ISO 8601), links, nodes, polygons, polylines (counts when it was loaded), and extent: west, south,
 *                  east, north in degrees
 * </pre>
 */
@Path("/map/data-sets")
@RequestScoped
public class DataSetsResource {

    @Inject
    private MapSettings settings;

    @Inject
    private DataSetQueries queries;

    /** All of them, by name. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public JsonObject list() {
        JsonArrayBuilder list = Json.createArrayBuilder();
        queries.all().stream().map(this::json).forEach(list::add);
        return Json.createObjectBuilder().add("dataSets", list).build();
    }

    private JsonObjectBuilder json(DataSet dataSet) {
        JsonObjectBuilder object = Json.createObjectBuilder()
                .add("name", dataSet.name())
                .add("served", dataSet.name().equals(settings.dataSet()))
                .add("source", dataSet.source())
                .add("attribution", dataSet.attribution())
                .add("loadedAt", dataSet.loadedAt().toString())
                .add("links", dataSet.links())
                .add("nodes", dataSet.nodes())
                .add("polygons", dataSet.polygons())
                .add("polylines", dataSet.polylines());
        queries.extent(dataSet)
                .ifPresent(extent -> object.add(
                        "extent",
                        Json.createObjectBuilder()
                                .add("west", extent.west())
                                .add("south", extent.south())
                                .add("east", extent.east())
                                .add("north", extent.north())));
        return object;
    }
}
