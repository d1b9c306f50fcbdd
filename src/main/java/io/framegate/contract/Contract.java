package io.framegate.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What goes over the wire, without a word of Java: messages, the records and enums that they are made of, and what each
 * field means. It can be kept as a file, and compared with one.
 *
 * <p>A record or enum that is declared within another is named with both: {@code Polygon.Ring}.
 */
public final class Contract {

    private final List<MessageType> messages;
    private final List<RecordType> records;
    private final List<EnumType> enums;
    private final Map<String, RecordType> recordsByName = new HashMap<>();
    private final Map<String, EnumType> enumsByName = new HashMap<>();
    private final Map<Integer, MessageType> messagesById = new HashMap<>();

    /**
     * @param messages with distinct ids and names
     * @param records all records that fields refer to, those of the messages not among them
     * @param enums all enums that fields refer to
     * @throws IllegalArgumentException in a sentence, where two have one name or one id, or a field refers to nothing
     */
    public Contract(List<MessageType> messages, List<RecordType> records, List<EnumType> enums) {
        this.messages = messages.stream()
                .sorted(Comparator.comparingInt(MessageType::id))
                .toList();
        this.records =
                records.stream().sorted(Comparator.comparing(RecordType::name)).toList();
        this.enums = enums.stream().sorted(Comparator.comparing(EnumType::name)).toList();
        for (MessageType message : this.messages) {
            MessageType other = messagesById.putIfAbsent(message.id(), message);
            if (other != null) {
                throw new IllegalArgumentException(
                        other.name() + " and " + message.name() + " have the same id " + message.id());
            }
        }
        for (RecordType type : allRecords()) {
            if (recordsByName.putIfAbsent(type.name(), type) != null) {
                throw new IllegalArgumentException("two records are named " + type.name());
            }
        }
        this.enums.forEach(type -> enumsByName.put(type.name(), type));
        for (RecordType type : allRecords()) {
            type.fields().forEach(field -> check(type, field, field.type()));
        }
    }

    private void check(RecordType within, Field field, WireType type) {
        if (type instanceof WireType.ListOf list) {
            check(within, field, list.element());
        } else if ((type instanceof WireType.RecordOf of && !recordsByName.containsKey(of.name()))
                || (type instanceof WireType.EnumOf code && !enumsByName.containsKey(code.name()))) {
            throw new IllegalArgumentException(
                    within.name() + "." + field.name() + " is of " + type + ", which is missing");
        }
    }

    /** By their ids. */
    public List<MessageType> messages() {
        return messages;
    }

    /** By their names; the messages' own layouts are not among them. */
    public List<RecordType> records() {
        return records;
    }

    /** By their names. */
    public List<EnumType> enums() {
        return enums;
    }

    /** The records and then the messages' layouts, each after those that it refers to. */
    public List<RecordType> allRecordsInOrder() {
        Map<String, RecordType> done = new LinkedHashMap<>();
        allRecords().forEach(type -> addAfterItsParts(type, done));
        return List.copyOf(done.values());
    }

    private void addAfterItsParts(RecordType type, Map<String, RecordType> done) {
        for (Field field : type.fields()) {
            WireType of = field.type();
            while (of instanceof WireType.ListOf list) {
                of = list.element();
            }
            if (of instanceof WireType.RecordOf part) {
                addAfterItsParts(record(part.name()), done);
            }
        }
        done.putIfAbsent(type.name(), type);
    }

    private List<RecordType> allRecords() {
        List<RecordType> all = new ArrayList<>(records);
        messages.forEach(message -> all.add(message.layout()));
        return all;
    }

    /** The message of an id. */
    public Optional<MessageType> message(int id) {
        return Optional.ofNullable(messagesById.get(id));
    }

    /** The message of a name. */
    public Optional<MessageType> message(String name) {
        return messages.stream().filter(message -> message.name().equals(name)).findFirst();
    }

    /** The record of a name that a field refers to. */
    public RecordType record(String name) {
        return found(recordsByName.get(name), name);
    }

