package io.framegate.contract.generate;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.WireType;
import io.framegate.contract.WireType.Scalar;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A dissector in Lua: {@code framegate.lua.template}. What is generated is tables; the template walks them.
 *
 * <p>A field is named {@code framegate.RECORD.FIELD}, a list's count {@code framegate.RECORD.FIELD.count}.
 */
final class WiresharkDissector {

    private final Contract contract;
    private final StringBuilder out = new StringBuilder();

    private WiresharkDissector(Contract contract) {
        this.contract = contract;
    }

    static String of(Contract contract) {
        WiresharkDissector dissector = new WiresharkDissector(contract);
        return Template.fill(
                "framegate.lua.template",
                "ENUMS",
                dissector.enums(),
                "RECORDS",
                dissector.records(),
                "MESSAGES",
                dissector.messages());
    }

    private String enums() {
        return contract.enums().stream().map(WiresharkDissector::enumeration).collect(Collectors.joining());
    }

    private static String enumeration(EnumType type) {
        return type.constants().stream()
                .map(WiresharkDissector::constant)
                .collect(Collectors.joining(", ", "enums." + Names.type(type.name()) + " = { ", " }\n"));
    }

    private static String constant(Constant constant) {
        return "[" + constant.code() + "] = \"" + constant.name() + "\"";
    }

    private String records() {
        out.setLength(0);
        for (RecordType type : contract.allRecordsInOrder()) {
            String name = Names.type(type.name());
            out.append("records.").append(name).append(" = {\n");
            for (Field field : type.fields()) {
                out.append("  { name = \"").append(field.name()).append("\", ");
                type(field.type());
                if (field.differenceColumns() > 0) {
                    out.append(", columns = ").append(field.differenceColumns());
                }
                out.append(", abbreviation = \"framegate.")
                        .append(Names.snake(type.name()))
                        .append('.')
                        .append(Names.snake(field.name()))
                        .append("\", text = \"")
                        .append(quoted(field.text()))
                        .append("\" },\n");
            }
            out.append("}\n");
        }
        return out.toString();
    }

    private void type(WireType type) {
        if (type instanceof WireType.ListOf list) {
            out.append("list = { ");
            type(list.element());
            out.append(" }");
        } else if (type instanceof WireType.RecordOf of) {
            out.append("record = \"").append(Names.type(of.name())).append('"');
        } else if (type instanceof WireType.EnumOf of) {
            out.append("enum = \"").append(Names.type(of.name())).append('"');
        } else {
            out.append("kind = \"")
                    .append(((Scalar) type).name().toLowerCase(Locale.ROOT))
                    .append('"');
        }
    }

    private String messages() {
        out.setLength(0);
        for (MessageType message : contract.messages()) {
            out.append("messages[")
                    .append(message.id())
                    .append("] = \"")
                    .append(Names.type(message.name()))
                    .append("\"\n");
        }
        return out.toString();
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ");
    }
}
