package io.framegate.contract.generate;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.WireType;
import io.framegate.contract.WireType.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A client in one file of Python, with nothing but its standard library: {@code framegate.py.template}. */
final class PythonClient {

    private static final Set<String> KEYWORDS = Set.of(
            "and",
            "as",
            "assert",
            "async",
            "await",
            "break",
            "class",
            "continue",
            "def",
            "del",
            "elif",
            "else",
            "except",
            "finally",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "is",
            "lambda",
            "nonlocal",
            "not",
            "or",
            "pass",
            "raise",
            "return",
            "self",
            "try",
            "while",
            "with",
            "yield");

    private final Contract contract;
    private final StringBuilder out = new StringBuilder();

    private PythonClient(Contract contract) {
        this.contract = contract;
    }

    static String of(Contract contract) {
        PythonClient client = new PythonClient(contract);
        return Template.fill(
                "framegate.py.template",
                "ENUMS",
                client.enums(),
                "RECORDS",
                client.records(),
                "MESSAGES",
                client.messages());
    }

    private String enums() {
        out.setLength(0);
        for (EnumType type : contract.enums()) {
            line("class " + Names.type(type.name()) + "(IntEnum):");
            documentation(type.text(), List.of());
            line("");
            for (Constant constant : type.constants()) {
                line("    " + constant.name() + " = " + constant.code());
                if (!constant.text().isEmpty()) {
                    documentation(constant.text(), List.of());
                }
            }
            line("").line("");
        }
        return out.toString();
    }

    private String records() {
        out.setLength(0);
        contract.allRecordsInOrder().forEach(this::record);
        return out.toString();
    }

    private String messages() {
        return contract.messages().stream()
                .map(message -> "    " + message.id() + ": " + Names.type(message.name()) + ",\n")
                .collect(Collectors.joining());
    }

