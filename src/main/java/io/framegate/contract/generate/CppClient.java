package io.framegate.contract.generate;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.WireType;
import io.framegate.contract.WireType.Scalar;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A client in one header of C++17, with zlib and liblzma: {@code framegate.hpp.template}. */
final class CppClient {

    /** Words of the language, and members that every struct has. */
    private static final Set<String> KEYWORDS = Set.of(
            ("alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class"
                            + " compl concept const consteval constexpr constinit const_cast continue co_await co_return"
                            + " co_yield decltype default delete do double dynamic_cast else enum explicit export extern"
                            + " false float for friend goto if inline int long mutable namespace new noexcept not not_eq"
                            + " nullptr operator or or_eq private protected public register reinterpret_cast requires"
                            + " return short signed sizeof static static_assert static_cast struct switch template this"
                            + " thread_local throw true try typedef typeid typename union unsigned using virtual void"
                            + " volatile wchar_t while xor xor_eq read write")
                    .split(" "));

    private final Contract contract;
    private final StringBuilder out = new StringBuilder();

    private CppClient(Contract contract) {
        this.contract = contract;
    }

    static String of(Contract contract) {
        CppClient client = new CppClient(contract);
        return Template.fill(
                "framegate.hpp.template",
                "ENUMS",
                client.enums(),
                "FORWARD",
                client.declarations(),
                "RECORDS",
                client.structs(),
                "FUNCTIONS",
                client.functions(),
                "VISIT",
                client.cases());
    }

    private String enums() {
        out.setLength(0);
        for (EnumType type : contract.enums()) {
            String name = Names.type(type.name());
            documentation("", type.text());
            line("enum class " + name + " : std::int32_t {");
            for (Constant constant : type.constants()) {
                documentation("    ", constant.text());
                line("    " + Names.pascalOfConstant(constant.name()) + " = " + constant.code() + ",");
            }
            line("};").line("");
            line("/// The name of a constant; null for a code that has none.");
            line("inline const char* name(" + name + " value) {");
            line("    switch (value) {");
            for (Constant constant : type.constants()) {
                line("        case " + name + "::" + Names.pascalOfConstant(constant.name()) + ":");
                line("            return \"" + constant.name() + "\";");
            }
            line("    }");
            line("    return nullptr;");
            line("}").line("");
        }
        return out.toString();
    }

    private String declarations() {
        return contract.allRecordsInOrder().stream()
                .map(type -> "struct " + Names.type(type.name()) + ";\n")
                .collect(Collectors.joining());
    }

    private String structs() {
        out.setLength(0);
        contract.allRecordsInOrder().forEach(this::struct);
        return out.toString();
    }

    private void struct(RecordType type) {
        String name = Names.type(type.name());
        documentation("", type.text());
        line("struct " + name + " {");
        contract.message(type.name()).ifPresent(this::constants);
        for (Field field : type.fields()) {
            documentation("    ", facts(field));
            line("    " + type(field.type()) + " " + name(field) + "{};");
        }
        type.fields().stream().filter(field -> field.differenceColumns() > 0).forEach(this::differences);
        line("");
        line("    void write(Writer& out) const;");
        line("    static " + name + " read(Reader& in);");
        line("};").line("");
    }

    private void constants(MessageType message) {
        line("    static constexpr std::int32_t ID = " + message.id() + ";");
        message.answer().ifPresent(answer -> line("    using Answer = " + Names.type(answer) + ";"));
        line("");
    }

