package io.framegate.contract.generate;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.WireType;
import io.framegate.contract.WireType.Scalar;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A client in one file of C# 7, with nothing but .NET's class library: {@code framegate.cs.template}. */
final class CsharpClient {

    /** Members that every class has. */
    private static final Set<String> MEMBERS =
            Set.of("Equals", "GetHashCode", "GetType", "MemberwiseClone", "MessageId", "Read", "ToString", "Write");

    private final Contract contract;
    private final StringBuilder out = new StringBuilder();

    private CsharpClient(Contract contract) {
        this.contract = contract;
    }

    static String of(Contract contract) {
        CsharpClient client = new CsharpClient(contract);
        return Template.fill(
                "framegate.cs.template",
                "ENUMS",
                client.enums(),
                "CODES",
                client.codes(),
                "RECORDS",
                client.classes(),
                "MESSAGES",
                client.cases());
    }

    private String enums() {
        out.setLength(0);
        for (EnumType type : contract.enums()) {
            documentation("    ", type.text());
            line("    public enum " + Names.type(type.name()));
            line("    {");
            for (Constant constant : type.constants()) {
                documentation("        ", constant.text());
                line("        " + Names.pascalOfConstant(constant.name()) + " = " + constant.code() + ",");
            }
            line("    }").line("");
        }
        return out.toString();
    }

    /** A switch, since looking a code up by reflection would box it. */
    private String codes() {
        out.setLength(0);
        for (EnumType type : contract.enums()) {
            String name = Names.type(type.name());
            line("        internal static " + name + " Read" + name + "(Reader from, string field)");
            line("        {");
            line("            int code = from.Int32(field);");
            line("            switch (code)");
            line("            {");
            type.constants().forEach(constant -> line("                case " + constant.code() + ":"));
            line("                    return (" + name + ")code;");
            line("                default:");
            line("                    throw from.NoCode(field, code, \"" + name + "\");");
            line("            }");
            line("        }").line("");
        }
        return out.toString();
    }

    private String classes() {
        out.setLength(0);
        contract.allRecordsInOrder().forEach(this::type);
        return out.toString();
    }

    private void type(RecordType type) {
        String name = Names.type(type.name());
        Optional<MessageType> message = contract.message(type.name());
        String interfaces = message.map(one -> one.answer()
                        .map(answer -> " : IRequest<" + Names.type(answer) + ">")
                        .orElse(" : IMessage"))
                .orElse("");
        documentation("    ", type.text());
        line("    public sealed class " + name + interfaces);
        line("    {");
        message.ifPresent(one -> {
            line("        public const int MessageId = " + one.id() + ";").line("");
            line("        int IMessage.Id").line("        {");
            line("            get { return MessageId; }").line("        }").line("");
        });
        for (Field field : type.fields()) {
            documentation("        ", facts(type, field));
            line("        public " + type(field.type()) + " " + name(type, field) + " { get; set; }"
                    + initial(field.type()));
            line("");
        }
        type.fields().stream()
                .filter(field -> field.differenceColumns() > 0)
                .forEach(field -> differences(name(type, field), field));
        line("        public void Write(Writer to)");
        line("        {");
        type.fields().forEach(field -> line("            " + write(name(type, field), field.type()) + ";"));
        line("        }").line("");
        line("        public static " + name + " Read(Reader from)");
        line("        {");
        line("            return new " + name);
        line("            {");
        type.fields()
                .forEach(field -> line("                " + name(type, field) + " = "
                        + read(field.type(), "\"" + field.name() + "\"") + ","));
        line("            };");
        line("        }");
        line("    }").line("");
    }

