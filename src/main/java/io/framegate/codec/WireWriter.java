package io.framegate.codec;

import io.framegate.message.EncodedPart;
import io.framegate.message.Refusal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Writes the fields of one payload, little-endian, into an array that grows. The first bytes can be kept free for what
 * comes before a payload, so that a frame is finished without a copy.
 *
 * <p>Parts that come {@linkplain EncodedPart.Deflated deflated} stay so and beside the array, for an answer that is compressed by
 * zlib: {@link #parts()} is then the payload.
 *
 * <p><b>Limits.</b> A payload that would pass {@code maxBytes} is refused before more memory is taken for it.
 *
 * <p>Not safe for use by several threads.
 */
public final class WireWriter {

    private static final VarHandle INT16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT32 =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT64 =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle CHAR16 = MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int FIRST_BYTES = 128;

    /** In the place of what no text may hold. */
    private static final char REPLACEMENT = '\ufffd';

    private final int reserved;
    private final int maxBytes;
    private byte[] bytes;
    private int position;
    private boolean mendsTexts;

    // What is deflated, and everything in the array before it; the rest of the array is the payload's end.
    private List<EncodedPart> parts = List.of();
    private int inParts;
    private int deflatedBytes;

    /**
     * @param reserved bytes kept free before the payload
     * @param maxBytes the largest payload
     */
    public WireWriter(int reserved, int maxBytes) {
        this(reserved, maxBytes, FIRST_BYTES);
    }

    /**
     * @param reserved bytes kept free before the payload
     * @param maxBytes the largest payload
     * @param firstBytes of a payload there is room for before the array has to grow
     */
    public WireWriter(int reserved, int maxBytes, int firstBytes) {
        this.reserved = reserved;
        this.maxBytes = maxBytes;
        this.bytes = new byte[reserved + firstBytes];
        this.position = reserved;
    }

    /**
     * From now on NUL and halves of surrogate pairs in texts are replaced by U+FFFD: whoever reads would not take them, and so lose all
     * of the message.
     */
    public WireWriter mendTexts() {
        mendsTexts = true;
        return this;
    }

    /** Begins anew, with the same array. */
    public void reset() {
        position = reserved;
        parts = List.of();
        deflatedBytes = 0;
    }

    public void int8(String field, byte value) {
        int at = advance(Byte.BYTES);
        bytes[at] = value;
    }

    public void int16(String field, short value) {
        int at = advance(Short.BYTES);
        INT16.set(bytes, at, value);
    }

    public void int32(String field, int value) {
        int at = advance(Integer.BYTES);
        INT32.set(bytes, at, value);
    }

    public void int64(String field, long value) {
        int at = advance(Long.BYTES);
        INT64.set(bytes, at, value);
    }

    public void float32(String field, float value) {
        int at = advance(Float.BYTES);
        FLOAT32.set(bytes, at, value);
    }

    public void float64(String field, double value) {
        int at = advance(Double.BYTES);
        FLOAT64.set(bytes, at, value);
    }

    public void bool(String field, boolean value) {
        int at = advance(Byte.BYTES);
        bytes[at] = (byte) (value ? 1 : 0);
    }

    /** Count of code units, then UTF-16LE. */
    public void text(String field, String value) {
        text(field, WireReader.ANY_COUNT, value);
    }

    void text(String field, int most, String value) {
        int length = present(field, value).length();
        count(field, length, most);
        int at = advance((long) length * Character.BYTES);
        boolean rare = false; // whether there was a NUL, or something from the surrogates on
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if ((char) (c - 1) >= Character.MIN_SURROGATE - 1) {
                rare = true;
            }
            CHAR16.set(bytes, at + i * Character.BYTES, c);
        }
        if (rare && mendsTexts) {
            mend(at, at + length * Character.BYTES);
        }
    }

    private void mend(int from, int end) {
        for (int at = from; at < end; at += Character.BYTES) {
            char c = (char) CHAR16.get(bytes, at);
            if (Character.isHighSurrogate(c)
                    && at + Character.BYTES < end
                    && Character.isLowSurrogate((char) CHAR16.get(bytes, at + Character.BYTES))) {
                at += Character.BYTES;
            } else if (c == 0 || Character.isSurrogate(c)) {
                CHAR16.set(bytes, at, REPLACEMENT);
            }
        }
    }

    /** Count of bytes, then UTF-8. */
    public void narrow(String field, String value) {
        narrow(field, WireReader.ANY_COUNT, value);
    }

    void narrow(String field, int most, String value) {
        String text = present(field, value);
        boolean mended = mendsTexts && text.indexOf(0) >= 0;
        bytes(field, most, (mended ? text.replace((char) 0, REPLACEMENT) : text).getBytes(StandardCharsets.UTF_8));
    }

    /** Count of bytes, then the bytes. */
    public void bytes(String field, byte[] value) {
        bytes(field, WireReader.ANY_COUNT, value);
    }

    void bytes(String field, int most, byte[] value) {
        count(field, present(field, value).length, most);
        raw(value, 0, value.length);
    }

    /** Count of elements, then int32 each. */
    public void int32s(String field, int[] value) {
        int32s(field, WireReader.ANY_COUNT, value);
    }

    void int32s(String field, int most, int[] value) {
        count(field, present(field, value).length, most);
        int at = advance((long) value.length * Integer.BYTES);
        for (int i = 0; i < value.length; i++) {
            INT32.set(bytes, at + i * Integer.BYTES, value[i]);
        }
    }

    /** Count of elements, then float64 each. */
    public void float64s(String field, double[] value) {
        float64s(field, WireReader.ANY_COUNT, value);
    }

    void float64s(String field, int most, double[] value) {
        count(field, present(field, value).length, most);
        int at = advance((long) value.length * Double.BYTES);
        for (int i = 0; i < value.length; i++) {
            FLOAT64.set(bytes, at + i * Double.BYTES, value[i]);
        }
    }

    /**
     * The count before what is counted.
     *
     * @param most the field's own limit
     * @throws IllegalArgumentException where it is more
     */
    void count(String field, int count, int most) {
        if (count > most) {
            throw new IllegalArgumentException(
                    field + " has a count of " + count + ", at most " + most + " are allowed");
        }
        int32(field, count);
    }

    /** Bytes as they are, without a count. */
    void raw(byte[] value, int offset, int length) {
        int at = advance(length);
        System.arraycopy(value, offset, bytes, at, length);
    }

    /** Bytes as they are, without a count. */
    void parts(List<EncodedPart> added) {
        int plainBytes = 0;
        for (EncodedPart part : added) {
            plainBytes += part instanceof EncodedPart.Plain plain ? plain.length() : 0;
        }
        reserve(plainBytes);
        for (EncodedPart part : added) {
            if (part instanceof EncodedPart.Plain plain) {
                raw(plain.bytes(), plain.offset(), plain.length());
            } else if (part instanceof EncodedPart.Deflated deflated) {
                deflated(deflated);
            }
        }
    }

    private void deflated(EncodedPart.Deflated part) {
        requireRoom((long) position + part.originalBytes());
        if (parts.isEmpty()) {
            parts = new ArrayList<>();
            inParts = reserved;
        }
        endPlain();
        parts.add(part);
        deflatedBytes += part.originalBytes();
    }

    private void endPlain() {
        if (position > inParts) {
            parts.add(new EncodedPart.Plain(bytes, inParts, position - inParts));
            inParts = position;
        }
    }

    /** Whether some of the payload is deflated, and so not in the array. */
    public boolean hasDeflated() {
        return deflatedBytes > 0;
    }

    /** The payload, if some of it is deflated; nothing more is written after that. */
    public List<EncodedPart> parts() {
        endPlain();
        return parts;
    }

    /** The same payload with nothing in it deflated. */
    public WireWriter inflated() {
        WireWriter inflated = new WireWriter(reserved, maxBytes, originalBytes());
        byte[] joined = EncodedPart.join(parts());
        inflated.raw(joined, 0, joined.length);
        return inflated;
    }

    /** Bytes of the payload so far, those of deflated parts when they are not. */
    public int originalBytes() {
        return length() + deflatedBytes;
    }

    /** The array: the reserved bytes, then the payload of {@link #length()} bytes; not a copy. */
    public byte[] array() {
        return bytes;
    }

    /** Bytes of the payload in the array so far: all of it unless {@link #hasDeflated()}. */
    public int length() {
        return position - reserved;
    }

    /** Bytes that the array can hold before it grows: what keeping this writer costs. */
    public int capacity() {
        return bytes.length;
    }

    static <T> T present(String field, T value) {
        return Objects.requireNonNull(value, field);
    }

    private int advance(long size) {
        int at = position;
        long end = at + size;
        if (end > bytes.length) {
            grow(end);
        }
        position = (int) end;
        return at;
    }

    private void reserve(int size) {
        if ((long) position + size > bytes.length) {
            grow((long) position + size);
        }
    }

    private void requireRoom(long end) {
        if (end - reserved + deflatedBytes > maxBytes) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "The answer would be larger than " + maxBytes + " bytes: ask for less at once.");
        }
    }

    private void grow(long end) {
        requireRoom(end);
        bytes = Arrays.copyOf(bytes, (int) Math.min((long) reserved + maxBytes, Math.max(end, bytes.length * 2L)));
    }
}
