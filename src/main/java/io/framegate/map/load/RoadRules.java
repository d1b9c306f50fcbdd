package io.framegate.map.load;

import io.framegate.map.message.Direction;
import io.framegate.map.message.RoadClass;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What OpenStreetMap's tags say of a road.
 *
 * <pre>
 *  highway                            class               shown from zoom
 *  motorway, motorway_link            MOTORWAY…           5, 8
 *  trunk, trunk_link                  TRUNK…              6, 9
 *  primary, primary_link              PRIMARY…            7, 10
 *  secondary, secondary_link          SECONDARY…          9, 11
 *  tertiary, tertiary_link            TERTIARY…           10, 12
 *  unclassified, residential          …                   12
 *  living_street, pedestrian          …                   13
 *  track, cycleway                    …                   13
 *  service, footway, path, steps, bridleway               14
 *  any other that is built            OTHER               14
 * </pre>
 */
final class RoadRules {

    private static final Set<String> NOT_A_ROAD = Set.of(
            "no",
            "proposed",
            "planned",
            "construction",
            "abandoned",
            "disused",
            "razed",
            "demolished",
            "removed",
            "platform",
            "rest_area",
            "services",
            "bus_stop",
            "elevator");
    private static final double KM_PER_MILE = 1.609344;
    private static final short WALKING_PACE_KMH = 7;
    private static final short NO_LIMIT = -1;

    private RoadRules() {}

    /** The class of a way, if it is a road; a square is none. */
    static Optional<RoadClass> roadClass(Map<String, String> tags) {
        String highway = tags.get("highway");
        if (highway == null || NOT_A_ROAD.contains(highway) || "yes".equals(tags.get("area"))) {
            return Optional.empty();
        }
        return Optional.of(
                switch (highway) {
                    case "motorway" -> RoadClass.MOTORWAY;
                    case "motorway_link" -> RoadClass.MOTORWAY_LINK;
                    case "trunk" -> RoadClass.TRUNK;
                    case "trunk_link" -> RoadClass.TRUNK_LINK;
                    case "primary" -> RoadClass.PRIMARY;
                    case "primary_link" -> RoadClass.PRIMARY_LINK;
                    case "secondary" -> RoadClass.SECONDARY;
                    case "secondary_link" -> RoadClass.SECONDARY_LINK;
                    case "tertiary" -> RoadClass.TERTIARY;
                    case "tertiary_link" -> RoadClass.TERTIARY_LINK;
                    case "unclassified" -> RoadClass.UNCLASSIFIED;
                    case "residential" -> RoadClass.RESIDENTIAL;
                    case "living_street" -> RoadClass.LIVING_STREET;
                    case "service" -> RoadClass.SERVICE;
                    case "pedestrian" -> RoadClass.PEDESTRIAN;
                    case "track" -> RoadClass.TRACK;
                    case "cycleway" -> RoadClass.CYCLEWAY;
                    case "footway" -> RoadClass.FOOTWAY;
                    case "path" -> RoadClass.PATH;
                    case "steps" -> RoadClass.STEPS;
                    case "bridleway" -> RoadClass.BRIDLEWAY;
                    default -> RoadClass.OTHER;
                });
    }

    /** The zoom level from which on a road is shown. */
    static byte minZoom(RoadClass roadClass) {
        return switch (roadClass) {
            case MOTORWAY -> 5;
            case TRUNK -> 6;
            case PRIMARY -> 7;
            case MOTORWAY_LINK -> 8;
            case SECONDARY, TRUNK_LINK -> 9;
            case TERTIARY, PRIMARY_LINK -> 10;
            case SECONDARY_LINK -> 11;
            case UNCLASSIFIED, RESIDENTIAL, TERTIARY_LINK -> 12;
            case LIVING_STREET, PEDESTRIAN, TRACK, CYCLEWAY -> 13;
            case SERVICE, FOOTWAY, PATH, STEPS, BRIDLEWAY, OTHER -> 14;
        };
    }

    /** From {@code oneway}; without it, motorways and roundabouts are one-way as they are drawn. */
    static Direction direction(Map<String, String> tags) {
        return switch (tags.getOrDefault("oneway", "")) {
            case "yes", "true", "1" -> Direction.FORWARD;
            case "-1", "reverse" -> Direction.BACKWARD;
            case "no", "false", "0", "reversible", "alternating" -> Direction.BOTH;
            default -> {
                String junction = tags.getOrDefault("junction", "");
                boolean implied = junction.equals("roundabout")
                        || junction.equals("circular")
                        || "motorway".equals(tags.get("highway"));
                yield implied ? Direction.FORWARD : Direction.BOTH;
            }
        };
    }

    /** From {@code lanes}; 0 where it is missing or no number from 1 to 127. */
    static byte lanes(Map<String, String> tags) {
        return (byte) number(tags.getOrDefault("lanes", ""), 1, Byte.MAX_VALUE, 0);
    }

    /** From {@code maxspeed}, in km/h: a number, one in mph, {@code none} or {@code walk}; else 0. */
    static short speedKmh(Map<String, String> tags) {
        String limit = tags.getOrDefault("maxspeed", "").trim().toLowerCase(Locale.ROOT);
        if (limit.equals("none")) {
            return NO_LIMIT;
        }
        if (limit.equals("walk")) {
            return WALKING_PACE_KMH;
        }
        if (limit.endsWith("mph")) {
            int mph = number(limit.substring(0, limit.length() - 3).trim(), 1, 1000, 0);
            return (short) Math.round(mph * KM_PER_MILE);
        }
        return (short) number(
                limit.endsWith("km/h") ? limit.substring(0, limit.length() - 4).trim() : limit, 1, 1000, 0);
    }

    /** The name, else the number of the road, else nothing. */
    static String name(Map<String, String> tags) {
        return tags.getOrDefault("name", tags.getOrDefault("ref", ""));
    }

    /** From {@code layer}, −5 … 5; 0 where it is missing or no whole number. */
    static byte layer(Map<String, String> tags) {
        return (byte) number(tags.getOrDefault("layer", ""), -5, 5, 0);
    }

    private static int number(String text, int least, int most, int otherwise) {
        try {
            int number = Integer.parseInt(text);
            return number < least || number > most ? otherwise : number;
        } catch (NumberFormatException e) {
            // Tags are free text: "2;3", "CH:urban".
            return otherwise;
        }
    }
}
