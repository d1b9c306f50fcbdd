package io.framegate.bench.guest;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.map.MapSettings;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polyline;
import io.framegate.map.store.EncodedFeatures;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.FeatureQueries;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * The features of an area as GeoJSON with gzip, by Jakarta REST: from the same rows, by the same statement, on the same
 * pool of connections as the gate's answers. The text is written by hand, as bytes, into a deflater of level 1, so that no
 * library's cost is measured; its body goes out with its length, which is cheaper than in chunks.
 */
@Path("/bench/geojson")
@ApplicationScoped
@PermitAll
public class GeoJsonResource {

    private static final int FIRST_BYTES = 256 * 1024;
    private static final RecordCodec<Link> LINKS = RecordCodec.of(Link.class);
    private static final RecordCodec<Node> NODES = RecordCodec.of(Node.class);
    private static final RecordCodec<Polygon> POLYGONS = RecordCodec.of(Polygon.class);
    private static final RecordCodec<Polyline> POLYLINES = RecordCodec.of(Polyline.class);

    @Inject
    private FeatureQueries queries;

    @Inject
    private MapSettings settings;

    /** Links, nodes, polygons or polylines. */
    @GET
    @Path("/{kind}")
    public Response features(
            @PathParam("kind") String kind,
            @QueryParam("west") double west,
            @QueryParam("south") double south,
            @QueryParam("east") double east,
            @QueryParam("north") double north)
            throws IOException {
        Area area = new Area(Ellipsoid.WGS84, Area.EVERYTHING, west, south, east, north);
        byte[] body =
                switch (kind) {
                    case "links" -> body(FeatureKind.LINKS, LINKS, GeoJsonResource::write, area);
                    case "nodes" -> body(FeatureKind.NODES, NODES, GeoJsonResource::write, area);
                    case "polygons" -> body(FeatureKind.POLYGONS, POLYGONS, GeoJsonResource::write, area);
                    case "polylines" -> body(FeatureKind.POLYLINES, POLYLINES, GeoJsonResource::write, area);
                    default -> throw new NotFoundException();
                };
        return Response.ok(body, "application/geo+json")
                .header(HttpHeaders.CONTENT_ENCODING, "gzip")
                .header(HttpHeaders.CONTENT_LENGTH, body.length)
                .build();
    }

    private <T extends Record> byte[] body(
            FeatureKind kind, RecordCodec<T> codec, BiConsumer<T, JsonText> writer, Area area) throws IOException {
        EncodedFeatures found = queries.inArea(kind, settings.dataSet(), area);
        WireReader in = new WireReader(0, found.bytes(), 0, found.bytes().length, Integer.MAX_VALUE);
        ByteArrayOutputStream out = new ByteArrayOutputStream(FIRST_BYTES);
        try (Gzip gzip = new Gzip(out)) {
            JsonText json = new JsonText(gzip);
            json.raw("{\"type\":\"FeatureCollection\",\"features\":[");
            for (int i = 0; i < found.count(); i++) {
                json.raw(i == 0 ? "{\"type\":\"Feature\",\"id\":" : ",{\"type\":\"Feature\",\"id\":");
                writer.accept(codec.decode(in), json);
                json.raw("}}");
            }
            json.raw("]}");
            json.flush();
        }
        return out.toByteArray();
    }

    private static void write(Link link, JsonText json) {
        json.number(link.id()).raw(",\"properties\":{\"version\":").number(link.version());
        json.raw(",\"roadClass\":").text(link.roadClass().name());
        json.raw(",\"direction\":").text(link.direction().name());
        json.raw(",\"lanes\":").number(link.lanes());
        json.raw(",\"speedKmh\":").number(link.speedKmh());
        json.raw(",\"layer\":").number(link.layer());
        json.raw(",\"minZoom\":").number(link.minZoom());
        json.raw(",\"fromNode\":").number(link.fromNode());
        json.raw(",\"toNode\":").number(link.toNode());
        json.raw(",\"name\":").text(link.name());
        json.raw("},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[");
        json.positions(Points.absolute(link.points())).raw("]");
    }

    private static void write(Node node, JsonText json) {
        json.number(node.id()).raw(",\"properties\":{\"version\":").number(node.version());
        json.raw(",\"kind\":").text(node.kind().name());
        json.raw(",\"minZoom\":").number(node.minZoom());
        json.raw(",\"name\":").text(node.name());
        json.raw(",\"links\":[");
        List<Long> links = node.links();
        for (int i = 0; i < links.size(); i++) {
            json.raw(i == 0 ? "" : ",").number(links.get(i));
        }
        json.raw("]},\"geometry\":{\"type\":\"Point\",\"coordinates\":");
        json.positions(new int[] {node.longitudeE7(), node.latitudeE7()});
    }

    private static void write(Polyline line, JsonText json) {
        json.number(line.id());
        properties(json, line.version(), line.kind(), line.layer(), line.minZoom(), line.name());
        json.raw(",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[");
        json.positions(Points.absolute(line.points())).raw("]");
    }

    private static void write(Polygon polygon, JsonText json) {
        json.number(polygon.id());
        properties(json, polygon.version(), polygon.kind(), polygon.layer(), polygon.minZoom(), polygon.name());
        json.raw(",\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[");
        boolean first = true;
        for (Polygon.Ring ring : polygon.rings()) {
            if (first) {
                json.raw("[[");
            } else {
                json.raw(ring.hole() ? ",[" : "],[[");
            }
            first = false;
            int[] open = Points.absolute(ring.points());
            json.positions(open)
                    .raw(",")
                    .positions(new int[] {open[0], open[1]})
                    .raw("]");
        }
        json.raw("]]");
    }

    private static void properties(JsonText json, int version, Enum<?> kind, byte layer, byte minZoom, String name) {
        json.raw(",\"properties\":{\"version\":").number(version);
        json.raw(",\"kind\":").text(kind.name());
        json.raw(",\"layer\":").number(layer);
        json.raw(",\"minZoom\":").number(minZoom);
        json.raw(",\"name\":").text(name).raw("}");
    }

    /** A stream of gzip of the fastest level. */
    private static final class Gzip extends GZIPOutputStream {

        private static final int BUFFER_BYTES = 64 * 1024;

        Gzip(OutputStream out) throws IOException {
            super(out, BUFFER_BYTES);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