    private static String facts(Field field) {
        String unit = field.text().contains(field.unit()) ? "" : "in " + field.unit();
        String differences = field.differenceColumns() > 0 ? "differences, see decoded_" + name(field) : "";
        return Stream.of(field.text(), unit, differences)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private void differences(Field field) {
        String factor = field.unit().matches("1e-?\\d+ .*") ? field.unit().split(" ")[0] : "1.0";
        String unit = field.unit().replaceFirst("^1e-?\\d+ ", "");
        String row = "std::array<double, " + field.differenceColumns() + ">";
        line("");
        documentation(
                "    ", "The rows of " + name(field) + ", summed up" + (unit.isEmpty() ? "." : ", in " + unit + "."));
        line("    std::vector<" + row + "> decoded_" + name(field) + "() const {");
        line("        return detail::summed_up<" + field.differenceColumns() + ">(" + name(field) + ", " + factor
                + ");");
        line("    }");
        line("");
        documentation(
                "    ",
                "What belongs into " + name(field) + " for these rows" + (unit.isEmpty() ? "." : " in " + unit + "."));
        line("    static std::vector<std::int32_t> encode_" + name(field) + "(const std::vector<" + row + ">& rows) {");
        line("        return detail::differences<" + field.differenceColumns() + ">(rows, " + factor + ");");
        line("    }");
    }

    private String functions() {
        out.setLength(0);
        for (RecordType type : contract.allRecordsInOrder()) {
            String name = Names.type(type.name());
            line("inline void " + name + "::write(Writer& out) const {");
            for (Field field : type.fields()) {
                line("    " + write("out", name(field), field.type()) + ";");
            }
            line("}").line("");
            line("inline " + name + " " + name + "::read(Reader& in) {");
            line("    " + name + " message;");
            for (Field field : type.fields()) {
                line("    message." + name(field) + " = " + read(field.type(), "\"" + field.name() + "\"") + ";");
            }
            line("    return message;");
            line("}").line("");
        }
        return out.toString();
    }

    private static String write(String to, String value, WireType type) {
        if (type instanceof WireType.RecordOf) {
            return value + ".write(" + to + ")";
        } else if (type instanceof WireType.EnumOf) {
            return to + ".int32(static_cast<std::int32_t>(" + value + "))";
        } else if (type instanceof WireType.ListOf list) {
            return writeList(to, value, list.element());
        }
        return switch ((Scalar) type) {
            case INT32_ARRAY -> writeList(to, value, Scalar.INT32);
            case FLOAT64_ARRAY -> writeList(to, value, Scalar.FLOAT64);
            default -> to + "." + method((Scalar) type) + "(" + value + ")";
        };
    }

    private static String writeList(String to, String value, WireType element) {
        return "detail::list(" + to + ", " + value + ", [](Writer& to, const " + type(element) + "& each) { "
                + write("to", "each", element) + "; })";
    }

    private String read(WireType type, String field) {
        if (type instanceof WireType.RecordOf of) {
            return Names.type(of.name()) + "::read(in)";
        } else if (type instanceof WireType.EnumOf of) {
            return "detail::constant<" + Names.type(of.name()) + ">(in, " + field + ")";
        } else if (type instanceof WireType.ListOf list) {
            return readList(list.element(), field);
        }
        return switch ((Scalar) type) {
            case INT32_ARRAY -> readList(Scalar.INT32, field);
            case FLOAT64_ARRAY -> readList(Scalar.FLOAT64, field);
            default -> "in." + method((Scalar) type) + "(" + field + ")";
        };
    }

    private String readList(WireType element, String field) {
        return "detail::list<" + type(element) + ">(in, " + contract.leastBytes(element) + ", " + field
                + ", [](Reader& in) { return " + read(element, field) + "; })";
    }

    private static String method(Scalar type) {
        return switch (type) {
            case NARROW_TEXT -> "narrow_text";
            case INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN, TEXT, BYTES -> type.toString();
            case INT32_ARRAY, FLOAT64_ARRAY -> throw new IllegalStateException("a list: " + type);
        };
    }

    private static String type(WireType type) {
        if (type instanceof WireType.ListOf list) {
            return "std::vector<" + type(list.element()) + ">";
        } else if (type instanceof Scalar scalar) {
            return switch (scalar) {
                case INT8, INT16, INT32, INT64 -> "std::" + scalar + "_t";
                case FLOAT32 -> "float";
                case FLOAT64 -> "double";
                case BOOLEAN -> "bool";
                case TEXT, NARROW_TEXT -> "std::string";
                case BYTES -> "Bytes";
                case INT32_ARRAY -> "std::vector<std::int32_t>";
                case FLOAT64_ARRAY -> "std::vector<double>";
            };
        }
        return Names.type(type.toString());
    }

    private String cases() {
        out.setLength(0);
        for (MessageType message : contract.messages()) {
            String name = Names.type(message.name());
            line("        case " + name + "::ID:");
            line("            visitor(detail::message_of<" + name + ">(frame));");
            line("            break;");
        }
        return out.toString();
    }

    private static String name(Field field) {
        String name = Names.snake(field.name());
        return KEYWORDS.contains(name) ? name + "_" : name;
    }

    private void documentation(String indent, String text) {
        Template.wrapped(text, indent.length()).forEach(line -> line((indent + "/// " + line).stripTrailing()));
    }

    private CppClient line(String text) {
        out.append(text).append('\n');
        return this;
    }
}
