package io.framegate.contract.generate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/** A file with marks, each a line of its own that ends in {@code @NAME@}, for what is written into it. */
final class Template {

    private static final int DOCUMENTATION_WIDTH = 100;

    private Template() {}

    /** The file with each mark replaced. */
    static String fill(String file, String... marksAndTexts) {
        String text = read(file);
        for (int i = 0; i < marksAndTexts.length; i += 2) {
            String mark = "@" + marksAndTexts[i] + "@";
            if (!text.contains(mark)) {
                throw new IllegalArgumentException(file + " has no " + mark);
            }
            String filled = marksAndTexts[i + 1].stripTrailing();
            text = text.replaceAll("(?m)^[^\\n@]*" + mark + "$", Matcher.quoteReplacement(filled));
        }
        return text;
    }

    private static String read(String file) {
        try (InputStream in = Template.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /** A text in lines of bearable length; preformatted paragraphs as they are. */
    static List<String> wrapped(String text, int indent) {
        List<String> lines = new ArrayList<>();
        if (text.isEmpty()) {
            return lines;
        }
        for (String paragraph : text.split("\n\n")) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            if (paragraph.startsWith("    ")) {
                lines.addAll(paragraph.lines().toList());
                continue;
            }
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.split("\\s+")) {
                if (!line.isEmpty() && line.length() + 1 + word.length() > DOCUMENTATION_WIDTH - indent) {
                    lines.add(line.toString());
                    line.setLength(0);
                }
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
