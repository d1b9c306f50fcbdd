package io.framegate.map.message;

import io.framegate.message.Refusal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A sheet of the map series 1:50 000, 1:25 000 and 1:5 000: a cell of a grid of degrees on WGS 84.
 *
 * <p>The scheme is that of the Korean national base maps, generalised to any place on earth. A cell of one degree is
 * named by its south-west corner; the sheets in it are numbered row by row from the north-west, as one reads.
 *
 * <pre>
 *  part      digits  meaning
 *  corner         7  N or S, two digits of latitude, E or W, three digits of longitude: N47E009.
 *                    In Korea short: two digits of latitude and the last of the longitude, 124 … 133: 376 is N37E126
 *  1:50 000       2  01 … 16, a 4 × 4 grid of 15′
 *  1:25 000       1  1 … 4 after those of 1:50 000, a 2 × 2 grid of 7′30″
 *  1:5 000        3  001 … 100 after those of 1:50 000, a 10 × 10 grid of 1′30″
 * </pre>
 *
 * So {@code N47E00915} is the sheet of 1:50 000 that Vaduz is on, {@code N47E009153} a quarter of it, and {@code 37608001}
 * a sheet of 1:5 000 in Korea.
 *
 * @param mapId the number in the general form
 * @param west degrees
 * @param south degrees
 * @param east degrees
 * @param north degrees
 */
public record MapSheet(String mapId, double west, double south, double east, double north) {

    private static final Pattern GENERAL = Pattern.compile("([NS])(\\d\\d)([EW])(\\d\\d\\d)(\\d\\d)(\\d|\\d\\d\\d)?");
    private static final Pattern KOREAN = Pattern.compile("(\\d\\d)(\\d)(\\d\\d)(\\d|\\d\\d\\d)?");

    private static final int SHEETS_A_DEGREE = 4;
    private static final int QUARTERS = 2;
    private static final int FIVE_THOUSANDS = 10;

    /**
     * Finds a sheet by its number, in the general or the short Korean form.
     *
     * @throws Refusal with {@link Refusal.Code#INVALID} for a text that is no sheet's number
     */
    public static MapSheet of(String mapId) {
        Matcher general = GENERAL.matcher(mapId);
        if (general.matches()) {
            int south = Integer.parseInt(general.group(2)) * ("N".equals(general.group(1)) ? 1 : -1);
            int west = Integer.parseInt(general.group(4)) * ("E".equals(general.group(3)) ? 1 : -1);
            return cell(mapId, south, west, general.group(5), general.group(6));
        }
        Matcher korean = KOREAN.matcher(mapId);
        if (korean.matches()) {
            int digit = Integer.parseInt(korean.group(2));
            int west = digit < 4 ? 130 + digit : 120 + digit;
            return cell(mapId, Integer.parseInt(korean.group(1)), west, korean.group(3), korean.group(4));
        }
        throw unknown(mapId);
    }

    /** The 1:50 000 sheet that holds a point; a point on an edge is of the sheet to its north and east. */
    public static MapSheet containing(double longitude, double latitude) {
        if (!(longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90)) {
            throw new IllegalArgumentException("longitude=" + longitude + " latitude=" + latitude);
        }
        // The last meridian and the pole have no sheet to their north-east; they go with the one that ends there.
        int west = Math.min((int) Math.floor(longitude), 179);
        int south = Math.min((int) Math.floor(latitude), 89);
        int column = Math.min((int) ((longitude - west) * SHEETS_A_DEGREE), SHEETS_A_DEGREE - 1);
        int row = Math.max(SHEETS_A_DEGREE - 1 - (int) ((latitude - south) * SHEETS_A_DEGREE), 0);
        return of(corner(south, west) + String.format(Locale.ROOT, "%02d", row * SHEETS_A_DEGREE + column + 1));
    }

    private static MapSheet cell(String mapId, int south, int west, String sheet, @Nullable String part) {
        if (south < -90 || south > 89 || west < -180 || west > 179) {
            throw unknown(mapId);
        }
        // In units of 1/40 degree, so that every edge is one division away from exact.
        int units = SHEETS_A_DEGREE * FIVE_THOUSANDS;
        int sheetUnits = FIVE_THOUSANDS;
        int index = within(mapId, sheet, SHEETS_A_DEGREE * SHEETS_A_DEGREE);
        int left = index % SHEETS_A_DEGREE * sheetUnits;
        int bottom = (SHEETS_A_DEGREE - 1 - index / SHEETS_A_DEGREE) * sheetUnits;
        int size = sheetUnits;
        if (part != null) {
            int across = part.length() == 1 ? QUARTERS : FIVE_THOUSANDS;
            int partIndex = within(mapId, part, across * across);
            size = sheetUnits / across;
            left += partIndex % across * size;
            bottom += (across - 1 - partIndex / across) * size;
        }
        return new MapSheet(
                corner(south, west) + sheet + (part == null ? "" : part),
                west + (double) left / units,
                south + (double) bottom / units,
                west + (double) (left + size) / units,
                south + (double) (bottom + size) / units);
    }

    private static int within(String mapId, String number, int count) {
        int value = Integer.parseInt(number);
        if (value < 1 || value > count) {
            throw unknown(mapId);
        }
        return value - 1;
    }

    private static String corner(int south, int west) {
        return String.format(
                Locale.ROOT,
                "%s%02d%s%03d",
                south < 0 ? "S" : "N",
                Math.abs(south),
                west < 0 ? "W" : "E",
                Math.abs(west));
    }

    private static Refusal unknown(String mapId) {
        String clipped = mapId.length() <= 20 ? mapId : mapId.substring(0, 20) + "…";
        return new Refusal(
                Refusal.Code.INVALID,
                "There is no map sheet \"" + clipped.replaceAll("[^\\p{Alnum}…]", "?")
                        + "\": a sheet is named like N47E00915 (1:50 000), N47E009153 (1:25 000) or N47E00915001"
                        + " (1:5 000), in Korea also like 37608.");
    }
}
