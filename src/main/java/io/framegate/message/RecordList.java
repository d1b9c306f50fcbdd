package io.framegate.message;

import java.util.List;

/**
 * A list component in either of two forms: as objects, or as the bytes that go on the wire. A worker whose rows are
 * stored ready to send hands the bytes on without ever making objects of them; a client asks for the
 * {@linkplain #toList() objects}.
 *
 * <p>On the wire it is a list like any other: int32 count, then each element.
 *
 * @param <T> the element: a record
 */
public final class RecordList<T extends Record> {

    private static final byte[] NO_BYTES = {};

    private final int size;
    private final List<T> elements;
    private final byte[] encoded;

    private RecordList(int size, List<T> elements, byte[] encoded) {
        this.size = size;
        this.elements = elements;
        this.encoded = encoded;
    }

    /** The list of these objects; they are encoded when the message is. */
    public static <T extends Record> RecordList<T> of(List<T> elements) {
        List<T> copy = List.copyOf(elements);
        return new RecordList<>(copy.size(), copy, NO_BYTES);
    }

    /**
     * The list of {@code size} elements that are encoded already, one after the other.
     *
     * @param encoded the elements' bytes, without a count; not copied, so the caller leaves them as they are from now on
     * @throws IllegalArgumentException for elements without bytes, or bytes without elements
     */
    public static <T extends Record> RecordList<T> encoded(int size, byte[] encoded) {
        if (size < 0 || (size == 0) != (encoded.length == 0)) {
            throw new IllegalArgumentException(size + " elements in " + encoded.length + " bytes");
        }
        return new RecordList<>(size, List.of(), encoded);
    }

    /** How many elements there are. */
    public int size() {
        return size;
    }

    /** Whether the elements are there as bytes, ready for the wire. */
    public boolean isEncoded() {
        return encoded.length > 0;
    }

    /** The encoded elements, one after the other without a count; not a copy. Empty unless {@link #isEncoded()}. */
    public byte[] bytes() {
        return encoded;
    }

    /**
     * The elements as objects.
     *
     * @throws IllegalStateException if {@link #isEncoded()}: bytes that are ready to send are not decoded again
     */
    public List<T> toList() {
        if (isEncoded()) {
            throw new IllegalStateException("these " + size + " elements are there as bytes only");
        }
        return elements;
    }

    @Override
    public String toString() {
        return size + " elements" + (isEncoded() ? " in " + encoded.length + " bytes" : "");
    }
}