    private void record(RecordType type) {
        Optional<MessageType> message = contract.message(type.name());
        line("@dataclass");
        line("class " + Names.type(type.name()) + ":");
        List<String> details = new ArrayList<>();
        for (Field field : type.fields()) {
            String facts = List.of(
                            field.text(),
                            field.text().contains(field.unit()) ? "" : "in " + field.unit(),
                            field.differenceColumns() > 0 ? "differences, see decoded_" + name(field) : "")
                    .stream()
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining("; "));
            if (!facts.isEmpty()) {
                details.add(name(field) + ": " + facts);
            }
        }
        documentation(type.text(), details);
        line("");
        for (Field field : type.fields()) {
            line("    " + name(field) + ": " + annotation(field.type()));
        }
        message.ifPresent(this::constants);
        type.fields().stream().filter(field -> field.differenceColumns() > 0).forEach(this::differences);
        writing(type);
        reading(type);
        line("").line("");
    }

    private void constants(MessageType message) {
        line("");
        line("    ID: ClassVar[int] = " + message.id());
        message.answer().ifPresent(answer -> line("    ANSWER: ClassVar[str] = \"" + Names.type(answer) + "\""));
    }

    private void differences(Field field) {
        String factor = field.unit().matches("1e-?\\d+ .*") ? field.unit().split(" ")[0] : "1";
        String unit = field.unit().replaceFirst("^1e-?\\d+ ", "");
        boolean whole = factor.equals("1");
        String number = whole ? "int" : "float";
        line("");
        line("    def decoded_" + name(field) + "(self) -> List[Tuple[" + number + ", ...]]:");
        line("        \"\"\"The rows of " + name(field) + ", summed up" + (unit.isEmpty() ? "" : ", in " + unit)
                + ".\"\"\"");
        line("        return _summed_up(self." + name(field) + ", " + field.differenceColumns() + ", " + factor + ")");
        line("");
        line("    @staticmethod");
        line("    def encode_" + name(field) + "(rows: Iterable[Sequence[" + number + "]]) -> List[int]:");
        line("        \"\"\"What belongs into " + name(field) + " for these rows"
                + (unit.isEmpty() ? "" : " in " + unit) + ".\"\"\"");
        line("        return _differences(rows, " + field.differenceColumns() + ", " + factor + ")");
    }

    private void writing(RecordType type) {
        line("");
        line("    def _write(self, out: bytearray) -> None:");
        for (List<Field> run : runs(type)) {
            if (isFixed(run.get(0).type())) {
                line("        out += struct.pack(\"<" + format(run) + "\", "
                        + run.stream().map(field -> "self." + name(field)).collect(Collectors.joining(", ")) + ")");
            } else {
                write("        ", "self." + name(run.get(0)), run.get(0).type(), 0);
            }
        }
    }

    private void write(String indent, String value, WireType type, int depth) {
        if (type instanceof WireType.RecordOf) {
            line(indent + value + "._write(out)");
        } else if (type instanceof WireType.ListOf list) {
            if (isFixed(list.element())) {
                line(indent + "_write_numbers(out, \"" + format(list.element()) + "\", " + value + ")");
                return;
            }
            String each = "each" + (depth == 0 ? "" : depth);
            line(indent + "out += struct.pack(\"<i\", len(" + value + "))");
            line(indent + "for " + each + " in " + value + ":");
            write(indent + "    ", each, list.element(), depth + 1);
        } else {
            line(indent
                    + switch ((Scalar) type) {
                        case TEXT -> "_write_text(out, " + value + ")";
                        case NARROW_TEXT -> "_write_bytes(out, " + value + ".encode(\"utf-8\"))";
                        case BYTES -> "_write_bytes(out, " + value + ")";
                        case INT32_ARRAY -> "_write_numbers(out, \"i\", " + value + ")";
                        case FLOAT64_ARRAY -> "_write_numbers(out, \"d\", " + value + ")";
                        default -> throw new IllegalStateException("of fixed size: " + type);
                    });
        }
    }

    private void reading(RecordType type) {
        line("");
        line("    @classmethod");
        line("    def _read(cls, payload: _Payload) -> " + Names.type(type.name()) + ":");
        for (List<Field> run : runs(type)) {
            if (isFixed(run.get(0).type())) {
                String names = run.stream().map(PythonClient::name).collect(Collectors.joining(", "));
                line("        " + names + (run.size() == 1 ? "," : "") + " = payload.unpack(\"<" + format(run)
                        + "\", \"" + run.get(0).name() + "\")");
            } else {
                line("        " + name(run.get(0)) + " = "
                        + read(run.get(0).type(), "\"" + run.get(0).name() + "\""));
            }
        }
        line("        return cls(");
        for (Field field : type.fields()) {
            String value = name(field);
            if (field.type() instanceof WireType.EnumOf of) {
                value = "payload.constant(" + Names.type(of.name()) + ", " + value + ", \"" + field.name() + "\")";
            } else if (field.type() == Scalar.BOOLEAN) {
                value = "payload.boolean(" + value + ", \"" + field.name() + "\")";
            }
            line("            " + value + ",");
        }
        line("        )");
    }

    private String read(WireType type, String field) {
        if (type instanceof WireType.RecordOf of) {
            return Names.type(of.name()) + "._read(payload)";
        } else if (type instanceof WireType.ListOf list) {
            if (list.element() instanceof WireType.EnumOf of) {
                return "[payload.constant(" + Names.type(of.name()) + ", code, " + field
                        + ") for code in payload.numbers(\"i\", " + field + ")]";
            } else if (list.element() == Scalar.BOOLEAN) {
                return "[payload.boolean(value, " + field + ") for value in payload.numbers(\"b\", " + field + ")]";
            } else if (isFixed(list.element())) {
                return "payload.numbers(\"" + format(list.element()) + "\", " + field + ")";
            }
            return "[" + read(list.element(), field) + " for _ in range(payload.count("
                    + contract.leastBytes(list.element()) + ", " + field + "))]";
        }
        return switch ((Scalar) type) {
            case TEXT -> "payload.text(" + field + ")";
            case NARROW_TEXT -> "payload.narrow_text(" + field + ")";
            case BYTES -> "payload.bytes(" + field + ")";
            case INT32_ARRAY -> "payload.numbers(\"i\", " + field + ")";
            case FLOAT64_ARRAY -> "payload.numbers(\"d\", " + field + ")";
            default -> throw new IllegalStateException("of fixed size: " + type);
        };
    }

    /** Neighbours of fixed size together, which are packed at once; others alone. */
    private static List<List<Field>> runs(RecordType type) {
        List<List<Field>> runs = new ArrayList<>();
        boolean open = false;
        for (Field field : type.fields()) {
            boolean fixed = isFixed(field.type());
            if (!fixed || !open) {
                runs.add(new ArrayList<>());
            }
            runs.get(runs.size() - 1).add(field);
            open = fixed;
        }
        return runs;
    }

    private static boolean isFixed(WireType type) {
        return type instanceof WireType.EnumOf
                || type instanceof Scalar scalar
                        && switch (scalar) {
                            case INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN -> true;
                            default -> false;
                        };
    }

    private static String format(List<Field> run) {
        return run.stream().map(field -> format(field.type())).collect(Collectors.joining());
    }

    private static String format(WireType type) {
        if (type instanceof WireType.EnumOf) {
            return "i";
        }
        return switch ((Scalar) type) {
            case INT8, BOOLEAN -> "b";
            case INT16 -> "h";
            case INT32 -> "i";
            case INT64 -> "q";
            case FLOAT32 -> "f";
            case FLOAT64 -> "d";
            default -> throw new IllegalStateException("not of fixed size: " + type);
        };
    }

    private static String annotation(WireType type) {
        if (type instanceof WireType.ListOf list) {
            return "List[" + annotation(list.element()) + "]";
        } else if (type instanceof Scalar scalar) {
            return switch (scalar) {
                case INT8, INT16, INT32, INT64 -> "int";
                case FLOAT32, FLOAT64 -> "float";
                case BOOLEAN -> "bool";
                case TEXT, NARROW_TEXT -> "str";
                case BYTES -> "bytes";
                case INT32_ARRAY -> "List[int]";
                case FLOAT64_ARRAY -> "List[float]";
            };
        }
        return Names.type(type.toString());
    }

    private static String name(Field field) {
        String name = Names.snake(field.name());
        return KEYWORDS.contains(name) ? name + "_" : name;
    }

    private void documentation(String text, List<String> fields) {
        List<String> lines = new ArrayList<>(Template.wrapped(text.replace("\\", "\\\\"), 4));
        if (!fields.isEmpty()) {
            lines.add("");
            for (String field : fields) {
                List<String> wrapped = Template.wrapped(field.replace("\\", "\\\\"), 8);
                lines.add(wrapped.get(0));
                wrapped.subList(1, wrapped.size()).forEach(line -> lines.add("    " + line));
            }
        }
        if (lines.size() == 1) {
            line("    \"\"\"" + lines.get(0) + "\"\"\"");
        } else if (!lines.isEmpty()) {
            line("    \"\"\"" + lines.get(0));
            lines.subList(1, lines.size()).forEach(line -> line(line.isEmpty() ? "" : "    " + line));
            line("    \"\"\"");
        }
    }

    private PythonClient line(String text) {
        out.append(text).append('\n');
        return this;
    }
}