    /** The enum of a name that a field refers to. */
    public EnumType enumeration(String name) {
        return found(enumsByName.get(name), name);
    }

    private static <T> T found(@Nullable T type, String name) {
        if (type == null) {
            throw new IllegalArgumentException("there is no " + name);
        }
        return type;
    }

    /** The bytes that a value has at least, all its lists and texts empty: 1 or more. */
    public int leastBytes(WireType type) {
        if (type instanceof WireType.RecordOf of) {
            return record(of.name()).fields().stream()
                    .mapToInt(field -> leastBytes(field.type()))
                    .sum();
        } else if (type instanceof WireType.Scalar scalar) {
            return switch (scalar) {
                case INT8, BOOLEAN -> Byte.BYTES;
                case INT16 -> Short.BYTES;
                case INT64, FLOAT64 -> Long.BYTES;
                default -> Integer.BYTES;
            };
        }
        return Integer.BYTES;
    }

    /** The messages that are answered by this one. */
    public List<MessageType> requestsOf(MessageType answer) {
        return messages.stream()
                .filter(message -> message.answer().equals(Optional.of(answer.name())))
                .toList();
    }

    /** Who sends it. */
    public enum Direction {
        /** The client. */
        REQUEST,
        /** The server, as an answer. */
        RESPONSE,
        /** The server, unasked. */
        NOTICE;

        /** In words of the contract. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A message.
     *
     * @param id in the frame's header
     * @param direction who sends it
     * @param answer the name of the message that answers it, where it is a request whose worker is known
     * @param mostBytes of its payload, where it is a request that bounds it; of any other the server's settings tell
     * @param layout its name, its fields and what it is
     */
    public record MessageType(
            int id, Direction direction, Optional<String> answer, OptionalLong mostBytes, RecordType layout) {

        private static final int VERSIONS = 100;

        public String name() {
            return layout.name();
        }

        /** By the convention of ids: the last two digits. */
        public int version() {
            return Math.floorMod(id, VERSIONS);
        }
    }

    /**
     * Fields in their order.
     *
     * @param name a Java identifier, or two with a dot between
     * @param text what it is: paragraphs with an empty line between them, preformatted lines begin with four spaces
     * @param fields at least one
     */
    public record RecordType(String name, String text, List<Field> fields) {

        public RecordType {
            fields = List.copyOf(fields);
        }
    }

    /**
     * A field.
     *
     * @param name a Java identifier
     * @param type its form on the wire
     * @param text what it means; empty where the type says it all
     * @param unit of its numbers, such as {@code km/h} or {@code 1e-7 degree}; empty where they have none
     * @param limits of its numbers, or of the length of its text, where there are some
     * @param differenceColumns over 0 where the numbers are rows of so many columns, and each row after the first is its
     *     difference from the one before
     */
    public record Field(
            String name, WireType type, String text, String unit, Optional<Limits> limits, int differenceColumns) {}

    /**
     * The range of values, or of lengths of a text.
     *
     * @param least inclusive
     * @param most inclusive; {@link Long#MAX_VALUE} where there is none
     */
    public record Limits(long least, long most) {

        @Override
        public String toString() {
            return most == Long.MAX_VALUE ? "≥ " + least : least + " … " + most;
        }
    }

    /**
     * Constants by their codes.
     *
     * @param name a Java identifier, or two with a dot between
     * @param text what it is
     * @param constants at least one
     */
    public record EnumType(String name, String text, List<Constant> constants) {

        public EnumType {
            constants = constants.stream()
                    .sorted(Comparator.comparingInt(Constant::code))
                    .toList();
        }

        /** The constant with a code. */
        public Optional<Constant> constant(int code) {
            return constants.stream()
                    .filter(constant -> constant.code() == code)
                    .findFirst();
        }
    }

    /**
     * A constant.
     *
     * @param name in upper case
     * @param code int32 on the wire
     * @param text what it means; may be empty
     */
    public record Constant(String name, int code, String text) {}
}
