package io.framegate.map.load;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths as OpenStreetMap's tags give them. */
final class Lengths {

    private static final Pattern METRES = Pattern.compile("(-?\\d{1,5}(?:\\.\\d{1,9})?)\\s*m?");
    private static final Pattern FEET = Pattern.compile("(\\d{1,5}(?:\\.\\d{1,9})?)(?:'|\\s*ft)(?:(\\d{1,2})\")?");
    private static final double METRES_PER_FOOT = 0.3048;
    private static final double INCHES_PER_FOOT = 12;

    private Lengths() {}

    /** Metres of {@code 12}, {@code 12.5 m}, {@code 40'}, {@code 40'6"} or {@code 40 ft}; nothing for any other text. */
    static Optional<Float> metres(String text) {
        Matcher metres = METRES.matcher(text.strip());
        if (metres.matches()) {
            return Optional.of(Float.parseFloat(metres.group(1)));
        }
        Matcher feet = FEET.matcher(text.strip());
        if (feet.matches()) {
            double inches = feet.group(2) == null ? 0 : Integer.parseInt(feet.group(2));
            return Optional.of(
                    (float) ((Double.parseDouble(feet.group(1)) + inches / INCHES_PER_FOOT) * METRES_PER_FOOT));
        }
        return Optional.empty();
    }
}
