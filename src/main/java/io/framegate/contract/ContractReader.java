package io.framegate.contract;

import io.framegate.codec.Codec;
import io.framegate.codec.Layout;
import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.Direction;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.Limits;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.source.ContractProcessor;
import io.framegate.message.DeltaEncoded;
import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Message;
import io.framegate.message.WireCode;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the contract of records: their layouts as the codecs have them, and the words that the
 * {@linkplain ContractProcessor compiler kept} of their Javadoc.
 *
 * <p><b>Units and limits</b> are taken from the words too, so that they are said once: a unit is the first of
 * {@link #UNITS} in the text of a field; limits are its first {@code 1 … 20} or {@code 0 or more}, of the length where
 * the field is a text.
 */
public final class ContractReader {

    /** Words for units, and how they are written in the contract. */
    private static final Map<String, String> UNITS = units();

    /** By the convention of ids: from here on nobody has asked. */
    private static final Pattern RANGE = Pattern.compile("(-?\\d+) … (-?\\d+)");

    private static final Pattern FROM = Pattern.compile("(-?\\d+) or more");

    private final Properties facts;
    private final Map<String, RecordType> records = new HashMap<>();
    private final Map<String, EnumType> enums = new HashMap<>();
    private final Map<Class<?>, Class<?>> answers = new LinkedHashMap<>();
    private final Map<Integer, MessageType> messages = new LinkedHashMap<>();

    private ContractReader(Properties facts) {
        this.facts = facts;
    }

    private static Map<String, String> units() {
        Map<String, String> units = new LinkedHashMap<>();
        units.put("1e-7 degree", "1e-7 degree");
        units.put("degrees", "degree");
        units.put("km/h", "km/h");
        units.put("centimetres", "cm");
        units.put("metres", "m");
        units.put("milliseconds", "ms");
        units.put("microseconds", "µs");
        units.put("seconds", "s");
        units.put("bytes", "byte");
        return Collections.unmodifiableMap(units);
    }

    /**
     * The contract of every message on a class path whose classes were compiled with {@link ContractProcessor}.
     *
     * @throws IllegalArgumentException in a sentence, for messages that contradict each other
     */
    public static Contract ofClassPath(ClassLoader loader) {
        Properties facts = facts(loader);
        Map<Class<? extends Record>, Optional<Class<? extends Record>>> messages = new LinkedHashMap<>();
        names(facts).forEach(name -> {
            Optional<Class<? extends Record>> answer =
                    Optional.ofNullable(facts.getProperty("answer." + name)).map(of -> load(of, loader));
            messages.put(load(name, loader), answer);
        });
        return of(messages, facts);
    }

    /** The class names of all messages on the class path. */
    private static Stream<String> names(Properties facts) {
        return facts.stringPropertyNames().stream()
                .filter(key -> key.startsWith("message."))
                .map(key -> key.substring("message.".length()))
                .sorted();
    }

    private static boolean isNotice(@Nullable Message message) {
        return message != null && message.value() >= FrameHeader.FIRST_NOTICE_ID;
    }

    /**
     * The contract of the requests of a running gate, and of the notices that it may send.
     *
     * @param answers by the requests
     * @throws IllegalArgumentException in a sentence, for messages that contradict each other
     */
    public static Contract of(Map<Class<? extends Record>, Class<? extends Record>> answers, ClassLoader loader) {
        Map<Class<? extends Record>, Optional<Class<? extends Record>>> messages = new LinkedHashMap<>();
        answers.forEach((request, answer) -> messages.put(request, Optional.of(answer)));
        Properties facts = facts(loader);
        names(facts)
                .map(name -> load(name, loader))
                .filter(type -> isNotice(type.getAnnotation(Message.class)))
                .forEach(notice -> messages.put(notice, Optional.empty()));
        return of(messages, facts);
    }

    private static Contract of(
            Map<Class<? extends Record>, Optional<Class<? extends Record>>> messages, Properties facts) {
        ContractReader reader = new ContractReader(facts);
        messages.forEach((message, answer) -> answer.ifPresent(of -> reader.answers.put(message, of)));
        messages.forEach((message, answer) -> {
            reader.addMessage(message);
            answer.ifPresent(reader::addMessage);
        });
        reader.addMessage(ErrorResponse.class);
        reader.addMessage(ErrorResponseV2.class);
        return new Contract(
                List.copyOf(reader.messages.values()),
                List.copyOf(reader.records.values()),
                List.copyOf(reader.enums.values()));
    }

    private static Class<? extends Record> load(String name, ClassLoader loader) {
        try {
            return Class.forName(name, false, loader).asSubclass(Record.class);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "the class path names the message " + name + ", but does not have it", e);
        }
    }

    private static Properties facts(ClassLoader loader) {
        Properties facts = new Properties();
        try {
            for (URL url : Collections.list(loader.getResources(ContractProcessor.RESOURCE))) {
                try (Reader in = new InputStreamReader(url.openStream(), StandardCharsets.UTF_8)) {
                    facts.load(in);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(ContractProcessor.RESOURCE + " cannot be read", e);
        }
        return facts;
    }

    private void addMessage(Class<? extends Record> type) {
        Message message = type.getAnnotation(Message.class);
        if (message == null) {
            throw new IllegalArgumentException(type.getName() + " is no message: it lacks @Message(id)");
        }
        RecordType layout = record(Layout.of(type));
        Direction direction = direction(type, message);
        MessageType added = new MessageType(
                message.value(),
                direction,
                Optional.ofNullable(answers.get(type)).map(ContractReader::name),
                direction == Direction.REQUEST ? Codec.of(type).mostBytes() : OptionalLong.empty(),
                layout);
        MessageType other = messages.putIfAbsent(message.value(), added);
        if (other != null && !other.equals(added)) {
            throw new IllegalArgumentException(
                    other.name() + " and " + added.name() + " have the same id " + added.id());
        }
    }

    private Direction direction(Class<? extends Record> type, Message message) {
        if (answers.containsKey(type)) {
            return Direction.REQUEST;
        }
        return isNotice(message) ? Direction.NOTICE : Direction.RESPONSE;
    }

    private RecordType record(Layout layout) {
        String text = text(layout.type());
        List<Field> fields = layout.fields().stream()
                .map(field -> field(layout.type(), field))
                .toList();
        return new RecordType(name(layout.type()), text, fields);
    }

    private Field field(Class<?> record, Layout.Field field) {
        WireType type = type(field.type());
        String text = facts.getProperty("text." + record.getName() + "#" + field.name(), "");
        int columns = Arrays.stream(record.getRecordComponents())
                .filter(component -> component.getName().equals(field.name()))
                .findFirst()
                .map(component -> component.getAnnotation(DeltaEncoded.class))
                .map(DeltaEncoded::value)
                .orElse(0);
        return new Field(
                field.name(),
                type,
                isOnlyTheType(text, type) ? "" : text,
                isNumber(type) ? unit(text) : "",
                isNumber(type) || type == WireType.Scalar.TEXT || type == WireType.Scalar.NARROW_TEXT
                        ? limits(text)
                        : Optional.empty(),
                columns);
    }

    private static boolean isOnlyTheType(String text, WireType type) {
        String name = type.toString().replaceFirst(".*[.<]", "").replace(">", "");
        return text.equals(name) || text.equals("list of " + name);
    }

    private static boolean isNumber(WireType type) {
        return type instanceof WireType.Scalar scalar
                && switch (scalar) {
                    case INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, INT32_ARRAY, FLOAT64_ARRAY -> true;
                    case BOOLEAN, TEXT, NARROW_TEXT, BYTES -> false;
                };
    }

    private static String unit(String text) {
        return UNITS.entrySet().stream()
                .filter(unit -> text.contains(unit.getKey()))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse("");
    }

    private static Optional<Limits> limits(String text) {
        String ascii = text.replace('−', '-');
        Matcher range = RANGE.matcher(ascii);
        if (range.find()) {
            return Optional.of(new Limits(Long.parseLong(range.group(1)), Long.parseLong(range.group(2))));
        }
        Matcher from = FROM.matcher(ascii);
        return from.find() ? Optional.of(new Limits(Long.parseLong(from.group(1)), Long.MAX_VALUE)) : Optional.empty();
    }

    private WireType type(Layout.FieldType type) {
        if (type instanceof Layout.AtMost bounded) {
            return type(bounded.type());
        } else if (type instanceof Layout.Scalar scalar) {
            return WireType.Scalar.valueOf(scalar.name());
        } else if (type instanceof Layout.ListOf list) {
            return new WireType.ListOf(type(list.element()));
        } else if (type instanceof Layout.Nested nested) {
            RecordType record = record(nested.layout());
            RecordType other = records.putIfAbsent(record.name(), record);
            if (other != null && !other.equals(record)) {
                throw new IllegalArgumentException("two different records are named " + record.name());
            }
            return new WireType.RecordOf(record.name());
        } else if (type instanceof Layout.EnumOf code) {
            EnumType read = enumeration(code);
            EnumType other = enums.putIfAbsent(read.name(), read);
            if (other != null && !other.equals(read)) {
                throw new IllegalArgumentException("two different enums are named " + read.name());
            }
            return new WireType.EnumOf(read.name());
        }
        throw new IllegalArgumentException("there is no word for " + type);
    }

    private EnumType enumeration(Layout.EnumOf code) {
        List<Constant> constants = Arrays.stream(code.type().getEnumConstants())
                .map(constant -> new Constant(
                        ((Enum<?>) constant).name(),
                        ((WireCode) constant).code(),
                        facts.getProperty("text." + code.type().getName() + "#" + ((Enum<?>) constant).name(), "")))
                .toList();
        return new EnumType(name(code.type()), text(code.type()), constants);
    }

    private String text(Class<?> type) {
        return facts.getProperty("text." + type.getName(), "");
    }

    private static String name(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return outer == null ? type.getSimpleName() : name(outer) + "." + type.getSimpleName();
    }
}
