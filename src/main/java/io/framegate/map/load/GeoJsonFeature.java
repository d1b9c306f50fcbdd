package io.framegate.map.load;

import io.framegate.map.message.Direction;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylineKind;
import io.framegate.map.message.RoadClass;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A feature of a GeoJSON file. What it is follows from its geometry:
 *
 * <pre>
 *  geometry                       is a      properties, besides version, minZoom and name
 *  Point                          node      kind
 *  LineString with a roadClass    link      roadClass, direction, lanes, speedKmh, layer, fromNode, toNode
 *  LineString                     polyline  kind, layer
 *  Polygon, MultiPolygon          polygon   kind, layer
 * </pre>
 *
 * The names and values of the properties are those of the records; others are passed over, so is a node's {@code links},
 * which follow from the links. {@code id} is a whole number. A name, a layer and a version may be missing; all else must be
 * there. Rings are turned the way that {@link Polygon} has them.
 */
final class GeoJsonFeature {

    private static final int DECIMALS = 7;
    private static final int MAX_NAME_CHARS = 1000;
    private static final int MAX_LAYER = 5;
    private static final int MAX_ZOOM = 20;

    private final JsonObject feature;
    private final JsonObject properties;
    private final JsonObject geometry;
    private final String shape;

    /**
     * @throws FeatureException for an object that is no feature
     */
    GeoJsonFeature(JsonObject feature) throws FeatureException {
        this.feature = feature;
        this.properties = object(feature, "properties");
        this.geometry = object(feature, "geometry");
        this.shape = geometry.getString("type", "");
        if (!feature.getString("type", "").equals("Feature")) {
            throw new FeatureException("there is something else than a feature");
        }
    }

    /** Notes where a link begins and ends; nothing for what is no link. */
    void joinLinks(NodeLinks joined) throws FeatureException {
        if (isLink()) {
            joined.add(id("fromNode"), id());
            joined.add(id("toNode"), id());
        }
    }

    /** Makes its record. */
    void addTo(FeatureStream features, NodeLinks joined) throws IOException {
        switch (shape) {
            case "Point" -> features.add(node(joined));
            case "LineString" -> {
                if (isLink()) {
                    features.add(link());
                } else {
                    features.add(polyline());
                }
            }
            case "Polygon" -> addPolygon(features, List.of(array(geometry, "coordinates")));
            case "MultiPolygon" -> addPolygon(features, arrays(array(geometry, "coordinates")));
            default ->
                throw new FeatureException("the feature's geometry is no Point, LineString, Polygon or MultiPolygon");
        }
    }

    private boolean isLink() {
        return shape.equals("LineString") && properties.containsKey("roadClass");
    }

    private Link link() throws FeatureException {
        return new Link(
                id(),
                version(),
                id("fromNode"),
                id("toNode"),
                constant(RoadClass.class, "roadClass"),
                constant(Direction.class, "direction"),
                (byte) number("lanes", 0, Byte.MAX_VALUE),
                (short) number("speedKmh", -1, Short.MAX_VALUE),
                layer(),
                minZoom(),
                name(),
                Points.differences(line()));
    }

    private Node node(NodeLinks joined) throws FeatureException {
        int[] point = position(array(geometry, "coordinates"));
        return new Node(
                id(),
                version(),
                constant(NodeKind.class, "kind"),
                point[0],
                point[1],
                minZoom(),
                name(),
                joined.of(id()));
    }

    private Polyline polyline() throws FeatureException {
        return new Polyline(
                id(),
                version(),
                constant(PolylineKind.class, "kind"),
                layer(),
                minZoom(),
                name(),
                Points.differences(line()));
    }

    private void addPolygon(FeatureStream features, List<JsonArray> parts) throws IOException {
        List<Polygon.Ring> rings = new ArrayList<>();
        Bounds bounds = null;
        for (JsonArray part : parts) {
            List<JsonArray> lines = arrays(part);
            for (int i = 0; i < lines.size(); i++) {
                boolean hole = i > 0;
                int[] ring = ring(lines.get(i), hole);
                Bounds box = Bounds.of(ring);
                bounds = bounds == null ? box : bounds.with(box);
                rings.add(new Polygon.Ring(hole, Points.differences(ring)));
            }
        }
        if (bounds == null) {
            throw new FeatureException("the feature's geometry has no points");
        }
        features.add(
                new Polygon(id(), version(), constant(PolygonKind.class, "kind"), layer(), minZoom(), name(), rings),
                bounds);
    }

    private int[] line() throws FeatureException {
        int[] units = positions(array(geometry, "coordinates"));
        if (units.length < 4) {
            throw new FeatureException("a line has less than two points");
        }
        return units;
    }

