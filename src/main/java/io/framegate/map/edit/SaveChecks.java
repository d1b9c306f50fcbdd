package io.framegate.map.edit;

import io.framegate.map.message.Area;
import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult.Problem;
import io.framegate.message.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.locationtech.jts.algorithm.Orientation;
import org.locationtech.jts.geom.Coordinate;

/**
 * What of a save can be checked without the database.
 *
 * <pre>
 *  of            rule
 *  the save      key and author of 1 … 100 characters; 1 … 5 000 features; no feature twice
 *  any feature   name of at most 1 000 characters; points within ±180° and ±90°, at most 1 000 000 of them; layer −5 … 5;
 *                zoom level 0 … 20; not one that was clipped or simplified (its version is below 0)
 *  link          2 points or more; lanes 0 or more; speed −1 or more; a new node that it refers to is in the save
 *  polyline      2 points or more
 *  turn rule     at most 1 000 links between; texts of at most 1 000 characters each; new links and a new node that it
 *                refers to are in the save
 *  polygon       a ring or more, the first no hole; each ring of 3 points or more, the first not repeated at the end, that
 *                enclose an area, counter-clockwise, a hole clockwise. Rings that cross themselves are not looked for:
 *                the map has some, and they may be edited.
 * </pre>
 */
final class SaveChecks {

    static final int MAX_FEATURES = SaveFeatures.MAX_FEATURES;
    static final int MAX_WORDS = 100;
    static final int MAX_NAME = 1_000;
    static final int MAX_POINTS = 1_000_000;
    static final int MAX_LINKS_BETWEEN = 1_000;

    private static final int HALF_TURN = 180 * Points.UNITS_PER_DEGREE;
    private static final int QUARTER_TURN = 90 * Points.UNITS_PER_DEGREE;
    private static final int MAX_LAYER = 5;
    private static final int LEAST_LINE = 2;
    private static final int LEAST_RING = 3;

    private final SaveFeatures request;
    private final List<Problem> problems = new ArrayList<>();
    private final Set<Target> seen = new HashSet<>();

    SaveChecks(SaveFeatures request) {
        this.request = request;
    }

    /**
     * @throws Refusal for what is no save
     * @throws SaveRejected with all problems of its features, if there are any
     */
    void check() {
        checkSave();
        request.nodes().forEach(this::checkNode);
        request.links().forEach(this::checkLink);
        request.polygons().forEach(this::checkPolygon);
        request.polylines().forEach(this::checkPolyline);
        request.passInfos().forEach(this::checkPassInfo);
        request.deletions().forEach(this::checkDeletion);
        if (!problems.isEmpty()) {
            throw SaveRejected.since(problems);
        }
    }

