package io.framegate.codec;

import io.framegate.message.MaxLength;
import io.framegate.message.MaxPayload;
import io.framegate.message.Message;
import io.framegate.message.RecordList;
import io.framegate.message.Utf8;
import io.framegate.message.WireCode;
import java.lang.reflect.AnnotatedArrayType;
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
import org.jspecify.annotations.Nullable;

/**
 * What a record's bytes are, field by field: the model that codecs are compiled from. The table of Java types is in
 * {@link Message}.
 *
 * @param type the record
 * @param fields its components, in order
 */
public record Layout(Class<? extends Record> type, List<Field> fields) {

    /** Of what has a text, an array or a list without {@link MaxLength} in it: the most bytes. */
    public static final long UNBOUNDED = Long.MAX_VALUE;

    public Layout {
        fields = List.copyOf(fields);
    }

    /**
     * Reads the layout of a record.
     *
     * @throws IllegalArgumentException for a type that has no form on the wire, a record that contains itself, or a {@link
     *     MaxLength} or {@link MaxPayload} that makes no sense where it is; the message names the record and the component
     */
    public static Layout of(Class<? extends Record> type) {
        return of(type, List.of());
    }

    /** The least bytes that a value of this record takes. */
    public int leastBytes() {
        return fields.stream().mapToInt(field -> field.type().leastBytes()).sum();
    }

    /** The most bytes that a value of this record takes, as far as its components say; {@link #UNBOUNDED} where one does not. */
    public long mostBytes() {
        return fields.stream().mapToLong(field -> field.type().mostBytes()).reduce(0, Layout::sum);
    }

    private static long sum(long a, long b) {
        return a > UNBOUNDED - b ? UNBOUNDED : a + b;
    }

    private static long product(long count, long bytes) {
        return count > 0 && bytes > UNBOUNDED / count ? UNBOUNDED : count * bytes;
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
        Layout layout = new Layout(type, fields);
        checkMaxPayload(layout);
        return layout;
    }

    private static void checkMaxPayload(Layout layout) {
        Class<? extends Record> type = layout.type();
        MaxPayload max = type.getAnnotation(MaxPayload.class);
        if (max == null) {
            return;
        }
        if (!type.isAnnotationPresent(Message.class)) {
            throw new IllegalArgumentException(
                    type.getName() + " has @MaxPayload, but is no message: it lacks @Message(id)");
        }
        if (max.value() < layout.leastBytes()) {
            throw new IllegalArgumentException(type.getName() + " has @MaxPayload(" + max.value()
                    + "), but takes at least " + layout.leastBytes() + " bytes");
        }
    }

    private static FieldType fieldType(
            String where, AnnotatedType annotated, AnnotatedElement element, List<Class<?>> path) {
        FieldType type = unboundedType(where, annotated, element, path);
        MaxLength max = maxLength(where, annotated, element);
        if (max == null) {
            return type;
        }
        if (max.value() < 0) {
            throw new IllegalArgumentException(where + " has @MaxLength(" + max.value() + "), which must be 0 or more");
        }
        if (!(type instanceof ListOf) && !(type instanceof Scalar scalar && scalar.hasCount())) {
            throw new IllegalArgumentException(
                    where + " has @MaxLength, but no length: that is for texts, arrays and lists");
        }
        return new AtMost(type, max.value());
    }

    private static @Nullable MaxLength maxLength(String where, AnnotatedType annotated, AnnotatedElement element) {
        // On a component it is on the component's type as well; on an array's, on that of the elements.
        MaxLength ofElement = element.getAnnotation(MaxLength.class);
        MaxLength ofType = annotated.getAnnotation(MaxLength.class);
        MaxLength ofItems = annotated instanceof AnnotatedArrayType array
                ? array.getAnnotatedGenericComponentType().getAnnotation(MaxLength.class)
                : null;
        MaxLength found = null;
        for (MaxLength each : new MaxLength[] {ofElement, ofType, ofItems}) {
            if (each != null && found != null && each.value() != found.value()) {
                throw new IllegalArgumentException(
                        where + " has both @MaxLength(" + found.value() + ") and @MaxLength(" + each.value() + ")");
            }
            found = each == null ? found : each;
        }
        return found;
    }

    private static FieldType unboundedType(
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
            boolean narrow = element.isAnnotationPresent(Utf8.class) || annotated.isAnnotationPresent(Utf8.class);
            return narrow ? Scalar.NARROW_TEXT : Scalar.TEXT;
        }
        Scalar scalar = Scalar.BY_CLASS.get(raw);
        if (scalar != null) {
            return scalar;
        }
        if (raw.isRecord()) {
            return new Nested(of(raw.asSubclass(Record.class), path));
        }
        if (raw.isEnum() && WireCode.class.isAssignableFrom(raw)) {
            return EnumOf.of(where, raw);
        }
        throw new IllegalArgumentException(where + ": " + raw.getName() + " has no form on the wire"
                + (raw.isEnum() ? "; an enum implements " + WireCode.class.getName() : ""));
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
    public sealed interface FieldType permits Scalar, EnumOf, ListOf, Nested, AtMost {

        /** The least bytes that a value takes. */
        int leastBytes();

        /** The most bytes that a value takes; {@link Layout#UNBOUNDED} where nothing says so. */
        long mostBytes();
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
        TEXT(4, Character.BYTES),
        NARROW_TEXT(4, Byte.BYTES),
        BYTES(4, Byte.BYTES),
        INT32_ARRAY(4, Integer.BYTES),
        FLOAT64_ARRAY(4, Double.BYTES);

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
        private final int bytesEach; // of what is counted; 0 where nothing is

        Scalar(int bytes) {
            this(bytes, 0);
        }

        Scalar(int leastBytes, int bytesEach) {
            this.leastBytes = leastBytes;
            this.bytesEach = bytesEach;
        }

        @Override
        public int leastBytes() {
            return leastBytes;
        }

        @Override
        public long mostBytes() {
            return hasCount() ? UNBOUNDED : leastBytes;
        }

        /** Whether it begins with a count. */
        boolean hasCount() {
            return bytesEach > 0;
        }
    }

    /**
     * An int32 code.
     *
     * @param type the enum
     * @param byCode its constants by their codes
     */
    public record EnumOf(Class<?> type, Map<Integer, WireCode> byCode) implements FieldType {

        public EnumOf {
            byCode = Map.copyOf(byCode);
        }

        private static EnumOf of(String where, Class<?> type) {
            Map<Integer, WireCode> byCode = new HashMap<>();
            for (Object constant : type.getEnumConstants()) {
                WireCode coded = (WireCode) constant;
                WireCode other = byCode.put(coded.code(), coded);
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

        @Override
        public long mostBytes() {
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

        @Override
        public long mostBytes() {
            return UNBOUNDED;
        }
    }

    /**
     * A form that begins with a count, which is bounded.
     *
     * @param type a list, or a {@link Scalar} with a count
     * @param length the largest count
     */
    public record AtMost(FieldType type, int length) implements FieldType {
        @Override
        public int leastBytes() {
            return type.leastBytes();
        }

        @Override
        public long mostBytes() {
            long each = type instanceof ListOf list ? list.element().mostBytes() : ((Scalar) type).bytesEach;
            return sum(Integer.BYTES, product(length, each));
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

        @Override
        public long mostBytes() {
            return layout.mostBytes();
        }
    }
}
