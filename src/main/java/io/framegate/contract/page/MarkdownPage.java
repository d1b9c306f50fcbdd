package io.framegate.contract.page;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import java.util.List;

/** The contract as Markdown. */
public final class MarkdownPage {

    private final Contract contract;
    private final StringBuilder out = new StringBuilder();

    private MarkdownPage(Contract contract) {
        this.contract = contract;
    }

    /** The whole page. */
    public static String of(Contract contract) {
        return new MarkdownPage(contract).write();
    }

    private String write() {
        line("# The protocol").line("");
        for (Framing.Section section : Framing.SECTIONS) {
            line("## " + section.title()).line("").line(section.before()).line("");
            row(section.columns());
            row(section.columns().stream().map(column -> "---").toList());
            section.rows().forEach(this::row);
            line("").line(section.after()).line("");
        }
        line("## Messages").line("");
        row(List.of("id", "message", "version", "direction", ""));
        row(List.of("---", "---", "---", "---", "---"));
        for (MessageType message : contract.messages()) {
            row(List.of(
                    Integer.toString(message.id()),
                    message.name(),
                    Integer.toString(message.version()),
                    direction(message),
                    Words.partner(contract, message)));
        }
        line("");
        contract.messages().forEach(this::message);
        line("## Records").line("");
        contract.records().forEach(type -> record(type, type.name()));
        line("## Enums").line("");
        contract.enums().forEach(this::enumeration);
        return out.toString().strip() + "\n";
    }

    private void message(MessageType message) {
        record(
                message.layout(),
                message.id() + " " + message.name() + " (" + direction(message) + ", version " + message.version()
                        + Words.size(message).map(size -> ", " + size).orElse("") + ")");
        line("```text").line(Words.example(contract, message)).line("```").line("");
    }

    private void record(RecordType type, String title) {
        line("### " + title).line("").line(type.text()).line("");
        row(List.of("field", "type", "unit, limits", "meaning"));
        row(List.of("---", "---", "---", "---"));
        for (Field field : type.fields()) {
            row(List.of(field.name(), field.type().toString(), Words.unitAndLimits(field), field.text()));
        }
        line("");
    }

    private void enumeration(EnumType type) {
        line("### " + type.name()).line("").line(type.text()).line("");
        row(List.of("code", "name", "meaning"));
        row(List.of("---", "---", "---"));
        for (Constant constant : type.constants()) {
            row(List.of(Integer.toString(constant.code()), constant.name(), constant.text()));
        }
        line("");
    }

    private static String direction(MessageType message) {
        return message.direction().word();
    }

    private void row(List<String> cells) {
        line("| "
                + String.join(
                        " | ",
                        cells.stream()
                                .map(cell -> cell.replace("|", "\\|").replace("<", "\\<"))
                                .toList()) + " |");
    }

    private MarkdownPage line(String text) {
        out.append(text).append('\n');
        return this;
    }
}
