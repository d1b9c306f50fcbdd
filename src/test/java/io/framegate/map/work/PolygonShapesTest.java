package io.framegate.map.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon.Ring;
import io.framegate.map.message.PolygonKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolygonShapesTest {

    private static final int MANY = 40_000;

    @Test
    void clipsAHugePolygonWithItsHole() {
        Polygon disc = polygon(circle(0, 0, 10, MANY, false), circle(0, 0, 5, MANY, true));
        Polygon clipped = PolygonShapes.clipped(disc, area(0, -20, 20, 20));
        assertEquals(-3, clipped.version());
        assertEquals(disc.id(), clipped.id());
        // Half of a ring, in one piece: the hole has become a part of the outline.
        assertEquals(1, clipped.rings().size());
        double half = Math.PI * (100 - 25) / 2;
        assertEquals(half, area(clipped), half * 1e-5);
        int[] units = Points.absolute(clipped.rings().get(0).points());
        for (int i = 0; i < units.length; i += 2) {
            assertTrue(units[i] >= 0);
        }
    }

    @Test
    void keepsHolesWithinTheAreaAsHoles() {
        Polygon disc = polygon(circle(0, 0, 10, MANY, false), circle(0, 0, 2, 100, true));
        Polygon clipped = PolygonShapes.clipped(disc, area(-5, -5, 5, 5));
        assertEquals(
                List.of(false, true), clipped.rings().stream().map(Ring::hole).toList());
        assertEquals(100 - Math.PI * 4, area(clipped), 0.02);
        assertTrue(signedArea(clipped.rings().get(0)) > 0
                && signedArea(clipped.rings().get(1)) < 0);
    }

    @Test
    void clipsEverythingOutsideTheArea() {
        Polygon disc = polygon(circle(0, 0, 10, MANY, false));
        // In the corner of its box, and outside.
        assertEquals(
                List.of(), PolygonShapes.clipped(disc, area(9.5, 9.5, 20, 20)).rings());
    }

    @Test
    void clipsLargeCrossingPolygonsOnly() {
        Polygon disc = polygon(circle(0, 0, 10, MANY, false));
        assertSame(disc, PolygonShapes.clipped(disc, area(-10, -10, 10, 10)));
        Polygon small = polygon(circle(0, 0, 10, PolygonShapes.HUGE_POINTS, false));
        assertSame(small, PolygonShapes.clipped(small, area(0, 0, 1, 1)));
    }

    @Test
    void simplifiesToAPixelOfTheLevel() {
        Polygon disc = polygon(circle(0, 0, 10, MANY, false), circle(0, 0, 5, MANY, true));
        int last = MANY;
        for (int level : new int[] {14, 10, 6, 2}) {
            Polygon simple = PolygonShapes.simplified(disc, level);
            int points = simple.rings().get(0).points().length / 2;
            assertTrue(points < last && points >= 3, level + ": " + points);
            assertEquals(-3, simple.version());
            assertEquals(2, simple.rings().size());
            double pixel = 360.0 / (256 << level);
            assertEquals(area(disc), area(simple), 2 * Math.PI * 15 * pixel);
            last = points;
        }
    }

    @Test
    void keepsPolygonsWithoutRedundantPoints() {
        Polygon disc = polygon(circle(0, 0, 10, 12, false));
        assertSame(disc, PolygonShapes.simplified(disc, 12));
        assertSame(disc, PolygonShapes.simplified(disc, Area.EVERYTHING));
        Polygon tiny = polygon(new Ring(false, Points.differences(new int[] {0, 0, 9, 0, 9, 9, 0, 9})));
        assertTrue(PolygonShapes.simplified(tiny, 1).rings().get(0).points().length >= 6, "it does not vanish");
        assertArrayEquals(
                disc.rings().get(0).points(),
                PolygonShapes.simplified(disc, 20).rings().get(0).points());
    }

    private static Polygon polygon(Ring... rings) {
        return new Polygon(7, 3, PolygonKind.WATER, (byte) 0, (byte) 0, "", List.of(rings));
    }

    /** Around a place in degrees; holes clockwise. */
    private static Ring circle(double x, double y, double radius, int points, boolean hole) {
        int[] units = new int[2 * points];
        for (int i = 0; i < points; i++) {
            double angle = 2 * Math.PI * (hole ? -i : i) / points;
            units[2 * i] = Points.units(x + radius * Math.cos(angle));
            units[2 * i + 1] = Points.units(y + radius * Math.sin(angle));
        }
        return new Ring(hole, Points.differences(units));
    }

    /** In square degrees, holes taken off by their direction. */
    private static double area(Polygon polygon) {
        return polygon.rings().stream()
                .mapToDouble(PolygonShapesTest::signedArea)
                .sum();
    }

    private static double signedArea(Ring ring) {
        int[] units = Points.absolute(ring.points());
        double twice = 0;
        for (int i = 0; i < units.length; i += 2) {
            int next = (i + 2) % units.length;
            twice += Points.degrees(units[i]) * Points.degrees(units[next + 1])
                    - Points.degrees(units[next]) * Points.degrees(units[i + 1]);
        }
        return twice / 2;
    }

    private static Area area(double west, double south, double east, double north) {
        return new Area(Ellipsoid.WGS84, 0, west, south, east, north);
    }
}
