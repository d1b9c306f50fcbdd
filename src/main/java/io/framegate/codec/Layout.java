package io.framegate.codec;

import io.framegate.message.Coded;
import io.framegate.message.Message;
import io.framegate.message.Narrow;
import io.framegate.message.RecordList;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a record's bytes are, field by field: the model that codecs are compiled from. The table of Java types is in
 * {@link Message}.
 *
 * @param type the record
 * @param fields its components, in order
 */
public record Layout(Class<? extends Record> type, List<Field> fields) {

    public Layout {
        fields = List.copyOf(fields);
    }

    /**
     * Reads the layout of a record.
     *
     * @throws IllegalArgumentException for a type that has no form on the wire, or a record that contains itself; the
     *     message names the record and the component
     */
    public static Layout of(Class<? extends Record> type) {
        return of(type, List.of());
    }

    /** The least bytes that a value of this record takes. */
    public int leastBytes() {
        return fields.stream().mapToInt(field -> field.type().leastBytes()).sum();
    }

    private static Layout of(Class<? extends Record> type, List<Class<?>> within) {
        if (within.contains(type)) {
            throw new IllegalArgumentException(type.getName() + " contains itself: such a record has no layout");
        }
        List<Class<?>> path = new ArrayList<>(within);
        path.add(type);
        List<Field> fields = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String where = type.getName() + "." + component.getName();
            fields.add(new Field(
                    component.getName(),
                    fieldType(where, component.getAnnotatedType(), component, path),
                    component.getType()));
        }
        if (fields.isEmpty()) {
            throw new IllegalArgumentException(type.getName() + " has no components: a message has at least one field");
        }
        return new Layout(type, fields);
    }

    private static FieldType fieldType(
            String where, AnnotatedType annotated, AnnotatedElement element, List<Class<?>> path) {
        Type type = annotated.getType();
        if (type instanceof ParameterizedType parameterized
                && (parameterized.getRawType() == List.class || parameterized.getRawType() == RecordList.class)) {
            AnnotatedType of = ((AnnotatedParameterizedType) annotated).getAnnotatedActualTypeArguments()[0];
            boolean eitherForm = parameterized.getRawType() == RecordList.class;
            return new ListOf(fieldType(where, of, of, path), eitherForm);
        }
        if (!(type instanceof Class<?> raw)) {
            throw new IllegalArgumentException(where + ": " + type + " has no form on the wire");
        }
        if (raw == String.class) {
            boolean narrow = element.isAnnotationPresent(Narrow.class) || annotated.isAnnotationPresent(Narrow.class);
            return narrow ? Scalar.NARROW_TEXT : Scalar.TEXT;
        }
        Scalar scalar = Scalar.BY_CLASS.get(raw);
        if (scalar != null) {
            return scalar;
        }
        if (raw.isRecord()) {
            return new Nested(of(raw.asSubclass(Record.class), path));
        }
        if (raw.isEnum() && Coded.class.isAssignableFrom(raw)) {
            return EnumOf.of(where, raw);
        }
        throw new IllegalArgumentException(where + ": " + raw.getName() + " has no form on the wire"
                + (raw.isEnum() ? "; an enum implements " + Coded.class.getName() : ""));
    }

    /**
     * One component.
     *
     * @param name the component's name
     * @param type its form on the wire
     * @param javaType its class in the record
     */
    public record Field(String name, FieldType type, Class<?> javaType) {}

    /** The form of a field on the wire. */
    public sealed interface FieldType permits Scalar, EnumOf, ListOf, Nested {

        /** The least bytes that a value takes. */
        int leastBytes();
    }

    /** A form without parts of its own. */
    public enum Scalar implements FieldType {
        INT8(1),
        INT16(2),
        INT32(4),
        INT64(8),
        FLOAT32(4),
        FLOAT64(8),
        BOOLEAN(1),
        TEXT(4),
        NARROW_TEXT(4),
        BYTES(4),
        INT32_ARRAY(4),
        FLOAT64_ARRAY(4);

        private static final Map<Class<?>, Scalar> BY_CLASS = Map.ofEntries(
                Map.entry(byte.class, INT8),
                Map.entry(Byte.class, INT8),
                Map.entry(short.class, INT16),
                Map.entry(Short.class, INT16),
                Map.entry(int.class, INT32),
                Map.entry(Integer.class, INT32),
                Map.entry(long.class, INT64),
                Map.entry(Long.class, INT64),
                Map.entry(float.class, FLOAT32),
                Map.entry(Float.class, FLOAT32),
                Map.entry(double.class, FLOAT64),
                Map.entry(Double.class, FLOAT64),
                Map.entry(boolean.class, BOOLEAN),
                Map.entry(Boolean.class, BOOLEAN),
                Map.entry(byte[].class, BYTES),
                Map.entry(int[].class, INT32_ARRAY),
                Map.entry(double[].class, FLOAT64_ARRAY));

        private final int leastBytes;

        Scalar(int leastBytes) {
            this.leastBytes = leastBytes;
        }

        @Override
        public int leastBytes() {
            return leastBytes;
        }
    }

    /**
     * An int32 code.
     *
     * @param type the enum
     * @param byCode its constants by their codes
     */
    public record EnumOf(Class<?> type, Map<Integer, Coded> byCode) implements FieldType {

        public EnumOf {
            byCode = Map.copyOf(byCode);
        }

        private static EnumOf of(String where, Class<?> type) {
            Map<Integer, Coded> byCode = new HashMap<>();
            for (Object constant : type.getEnumConstants()) {
                Coded coded = (Coded) constant;
                Coded other = byCode.put(coded.code(), coded);
                if (other != null) {
                    throw new IllegalArgumentException(where + ": " + type.getName() + "." + other + " and " + coded
                            + " have the same code " + coded.code());
                }
            }
            return new EnumOf(type, byCode);
        }

        @Override
        public int leastBytes() {
            return Integer.BYTES;
        }
    }

    /**
     * An int32 count, then the elements.
     *
     * @param element the form of one element
     * @param eitherForm whether the component is a {@link RecordList}, which may hold bytes as they are
     */
    public record ListOf(FieldType element, boolean eitherForm) implements FieldType {
        @Override
        public int leastBytes() {
            return Integer.BYTES;
        }
    }

    /**
     * A record's fields in their order.
     *
     * @param layout the record's own layout
     */
    public record Nested(Layout layout) implements FieldType {
        @Override
        public int leastBytes() {
            return layout.leastBytes();
        }
    }
}
