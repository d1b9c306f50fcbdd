package io.framegate.map.load;

import io.framegate.map.message.Points;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.store.Box;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What OpenStreetMap's tags say of a closed line or a multipolygon. {@code area=no} makes it no area; a barrier or
 * another line that happens to be closed is an area only with {@code area=yes}. The first row that fits counts.
 *
 * <pre>
 *  tag                                                                     kind
 *  building, building:part                                                 BUILDING
 *  natural=water, water, waterway: riverbank, dock, landuse: reservoir,
 *    basin, leisure=swimming_pool                                          WATER
 *  natural=wetland                                                         WETLAND
 *  natural=glacier                                                         GLACIER
 *  natural: bare_rock, scree, rock, shingle, stone                         ROCK
 *  natural=wood, landuse=forest                                            FOREST
 *  natural: grassland, heath, scrub, fell, landuse: grass, meadow,
 *    village_green                                                         GRASS
 *  landuse: farmland, farmyard, orchard, vineyard, allotments,
 *    plant_nursery, greenhouse_horticulture                                FARMLAND
 *  landuse=residential                                                     RESIDENTIAL
 *  landuse: commercial, retail                                             COMMERCIAL
 *  landuse: industrial, railway, construction, brownfield, depot           INDUSTRIAL
 *  landuse=cemetery, amenity=grave_yard                                    CEMETERY
 *  landuse: quarry, landfill                                               QUARRY
 *  leisure: park, garden, playground, dog_park, landuse=recreation_ground  PARK
 *  leisure: pitch, track, stadium, sports_centre, golf_course, …           SPORT
 *  amenity: parking, bicycle_parking, motorcycle_parking, parking_space    PARKING
 *  amenity: school, kindergarten, college, university                      SCHOOL
 *  amenity: hospital, clinic                                               HOSPITAL
 *  leisure=nature_reserve, boundary: protected_area, national_park         PROTECTED
 *  boundary=administrative                                                 ADMINISTRATIVE
 *  place=square, highway with area=yes                                     SQUARE
 *  place: island, islet                                                    ISLAND
 *  any other landuse, natural, leisure, amenity, shop, tourism, historic,
 *    office, man_made, military, power, aeroway, public_transport,
 *    railway: platform, station; area=yes                                  OTHER
 * </pre>
 *
 * <b>Zoom.</b> An administrative area is shown from the zoom of its level on (see {@link PolylineRules}); any other as
 * soon as the box around it is as large as a square of 8 × 8 pixels (a tile of 256 pixels is the earth at zoom 0), but
 * at the latest from 16 on; a building not before 13.
 */
final class PolygonRules {

    private static final Set<String> OTHER_KEYS = Set.of(
            "landuse",
            "natural",
            "leisure",
            "amenity",
            "shop",
            "tourism",
            "historic",
            "office",
            "man_made",
            "military",
            "power",
            "aeroway",
            "public_transport");
    /** Values of the keys above that name a line, even when it is closed. */
    private static final Set<String> LINES = Set.of(
            "coastline",
            "cliff",
            "ridge",
            "arete",
            "tree_row",
            "pipeline",
            "line",
            "minor_line",
            "cable",
            "runway",
            "taxiway",
            "embankment",
            "cutline",
            "dyke",
            "breakwater",
            "groyne",
            "pier",
            "no");

    private static final double METRES_PER_PIXEL_AT_ZOOM_0 = 156_543.03;
    private static final double METRES_PER_DEGREE = 111_319.49;
    private static final int PIXELS_WIDE = 8;
    private static final int LATEST_ZOOM = 16;
    private static final int BUILDING_ZOOM = 13;

    private PolygonRules() {}

    /** What kind of area it is, if any; whether it is closed is the caller's to see. */
    static Optional<PolygonKind> kind(Map<String, String> tags) {
        if ("no".equals(tags.get("area"))) {
            return Optional.empty();
        }
        Optional<PolygonKind> kind = building(tags)
                .or(() -> natural(tags))
                .or(() -> landUse(tags))
                .or(() -> leisure(tags))
                .or(() -> amenity(tags))
                .or(() -> place(tags));
        if (kind.isPresent()) {
            return kind;
        }
        boolean other = "yes".equals(tags.get("area"))
                || OTHER_KEYS.stream()
                        .anyMatch(key -> tags.containsKey(key) && !LINES.contains(tags.getOrDefault(key, "")))
                || Set.of("platform", "station").contains(tags.getOrDefault("railway", ""));
        return other ? Optional.of(PolygonKind.OTHER) : Optional.empty();
    }

