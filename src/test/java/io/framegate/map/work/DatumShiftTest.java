package io.framegate.map.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Points;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Against a formula of its own: EPSG:5191, "Korean 1985 to WGS 84 (1)", as the EPSG registry publishes it with ten
 * parameters (method 9636, Molodensky-Badekas, coordinate frame rotation: positive angles turn the axes, not the point).
 */
class DatumShiftTest {

    /** Seoul's city hall, Busan, Jeju and the border in the north. */
    private static final double[][] KOREA = {
        {126.978, 37.5665}, {129.0756, 35.1796}, {126.5312, 33.4996}, {128.35, 38.6}
    };

    private static final double CM_IN_DEGREES = 1e-7;

    private static final double BESSEL_A = 6_377_397.155;
    private static final double BESSEL_F = 1 / 299.1528128;
    private static final double WGS84_A = 6_378_137;
    private static final double WGS84_F = 1 / 298.257223563;

    private static final double[] TRANSLATION = {-145.907, 505.034, 685.756};
    private static final double[] ROTATION_SECONDS = {-1.162, 2.347, 1.592};
    private static final double SCALE_PPM = 6.342;
    private static final double[] POINT = {-3_159_521.31, 4_068_151.32, 3_748_113.85};

    @Test
    void agreesWithThePublishedTransformationOfKorea() {
        for (double[] place : KOREA) {
            double[] expected = published(place[0], place[1]);
            int[] found = DatumShift.toWgs84().units(units(place));
            // The translation is rounded to millimetres, the answer to a unit of 1.1 cm.
            assertEquals(expected[0], Points.degrees(found[0]), CM_IN_DEGREES);
            assertEquals(expected[1], Points.degrees(found[1]), CM_IN_DEGREES);
        }
    }

    /**
     * 127° E, 37° N on WGS 84 is 127°00′07.549″ E, 36°59′49.697″ N on Bessel 1841 by the seven parameters of Korea's national
     * survey, as its conversions are quoted, to a thousandth of a second, in github.com/petabytekr/proj4js-test.
     */
    @Test
    void agreesWithAPublishedPointOnBothDatums() {
        double thousandth = 0.001 / 3600;
        double longitude = 127 + 7.549 / 3600;
        double latitude = 36 + 59.0 / 60 + 49.697 / 3600;
        int[] wgs84 = DatumShift.toWgs84().units(units(longitude, latitude));
        assertEquals(127, Points.degrees(wgs84[0]), thousandth);
        assertEquals(37, Points.degrees(wgs84[1]), thousandth);
        int[] bessel = DatumShift.toBessel().units(units(127, 37));
        assertEquals(longitude, Points.degrees(bessel[0]), thousandth);
        assertEquals(latitude, Points.degrees(bessel[1]), thousandth);
    }

    /** What every Korean surveyor knows: new coordinates are some 10″ farther north and 7″ farther west. */
    @Test
    void movesSeoulByThreeHundredAndSixtyMetres() {
        int[] seoul = units(KOREA[0]);
        int[] shifted = DatumShift.toWgs84().units(seoul);
        double east = (shifted[0] - seoul[0]) / 1e7 * 111_320 * Math.cos(Math.toRadians(KOREA[0][1]));
        double north = (shifted[1] - seoul[1]) / 1e7 * 111_000;
        assertEquals(362, Math.hypot(east, north), 3);
        assertEquals(-7.5, (shifted[0] - seoul[0]) / 1e7 * 3600, 0.2);
        assertEquals(10.0, (shifted[1] - seoul[1]) / 1e7 * 3600, 0.2);
    }

    @Test
    void comesBackWithinAUnitAnywhereInKorea() {
        Random random = new Random(1985);
        for (int i = 0; i < 10_000; i++) {
            int[] place = units(random.nextDouble(124.5, 131.1), random.nextDouble(33.1, 38.7));
            int[] back = DatumShift.toWgs84().units(DatumShift.toBessel().units(place));
            assertTrue(Math.abs(back[0] - place[0]) <= 1 && Math.abs(back[1] - place[1]) <= 1);
        }
    }

