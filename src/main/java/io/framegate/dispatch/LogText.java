package io.framegate.dispatch;

import java.util.Locale;

/** Text that a client may have had a hand in, made fit for one line of a log. */
public final class LogText {

    private static final int MAX_CHARACTERS = 200;

    /** Of a line of a stack trace, which has long names in it. */
    private static final int MAX_FIT_CHARACTERS = 1000;

    private LogText() {}

    /** What an object of somebody else says of itself, {@linkplain #clipped clipped}; its class where it fails to. */
    static String of(Object object) {
        String text;
        try {
            text = String.valueOf(object.toString());
        } catch (Throwable failure) {
            text = object.getClass().getSimpleName() + ", whose text cannot be made";
        }
        return clipped(text);
    }

    /**
     * Its beginning, with the number of each character that is not plain (line breaks, escapes, marks of direction, halves of
     * characters) in its place.
     */
    public static String clipped(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), MAX_CHARACTERS); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                line.append(c).append(text.charAt(++i));
            } else if (isPlain(c)) {
                line.append(c);
            } else {
                line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return text.length() > MAX_CHARACTERS ? line.append('…').toString() : line.toString();
    }

    /** Whether it can be logged as it is. */
    static boolean isFit(String text) {
        return text.length() <= MAX_FIT_CHARACTERS && text.chars().allMatch(c -> isPlain((char) c));
    }

    private static boolean isPlain(char c) {
        return c >= ' '
                && c != 127
                && Character.isDefined(c)
                && !Character.isSurrogate(c)
                && Character.getType(c) != Character.FORMAT
                && Character.getType(c) != Character.CONTROL
                && Character.getType(c) != Character.LINE_SEPARATOR
                && Character.getType(c) != Character.PARAGRAPH_SEPARATOR;
    }
}
