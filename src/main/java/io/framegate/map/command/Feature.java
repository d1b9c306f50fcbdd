package io.framegate.map.command;

import io.framegate.map.message.Link;
import io.framegate.map.message.Links;
import io.framegate.map.message.Node;
import io.framegate.map.message.Nodes;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.Polylines;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A feature of any kind, for a person: the same columns for the table and properties for GeoJSON.
 *
 * @param id as in the message
 * @param properties by name, in the order of the columns; texts and whole numbers
 * @param geometry where it is
 */
record Feature(long id, Map<String, Object> properties, Geometry geometry) {

    static List<Feature> ofLinks(Links links) {
        return links.links().toList().stream().map(Feature::of).toList();
    }

    static List<Feature> ofNodes(Nodes nodes) {
        return nodes.nodes().toList().stream().map(Feature::of).toList();
    }

    static List<Feature> ofPolygons(Polygons polygons) {
        return polygons.polygons().toList().stream().map(Feature::of).toList();
    }

    static List<Feature> ofPolylines(Polylines polylines) {
        return polylines.polylines().toList().stream().map(Feature::of).toList();
    }

    static Feature of(Link link) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("version", link.version());
        properties.put("roadClass", word(link.roadClass()));
        properties.put("direction", word(link.direction()));
        properties.put("lanes", (int) link.lanes());
        properties.put("speedKmh", (int) link.speedKmh());
        properties.put("layer", (int) link.layer());
        properties.put("minZoom", (int) link.minZoom());
        properties.put("fromNode", link.fromNode());
        properties.put("toNode", link.toNode());
        properties.put("name", link.name());
        return new Feature(link.id(), properties, new Geometry.Line(Points.absolute(link.points())));
    }

    static Feature of(Node node) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("version", node.version());
        properties.put("kind", word(node.kind()));
        properties.put("minZoom", (int) node.minZoom());
        properties.put("links", node.links().size());
        properties.put("name", node.name());
        return new Feature(node.id(), properties, new Geometry.Point(node.longitudeE7(), node.latitudeE7()));
    }

    static Feature of(Polygon polygon) {
        List<List<int[]>> parts = new ArrayList<>();
        for (Polygon.Ring ring : polygon.rings()) {
            // A hole without a ring around it would be a fault of the server; shown as an area it is at least seen.
            if (!ring.hole() || parts.isEmpty()) {
                parts.add(new ArrayList<>());
            }
            parts.get(parts.size() - 1).add(Points.absolute(ring.points()));
        }
        return new Feature(
                polygon.id(),
                kindProperties(polygon.version(), polygon.kind(), polygon.layer(), polygon.minZoom(), polygon.name()),
                new Geometry.Areas(parts));
    }

    static Feature of(Polyline line) {
        return new Feature(
                line.id(),
                kindProperties(line.version(), line.kind(), line.layer(), line.minZoom(), line.name()),
                new Geometry.Line(Points.absolute(line.points())));
    }

    private static Map<String, Object> kindProperties(
            int version, Enum<?> kind, byte layer, byte minZoom, String name) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("version", version);
        properties.put("kind", word(kind));
        properties.put("layer", (int) layer);
        properties.put("minZoom", (int) minZoom);
        properties.put("name", name);
        return properties;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
