package io.framegate.map.load;

import io.framegate.map.message.Direction;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.HeightOrigin;
import io.framegate.map.message.LevelOrigin;
import io.framegate.map.message.LineKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassRule;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylineKind;
import io.framegate.map.message.RoadClass;
import io.framegate.map.message.RoofShape;
import io.framegate.map.message.Turn;
import io.framegate.map.store.Box;
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
import org.jspecify.annotations.Nullable;

/**
 * A feature of a GeoJSON file. What it is follows from its geometry:
 *
 * <pre>
 *  geometry                       is a                   properties, besides version and minZoom
 *  Point                          node                   kind, name
 *  Point with a rule              turn rule              those of {@link PassInfo} but the place
 *  LineString with a roadClass    link                   roadClass, direction, lanes, speedKmh, layer, fromNode, toNode, name
 *  LineString                     polyline               kind, layer, name
 *  Polygon, MultiPolygon          polygon                kind, layer, name
 *  null, with a heightM           building's height      those of {@link Polygon3DInfo}
 *  null, with heightsCm           heights of a line      those of {@link Height3DInfo}
 * </pre>
 *
 * The names and values of the properties are those of the records; others are passed over, so is a node's {@code links},
 * which follow from the links. {@code id} is a whole number from 1 up. A name, a layer, a version and the texts of a rule may
 * be missing; all else must be there. Rings are turned the way that {@link Polygon} has them. Heights have the id of the
 * feature that they belong to, lie where it does, and come after it. An elevation that is not known is null.
 */
final class GeoJsonFeature {

