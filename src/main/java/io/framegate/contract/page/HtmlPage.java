package io.framegate.contract.page;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.Direction;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.WireType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The contract as an HTML page that can be searched. It names no other host; its style and script are in it, or beside it
 * where a server gives them.
 */
public final class HtmlPage {

    /** The names of the page's own resources, beside this class. */
    public static final List<String> RESOURCES = List.of("protocol.css", "protocol.js");

    private final Contract contract;
    private final String tryAt;
    private final StringBuilder out = new StringBuilder();

    private HtmlPage(Contract contract, String tryAt) {
        this.contract = contract;
        this.tryAt = tryAt;
    }

    /** A page in one file. */
    public static String standalone(Contract contract) {
        return new HtmlPage(contract, "")
                .write(
                        "<style>\n" + resource("protocol.css") + "</style>",
                        "<script>\n" + resource("protocol.js") + "</script>",
                        "");
    }

    /**
     * A page whose resources are in a folder beside it.
     *
     * @param folder relative, with a slash at the end
     * @param tryAt where requests can be tried, for the message's name to follow; relative
     * @param links more HTML for the page's head line: what else the server has
     */
    public static String served(Contract contract, String folder, String tryAt, String links) {
        return new HtmlPage(contract, tryAt)
                .write(
                        "<link rel=\"stylesheet\" href=\"" + folder + "protocol.css\">",
                        "<script src=\"" + folder + "protocol.js\"></script>",
                        links);
    }

    /** One of the {@link #RESOURCES}. */
    public static String resource(String name) {
        try (InputStream in = HtmlPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }

    private String write(String style, String script, String links) {
        out.append(
                        """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Framegate · protocol</title>
                <link rel="icon" href="data:,">
                """)
                .append(style)
                .append(
                        """

                        </head>
                        <body>
                        <header>
                          <h1>Framegate protocol</h1>
                        """)
                .append(links)
                .append(
                        """
                          <input id="search" type="search" placeholder="message, id, field, word" aria-label="Search"
                            autocomplete="off" spellcheck="false">
                          <p id="found" role="status"></p>
                        </header>
                        <main>
                        """);
        Framing.SECTIONS.forEach(this::framing);
        out.append("<h2>Messages</h2>\n");
        index();
        contract.messages().forEach(this::message);
        out.append("<h2>Records</h2>\n");
        contract.records().forEach(type -> record(type, type.name(), "record", ""));
        out.append("<h2>Enums</h2>\n");
        contract.enums().forEach(this::enumeration);
        out.append("</main>\n").append(script).append("\n</body>\n</html>\n");
        return out.toString();
    }

    private void framing(Framing.Section section) {
        out.append("<article><h3>").append(text(section.title())).append("</h3>");
        paragraph(section.before());
        head(section.columns());
        section.rows().forEach(row -> {
            out.append("<tr>");
            row.forEach(cell -> out.append("<td>").append(text(cell)).append("</td>"));
            out.append("</tr>\n");
        });
        out.append("</tbody></table></div>");
        paragraph(section.after());
        out.append("</article>\n");
    }

    /** Requests with what answers them, then what comes unasked. */
    private void index() {
        out.append("<article id=\"index\">");
        head(List.of("id", "request", "answered by"));
        for (MessageType message : contract.messages()) {
            if (message.direction() != Direction.RESPONSE) {
                out.append("<tr><td><code>")
                        .append(message.id())
                        .append("</code></td><td>")
                        .append(link(message.name()))
                        .append("</td><td>")
                        .append(
                                message.direction() == Direction.NOTICE
                                        ? "comes unasked"
                                        : message.answer().map(HtmlPage::link).orElse(""))
                        .append("</td></tr>\n");
            }
        }
        out.append("</tbody></table></div></article>\n");
    }

    private void message(MessageType message) {
        String kind = message.direction().word();
        String toTry = tryAt.isEmpty() || message.direction() != Direction.REQUEST
                ? ""
                : " <a href=\"" + tryAt + message.name() + "\">try it</a>";
        record(
                message.layout(),
                message.name(),
                kind,
                "<code>" + message.id() + "</code> <span>version " + message.version() + "</span> <span>"
                        + partner(message) + "</span>"
                        + Words.size(message)
                                .map(size -> " <span>" + size + "</span>")
                                .orElse("")
                        + toTry);
    }

    private String partner(MessageType message) {
        String words = text(Words.partner(contract, message));
        for (MessageType other : contract.messages()) {
            words = words.replaceAll("\\b" + other.name() + "\\b", link(other.name()));
        }
        return words;
    }

    private void record(RecordType type, String title, String kind, String facts) {
        out.append("<article id=\"")
                .append(type.name())
                .append("\"><h3>")
                .append(title)
                .append("</h3>");
        out.append("<p class=\"facts\"><b class=\"")
                .append(kind)
                .append("\">")
                .append(kind)
                .append("</b> ");
        out.append(facts).append("</p>");
        paragraphs(type.text());
        head(List.of("field", "type", "unit, limits", "meaning"));
        for (Field field : type.fields()) {
            out.append("<tr><td><code>")
                    .append(field.name())
                    .append("</code></td><td><code>")
                    .append(type(field.type()))
                    .append("</code></td><td>")
                    .append(text(Words.unitAndLimits(field)))
                    .append("</td><td>")
                    .append(text(field.text()))
                    .append("</td></tr>\n");
        }
        out.append("</tbody></table></div>");
        contract.message(type.name())
                .ifPresent(message -> out.append("<details><summary>example, byte by byte</summary><pre>")
                        .append(text(Words.example(contract, message)))
                        .append("</pre></details>"));
        out.append("</article>\n");
    }

    private void enumeration(EnumType type) {
        out.append("<article id=\"")
                .append(type.name())
                .append("\"><h3>")
                .append(type.name())
                .append("</h3>");
        paragraphs(type.text());
        head(List.of("code", "name", "meaning"));
        for (Constant constant : type.constants()) {
            out.append("<tr><td>")
                    .append(constant.code())
                    .append("</td><td><code>")
                    .append(constant.name())
                    .append("</code></td><td>")
                    .append(text(constant.text()))
                    .append("</td></tr>\n");
        }
        out.append("</tbody></table></div></article>\n");
    }

    private static String type(WireType type) {
        if (type instanceof WireType.ListOf list) {
            return "list&lt;" + type(list.element()) + "&gt;";
        }
        return type instanceof WireType.Scalar ? type.toString() : link(type.toString());
    }

    private static String link(String name) {
        return "<a href=\"#" + name + "\">" + name + "</a>";
    }

    private void head(List<String> columns) {
        out.append("<div class=\"scroll\"><table><thead><tr>");
        columns.forEach(
                column -> out.append("<th scope=\"col\">").append(text(column)).append("</th>"));
        out.append("</tr></thead><tbody>\n");
    }

    private void paragraphs(String text) {
        for (String paragraph : text.split("\n\n")) {
            if (paragraph.startsWith("    ")) {
                out.append("<pre>").append(text(paragraph.stripIndent())).append("</pre>");
            } else {
                paragraph(paragraph);
            }
        }
    }

    private void paragraph(String text) {
        if (!text.isEmpty()) {
            out.append("<p>").append(text(text)).append("</p>\n");
        }
    }

    private static String text(String plain) {
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
