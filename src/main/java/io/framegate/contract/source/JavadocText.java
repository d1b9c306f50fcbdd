package io.framegate.contract.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Javadoc comment as plain text: what it says of the whole, and of each field.
 *
 * <p>Fields are described by {@code @param}, or by the layout table of the house: a {@code <pre>} whose first line has
 * the columns {@code size} and {@code field}, where a line that begins with no size goes on with the one before.
 *
 * @param description paragraphs with an empty line between them; lines that begin with four spaces are preformatted
 * @param fields texts by the names of fields, without the wire type that a table repeats
 */
record JavadocText(String description, Map<String, String> fields) {

    private static final Pattern INLINE = Pattern.compile("\\{@(\\w+)\\s*([^{}]*(?:\\{[^{}]*}[^{}]*)*)}");
    private static final Pattern BLOCK_TAG = Pattern.compile("(?m)^\\s*@(\\w+)\\s+");
    private static final Pattern PRE = Pattern.compile("(?s)<pre>\\n?(.*?)</pre>");
    private static final Pattern TABLE_HEAD = Pattern.compile("\\s*(offset\\s+)?size\\s+field.*");
    private static final Pattern TABLE_ROW =
            Pattern.compile("\\s*(?:\\d+\\s+)?\\d+(?:\\+[0-9n…]+)?\\s+(\\w+)[,\\s]*(.*)");
    private static final Pattern WIRE_TYPE = Pattern.compile(
            "(?:int8|int16|int32|int64|float32|float64|boolean|narrow text|text|bytes|list of int64)(?:\\[])?(?:[:;,]\\s*|$)");

    static JavadocText of(String comment) {
        String body = comment.replaceAll("(?m)^ ", "");
        Matcher tag = BLOCK_TAG.matcher(body);
        int tags = tag.find() ? tag.start() : body.length();
        Map<String, String> fields = new LinkedHashMap<>();
        String description = description(body.substring(0, tags), fields);
        for (String block : body.substring(tags).split("(?m)^(?=\\s*@\\w+\\s)")) {
            String[] words = block.strip().split("\\s+", 3);
            if (words.length == 3 && words[0].equals("@param")) {
                fields.put(words[1], flowing(words[2]));
            }
        }
        return new JavadocText(description, fields);
    }

    private static String description(String body, Map<String, String> fields) {
        List<String> paragraphs = new ArrayList<>();
        Matcher pre = PRE.matcher(body);
        int at = 0;
        while (pre.find()) {
            addParagraphs(body.substring(at, pre.start()), paragraphs);
            List<String> lines = pre.group(1).lines().toList();
            if (!lines.isEmpty() && TABLE_HEAD.matcher(lines.get(0)).matches()) {
                readTable(lines, fields);
            } else {
                paragraphs.add(String.join(
                                "\n",
                                lines.stream()
                                        .map(line -> "    " + plain(line).stripTrailing())
                                        .toList())
                        .stripTrailing());
            }
            at = pre.end();
        }
        addParagraphs(body.substring(at), paragraphs);
        return String.join("\n\n", paragraphs);
    }

    private static void addParagraphs(String html, List<String> paragraphs) {
        for (String paragraph : html.split("<p>|\\n\\s*\\n")) {
            String text = flowing(paragraph);
            if (!text.isEmpty()) {
                paragraphs.add(text);
            }
        }
    }

    private static void readTable(List<String> lines, Map<String, String> fields) {
        String name = "";
        for (String line : lines.subList(1, lines.size())) {
            Matcher row = TABLE_ROW.matcher(line);
            if (row.matches()) {
                name = row.group(1);
                fields.put(name, row.group(2));
            } else if (!name.isEmpty()) {
                fields.merge(name, line.strip(), (text, more) -> text + " " + more);
            }
        }
        fields.replaceAll((field, text) -> WIRE_TYPE.matcher(flowing(text)).replaceFirst(""));
    }

    private static String flowing(String html) {
        return plain(html).strip().replaceAll("\\s+", " ");
    }

    private static String plain(String html) {
        String text = INLINE.matcher(html)
                .replaceAll(match -> Matcher.quoteReplacement(inline(match.group(1), match.group(2))));
        return text.replaceAll("</?\\w+>", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#64;", "@")
                .replace("&amp;", "&");
    }

    /** {@code {@link A#b words}} is its words, else {@code A.b}. */
    private static String inline(String tag, String content) {
        String text = content.strip();
        if (tag.equals("link") || tag.equals("linkplain")) {
            String[] parts = text.split("\\s+", 2);
            text = parts.length > 1 ? parts[1] : parts[0].replaceFirst("^#", "").replace('#', '.');
        }
        return text;
    }
}
