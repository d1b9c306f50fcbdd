package io.framegate.codec;

import io.framegate.message.Refusal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one payload, little-endian, from a part of an array.
 *
 * <p><b>Limits.</b> No count is believed before it is checked: it must be no more than its field allows, {@code count × the least
 * size of an element} no more than what remains, and all elements of all lists together no more than the object budget. So
 * what a payload can make the reader allocate is in proportion to its own length; and before it does, what that takes of the heap is
 * {@linkplain Heap taken}.
 *
 * <p><b>Errors</b> are {@link Refusal}s with the facts: {@code id=100201 field=west offset=4: 3 bytes left, 8 needed}.
 *
 * <p>Not safe for use by several threads.
 */
public final class WireReader {

    /** Elements of lists in one message, unless told otherwise. */
    public static final int DEFAULT_OBJECT_BUDGET = 4_000_000;

    private static final VarHandle INT16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT32 =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT64 =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle CHAR16 = MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.LITTLE_ENDIAN);

    private static final byte[] NOTHING = {};

    /** No limit of a field's own. */
    static final int ANY_COUNT = Integer.MAX_VALUE;

    private static final int ARRAY_BYTES = 16; // its header

    /** A String and its array, and the header of the one that its characters are put together in. */
    private static final int TEXT_BYTES = 24 + ARRAY_BYTES + ARRAY_BYTES;

    /** A list's own object, its array's header, and that of the one that its elements are put together in. */
    private static final int LIST_BYTES = 24 + ARRAY_BYTES + ARRAY_BYTES;

    private static final Heap UNCOUNTED = bytes -> {};

    /** Whoever gives out the heap that a message's texts, arrays, lists and their elements take. */
    @FunctionalInterface
    public interface Heap {

        /**
         * So many bytes are about to be allocated: about as many as the JVM will take for them.
         *
         * @throws Refusal where they are not to be
         */
        void take(long bytes);
    }

    private int id;
    private byte[] bytes;
    private int start;
    private int limit;
    private int position;
    private int objectBudget;
    private Heap heap = UNCOUNTED;

    /** A reader of nothing, until {@link #begin}. */
    public WireReader() {
        this(0, NOTHING, 0, 0);
    }

    /**
     * @param id the message's id, for the words of an error
     * @param bytes the array; what is read is not changed, and is not referred to after it is read
     */
    public WireReader(int id, byte[] bytes, int offset, int length) {
        this(id, bytes, offset, length, DEFAULT_OBJECT_BUDGET);
    }

    /** As above, with an object budget of its own. */
    public WireReader(int id, byte[] bytes, int offset, int length, int objectBudget) {
        begin(id, bytes, offset, length, objectBudget);
    }

    /** Reads another payload from now on, and takes what it allocates of this heap. */
    public void begin(int id, byte[] bytes, int offset, int length, int objectBudget, Heap heap) {
        begin(id, bytes, offset, length, objectBudget);
        this.heap = heap;
    }

    /** Reads another payload from now on, with the constructor's meaning. */
    public void begin(int id, byte[] bytes, int offset, int length, int objectBudget) {
        this.id = id;
        this.bytes = bytes;
        this.start = offset;
        this.position = offset;
        this.limit = offset + length;
        this.objectBudget = objectBudget;
    }

    /** Lets go of the payload. */
    public void release() {
        bytes = NOTHING;
        start = 0;
        limit = 0;
        position = 0;
        heap = UNCOUNTED;
    }

    public byte int8(String field) {
        return bytes[advance(field, Byte.BYTES)];
    }

    public short int16(String field) {
        return (short) INT16.get(bytes, advance(field, Short.BYTES));
    }

    public int int32(String field) {
        return (int) INT32.get(bytes, advance(field, Integer.BYTES));
    }

    public long int64(String field) {
        return (long) INT64.get(bytes, advance(field, Long.BYTES));
    }

    public float float32(String field) {
        return (float) FLOAT32.get(bytes, advance(field, Float.BYTES));
    }

    public double float64(String field) {
        return (double) FLOAT64.get(bytes, advance(field, Double.BYTES));
    }

    /** An int8 that is 0 or 1; any other value is malformed. */
    public boolean bool(String field) {
        int at = advance(field, Byte.BYTES);
        byte value = bytes[at];
        if ((value & 0xFE) != 0) {
            throw malformed(field, at, "a boolean is 0 or 1, not " + (value & 0xFF));
        }
        return value == 1;
    }

    /** UTF-16LE after a count of code units; a lone surrogate or a NUL is malformed. */
    public String text(String field) {
        return text(field, ANY_COUNT);
    }

    String text(String field, int most) {
        int at = position;
        int count = count(field, Character.BYTES, most);
        heap.take(TEXT_BYTES + 2L * Character.BYTES * count);
        int from = advance(field, count * Character.BYTES);
        char[] chars = new char[count];
        for (int i = 0; i < count; i++) {
            char c = (char) CHAR16.get(bytes, from + i * Character.BYTES);
            chars[i] = c;
            if (c == 0) {
                throw malformed(field, at, "a text holds no NUL");
            }
            if (Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(chars[i - 1]))
                    || i > 0 && Character.isHighSurrogate(chars[i - 1]) && !Character.isLowSurrogate(c)) {
                throw malformed(field, at, "the text has half a surrogate pair");
            }
        }
        if (count > 0 && Character.isHighSurrogate(chars[count - 1])) {
            throw malformed(field, at, "the text has half a surrogate pair");
        }
        return new String(chars);
    }

    /** UTF-8 after a count of bytes; what is not UTF-8, or a NUL, is malformed. */
    public String narrow(String field) {
        return narrow(field, ANY_COUNT);
    }

    String narrow(String field, int most) {
        int at = position;
        int count = count(field, Byte.BYTES, most);
        heap.take(TEXT_BYTES + 2L * Character.BYTES * count);
        int from = advance(field, count);
        int bits = 0;
        for (int i = from; i < from + count; i++) {
            if (bytes[i] == 0) {
                throw malformed(field, at, "a text holds no NUL");
            }
            bits |= bytes[i];
        }
        if (bits >= 0) {
            // ASCII, as most is: a decoder would take several times the memory.
            return new String(bytes, from, count, StandardCharsets.US_ASCII);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, count))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed(field, at, "the text is not UTF-8");
        }
    }

    /** An int32 count of bytes, then the bytes. */
    public byte[] bytes(String field) {
        return bytes(field, ANY_COUNT);
    }

    byte[] bytes(String field, int most) {
        int count = count(field, Byte.BYTES, most);
        heap.take(ARRAY_BYTES + count);
        int from = advance(field, count);
        byte[] copy = new byte[count];
        System.arraycopy(bytes, from, copy, 0, count);
        return copy;
    }

    /** An int32 count of elements, then int32 each. */
    public int[] int32s(String field) {
        return int32s(field, ANY_COUNT);
    }

    int[] int32s(String field, int most) {
        int count = count(field, Integer.BYTES, most);
        heap.take(ARRAY_BYTES + (long) Integer.BYTES * count);
        int[] array = new int[count];
        int from = advance(field, array.length * Integer.BYTES);
        for (int i = 0; i < array.length; i++) {
            array[i] = (int) INT32.get(bytes, from + i * Integer.BYTES);
        }
        return array;
    }

    /** An int32 count of elements, then float64 each. */
    public double[] float64s(String field) {
        return float64s(field, ANY_COUNT);
    }

    double[] float64s(String field, int most) {
        int count = count(field, Double.BYTES, most);
        heap.take(ARRAY_BYTES + (long) Double.BYTES * count);
        double[] array = new double[count];
        int from = advance(field, array.length * Double.BYTES);
        for (int i = 0; i < array.length; i++) {
            array[i] = (double) FLOAT64.get(bytes, from + i * Double.BYTES);
        }
        return array;
    }

    /**
     * The count before elements.
     *
     * @param leastBytes the least that one element takes
     * @param most the field's own limit
     */
    private int count(String field, int leastBytes, int most) {
        int at = position;
        int count = int32(field);
        if (count < 0) {
            throw malformed(field, at, "the count is " + count);
        }
        if (count > most) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "A field is longer than it may be: " + facts(field, at) + ": the count is " + count + ", at most "
                            + most + " are allowed.");
        }
        if ((long) count * leastBytes > remaining()) {
            throw malformed(
                    field,
                    at,
                    count + " elements of at least " + leastBytes + " bytes each, " + remaining() + " bytes left");
        }
        return count;
    }

    /**
     * The count before the elements of a list, taken from the object budget and from the heap.
     *
     * @param leastBytes the least that one element takes of the payload
     * @param heapBytes about what it takes of the heap, with its place in the list
     * @param most the field's own limit
     */
    int listCount(String field, int leastBytes, int heapBytes, int most) {
        int at = position;
        int count = count(field, leastBytes, most);
        if (count > objectBudget) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "The request has too many elements: " + facts(field, at) + ": " + count + " elements, "
                            + objectBudget + " are left of what one message may have.");
        }
        objectBudget -= count;
        heap.take(LIST_BYTES + (long) heapBytes * count);
        return count;
    }

    /** Checks that nothing follows the last field. */
    public void end() {
        if (position != limit) {
            throw malformed("(end)", position, remaining() + " bytes follow the last field");
        }
    }

    /** Bytes not read yet. */
    public int remaining() {
        return limit - position;
    }

    int position() {
        return position;
    }

    byte[] array() {
        return bytes;
    }

    int id() {
        return id;
    }

    Refusal malformed(String field, int at, String facts) {
        return new Refusal(Refusal.Code.MALFORMED, "The body is malformed: " + facts(field, at) + ": " + facts + ".");
    }

    private String facts(String field, int at) {
        return "id=" + id + " field=" + field + " offset=" + (at - start);
    }

    private int advance(String field, int size) {
        int at = position;
        if (size > limit - at) {
            throw malformed(field, at, (limit - at) + " bytes left, " + size + " needed");
        }
        position = at + size;
        return at;
    }
}
