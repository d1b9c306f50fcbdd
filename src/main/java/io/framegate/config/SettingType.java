package io.framegate.config;

import io.framegate.transport.AddressRanges;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How the value of a setting is written, and which values are allowed.
 *
 * @param <T> the value
 * @param expected the allowed values, to go after "Set … to": "a whole number from 1 to 9"
 * @param parser a value from text that is not empty; throws {@link Unusable} for any other
 * @param writer its inverse
 */
record SettingType<T>(String expected, Function<String, T> parser, Function<T, String> writer) {

    /** A text that is no value. */
    static final class Unusable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        /** @param reason to go after what is expected; empty if the text itself says enough */
        Unusable(String reason) {
            super(reason, null, false, false);
        }
    }

    /** What is written for a value that is not there. */
    static final String NONE = "none";

    private static final Pattern BYTES = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB)?");
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB");

    /** A whole number. */
    static SettingType<Integer> integer(int least, int most) {
        return new SettingType<>(
                "a whole number from " + least + " to " + most,
                text -> {
                    try {
                        return inRange(Integer.parseInt(text), value -> value >= least && value <= most);
                    } catch (NumberFormatException e) {
                        throw new Unusable("");
                    }
                },
                String::valueOf);
    }

    /** A number of bytes, written with a binary unit as a rule. */
    static SettingType<Integer> bytes(int least, int most) {
        return new SettingType<>(
                "a size like 8192, 8KiB or 4MiB, from " + least + " to " + most + " bytes",
                text -> {
                    Matcher matcher = BYTES.matcher(text);
                    if (!matcher.matches()) {
                        throw new Unusable("");
                    }
                    int shift = 10 * UNITS.indexOf(matcher.group(2) == null ? "B" : matcher.group(2));
                    long number = Long.parseLong(matcher.group(1));
                    if (number > (long) most >> shift || number << shift < least) {
                        throw new Unusable("");
                    }
                    return (int) (number << shift);
                },
                SettingType::size);
    }

    /** With the largest unit that makes a whole number of it. */
    private static String size(int bytes) {
        int unit = bytes == 0 ? 0 : Math.min(Integer.numberOfTrailingZeros(bytes) / 10, UNITS.size() - 1);
        return (bytes >> 10 * unit) + (unit == 0 ? "" : UNITS.get(unit));
    }

    /** A duration by ISO 8601. */
    static SettingType<Duration> duration(int leastMillis) {
        return new SettingType<>(
                "an ISO 8601 duration like PT0.5S, PT30S or PT10M, from " + leastMillis + " ms to 365 days",
                text -> {
                    try {
                        return inRange(
                                Duration.parse(text),
                                value -> value.toMillis() >= leastMillis
                                        && !value.isNegative()
                                        && value.toDays() <= 365);
                    } catch (DateTimeException | ArithmeticException e) {
                        throw new Unusable("");
                    }
                },
                Duration::toString);
    }

    /** A switch. */
    static SettingType<Boolean> flag() {
        return new SettingType<>(
                "true or false",
                text -> switch (text.toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new Unusable("");
                },
                String::valueOf);
    }

    /**
     * One of some constants, in small letters with hyphens.
     *
     * @param expected the allowed ones, as for {@link #expected}
     */
    static <E extends Enum<E>> SettingType<E> choice(String expected, List<E> allowed) {
        return new SettingType<>(
                expected,
                text -> allowed.stream()
                        .filter(constant -> written(constant).equalsIgnoreCase(text))
                        .findFirst()
                        .orElseThrow(() -> new Unusable("")),
                SettingType::written);
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Any text. */
    static SettingType<String> text(String expected) {
        return new SettingType<>(expected, text -> text, text -> text);
    }

    /** A text of some form, or none. */
    static SettingType<Optional<String>> optionalText(String expected, Predicate<String> form) {
        return optional(expected, text -> inRange(text, form), text -> text);
    }

    /** A file, or none. */
    static SettingType<Optional<Path>> file() {
        return optional(
                "a file",
                text -> {
                    try {
                        return Path.of(text);
                    } catch (InvalidPathException e) {
                        throw new Unusable("");
                    }
                },
                Path::toString);
    }

    /** Names, separated by commas. */
    static SettingType<Set<String>> names(String expected) {
        return new SettingType<>(
                expected,
                text -> Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .collect(Collectors.toUnmodifiableSet()),
                names -> String.join(", ", names));
    }

    /** Addresses and ranges, or none. */
    static SettingType<AddressRanges> addresses() {
        String expected = "addresses or ranges like 192.168.0.0/16, 10.1.2.3 or 2001:db8::/32, separated by commas";
        return new SettingType<>(
                expected,
                text -> {
                    try {
                        return text.equals(NONE)
                                ? AddressRanges.NONE
                                : AddressRanges.of(Arrays.stream(text.split("[,\\s]+"))
                                        .filter(range -> !range.isEmpty())
                                        .toList());
                    } catch (IllegalArgumentException e) {
                        throw new Unusable(String.valueOf(e.getMessage()));
                    }
                },
                ranges -> NONE);
    }

    private static <T> SettingType<Optional<T>> optional(
            String expected, Function<String, T> parser, Function<T, String> writer) {
        return new SettingType<>(
                expected,
                text -> text.equals(NONE) ? Optional.empty() : Optional.of(parser.apply(text)),
                value -> value.map(writer).orElse(NONE));
    }

    private static <T> T inRange(T value, Predicate<T> allowed) {
        if (!allowed.test(value)) {
            throw new Unusable("");
        }
        return value;
    }
}
