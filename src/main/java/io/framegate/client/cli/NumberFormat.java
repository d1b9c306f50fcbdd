package io.framegate.client.cli;

import java.util.Locale;

/** Numbers as a person reads them. */
final class NumberFormat {

    private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final double KIBI = 1024;
    private static final double KILO = 1000;

    private NumberFormat() {}

    static String bytes(double value) {
        int unit = 0;
        while (value >= KIBI && unit < BYTE_UNITS.length - 1) {
            value /= KIBI;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, BYTE_UNITS[unit]);
    }

    /** A count, with thousands set apart. */
    static String count(double value) {
        return String.format(Locale.ROOT, value < 10 && value % 1 != 0 ? "%.1f" : "%,.0f", value)
                .replace(',', ' ');
    }

    /** A time in microseconds; a dash for none. */
    static String micros(double value) {
        if (value < 0) {
            return "–";
        } else if (value >= KILO * KILO) {
            return String.format(Locale.ROOT, "%.2f s", value / KILO / KILO);
        } else if (value >= KILO) {
            return String.format(Locale.ROOT, "%.1f ms", value / KILO);
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f µs" : "%.0f µs", value);
    }

    /** Text without what a terminal would obey. */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "\uFFFD");
    }
}