    /** A ring without its last point, which repeats the first; counter-clockwise, a hole clockwise. */
    private static int[] ring(JsonArray line, boolean hole) throws FeatureException {
        int[] closed = positions(line);
        int last = closed.length - 2;
        if (closed.length < 8 || closed[0] != closed[last] || closed[1] != closed[last + 1]) {
            throw new FeatureException("a ring has less than four points or is not closed");
        }
        double twiceArea = 0;
        for (int i = 0; i < last; i += 2) {
            // From the first point on, so that small rings keep their digits.
            double x = (double) closed[i] - closed[0];
            double y = (double) closed[i + 1] - closed[1];
            twiceArea += x * ((double) closed[i + 3] - closed[1]) - ((double) closed[i + 2] - closed[0]) * y;
        }
        boolean turned = hole ? twiceArea > 0 : twiceArea < 0;
        int[] ring = new int[last];
        for (int i = 0; i < last; i += 2) {
            // Closed, it is as good backwards, and begins at the same point.
            int from = turned ? last - i : i;
            ring[i] = closed[from];
            ring[i + 1] = closed[from + 1];
        }
        return ring;
    }

    private static int[] positions(JsonArray line) throws FeatureException {
        int[] units = new int[2 * line.size()];
        int i = 0;
        for (JsonArray each : arrays(line)) {
            int[] position = position(each);
            units[i++] = position[0];
            units[i++] = position[1];
        }
        return units;
    }

    private static int[] position(JsonArray position) throws FeatureException {
        if (position.size() < 2
                || !(position.get(0) instanceof JsonNumber longitude)
                || !(position.get(1) instanceof JsonNumber latitude)) {
            throw new FeatureException("a position is not two numbers");
        }
        return new int[] {units(longitude.bigDecimalValue(), 180), units(latitude.bigDecimalValue(), 90)};
    }

    private static int units(BigDecimal degrees, int most) throws FeatureException {
        // Compared first: the digits of 1e999999999 would fill the memory.
        if (degrees.abs().compareTo(BigDecimal.valueOf(most)) > 0) {
            throw new FeatureException("a position is beyond 180 degrees of longitude or 90 of latitude");
        }
        return degrees.setScale(DECIMALS, RoundingMode.HALF_UP).unscaledValue().intValueExact();
    }

    private long id() throws FeatureException {
        return id(feature, "id");
    }

    private long id(String name) throws FeatureException {
        return id(properties, name);
    }

    private static long id(JsonObject object, String name) throws FeatureException {
        try {
            if (object.get(name) instanceof JsonNumber number) {
                return number.longValueExact();
            }
        } catch (ArithmeticException e) {
            // Said below, as for any other value.
        }
        throw new FeatureException("the feature's " + name + " is not a whole number");
    }

    private int version() throws FeatureException {
        return properties.containsKey("version") ? number("version", 0, Integer.MAX_VALUE) : 1;
    }

    private byte layer() throws FeatureException {
        return properties.containsKey("layer") ? (byte) number("layer", -MAX_LAYER, MAX_LAYER) : 0;
    }

    private byte minZoom() throws FeatureException {
        return (byte) number("minZoom", 0, MAX_ZOOM);
    }

    private String name() throws FeatureException {
        String name = properties.get("name") instanceof JsonString text ? text.getString() : "";
        if (name.length() > MAX_NAME_CHARS || name.indexOf('\0') >= 0) {
            throw new FeatureException("the feature's name has a NUL or more than " + MAX_NAME_CHARS + " characters");
        }
        return name;
    }

    private int number(String name, int least, int most) throws FeatureException {
        long value = id(name);
        if (value < least || value > most) {
            throw new FeatureException("the feature's " + name + " is not from " + least + " to " + most);
        }
        return (int) value;
    }

    private <E extends Enum<E>> E constant(Class<E> type, String name) throws FeatureException {
        if (properties.get(name) instanceof JsonString word) {
            for (E constant : type.getEnumConstants()) {
                if (constant.name().toLowerCase(Locale.ROOT).equals(word.getString())) {
                    return constant;
                }
            }
        }
        throw new FeatureException("the feature's " + name + " is missing or none that is known");
    }

    private static JsonObject object(JsonObject parent, String name) throws FeatureException {
        if (parent.get(name) instanceof JsonObject object) {
            return object;
        }
        throw new FeatureException("the feature has no " + name);
    }

    private static JsonArray array(JsonObject parent, String name) throws FeatureException {
        if (parent.get(name) instanceof JsonArray array) {
            return array;
        }
        throw new FeatureException("the feature's geometry has no " + name);
    }

    private static List<JsonArray> arrays(JsonArray array) throws FeatureException {
        List<JsonArray> arrays = new ArrayList<>(array.size());
        for (JsonValue value : array) {
            if (!(value instanceof JsonArray each)) {
                throw new FeatureException("the feature's coordinates are not nested as its geometry is");
            }
            arrays.add(each);
        }
        return arrays;
    }

    /** What is wrong with a feature, as the rest of a sentence. */
    static final class FeatureException extends IOException {

        private static final long serialVersionUID = 1L;

        FeatureException(String fault) {
            super(fault);
        }

        String fault() {
            return String.valueOf(getMessage());
        }
    }
}
