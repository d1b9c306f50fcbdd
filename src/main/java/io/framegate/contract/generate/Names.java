package io.framegate.contract.generate;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Names of the contract in the ways of other languages. */
final class Names {

    private Names() {}

    /** {@code Polygon.Ring} as {@code PolygonRing}. */
    static String type(String name) {
        return name.replace(".", "");
    }

    /** {@code speedKmh} as {@code speed_kmh}, {@code height3DInfos} as {@code height_3d_infos}. */
    static String snake(String name) {
        return type(name)
                .replaceAll("([a-z])([A-Z0-9])", "$1_$2")
                .replaceAll("([A-Z0-9])([A-Z][a-z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    /** {@code speedKmh} as {@code SpeedKmh}. */
    static String pascal(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    /** {@code MOTORWAY_LINK} as {@code MotorwayLink}. */
    static String pascalOfConstant(String name) {
        return Arrays.stream(name.split("_"))
                .map(word -> word.substring(0, 1) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    /** {@code MOTORWAY_LINK} as {@code motorway_link}. */
    static String snakeOfConstant(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
