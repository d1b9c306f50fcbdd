package io.framegate.codec;

import io.framegate.message.RecordList;
import io.framegate.message.Refusal;
import io.framegate.message.WireCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Composes the method handles of a {@link Codec} from a {@link Layout}.
 *
 * <p><b>Order.</b> A record is read by {@code constructor(read₀(in), read₁(in), …)}. The readers must run in this order,
 * since each takes the next bytes; {@code filterArguments} does not promise it. So the handle is folded from the last
 * component to the first, {@code collectArguments} around {@code collectArguments}: the outermost, which is the first
 * component's, runs first.
 */
final class CodecCompiler {

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final byte[] TEMPLATE = template();
    private static final MethodHandle DECODE_RECORD = own(
            "decodeRecord", MethodType.methodType(Record.class, MethodHandle.class, String.class, WireReader.class));
    private static final MethodHandle READ_ENUM =
            own("readEnum", MethodType.methodType(Object.class, Layout.EnumOf.class, String.class, WireReader.class));
    private static final MethodHandle WRITE_ENUM =
            own("writeEnum", MethodType.methodType(void.class, String.class, WireWriter.class, WireCode.class));
    private static final MethodHandle READ_LIST = own(
            "readList",
            MethodType.methodType(List.class, MethodHandle.class, ListLimits.class, String.class, WireReader.class));
    private static final MethodHandle WRITE_LIST = own(
            "writeList",
            MethodType.methodType(
                    void.class, MethodHandle.class, int.class, String.class, WireWriter.class, List.class));
    private static final MethodHandle READ_RECORD_LIST = own(
            "readRecordList",
            MethodType.methodType(
                    RecordList.class, MethodHandle.class, ListLimits.class, String.class, WireReader.class));
    private static final MethodHandle WRITE_RECORD_LIST = own(
            "writeRecordList",
            MethodType.methodType(
                    void.class, MethodHandle.class, int.class, String.class, WireWriter.class, RecordList.class));
    private static final MethodHandle REQUIRE_PRESENT =
            own("requirePresent", MethodType.methodType(Object.class, String.class, Object.class));

    /**
     * The two handles of a type.
     *
     * @param decode {@code (WireReader) -> T}
     * @param encode {@code (WireWriter, T) -> void}
     */
    record Handles(MethodHandle decode, MethodHandle encode) {

        MethodHandle decodeAs(Class<?> type) {
            return decode.asType(MethodType.methodType(type, WireReader.class));
        }

        MethodHandle encodeAs(Class<?> type) {
            return encode.asType(MethodType.methodType(void.class, WireWriter.class, type));
        }
    }

    /**
     * What is known of a list before it is read.
     *
     * @param leastBytes the least that one element takes of the payload
     * @param heapBytes about what it takes of the heap
     * @param most the largest count
     */
    private record ListLimits(int leastBytes, int heapBytes, int most) {}