    @Test
    void comesBackWithinAMetreAnywhereElse() {
        Random random = new Random(1841);
        double worst = 0;
        for (int i = 0; i < 10_000; i++) {
            double latitude = random.nextDouble(-85, 85);
            int[] place = units(random.nextDouble(-179, 179), latitude);
            int[] back = DatumShift.toWgs84().units(DatumShift.toBessel().units(place));
            double east = (back[0] - place[0]) * Math.cos(Math.toRadians(latitude));
            worst = Math.max(worst, Math.hypot(east, (double) back[1] - place[1]) / 90);
        }
        System.out.printf("Measured: there and back, anywhere on earth, differ by at most %.2f m.%n", worst);
        assertTrue(worst < 1, worst + " m");
    }

    @Test
    void putsAnAreaAroundItsShiftedCorners() {
        Area shifted = DatumShift.toWgs84().area(new Area(Ellipsoid.BESSEL_1841, 12, 126.9, 37.5, 127.1, 37.6));
        assertEquals(Ellipsoid.WGS84, shifted.ellipsoid());
        assertEquals(12, shifted.loadType());
        for (double[] corner : new double[][] {{126.9, 37.5}, {126.9, 37.6}, {127.1, 37.5}, {127.1, 37.6}}) {
            double[] expected = published(corner[0], corner[1]);
            assertTrue(shifted.west() <= expected[0] + CM_IN_DEGREES && shifted.east() >= expected[0] - CM_IN_DEGREES);
            assertTrue(
                    shifted.south() <= expected[1] + CM_IN_DEGREES && shifted.north() >= expected[1] - CM_IN_DEGREES);
        }
        assertEquals(0.2, shifted.east() - shifted.west(), 0.0002);
        assertEquals(0.1, shifted.north() - shifted.south(), 0.0002);
    }

    @Test
    void keepsTheWholeEarthWhole() {
        Area shifted = DatumShift.toWgs84().area(new Area(Ellipsoid.BESSEL_1841, 0, -180, -90, 180, 90));
        assertEquals(-180, shifted.west(), 0.01);
        assertEquals(180, shifted.east(), 0.01);
        assertEquals(-90, shifted.south(), 0.01);
        assertEquals(90, shifted.north(), 0.01);
    }

    private static double[] published(double longitude, double latitude) {
        double[] source = geocentric(longitude, latitude);
        double[] d = new double[3];
        for (int i = 0; i < 3; i++) {
            d[i] = source[i] - POINT[i];
        }
        double rx = Math.toRadians(ROTATION_SECONDS[0] / 3600);
        double ry = Math.toRadians(ROTATION_SECONDS[1] / 3600);
        double rz = Math.toRadians(ROTATION_SECONDS[2] / 3600);
        double scale = 1 + SCALE_PPM * 1e-6;
        double x = scale * (d[0] + rz * d[1] - ry * d[2]) + POINT[0] + TRANSLATION[0];
        double y = scale * (-rz * d[0] + d[1] + rx * d[2]) + POINT[1] + TRANSLATION[1];
        double z = scale * (ry * d[0] - rx * d[1] + d[2]) + POINT[2] + TRANSLATION[2];
        return geographic(x, y, z);
    }

    /** Of a point on Bessel's ellipsoid, in metres. */
    private static double[] geocentric(double longitude, double latitude) {
        double lambda = Math.toRadians(longitude);
        double phi = Math.toRadians(latitude);
        double e2 = BESSEL_F * (2 - BESSEL_F);
        double n = BESSEL_A / Math.sqrt(1 - e2 * Math.pow(Math.sin(phi), 2));
        return new double[] {
            n * Math.cos(phi) * Math.cos(lambda), n * Math.cos(phi) * Math.sin(lambda), n * (1 - e2) * Math.sin(phi)
        };
    }

    /** On WGS 84, in degrees, by iteration. */
    private static double[] geographic(double x, double y, double z) {
        double e2 = WGS84_F * (2 - WGS84_F);
        double r = Math.hypot(x, y);
        double phi = Math.atan2(z, r * (1 - e2));
        for (int i = 0; i < 20; i++) {
            double n = WGS84_A / Math.sqrt(1 - e2 * Math.pow(Math.sin(phi), 2));
            phi = Math.atan2(z + e2 * n * Math.sin(phi), r);
        }
        return new double[] {Math.toDegrees(Math.atan2(y, x)), Math.toDegrees(phi)};
    }

    private static int[] units(double... degrees) {
        return new int[] {Points.units(degrees[0]), Points.units(degrees[1])};
    }
}
