package io.framegate.map.load;

import io.framegate.map.message.PolylineKind;
import java.util.Map;
import java.util.Optional;

/**
 * What OpenStreetMap's tags say of a line that is neither road nor area. The first row that fits counts.
 *
 * <pre>
 *  tag                                            kind         shown from zoom
 *  natural=coastline                              COASTLINE    1
 *  railway: rail, light_rail, narrow_gauge        RAILWAY      8; sidings, spurs and yards 13
 *  railway: tram, subway, funicular, others       RAILWAY      12
 *  waterway=river                                 RIVER        8
 *  waterway=canal                                 CANAL        10
 *  waterway=stream                                STREAM       13
 *  waterway: ditch, drain                         DRAIN        14
 *  waterway: others                               OTHER        14
 *  route=ferry                                    FERRY        7
 *  aeroway: runway, taxiway                       RUNWAY       10
 *  aerialway                                      AERIALWAY    12
 *  power: line, minor_line, cable                 POWER_LINE   12, 14, 14
 *  boundary=administrative, by admin_level        BOUNDARY     2: 1, 3-4: 5, 5-6: 8, 7-8: 10, else 12
 *  natural: cliff, ridge, arete                   CLIFF        14
 *  natural=tree_row                               TREE_ROW     15
 *  man_made=pipeline                              PIPELINE     13
 *  barrier                                        BARRIER      16
 *  man_made: pier, breakwater, groyne,
 *            embankment, cutline, dyke            OTHER        14
 * </pre>
 */
final class PolylineRules {

    /**
     * What is known.
     *
     * @param minZoom the zoom level from which on it is shown
     */
    record Line(PolylineKind kind, int minZoom) {}

    private PolylineRules() {}

    static Optional<Line> line(Map<String, String> tags) {
        String natural = tags.getOrDefault("natural", "");
        if (natural.equals("coastline")) {
            return line(PolylineKind.COASTLINE, 1);
        }
        String railway = tags.get("railway");
        if (railway != null) {
            Optional<Line> line = railway(railway, tags);
            if (line.isPresent()) {
                return line;
            }
        }
        String waterway = tags.get("waterway");
        if (waterway != null) {
            return switch (waterway) {
                case "river" -> line(PolylineKind.RIVER, 8);
                case "canal" -> line(PolylineKind.CANAL, 10);
                case "stream" -> line(PolylineKind.STREAM, 13);
                case "ditch", "drain" -> line(PolylineKind.DRAIN, 14);
                default -> line(PolylineKind.OTHER, 14);
            };
        }
        if (tags.getOrDefault("route", "").equals("ferry")) {
            return line(PolylineKind.FERRY, 7);
        }
        String aeroway = tags.getOrDefault("aeroway", "");
        if (aeroway.equals("runway") || aeroway.equals("taxiway")) {
            return line(PolylineKind.RUNWAY, 10);
        }
        if (tags.containsKey("aerialway")) {
            return line(PolylineKind.AERIALWAY, 12);
        }
        switch (tags.getOrDefault("power", "")) {
            case "line" -> {
                return line(PolylineKind.POWER_LINE, 12);
            }
            case "minor_line", "cable" -> {
                return line(PolylineKind.POWER_LINE, 14);
            }
            default -> {}
        }
        if (tags.getOrDefault("boundary", "").equals("administrative")) {
            return line(PolylineKind.BOUNDARY, adminZoom(tags));
        }
        if (natural.equals("cliff") || natural.equals("ridge") || natural.equals("arete")) {
            return line(PolylineKind.CLIFF, 14);
        }
        if (natural.equals("tree_row")) {
            return line(PolylineKind.TREE_ROW, 15);
        }
        String manMade = tags.getOrDefault("man_made", "");
        if (manMade.equals("pipeline")) {
            return line(PolylineKind.PIPELINE, 13);
        }
        if (tags.containsKey("barrier")) {
            return line(PolylineKind.BARRIER, 16);
        }
        return switch (manMade) {
            case "pier", "breakwater", "groyne", "embankment", "cutline", "dyke" -> line(PolylineKind.OTHER, 14);
            default -> Optional.empty();
        };
    }

    /** From which zoom on a boundary is shown, by {@code admin_level}. */
    static int adminZoom(Map<String, String> tags) {
        return switch (tags.getOrDefault("admin_level", "")) {
            case "1", "2" -> 1;
            case "3", "4" -> 5;
            case "5", "6" -> 8;
            case "7", "8" -> 10;
            default -> 12;
        };
    }

    private static Optional<Line> railway(String railway, Map<String, String> tags) {
        return switch (railway) {
            case "rail", "light_rail", "narrow_gauge" ->
                line(PolylineKind.RAILWAY, tags.containsKey("service") ? 13 : 8);
            case "tram", "subway", "funicular", "monorail", "preserved", "miniature", "disused" ->
                line(PolylineKind.RAILWAY, 12);
            // Platforms and stations are areas; what is abandoned or only planned is not there.
            default -> Optional.empty();
        };
    }

    private static Optional<Line> line(PolylineKind kind, int minZoom) {
        return Optional.of(new Line(kind, minZoom));
    }
}