    /** Compiles a record, for calls of its handles that the compiler can look through. */
    HandleCalls compileCalls(Layout layout) {
        Handles handles = compile(layout);
        MethodHandle decode = refusing(handles, layout.type().getSimpleName());
        try {
            // Unloaded when it is no longer used.
            MethodHandles.Lookup calls = LOOKUP.defineHiddenClassWithClassData(
                    TEMPLATE, List.of(decode, handles.encodeAs(Record.class)), true);
            return (HandleCalls) calls.findConstructor(calls.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("no class can be made of " + HandleCallsTemplate.class.getName(), e);
        }
    }

    private static byte[] template() {
        String file = HandleCallsTemplate.class.getSimpleName() + ".class";
        try (InputStream bytes = HandleCallsTemplate.class.getResourceAsStream(file)) {
            return Objects.requireNonNull(bytes, file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MethodHandle refusing(Handles handles, String name) {
        return MethodHandles.insertArguments(DECODE_RECORD, 0, handles.decodeAs(Record.class), name);
    }

    private Handles compile(Layout layout) {
        Class<? extends Record> type = layout.type();
        Class<?>[] classes = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        List<MethodHandle> readers = new ArrayList<>();
        List<MethodHandle> writers = new ArrayList<>();
        MethodHandle constructor;
        try {
            // Records need not be public, nor in a package that this one can see.
            MethodHandles.Lookup inside = MethodHandles.privateLookupIn(type, LOOKUP);
            constructor = inside.findConstructor(type, MethodType.methodType(void.class, classes));
            for (Layout.Field field : layout.fields()) {
                String name = type.getSimpleName() + "." + field.name();
                Handles handles = compile(field.type(), name);
                MethodHandle accessor = inside.findVirtual(type, field.name(), MethodType.methodType(field.javaType()));
                readers.add(handles.decodeAs(field.javaType()));
                writers.add(MethodHandles.filterArguments(handles.encodeAs(field.javaType()), 1, accessor));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type.getName() + " is not accessible to the codec", e);
        }
        MethodHandle decode = constructor;
        for (int i = readers.size() - 1; i >= 0; i--) {
            decode = MethodHandles.collectArguments(decode, i, readers.get(i));
        }
        decode = MethodHandles.permuteArguments(
                decode, MethodType.methodType(type, WireReader.class), new int[readers.size()]);
        MethodHandle encode = writers.get(writers.size() - 1);
        for (int i = writers.size() - 2; i >= 0; i--) {
            encode = MethodHandles.foldArguments(encode, writers.get(i));
        }
        return new Handles(decode, encode);
    }

    private Handles compile(Layout.FieldType type, String name) {
        if (type instanceof Layout.AtMost bounded) {
            return bounded.type() instanceof Layout.ListOf list
                    ? compile(list, bounded.length(), name)
                    : compile((Layout.Scalar) bounded.type(), bounded.length(), name);
        } else if (type instanceof Layout.Scalar scalar) {
            return compile(scalar, name);
        } else if (type instanceof Layout.Nested nested) {
            Handles handles = compile(nested.layout());
            MethodHandle present = MethodHandles.insertArguments(REQUIRE_PRESENT, 0, name);
            return new Handles(
                    refusing(handles, name), MethodHandles.filterArguments(handles.encodeAs(Object.class), 1, present));
        } else if (type instanceof Layout.EnumOf coded) {
            return new Handles(
                    MethodHandles.insertArguments(READ_ENUM, 0, coded, name),
                    MethodHandles.insertArguments(WRITE_ENUM, 0, name));
        }
        return compile((Layout.ListOf) type, WireReader.ANY_COUNT, name);
    }

    private Handles compile(Layout.ListOf list, int most, String name) {
        Handles element = compile(list.element(), name);
        // One object is the least that an element costs, so an element is never taken for less than one byte.
        int leastBytes = Math.max(1, list.element().leastBytes());
        ListLimits limits = new ListLimits(leastBytes, HeapBytes.ofElement(list.element()), most);
        return new Handles(
                MethodHandles.insertArguments(
                        list.eitherForm() ? READ_RECORD_LIST : READ_LIST,
                        0,
                        element.decodeAs(Object.class),
                        limits,
                        name),
                MethodHandles.insertArguments(
                        list.eitherForm() ? WRITE_RECORD_LIST : WRITE_LIST,
                        0,
                        element.encodeAs(Object.class),
                        most,
                        name));
    }

    private static Handles compile(Layout.Scalar scalar, int most, String name) {
        return switch (scalar) {
            case TEXT -> accessors("text", String.class, name, most);
            case NARROW_TEXT -> accessors("narrow", String.class, name, most);
            case BYTES -> accessors("bytes", byte[].class, name, most);
            case INT32_ARRAY -> accessors("int32s", int[].class, name, most);
            case FLOAT64_ARRAY -> accessors("float64s", double[].class, name, most);
            default -> throw new IllegalStateException(scalar + " has no count");
        };
    }

    private static Handles compile(Layout.Scalar scalar, String name) {
        return switch (scalar) {
            case INT8 -> accessors("int8", byte.class, name);
            case INT16 -> accessors("int16", short.class, name);
            case INT32 -> accessors("int32", int.class, name);
            case INT64 -> accessors("int64", long.class, name);
            case FLOAT32 -> accessors("float32", float.class, name);
            case FLOAT64 -> accessors("float64", double.class, name);
            case BOOLEAN -> accessors("bool", boolean.class, name);
            case TEXT -> accessors("text", String.class, name);
            case NARROW_TEXT -> accessors("narrow", String.class, name);
            case BYTES -> accessors("bytes", byte[].class, name);
            case INT32_ARRAY -> accessors("int32s", int[].class, name);
            case FLOAT64_ARRAY -> accessors("float64s", double[].class, name);
        };
    }

    private static Handles accessors(String method, Class<?> type, String name) {
        try {
            return new Handles(
                    MethodHandles.insertArguments(
                            LOOKUP.findVirtual(WireReader.class, method, MethodType.methodType(type, String.class)),
                            1,
                            name),
                    MethodHandles.insertArguments(
                            LOOKUP.findVirtual(
                                    WireWriter.class, method, MethodType.methodType(void.class, String.class, type)),
                            1,
                            name));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method, e);
        }
    }

    private static Handles accessors(String method, Class<?> type, String name, int most) {
        try {
            return new Handles(
                    MethodHandles.insertArguments(
                            LOOKUP.findVirtual(
                                    WireReader.class, method, MethodType.methodType(type, String.class, int.class)),
                            1,
                            name,
                            most),
                    MethodHandles.insertArguments(
                            LOOKUP.findVirtual(
                                    WireWriter.class,
                                    method,
                                    MethodType.methodType(void.class, String.class, int.class, type)),
                            1,
                            name,
                            most));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method, e);
        }
    }

    /**
     * Runs a record's decoder. A constructor that rejects its values has found bad input, which is the client's to hear
     * of: the refusal names the record, not what the exception said.
     */
    private static Record decodeRecord(MethodHandle decode, String name, WireReader in) {
        int at = in.position();
        try {
            return (Record) decode.invokeExact(in);
        } catch (Refusal | Error e) {
            throw e;
        } catch (Throwable e) {
            throw in.malformed(name, at, "the values are not accepted");
        }
    }

    private static Object readEnum(Layout.EnumOf type, String name, WireReader in) {
        int at = in.position();
        int code = in.int32(name);
        WireCode constant = type.byCode().get(code);
        if (constant == null) {
            throw in.malformed(name, at, code + " is no code of " + type.type().getSimpleName());
        }
        return constant;
    }

    private static void writeEnum(String name, WireWriter out, WireCode value) {
        out.int32(name, WireWriter.present(name, value).code());
    }

    private static List<?> readList(MethodHandle element, ListLimits limits, String name, WireReader in)
            throws Throwable {
        Object[] elements = new Object[in.listCount(name, limits.leastBytes(), limits.heapBytes(), limits.most())];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = element.invokeExact(in);
        }
        return List.of(elements);
    }

    /** A list may have other elements than its size says, or get others meanwhile: what was announced must follow. */
    private static void writeList(MethodHandle element, int most, String name, WireWriter out, List<?> list)
            throws Throwable {
        int size = WireWriter.present(name, list).size();
        out.count(name, size, most);
        int written = 0;
        for (Object value : list) {
            if (written++ >= size) {
                throw new IllegalStateException(name + " has a size of " + size + " and more elements");
            }
            element.invokeExact(out, WireWriter.present(name, value));
        }
        if (written != size) {
            throw new IllegalStateException(name + " has a size of " + size + " and " + written + " elements");
        }
    }

    private static RecordList<?> readRecordList(MethodHandle element, ListLimits limits, String name, WireReader in)
            throws Throwable {
        Record[] elements = new Record[in.listCount(name, limits.leastBytes(), limits.heapBytes(), limits.most())];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (Record) (Object) element.invokeExact(in);
        }
        return RecordList.of(List.of(elements));
    }

    private static void writeRecordList(MethodHandle element, int most, String name, WireWriter out, RecordList<?> list)
            throws Throwable {
        if (WireWriter.present(name, list).isEncoded()) {
            out.count(name, list.size(), most);
            out.parts(list.parts());
        } else {
            writeList(element, most, name, out, list.toList());
        }
    }

    private static Object requirePresent(String name, Object value) {
        return Objects.requireNonNull(value, name);
    }

    private static MethodHandle own(String method, MethodType type) {
        try {
            return LOOKUP.findStatic(CodecCompiler.class, method, type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method, e);
        }
    }
}
