package io.framegate.bench.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes JSON as bytes, without any check of its order. */
final class JsonText {

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int UNITS_DIGITS = 7;
    private static final int UNITS_PER_DEGREE = 10_000_000;
    private static final int LONGEST_NUMBER = 20;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int filled;

    JsonText(OutputStream out) {
        this.out = out;
    }

    /** ASCII as it is. */
    JsonText raw(String text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            buffer[filled++] = (byte) text.charAt(i);
        }
        return this;
    }

    /** Text in quotes, escaped where it has to be. */
    JsonText text(String text) {
        raw("\"");
        boolean plain = text.chars().allMatch(c -> c >= ' ' && c < 127 && c != '"' && c != '\\');
        if (plain) {
            return raw(text).raw("\"");
        }
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> {
            if (c < ' ') {
                escaped.append(String.format("\\u%04x", c));
            } else {
                escaped.append(c == '"' || c == '\\' ? "\\" : "").append((char) c);
            }
        });
        byte[] bytes = escaped.toString().getBytes(StandardCharsets.UTF_8);
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, filled, bytes.length);
        filled += bytes.length;
        return raw("\"");
    }

    JsonText number(long value) {
        room(LONGEST_NUMBER);
        long left = value;
        if (left < 0) {
            buffer[filled++] = '-';
            left = -left;
        }
        int digits = 1;
        for (long rest = left / 10; rest > 0; rest /= 10) {
            digits++;
        }
        digits(left, digits);
        return this;
    }

    /** Longitudes and latitudes in turn, in 1e-7 degree, with as few decimals as they need. */
    JsonText positions(int[] units) {
        for (int i = 0; i < units.length; i += 2) {
            raw(i == 0 ? "[" : ",[")
                    .degrees(units[i])
                    .raw(",")
                    .degrees(units[i + 1])
                    .raw("]");
        }
        return this;
    }

    void flush() {
        try {
            out.write(buffer, 0, filled);
            filled = 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonText degrees(int units) {
        if (units < 0) {
            raw("-");
        }
        int absolute = Math.abs(units);
        number(absolute / UNITS_PER_DEGREE);
        int decimals = absolute % UNITS_PER_DEGREE;
        if (decimals > 0) {
            int digits = UNITS_DIGITS;
            while (decimals % 10 == 0) {
                decimals /= 10;
                digits--;
            }
            room(1 + digits);
            buffer[filled++] = '.';
            digits(decimals, digits);
        }
        return this;
    }

    private void digits(long value, int digits) {
        long left = value;
        for (int at = filled + digits - 1; at >= filled; at--) {
            buffer[at] = (byte) ('0' + left % 10);
            left /= 10;
        }
        filled += digits;
    }

    private void room(int bytes) {
        if (buffer.length - filled < bytes) {
            flush();
        }
    }
}
