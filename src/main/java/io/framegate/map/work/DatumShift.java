package io.framegate.map.work;

import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Points;
import org.locationtech.proj4j.BasicCoordinateTransform;
import org.locationtech.proj4j.CRSFactory;
import org.locationtech.proj4j.CoordinateReferenceSystem;
import org.locationtech.proj4j.ProjCoordinate;

/**
 * Coordinates from WGS 84, on which the map is stored, to Bessel 1841 and back.
 *
 * <p>Many countries have a datum of their own on this ellipsoid. This one is Korea's of 1985 (EPSG:4162), by the
 * transformation of the country's survey (EPSG:5191, Molodensky-Badekas, good to 1 m in South Korea). proj4j's own entry of
 * it carries no shift, and knows the seven parameters of Helmert only, so it is given those that do the same:
 *
 * <pre>
 *                       EPSG:5191 (rotating the frame, about a point)   here (rotating the position, about the origin)
 *  translation, m       −145.907  505.034  685.756                      −114.620  475.963  675.018
 *  rotation, ″          −1.162  2.347  1.592                            1.162  −2.347  −1.592
 *  scale, 10⁻⁶          6.342                                           6.342
 *  point, m             −3159521.31  4068151.32  3748113.85             0  0  0
 * </pre>
 *
 * The new translation is what becomes of the point 0 0 0. Beware of the first column's seven numbers without the point,
 * which are often met as a {@code towgs84}: they are 17 m off at Seoul.
 *
 * <p><b>Exactness.</b> Points are on the ellipsoid, since the map has no heights: the height that comes out is dropped. So
 * there and back differ by less than 1 cm (1e-7 degree) in Korea, and by some decimetres on the other side of the earth.
 *
 * <p><b>Threads.</b> For one thread; made for each request.
 */
final class DatumShift {

    private static final CoordinateReferenceSystem WGS84 =
            new CRSFactory().createFromParameters("WGS 84", "+proj=longlat +datum=WGS84 +no_defs");
    private static final CoordinateReferenceSystem BESSEL = new CRSFactory()
            .createFromParameters(
                    "Korean 1985",
                    "+proj=longlat +ellps=bessel"
                            + " +towgs84=-114.620,475.963,675.018,1.162,-2.347,-1.592,6.342 +no_defs");

    private static final double FARTHEST_LATITUDE = 85;

    private final BasicCoordinateTransform transform;
    private final ProjCoordinate from = new ProjCoordinate();
    private final ProjCoordinate to = new ProjCoordinate();

    private DatumShift(CoordinateReferenceSystem source, CoordinateReferenceSystem target) {
        this.transform = new BasicCoordinateTransform(source, target);
    }

    /** From Bessel 1841 to WGS 84. */
    static DatumShift toWgs84() {
        return new DatumShift(BESSEL, WGS84);
    }

    /** From WGS 84 to Bessel 1841. */
    static DatumShift toBessel() {
        return new DatumShift(WGS84, BESSEL);
    }

    /**
     * The smallest area on WGS 84 that has all four corners in it, cut off at the last meridian. An area that goes beyond
     * 85° north or south is taken all around the earth: at the poles, a few hundred metres turn a longitude into any other.
     */
    Area area(Area area) {
        boolean polar = area.south() < -FARTHEST_LATITUDE || area.north() > FARTHEST_LATITUDE;
        double west = 180;
        double south = 90;
        double east = -180;
        double north = -90;
        for (double longitude : new double[] {area.west(), area.east()}) {
            for (double latitude : new double[] {area.south(), area.north()}) {
                shift(longitude, latitude);
                west = Math.min(west, to.x);
                south = Math.min(south, to.y);
                east = Math.max(east, to.x);
                north = Math.max(north, to.y);
            }
        }
        return polar
                ? new Area(Ellipsoid.WGS84, area.loadType(), -180, south, 180, north)
                : new Area(Ellipsoid.WGS84, area.loadType(), west, south, east, north);
    }

    /** Shifts longitudes and latitudes in turn, in 1e-7 degree, to the nearest unit: a new array. */
    int[] units(int[] units) {
        int[] shifted = new int[units.length];
        for (int i = 0; i < units.length; i += 2) {
            shift(Points.degrees(units[i]), Points.degrees(units[i + 1]));
            shifted[i] = Points.units(to.x);
            shifted[i + 1] = Points.units(to.y);
        }
        return shifted;
    }

    /** Shifts the points of a line, as {@link Points} has them: a new array. */
    int[] points(int[] points) {
        return Points.differences(units(Points.absolute(points)));
    }

    /** Into {@link #to}. */
    private void shift(double longitude, double latitude) {
        from.setValue(longitude, latitude);
        transform.transform(from, to);
        // Beyond the last meridian it counts from the other side; but an area and a line must not fall apart.
        if (Math.abs(to.x - longitude) > 180) {
            to.x = Math.copySign(180, longitude);
        }
    }
}