    private static final int DECIMALS = 7;
    private static final int MAX_TEXT_CHARS = 1000;
    private static final int MAX_LAYER = 5;
    private static final int MAX_ZOOM = 20;
    private static final int MAX_METRES = 100_000;

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
        boolean unlocated = JsonValue.NULL.equals(feature.get("geometry"));
        this.geometry = unlocated ? JsonValue.EMPTY_JSON_OBJECT : object(feature, "geometry");
        this.shape = geometry.getString("type", "");
        if (!feature.getString("type", "").equals("Feature")) {
            throw new FeatureException("there is something else than a feature");
        }
    }

    /** Notes what other features have to know of it, or it of others. */
    void note(References references) throws FeatureException {
        if (isLink()) {
            references.noteLink(id(), id("fromNode"), id("toNode"));
        } else if (isBuilding()) {
            references.buildings().note(id());
        } else if (isLineHeights()) {
            lines(references).note(id());
        }
    }

    /** Makes its record. */
    void addTo(FeatureStream features, References references) throws IOException {
        if (isBuilding()) {
            features.add(building(), outline(references.buildings(), "polygon").bounds());
        } else if (isLineHeights()) {
            addLineHeights(features, references);
        } else {
            addLocated(features, references);
        }
    }

    private void addLocated(FeatureStream features, References references) throws IOException {
        switch (shape) {
            case "Point" -> {
                if (properties.containsKey("rule")) {
                    features.add(rule());
                } else {
                    features.add(node(references));
                }
            }
            case "LineString" -> {
                int[] line = line();
                if (isLink()) {
                    features.add(link(line));
                    references.links().take(id(), Box.of(line), line.length / 2);
                } else {
                    features.add(polyline(line));
                    references.polylines().take(id(), Box.of(line), line.length / 2);
                }
            }
            case "Polygon" -> addPolygon(features, references, List.of(array(geometry, "coordinates")));
            case "MultiPolygon" -> addPolygon(features, references, arrays(array(geometry, "coordinates")));
            default ->
                throw new FeatureException("the feature's geometry is no Point, LineString, Polygon or MultiPolygon");
        }
    }

    private boolean isLink() {
        return shape.equals("LineString") && properties.containsKey("roadClass");
    }

    private boolean isBuilding() {
        return shape.isEmpty() && properties.containsKey("heightM");
    }

    private boolean isLineHeights() {
        return shape.isEmpty() && properties.containsKey("heightsCm");
    }

    private References.Outlines lines(References references) throws FeatureException {
        return switch (constant(LineKind.class, "kind")) {
            case LINK -> references.links();
            case POLYLINE -> references.polylines();
        };
    }

    private References.Outline outline(References.Outlines outlines, String what) throws FeatureException {
        return outlines.of(id())
                .orElseThrow(() -> new FeatureException("no " + what + " of the feature's id comes before it"));
    }

    private PassInfo rule() throws FeatureException {
        int[] point = position(array(geometry, "coordinates"));
        List<Long> viaLinks = new ArrayList<>();
        for (JsonValue value : list("viaLinks")) {
            viaLinks.add(id(value, "viaLinks"));
        }
        return new PassInfo(
                id(),
                version(),
                id("fromLink"),
                id("viaNode"),
                viaLinks,
                id("toLink"),
                constant(PassRule.class, "rule"),
                constant(Turn.class, "turn"),
                point[0],
                point[1],
                minZoom(),
                text("vehicles"),
                text("except"),
                text("condition"));
    }

    private Polygon3DInfo building() throws FeatureException {
        return new Polygon3DInfo(
                id(),
                version(),
                flag("part"),
                metres("heightM"),
                constant(HeightOrigin.class, "heightOrigin"),
                metres("minHeightM"),
                constant(HeightOrigin.class, "minHeightOrigin"),
                (short) number("levels", 0, Short.MAX_VALUE),
                (short) number("minLevel", Short.MIN_VALUE, Short.MAX_VALUE),
                constant(RoofShape.class, "roofShape"),
                metres("roofHeightM"),
                constant(HeightOrigin.class, "roofHeightOrigin"),
                (short) number("roofLevels", 0, Short.MAX_VALUE),
                minZoom());
    }

    private void addLineHeights(FeatureStream features, References references) throws IOException {
        LineKind kind = constant(LineKind.class, "kind");
        References.Outline line = outline(lines(references), word(kind));
        int[] heightsCm = numbers("heightsCm");
        int[] elevationsCm = numbers("elevationsCm");
        if (heightsCm.length != line.points() || elevationsCm.length != 0 && elevationsCm.length != line.points()) {
            throw new FeatureException("the feature has not as many heights as the " + word(kind) + " has points");
        }
        features.add(
                new Height3DInfo(
                        id(),
                        kind,
                        version(),
                        constant(LevelOrigin.class, "levelOrigin"),
                        (byte) number("level", -MAX_LAYER, MAX_LAYER),
                        minZoom(),
                        heightsCm,
                        elevationsCm),
                line.bounds());
    }

    private Link link(int[] line) throws FeatureException {
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
                Points.differences(line));
    }

    private Node node(References references) throws FeatureException {
        int[] point = position(array(geometry, "coordinates"));
        return new Node(
                id(),
                version(),
                constant(NodeKind.class, "kind"),
                point[0],
                point[1],
                minZoom(),
                name(),
                references.linksOf(id()));
    }

    private Polyline polyline(int[] line) throws FeatureException {
        return new Polyline(
                id(),
                version(),
                constant(PolylineKind.class, "kind"),
                layer(),
                minZoom(),
                name(),
                Points.differences(line));
    }

    private void addPolygon(FeatureStream features, References references, List<JsonArray> parts) throws IOException {
        List<Polygon.Ring> rings = new ArrayList<>();
        int points = 0;
        Box bounds = null;
        for (JsonArray part : parts) {
            List<JsonArray> lines = arrays(part);
            for (int i = 0; i < lines.size(); i++) {
                boolean hole = i > 0;
                int[] ring = ring(lines.get(i), hole);
                Box box = Box.of(ring);
                bounds = bounds == null ? box : bounds.with(box);
                points += ring.length / 2;
                rings.add(new Polygon.Ring(hole, Points.differences(ring)));
            }
        }
        if (bounds == null) {
            throw new FeatureException("the feature's geometry has no points");
        }
        features.add(
                new Polygon(id(), version(), constant(PolygonKind.class, "kind"), layer(), minZoom(), name(), rings),
                bounds);
        references.buildings().take(id(), bounds, points);
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
        long id = id(feature.get("id"), "id");
        // Of a save, these would say that the feature is new.
        if (id < 1) {
            throw new FeatureException("the feature's id is below 1");
        }
        return id;
    }

    private long id(String name) throws FeatureException {
        return id(properties.get(name), name);
    }

    private static long id(@Nullable JsonValue value, String name) throws FeatureException {
        try {
            if (value instanceof JsonNumber number) {
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
        return text("name");
    }

    private String text(String name) throws FeatureException {
        String text = properties.get(name) instanceof JsonString string ? string.getString() : "";
        if (text.length() > MAX_TEXT_CHARS || text.indexOf('\0') >= 0) {
            throw new FeatureException(
                    "the feature's " + name + " has a NUL or more than " + MAX_TEXT_CHARS + " characters");
        }
        return text;
    }

    private int number(String name, int least, int most) throws FeatureException {
        long value = id(name);
        if (value < least || value > most) {
            throw new FeatureException("the feature's " + name + " is not from " + least + " to " + most);
        }
        return (int) value;
    }

    /** Null where it is not known, like an elevation. */
    private int[] numbers(String name) throws FeatureException {
        JsonArray list = list(name);
        int[] numbers = new int[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            long value = JsonValue.NULL.equals(list.get(i)) ? Height3DInfo.UNKNOWN : id(list.get(i), name);
            if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
                throw new FeatureException("a number of the feature's " + name + " is too large");
            }
            numbers[i] = (int) value;
        }
        return numbers;
    }

    private JsonArray list(String name) throws FeatureException {
        if (properties.get(name) instanceof JsonArray list) {
            return list;
        }
        throw new FeatureException("the feature's " + name + " is no list");
    }

    private float metres(String name) throws FeatureException {
        if (properties.get(name) instanceof JsonNumber number) {
            float metres = Float.parseFloat(number.toString());
            if (Math.abs(metres) <= MAX_METRES) {
                return metres;
            }
        }
        throw new FeatureException("the feature's " + name + " is not a number up to " + MAX_METRES);
    }

    private boolean flag(String name) throws FeatureException {
        JsonValue value = properties.get(name);
        if (JsonValue.TRUE.equals(value) || JsonValue.FALSE.equals(value)) {
            return JsonValue.TRUE.equals(value);
        }
        throw new FeatureException("the feature's " + name + " is not true or false");
    }

    private <E extends Enum<E>> E constant(Class<E> type, String name) throws FeatureException {
        if (properties.get(name) instanceof JsonString word) {
            for (E constant : type.getEnumConstants()) {
                if (word(constant).equals(word.getString())) {
                    return constant;
                }
            }
        }
        throw new FeatureException("the feature's " + name + " is missing or none that is known");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
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
