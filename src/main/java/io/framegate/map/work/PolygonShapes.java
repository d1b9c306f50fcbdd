package io.framegate.map.work;

import io.framegate.map.message.Area;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon.Ring;
import java.util.ArrayList;
import java.util.List;
import org.locationtech.jts.algorithm.Orientation;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.PrecisionModel;
import org.locationtech.jts.geom.TopologyException;
import org.locationtech.jts.geom.util.PolygonExtracter;
import org.locationtech.jts.operation.overlayng.OverlayNG;
import org.locationtech.jts.simplify.TopologyPreservingSimplifier;

/**
 * Makes polygons smaller: cut off at the edges of an area, or without the points that cannot be seen.
 *
 * <p><b>Clipping</b> is for polygons of more than {@value #HUGE_POINTS} points; what is smaller is not worth it. It keeps
 * to whole units (1e-7 degree) and gives every ring its direction. A polygon whose rings cross so that it cannot be
 * clipped is left whole.
 *
 * <p><b>Simplifying</b> leaves out points as long as no side moves by more than a pixel of the zoom level: where the world
 * is 256 · 2^level pixels wide, 360 / (256 · 2^level) degrees. Rings do not come to cross and none vanishes (JTS,
 * topology-preserving Douglas–Peucker). At load type 0 there is no level, and nothing is left out.
 */
final class PolygonShapes {

    static final int HUGE_POINTS = 1_000;

    private static final double WORLD_UNITS = 360.0 * Points.UNITS_PER_DEGREE;
    private static final int TILE_PIXELS = 256;
    private static final PrecisionModel UNITS = new PrecisionModel(1);
    private static final GeometryFactory GEOMETRIES = new GeometryFactory(UNITS);

    private PolygonShapes() {}

    /** The same polygon, or a clipped one with its version negated, which has no rings if none is in the area. */
    static Polygon clipped(Polygon polygon, Area area) {
        Envelope edges = new Envelope(
                Math.floor(area.west() * Points.UNITS_PER_DEGREE),
                Math.ceil(area.east() * Points.UNITS_PER_DEGREE),
                Math.floor(area.south() * Points.UNITS_PER_DEGREE),
                Math.ceil(area.north() * Points.UNITS_PER_DEGREE));
        if (points(polygon) <= HUGE_POINTS) {
            return polygon;
        }
        Geometry window = GEOMETRIES.toGeometry(edges);
        List<Ring> rings = new ArrayList<>();
        boolean within = true;
        try {
            for (org.locationtech.jts.geom.Polygon part : parts(polygon)) {
                if (edges.contains(part.getEnvelopeInternal())) {
                    addRings(part, rings);
                } else {
                    within = false;
                    addPolygons(OverlayNG.overlay(part, window, OverlayNG.INTERSECTION, UNITS), rings);
                }
            }
        } catch (TopologyException e) {
            return polygon;
        }
        return within ? polygon : changed(polygon, rings);
    }

    /** The same polygon, or one of fewer points with its version negated. */
    static Polygon simplified(Polygon polygon, int level) {
        if (level == Area.EVERYTHING) {
            return polygon;
        }
        double tolerance = WORLD_UNITS / (TILE_PIXELS * (double) (1L << level));
        List<Ring> rings = new ArrayList<>();
        for (org.locationtech.jts.geom.Polygon part : parts(polygon)) {
            addPolygons(TopologyPreservingSimplifier.simplify(part, tolerance), rings);
        }
        Polygon simpler = changed(polygon, rings);
        return points(simpler) < points(polygon) ? simpler : polygon;
    }

    private static Polygon changed(Polygon polygon, List<Ring> rings) {
        return new Polygon(
                polygon.id(),
                -Math.abs(polygon.version()),
                polygon.kind(),
                polygon.layer(),
                polygon.minZoom(),
                polygon.name(),
                rings);
    }

    private static long points(Polygon polygon) {
        return polygon.rings().stream()
                .mapToLong(ring -> ring.points().length / 2)
                .sum();
    }

    /** An outer ring with its holes each. */
    private static List<org.locationtech.jts.geom.Polygon> parts(Polygon polygon) {
        List<org.locationtech.jts.geom.Polygon> parts = new ArrayList<>();
        List<Ring> rings = polygon.rings();
        for (int outer = 0; outer < rings.size(); ) {
            List<LinearRing> holes = new ArrayList<>();
            int next = outer + 1;
            for (; next < rings.size() && rings.get(next).hole(); next++) {
                holes.add(closed(rings.get(next)));
            }
            parts.add(GEOMETRIES.createPolygon(closed(rings.get(outer)), holes.toArray(LinearRing[]::new)));
            outer = next;
        }
        return parts;
    }

    private static LinearRing closed(Ring ring) {
        int[] units = Points.absolute(ring.points());
        Coordinate[] coordinates = new Coordinate[units.length / 2 + 1];
        for (int i = 0; i < coordinates.length; i++) {
            int at = i * 2 % units.length;
            coordinates[i] = new Coordinate(units[at], units[at + 1]);
        }
        return GEOMETRIES.createLinearRing(coordinates);
    }

    private static void addPolygons(Geometry geometry, List<Ring> rings) {
        // Where a side runs along an edge of the area there may be lines and points as well.
        for (Object part : PolygonExtracter.getPolygons(geometry)) {
            addRings((org.locationtech.jts.geom.Polygon) part, rings);
        }
    }

    private static void addRings(org.locationtech.jts.geom.Polygon part, List<Ring> rings) {
        if (part.isEmpty()) {
            return;
        }
        rings.add(ring(part.getExteriorRing(), false));
        for (int i = 0; i < part.getNumInteriorRing(); i++) {
            rings.add(ring(part.getInteriorRingN(i), true));
        }
    }

    private static Ring ring(LinearRing closed, boolean hole) {
        Coordinate[] coordinates = closed.getCoordinates();
        int count = coordinates.length - 1;
        boolean reverse = Orientation.isCCW(coordinates) == hole;
        int[] units = new int[2 * count];
        for (int i = 0; i < count; i++) {
            Coordinate coordinate = coordinates[reverse ? count - i : i];
            units[2 * i] = (int) coordinate.x;
            units[2 * i + 1] = (int) coordinate.y;
        }
        return new Ring(hole, Points.differences(units));
    }
}
