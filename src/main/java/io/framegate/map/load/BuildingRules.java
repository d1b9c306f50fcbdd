package io.framegate.map.load;

import io.framegate.map.message.HeightOrigin;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.RoofShape;
import java.util.Map;
import java.util.Optional;

/**
 * What OpenStreetMap's tags say of the height of a building; what is derived, and how, is said in {@link Polygon3DInfo}.
 */
final class BuildingRules {

    private static final float METRES_PER_LEVEL = 3;
    private static final float DEFAULT_HEIGHT_M = 6;
    private static final int MAX_LEVELS = 300;
    private static final int FIRST_VERSION = 1;

    private record Height(float metres, HeightOrigin origin) {
        static final Height UNKNOWN = new Height(0, HeightOrigin.DEFAULT);
    }

    private BuildingRules() {}

    /** The heights of a polygon that is a building or a part of one. */
    static Polygon3DInfo heights(long id, byte minZoom, Map<String, String> tags) {
        Height roof = height(tags, "roof:height", "roof:levels");
        Height bottom = height(tags, "min_height", "building:min_level");
        Height top = height(tags, "height", "building:levels");
        if (top.origin() == HeightOrigin.LEVELS) {
            // OpenStreetMap counts a roof's levels apart.
            top = new Height(top.metres() + roof.metres(), HeightOrigin.LEVELS);
        } else if (top.origin() == HeightOrigin.DEFAULT) {
            top = new Height(bottom.metres() + DEFAULT_HEIGHT_M, HeightOrigin.DEFAULT);
        }
        if (bottom.metres() >= top.metres()) {
            bottom = Height.UNKNOWN;
        }
        if (roof.metres() > top.metres()) {
            roof = Height.UNKNOWN;
        }
        return new Polygon3DInfo(
                id,
                FIRST_VERSION,
                !tags.getOrDefault("building:part", "no").equals("no"),
                top.metres(),
                top.origin(),
                bottom.metres(),
                bottom.origin(),
                wholeLevels(tags, "building:levels"),
                wholeLevels(tags, "building:min_level"),
                shape(tags),
                roof.metres(),
                roof.origin(),
                wholeLevels(tags, "roof:levels"),
                minZoom);
    }

    private static Height height(Map<String, String> tags, String heightKey, String levelsKey) {
        Optional<Float> measured =
                Lengths.metres(tags.getOrDefault(heightKey, "")).filter(metres -> metres > 0);
        if (measured.isPresent()) {
            return new Height(measured.get(), HeightOrigin.MEASURED);
        }
        return levels(tags, levelsKey)
                .map(levels -> new Height(levels * METRES_PER_LEVEL, HeightOrigin.LEVELS))
                .orElse(Height.UNKNOWN);
    }

    /** Halves occur; nothing and zero are the same: not known, or the ground. */
    private static Optional<Float> levels(Map<String, String> tags, String key) {
        try {
            float levels = Float.parseFloat(tags.getOrDefault(key, "").strip());
            return levels > 0 && levels <= MAX_LEVELS ? Optional.of(levels) : Optional.empty();
        } catch (NumberFormatException e) {
            // Tags are free text: "2-3", "EG".
            return Optional.empty();
        }
    }

    private static short wholeLevels(Map<String, String> tags, String key) {
        return levels(tags, key).map(levels -> (short) Math.round(levels)).orElse((short) 0);
    }

    private static RoofShape shape(Map<String, String> tags) {
        return switch (tags.getOrDefault("roof:shape", "")) {
            case "" -> RoofShape.UNKNOWN;
            case "flat" -> RoofShape.FLAT;
            case "skillion" -> RoofShape.SKILLION;
            case "gabled" -> RoofShape.GABLED;
            case "half-hipped" -> RoofShape.HALF_HIPPED;
            case "hipped" -> RoofShape.HIPPED;
            case "pyramidal" -> RoofShape.PYRAMIDAL;
            case "gambrel" -> RoofShape.GAMBREL;
            case "mansard" -> RoofShape.MANSARD;
            case "dome" -> RoofShape.DOME;
            case "onion" -> RoofShape.ONION;
            case "round" -> RoofShape.ROUND;
            case "saltbox" -> RoofShape.SALTBOX;
            case "cone" -> RoofShape.CONE;
            default -> RoofShape.OTHER;
        };
    }
}