    private static String facts(RecordType type, Field field) {
        String unit = field.text().contains(field.unit()) ? "" : "in " + field.unit();
        String differences = field.differenceColumns() > 0 ? "differences, see Decoded" + name(type, field) : "";
        return Stream.of(field.text(), unit, differences)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private void differences(String name, Field field) {
        String factor = field.unit().matches("1e-?\\d+ .*") ? field.unit().split(" ")[0] : "1.0";
        String unit = field.unit().replaceFirst("^1e-?\\d+ ", "");
        String arguments = ", " + field.differenceColumns() + ", " + factor + ");";
        documentation(
                "        ", "The rows of " + name + ", summed up" + (unit.isEmpty() ? "." : ", in " + unit + "."));
        line("        public List<double[]> Decoded" + name + "()");
        line("        {");
        line("            return Rows.SummedUp(" + name + arguments);
        line("        }").line("");
        documentation(
                "        ",
                "What belongs into " + name + " for these rows" + (unit.isEmpty() ? "." : " in " + unit + "."));
        line("        public static List<int> Encode" + name + "(IEnumerable<double[]> rows)");
        line("        {");
        line("            return Rows.Differences(rows" + arguments);
        line("        }").line("");
    }

    private static String write(String value, WireType type) {
        if (type instanceof WireType.RecordOf) {
            return value + ".Write(to)";
        } else if (type instanceof WireType.EnumOf) {
            return "to.Int32((int)" + value + ")";
        } else if (type instanceof WireType.ListOf list) {
            return "to.List(" + value + ", each => " + write("each", list.element()) + ")";
        }
        return switch ((Scalar) type) {
            case INT32_ARRAY -> "to.List(" + value + ", to.Int32)";
            case FLOAT64_ARRAY -> "to.List(" + value + ", to.Float64)";
            default -> "to." + method((Scalar) type) + "(" + value + ")";
        };
    }

    private String read(WireType type, String field) {
        if (type instanceof WireType.RecordOf of) {
            // A property may be named as its type is.
            return "global::Framegate." + Names.type(of.name()) + ".Read(from)";
        } else if (type instanceof WireType.EnumOf of) {
            return "Codes.Read" + Names.type(of.name()) + "(from, " + field + ")";
        } else if (type instanceof WireType.ListOf list) {
            return readList(list.element(), field);
        }
        return switch ((Scalar) type) {
            case INT32_ARRAY -> readList(Scalar.INT32, field);
            case FLOAT64_ARRAY -> readList(Scalar.FLOAT64, field);
            default -> "from." + method((Scalar) type) + "(" + field + ")";
        };
    }

    private String readList(WireType element, String field) {
        return "from.List(" + contract.leastBytes(element) + ", " + field + ", () => " + read(element, field) + ")";
    }

    private static String method(Scalar type) {
        return switch (type) {
            case NARROW_TEXT -> "NarrowText";
            case INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN, TEXT, BYTES -> Names.pascal(type.toString());
            case INT32_ARRAY, FLOAT64_ARRAY -> throw new IllegalStateException("a list: " + type);
        };
    }

    private static String type(WireType type) {
        if (type instanceof WireType.ListOf list) {
            return "List<" + type(list.element()) + ">";
        } else if (type instanceof Scalar scalar) {
            return switch (scalar) {
                case INT8 -> "sbyte";
                case INT16 -> "short";
                case INT32 -> "int";
                case INT64 -> "long";
                case FLOAT32 -> "float";
                case FLOAT64 -> "double";
                case BOOLEAN -> "bool";
                case TEXT, NARROW_TEXT -> "string";
                case BYTES -> "byte[]";
                case INT32_ARRAY -> "List<int>";
                case FLOAT64_ARRAY -> "List<double>";
            };
        }
        return Names.type(type.toString());
    }

    private static String initial(WireType type) {
        if (type == Scalar.TEXT || type == Scalar.NARROW_TEXT) {
            return " = \"\";";
        } else if (type == Scalar.BYTES) {
            return " = new byte[0];";
        }
        boolean made = type instanceof WireType.ListOf
                || type instanceof WireType.RecordOf
                || type == Scalar.INT32_ARRAY
                || type == Scalar.FLOAT64_ARRAY;
        return made ? " = new " + type(type) + "();" : "";
    }

    private String cases() {
        return contract.messages().stream()
                .map(message -> Names.type(message.name()))
                .map(name -> "                case " + name + ".MessageId:\n                    return " + name
                        + ".Read(payload);\n")
                .collect(Collectors.joining());
    }

    /** A member can't have its class's name: the links of Links are its Items. */
    private static String name(RecordType type, Field field) {
        String name = Names.pascal(field.name());
        if (name.equals(Names.type(type.name()))) {
            return "Items";
        }
        return MEMBERS.contains(name) ? name + "_" : name;
    }

    private void documentation(String indent, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        List<String> lines = Template.wrapped(escaped, indent.length());
        if (lines.size() == 1) {
            line(indent + "/// <summary>" + lines.get(0) + "</summary>");
        } else if (!lines.isEmpty()) {
            line(indent + "/// <summary>");
            lines.forEach(each -> line((indent + "/// " + each).stripTrailing()));
            line(indent + "/// </summary>");
        }
    }

    private CsharpClient line(String text) {
        out.append(text).append('\n');
        return this;
    }
}