    /** The zoom level from which on an area is shown. */
    static byte minZoom(PolygonKind kind, Map<String, String> tags, Box bounds) {
        if (kind == PolygonKind.ADMINISTRATIVE) {
            return (byte) PolylineRules.adminZoom(tags);
        }
        double widthDegrees = ((double) bounds.east() - bounds.west()) / Points.UNITS_PER_DEGREE;
        double heightDegrees = ((double) bounds.north() - bounds.south()) / Points.UNITS_PER_DEGREE;
        double latitude = Points.degrees(bounds.south()) + heightDegrees / 2;
        // A degree of longitude and a pixel are shorter by the cosine of the latitude, a degree of latitude is not: of
        // width · height / pixel², one cosine stays below.
        double pixelsAtZoom0 = Math.sqrt(widthDegrees * heightDegrees / Math.cos(Math.toRadians(latitude)))
                * METRES_PER_DEGREE
                / METRES_PER_PIXEL_AT_ZOOM_0;
        double zoom = Math.ceil(Math.log(PIXELS_WIDE / pixelsAtZoom0) / Math.log(2));
        int earliest = kind == PolygonKind.BUILDING ? BUILDING_ZOOM : 1;
        return (byte) Math.max(earliest, Math.min(LATEST_ZOOM, zoom));
    }

    private static Optional<PolygonKind> building(Map<String, String> tags) {
        boolean building = !tags.getOrDefault("building", "no").equals("no")
                || !tags.getOrDefault("building:part", "no").equals("no");
        return building ? Optional.of(PolygonKind.BUILDING) : Optional.empty();
    }

    private static Optional<PolygonKind> natural(Map<String, String> tags) {
        String waterway = tags.getOrDefault("waterway", "");
        if (tags.containsKey("water") || waterway.equals("riverbank") || waterway.equals("dock")) {
            return Optional.of(PolygonKind.WATER);
        }
        return switch (tags.getOrDefault("natural", "")) {
            case "water" -> Optional.of(PolygonKind.WATER);
            case "wetland" -> Optional.of(PolygonKind.WETLAND);
            case "glacier" -> Optional.of(PolygonKind.GLACIER);
            case "bare_rock", "scree", "rock", "shingle", "stone" -> Optional.of(PolygonKind.ROCK);
            case "wood" -> Optional.of(PolygonKind.FOREST);
            case "grassland", "heath", "scrub", "fell" -> Optional.of(PolygonKind.GRASS);
            default -> Optional.empty();
        };
    }

    private static Optional<PolygonKind> landUse(Map<String, String> tags) {
        return switch (tags.getOrDefault("landuse", "")) {
            case "reservoir", "basin" -> Optional.of(PolygonKind.WATER);
            case "forest" -> Optional.of(PolygonKind.FOREST);
            case "grass", "meadow", "village_green" -> Optional.of(PolygonKind.GRASS);
            case "farmland",
                    "farmyard",
                    "orchard",
                    "vineyard",
                    "allotments",
                    "plant_nursery",
                    "greenhouse_horticulture" -> Optional.of(PolygonKind.FARMLAND);
            case "residential" -> Optional.of(PolygonKind.RESIDENTIAL);
            case "commercial", "retail" -> Optional.of(PolygonKind.COMMERCIAL);
            case "industrial", "railway", "construction", "brownfield", "depot" -> Optional.of(PolygonKind.INDUSTRIAL);
            case "cemetery" -> Optional.of(PolygonKind.CEMETERY);
            case "quarry", "landfill" -> Optional.of(PolygonKind.QUARRY);
            case "recreation_ground" -> Optional.of(PolygonKind.PARK);
            default -> Optional.empty();
        };
    }

    private static Optional<PolygonKind> leisure(Map<String, String> tags) {
        return switch (tags.getOrDefault("leisure", "")) {
            case "swimming_pool" -> Optional.of(PolygonKind.WATER);
            case "park", "garden", "playground", "dog_park" -> Optional.of(PolygonKind.PARK);
            case "pitch",
                    "track",
                    "stadium",
                    "sports_centre",
                    "golf_course",
                    "miniature_golf",
                    "ice_rink",
                    "fitness_station",
                    "horse_riding" -> Optional.of(PolygonKind.SPORT);
            case "nature_reserve" -> Optional.of(PolygonKind.PROTECTED);
            default -> Optional.empty();
        };
    }

    private static Optional<PolygonKind> amenity(Map<String, String> tags) {
        return switch (tags.getOrDefault("amenity", "")) {
            case "grave_yard" -> Optional.of(PolygonKind.CEMETERY);
            case "parking", "bicycle_parking", "motorcycle_parking", "parking_space" ->
                Optional.of(PolygonKind.PARKING);
            case "school", "kindergarten", "college", "university" -> Optional.of(PolygonKind.SCHOOL);
            case "hospital", "clinic" -> Optional.of(PolygonKind.HOSPITAL);
            default -> Optional.empty();
        };
    }

    private static Optional<PolygonKind> place(Map<String, String> tags) {
        switch (tags.getOrDefault("boundary", "")) {
            case "protected_area", "national_park" -> {
                return Optional.of(PolygonKind.PROTECTED);
            }
            case "administrative" -> {
                return Optional.of(PolygonKind.ADMINISTRATIVE);
            }
            default -> {}
        }
        if (tags.containsKey("highway") && "yes".equals(tags.get("area"))) {
            return Optional.of(PolygonKind.SQUARE);
        }
        return switch (tags.getOrDefault("place", "")) {
            case "square" -> Optional.of(PolygonKind.SQUARE);
            case "island", "islet" -> Optional.of(PolygonKind.ISLAND);
            default -> Optional.empty();
        };
    }
}
