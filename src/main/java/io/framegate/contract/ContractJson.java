package io.framegate.contract;

import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.Direction;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.Limits;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonWriter;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import java.io.Reader;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The contract as JSON, there and back.
 *
 * <pre>
 *  messages  each: id, name, version, direction (request, response or notice), answer where known, mostBytes of its payload
 *            where it is a request that bounds them, text, fields
 *  records   each: name, text, fields
 *  enums     each: name, text, constants: each name, code, text
 *  fields    each: name, type, text, unit, least and most where it has limits, differenceColumns
 * </pre>
 *
 * A type is a word of the protocol ({@code int32}, {@code narrow text}, {@code float64[]} …), the name of an enum or a
 * record, or {@code list<…>}. What is empty is left out.
 */
public final class ContractJson {

    // Looked for once: each method of Json would look for it anew.
    private static final JsonProvider JSON = JsonProvider.provider();

    private ContractJson() {}

    /** The contract as indented JSON. */
    public static String write(Contract contract) {
        JsonArrayBuilder messages = JSON.createArrayBuilder();
        for (MessageType message : contract.messages()) {
            JsonObjectBuilder json = JSON.createObjectBuilder()
                    .add("id", message.id())
                    .add("name", message.name())
                    .add("version", message.version())
                    .add("direction", message.direction().word());
            message.answer().ifPresent(answer -> json.add("answer", answer));
            message.mostBytes().ifPresent(most -> json.add("mostBytes", most));
            messages.add(withFields(json, message.layout()));
        }
        JsonArrayBuilder records = JSON.createArrayBuilder();
        contract.records()
                .forEach(type ->
                        records.add(withFields(JSON.createObjectBuilder().add("name", type.name()), type)));
        JsonArrayBuilder enums = JSON.createArrayBuilder();
        for (EnumType type : contract.enums()) {
            JsonArrayBuilder constants = JSON.createArrayBuilder();
            for (Constant constant : type.constants()) {
                constants.add(withText(
                        JSON.createObjectBuilder().add("name", constant.name()).add("code", constant.code()),
                        constant.text()));
            }
            enums.add(withText(JSON.createObjectBuilder().add("name", type.name()), type.text())
                    .add("constants", constants));
        }
        StringWriter out = new StringWriter();
        try (JsonWriter writer = JSON.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                .createWriter(out)) {
            writer.write(JSON.createObjectBuilder()
                    .add("messages", messages)
                    .add("records", records)
                    .add("enums", enums)
                    .build());
        }
        return out.toString().strip() + "\n";
    }

    private static JsonObjectBuilder withText(JsonObjectBuilder json, String text) {
        return text.isEmpty() ? json : json.add("text", text);
    }

    private static JsonObjectBuilder withFields(JsonObjectBuilder json, RecordType type) {
        JsonArrayBuilder fields = JSON.createArrayBuilder();
        for (Field field : type.fields()) {
            JsonObjectBuilder each = withText(
                    JSON.createObjectBuilder()
                            .add("name", field.name())
                            .add("type", field.type().toString()),
                    field.text());
            if (!field.unit().isEmpty()) {
                each.add("unit", field.unit());
            }
            field.limits().ifPresent(limits -> {
                each.add("least", limits.least());
                if (limits.most() != Long.MAX_VALUE) {
                    each.add("most", limits.most());
                }
            });
            if (field.differenceColumns() > 0) {
                each.add("differenceColumns", field.differenceColumns());
            }
            fields.add(each);
        }
        return withText(json, type.text()).add("fields", fields);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws RuntimeException for anything else
     */
    public static Contract read(Reader text) {
        try (JsonReader reader = JSON.createReader(text)) {
            JsonObject json = reader.readObject();
            Set<String> enums = new HashSet<>();
            objects(json, "enums").forEach(type -> enums.add(type.getString("name")));
            return new Contract(
                    objects(json, "messages").stream()
                            .map(message -> new MessageType(
                                    message.getInt("id"),
                                    Direction.valueOf(
                                            message.getString("direction").toUpperCase(Locale.ROOT)),
                                    Optional.ofNullable(message.getString("answer", null)),
                                    mostBytes(message.getJsonNumber("mostBytes")),
                                    record(message, enums)))
                            .toList(),
                    objects(json, "records").stream()
                            .map(type -> record(type, enums))
                            .toList(),
                    objects(json, "enums").stream()
                            .map(type -> new EnumType(
                                    type.getString("name"),
                                    type.getString("text", ""),
                                    objects(type, "constants").stream()
                                            .map(constant -> new Constant(
                                                    constant.getString("name"),
                                                    constant.getInt("code"),
                                                    constant.getString("text", "")))
                                            .toList()))
                            .toList());
        }
    }

    private static OptionalLong mostBytes(@Nullable JsonNumber number) {
        return number == null ? OptionalLong.empty() : OptionalLong.of(number.longValueExact());
    }

    private static RecordType record(JsonObject json, Set<String> enums) {
        return new RecordType(
                json.getString("name"),
                json.getString("text", ""),
                objects(json, "fields").stream()
                        .map(field -> new Field(
                                field.getString("name"),
                                type(field.getString("type"), enums),
                                field.getString("text", ""),
                                field.getString("unit", ""),
                                limits(field),
                                field.getInt("differenceColumns", 0)))
                        .toList());
    }

    private static Optional<Limits> limits(JsonObject field) {
        JsonNumber least = field.getJsonNumber("least");
        JsonNumber most = field.getJsonNumber("most");
        return least == null
                ? Optional.empty()
                : Optional.of(
                        new Limits(least.longValueExact(), most == null ? Long.MAX_VALUE : most.longValueExact()));
    }

    private static WireType type(String word, Set<String> enums) {
        if (word.startsWith("list<") && word.endsWith(">")) {
            return new WireType.ListOf(type(word.substring("list<".length(), word.length() - 1), enums));
        }
        return Arrays.stream(WireType.Scalar.values())
                .filter(scalar -> scalar.toString().equals(word))
                .map(WireType.class::cast)
                .findFirst()
                .orElseGet(() -> enums.contains(word) ? new WireType.EnumOf(word) : new WireType.RecordOf(word));
    }

    private static List<JsonObject> objects(JsonObject json, String name) {
        return json.getJsonArray(name).getValuesAs(JsonObject.class);
    }
}