    private void checkSave() {
        checkWords("key", request.key());
        checkWords("author", request.author());
        int features = request.links().size()
                + request.nodes().size()
                + request.polygons().size()
                + request.polylines().size()
                + request.passInfos().size()
                + request.deletions().size();
        if (features < 1 || features > MAX_FEATURES) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "A save has 1 to " + MAX_FEATURES + " features; this one has " + features + ".");
        }
    }

    private static void checkWords(String what, String words) {
        if (words.isBlank() || words.length() > MAX_WORDS) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "The " + what + " of a save must have 1 to " + MAX_WORDS + " characters; it has " + words.length()
                            + ".");
        }
    }

    private void checkNode(Node node) {
        checkFeature(ElementKind.NODE, node.id(), node.version(), node.minZoom(), node.name());
        checkPlace(ElementKind.NODE, node.id(), node.longitudeE7(), node.latitudeE7());
    }

    private void checkLink(Link link) {
        checkFeature(ElementKind.LINK, link.id(), link.version(), link.minZoom(), link.name());
        checkLine(ElementKind.LINK, link.id(), link.points(), LEAST_LINE);
        checkLayer(ElementKind.LINK, link.id(), link.layer());
        require(link.lanes() >= 0, ElementKind.LINK, link.id(), "The lanes must be 0 or more.");
        require(link.speedKmh() >= -1, ElementKind.LINK, link.id(), "The speed must be -1 or more.");
        for (long node : new long[] {link.fromNode(), link.toNode()}) {
            require(
                    node > 0 || node < 0 && seen.contains(new Target(ElementKind.NODE, node)),
                    ElementKind.LINK,
                    link.id(),
                    "There is no new node " + node + " in this save for the link to end at.");
        }
    }

    private void checkPolyline(Polyline line) {
        checkFeature(ElementKind.POLYLINE, line.id(), line.version(), line.minZoom(), line.name());
        checkLine(ElementKind.POLYLINE, line.id(), line.points(), LEAST_LINE);
        checkLayer(ElementKind.POLYLINE, line.id(), line.layer());
    }

    private void checkPolygon(Polygon polygon) {
        ElementKind kind = ElementKind.POLYGON;
        long id = polygon.id();
        checkFeature(kind, id, polygon.version(), polygon.minZoom(), polygon.name());
        checkLayer(kind, id, polygon.layer());
        require(
                !polygon.rings().isEmpty() && !polygon.rings().get(0).hole(),
                kind,
                id,
                "A polygon begins with a ring that is no hole.");
        long points = 0;
        for (Polygon.Ring ring : polygon.rings()) {
            points += ring.points().length / 2;
            if (checkLine(kind, id, ring.points(), LEAST_RING)) {
                checkRing(id, ring);
            }
        }
        require(points <= MAX_POINTS, kind, id, "A polygon has at most " + MAX_POINTS + " points.");
    }

    private void checkRing(long id, Polygon.Ring ring) {
        int[] units = Points.absolute(ring.points());
        int last = units.length - 2;
        require(
                units[0] != units[last] || units[1] != units[last + 1],
                ElementKind.POLYGON,
                id,
                "The first point of a ring is not repeated at its end.");
        Coordinate[] closed = new Coordinate[units.length / 2 + 1];
        for (int i = 0; i < closed.length; i++) {
            int at = i * 2 % units.length;
            closed[i] = new Coordinate(units[at], units[at + 1]);
        }
        double area = org.locationtech.jts.algorithm.Area.ofRing(closed);
        require(area > 0, ElementKind.POLYGON, id, "A ring encloses no area.");
        require(
                area == 0 || Orientation.isCCW(closed) != ring.hole(),
                ElementKind.POLYGON,
                id,
                "Outer rings run counter-clockwise, holes clockwise.");
    }

    private void checkPassInfo(PassInfo rule) {
        ElementKind kind = ElementKind.PASS_INFO;
        checkOnce(kind, rule.id());
        require(rule.version() >= 0, kind, rule.id(), "The version must be 0 or more.");
        for (long link : RuleChanges.linksOf(rule)) {
            require(
                    link > 0 || link < 0 && seen.contains(new Target(ElementKind.LINK, link)),
                    kind,
                    rule.id(),
                    "There is no new link " + link + " in this save for the rule to be about.");
        }
        require(
                rule.viaNode() > 0 || rule.viaNode() < 0 && seen.contains(new Target(ElementKind.NODE, rule.viaNode())),
                kind,
                rule.id(),
                "There is no new node " + rule.viaNode() + " in this save for the rule to be about.");
        require(
                rule.viaLinks().size() <= MAX_LINKS_BETWEEN,
                kind,
                rule.id(),
                "The rule leads over more than " + MAX_LINKS_BETWEEN + " links.");
        for (String text : List.of(rule.vehicles(), rule.except(), rule.condition())) {
            require(text.length() <= MAX_NAME, kind, rule.id(), "A text has more than " + MAX_NAME + " characters.");
        }
    }

    private void checkDeletion(Deletion deletion) {
        require(deletion.id() > 0, deletion.kind(), deletion.id(), "Only what is stored can be deleted.");
        checkOnce(deletion.kind(), deletion.id());
    }

    private void checkFeature(ElementKind kind, long id, int version, byte minZoom, String name) {
        checkOnce(kind, id);
        require(
                version >= 0,
                kind,
                id,
                "It was clipped or simplified: load it whole, by a request that asks for neither, to change it.");
        require(minZoom >= 0 && minZoom <= Area.MAX_LOAD_TYPE, kind, id, "The zoom level must be 0 to 20.");
        require(name.length() <= MAX_NAME, kind, id, "The name has more than " + MAX_NAME + " characters.");
    }

    private void checkOnce(ElementKind kind, long id) {
        require(id == 0 || seen.add(new Target(kind, id)), kind, id, "It is in this save twice.");
    }

    private void checkLayer(ElementKind kind, long id, byte layer) {
        require(Math.abs(layer) <= MAX_LAYER, kind, id, "The layer must be -5 to 5.");
    }

    private boolean checkLine(ElementKind kind, long id, int[] points, int least) {
        int count = points.length / 2;
        if (points.length % 2 != 0 || count < least || count > MAX_POINTS) {
            problems.add(new Problem(
                    kind,
                    id,
                    "A line here has " + least + " to " + MAX_POINTS
                            + " points, each of a longitude and a latitude; this one has " + points.length
                            + " numbers."));
            return false;
        }
        int[] units = Points.absolute(points);
        for (int i = 0; i < units.length; i += 2) {
            if (!checkPlace(kind, id, units[i], units[i + 1])) {
                return false;
            }
        }
        return true;
    }

    private boolean checkPlace(ElementKind kind, long id, int longitudeE7, int latitudeE7) {
        // Not by Math.abs, which leaves the least int32 negative.
        return require(
                longitudeE7 >= -HALF_TURN
                        && longitudeE7 <= HALF_TURN
                        && latitudeE7 >= -QUARTER_TURN
                        && latitudeE7 <= QUARTER_TURN,
                kind,
                id,
                "A point is not on earth: " + longitudeE7 + ", " + latitudeE7 + " in 1e-7 degree.");
    }

    private boolean require(boolean holds, ElementKind kind, long id, String sentence) {
        if (!holds) {
            problems.add(new Problem(kind, id, sentence));
        }
        return holds;
    }
}
