package io.framegate.map.command;

import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.Height3DInfos;
import io.framegate.map.message.Link;
import io.framegate.map.message.Links;
import io.framegate.map.message.Node;
import io.framegate.map.message.Nodes;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassInfos;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polygon3DInfos;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.Polylines;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A feature of any kind, for a person: the same columns for the table and properties for GeoJSON.
 *
 * @param id as in the message
 * @param properties by name, in the order of the columns: texts, whole numbers, {@link BigDecimal}s, booleans, and lists of
 *     whole numbers, in which {@link #UNKNOWN} stands for one that is not known
 * @param geometry where it is
 */
record PrintedFeature(long id, Map<String, Object> properties, Geometry geometry) {

    /** Instead of a number. */
    static final Object UNKNOWN = "?";

    static List<PrintedFeature> ofLinks(Links links) {
        return links.links().toList().stream().map(PrintedFeature::of).toList();
    }

    static List<PrintedFeature> ofNodes(Nodes nodes) {
        return nodes.nodes().toList().stream().map(PrintedFeature::of).toList();
    }

    static List<PrintedFeature> ofPolygons(Polygons polygons) {
        return polygons.polygons().toList().stream().map(PrintedFeature::of).toList();
    }

    static List<PrintedFeature> ofPolylines(Polylines polylines) {
        return polylines.polylines().toList().stream().map(PrintedFeature::of).toList();
    }

    static List<PrintedFeature> ofPassInfos(PassInfos rules) {
        return rules.passInfos().toList().stream().map(PrintedFeature::of).toList();
    }

    static List<PrintedFeature> ofPolygon3DInfos(Polygon3DInfos buildings) {
        return buildings.polygon3DInfos().toList().stream()
                .map(PrintedFeature::of)
                .toList();
    }

    static List<PrintedFeature> ofHeight3DInfos(Height3DInfos heights) {
        return heights.height3DInfos().toList().stream().map(PrintedFeature::of).toList();
    }

    static PrintedFeature of(Link link) {
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
        return new PrintedFeature(link.id(), properties, new Geometry.Line(Points.absolute(link.points())));
    }

    static PrintedFeature of(Node node) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("version", node.version());
        properties.put("kind", word(node.kind()));
        properties.put("minZoom", (int) node.minZoom());
        properties.put("links", node.links().size());
        properties.put("name", node.name());
        return new PrintedFeature(node.id(), properties, new Geometry.Point(node.longitudeE7(), node.latitudeE7()));
    }

    static PrintedFeature of(Polygon polygon) {
        List<List<int[]>> parts = new ArrayList<>();
        for (Polygon.Ring ring : polygon.rings()) {
            // A hole without a ring around it would be a fault of the server; shown as an area it is at least seen.
            if (!ring.hole() || parts.isEmpty()) {
                parts.add(new ArrayList<>());
            }
            parts.get(parts.size() - 1).add(Points.absolute(ring.points()));
        }
        return new PrintedFeature(
                polygon.id(),
                kindProperties(polygon.version(), polygon.kind(), polygon.layer(), polygon.minZoom(), polygon.name()),
                new Geometry.Areas(parts));
    }

    static PrintedFeature of(Polyline line) {
        return new PrintedFeature(
                line.id(),
                kindProperties(line.version(), line.kind(), line.layer(), line.minZoom(), line.name()),
                new Geometry.Line(Points.absolute(line.points())));
    }

    static PrintedFeature of(PassInfo rule) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("version", rule.version());
        properties.put("rule", word(rule.rule()));
        properties.put("turn", word(rule.turn()));
        properties.put("fromLink", rule.fromLink());
        properties.put("viaNode", rule.viaNode());
        properties.put("viaLinks", rule.viaLinks());
        properties.put("toLink", rule.toLink());
        properties.put("minZoom", (int) rule.minZoom());
        properties.put("vehicles", rule.vehicles());
        properties.put("except", rule.except());
        properties.put("condition", rule.condition());
        return new PrintedFeature(rule.id(), properties, new Geometry.Point(rule.longitudeE7(), rule.latitudeE7()));
    }

    static PrintedFeature of(Polygon3DInfo building) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("version", building.version());
        properties.put("heightM", metres(building.heightM()));
        properties.put("heightOrigin", word(building.heightOrigin()));
        properties.put("minHeightM", metres(building.minHeightM()));
        properties.put("minHeightOrigin", word(building.minHeightOrigin()));
        properties.put("levels", (int) building.levels());
        properties.put("minLevel", (int) building.minLevel());
        properties.put("roofHeightM", metres(building.roofHeightM()));
        properties.put("roofHeightOrigin", word(building.roofHeightOrigin()));
        properties.put("roofLevels", (int) building.roofLevels());
        properties.put("minZoom", (int) building.minZoom());
        properties.put("part", building.part());
        properties.put("roofShape", word(building.roofShape()));
        return new PrintedFeature(building.id(), properties, new Geometry.Nowhere());
    }

    static PrintedFeature of(Height3DInfo line) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("version", line.version());
        properties.put("kind", word(line.kind()));
        properties.put("levelOrigin", word(line.levelOrigin()));
        properties.put("level", (int) line.level());
        properties.put("minZoom", (int) line.minZoom());
        properties.put("heightsCm", Arrays.stream(line.heightsCm()).boxed().toList());
        properties.put(
                "elevationsCm",
                Arrays.stream(line.elevationsCm())
                        .mapToObj(elevation -> elevation == Height3DInfo.UNKNOWN ? UNKNOWN : elevation)
                        .toList());
        return new PrintedFeature(line.id(), properties, new Geometry.Nowhere());
    }

    private static BigDecimal metres(float value) {
        return new BigDecimal(Float.toString(value));
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
