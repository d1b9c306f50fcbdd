package io.framegate.dispatch;

/** Text that a client may have had a hand in, made fit for one line of a log. */
final class LogText {

    private static final int MAX_CHARACTERS = 200;

    private LogText() {}

    /** Its beginning, with the number of each character that is not plain (line breaks, escapes, marks of direction) in its place. */
    static String clipped(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), MAX_CHARACTERS); i++) {
            char c = text.charAt(i);
            boolean plain = c >= ' '
                    && c != 127
                    && Character.isDefined(c)
                    && Character.getType(c) != Character.FORMAT
                    && Character.getType(c) != Character.CONTROL
                    && Character.getType(c) != Character.LINE_SEPARATOR
                    && Character.getType(c) != Character.PARAGRAPH_SEPARATOR;
            line.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return text.length() > MAX_CHARACTERS ? line.append('…').toString() : line.toString();
    }
}
