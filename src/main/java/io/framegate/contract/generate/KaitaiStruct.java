package io.framegate.contract.generate;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.WireType;
import io.framegate.contract.WireType.Scalar;

/** The format in the language of Kaitai Struct: {@code framegate.ksy.template}. */
final class KaitaiStruct {

    private final Contract contract;
    private final StringBuilder out = new StringBuilder();

    private KaitaiStruct(Contract contract) {
        this.contract = contract;
    }

    static String of(Contract contract) {
        KaitaiStruct struct = new KaitaiStruct(contract);
        return Template.fill(
                "framegate.ksy.template",
                "MESSAGES",
                struct.messages(),
                "TYPES",
                struct.types(),
                "ENUMS",
                struct.enums());
    }

    private String messages() {
        out.setLength(0);
        for (MessageType message : contract.messages()) {
            line("            " + message.id() + ": " + typeName(message.name()));
        }
        // The template's own indentation is what the mark had.
        return "            " + out.toString().strip();
    }

    private String types() {
        out.setLength(0);
        for (RecordType type : contract.allRecordsInOrder()) {
            line("  " + typeName(type.name()) + ":");
            documentation("    ", type.text());
            line("    seq:");
            type.fields().forEach(this::field);
        }
        return "  " + out.toString().strip();
    }

    private String enums() {
        out.setLength(0);
        for (EnumType type : contract.enums()) {
            line("  " + Names.snake(type.name()) + ":");
            for (Constant constant : type.constants()) {
                line("    " + constant.code() + ":");
                line("      id: " + Names.snakeOfConstant(constant.name()));
                documentation("      ", constant.text());
            }
        }
        return "  " + out.toString().strip();
    }

    private void field(Field field) {
        String id = Names.snake(field.name());
        WireType type = field.type();
        if (type instanceof WireType.ListOf list) {
            line("      - id: num_" + id);
            line("        type: s4");
            line("      - id: " + id);
            type(list.element());
            line("        repeat: expr");
            line("        repeat-expr: num_" + id);
        } else {
            line("      - id: " + id);
            type(type);
        }
        documentation("        ", field.text());
    }

    private void type(WireType type) {
        if (type instanceof WireType.ListOf) {
            throw new IllegalArgumentException("a list of lists has no form in Kaitai Struct");
        } else if (type instanceof WireType.RecordOf of) {
            line("        type: " + typeName(of.name()));
        } else if (type instanceof WireType.EnumOf of) {
            line("        type: s4");
            line("        enum: " + Names.snake(of.name()));
        } else {
            line("        type: "
                    + switch ((Scalar) type) {
                        case INT8, BOOLEAN -> "s1";
                        case INT16 -> "s2";
                        case INT32 -> "s4";
                        case INT64 -> "s8";
                        case FLOAT32 -> "f4";
                        case FLOAT64 -> "f8";
                        case TEXT -> "text";
                        case NARROW_TEXT -> "narrow_text";
                        case BYTES -> "byte_array";
                        case INT32_ARRAY -> "int32_array";
                        case FLOAT64_ARRAY -> "float64_array";
                    });
            if (type == Scalar.BOOLEAN) {
                line("        valid:");
                line("          any-of: [0, 1]");
            }
        }
    }

    private void documentation(String indent, String text) {
        if (!text.isEmpty()) {
            line(indent + "doc: |");
            Template.wrapped(text, indent.length() + 2)
                    .forEach(line -> line(line.isEmpty() ? "" : indent + "  " + line));
        }
    }

    /** A name of its own, so that it is neither one of Kaitai Struct's nor the same as a method of the parser. */
    private static String typeName(String name) {
        return Names.snake(name) + "_record";
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
