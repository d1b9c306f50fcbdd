package io.framegate.message;

import java.util.List;

/**
 * A list component, either of objects or of encoded bytes. A worker whose rows are stored encoded passes the bytes on without
 * decoding them; a client asks for the {@linkplain #toList() objects}.
 *
 * <p>On the wire it is a list like any other: int32 count, then each element.
 *
 * @param <T> the element: a record
 */
public final class RecordList<T extends Record> {

    private final int size;
    private final List<T> elements;
    private final List<EncodedPart> encoded;

    private RecordList(int size, List<T> elements, List<EncodedPart> encoded) {
        this.size = size;
        this.elements = elements;
        this.encoded = encoded;
    }

    /** A list of objects, which are encoded with the message. */
    public static <T extends Record> RecordList<T> of(List<T> elements) {
        List<T> copy = List.copyOf(elements);
        return new RecordList<>(copy.size(), copy, List.of());
    }

    /**
     * A list of {@code size} encoded elements, one after the other.
     *
     * @param encoded the elements' bytes, without a count; not copied, so the caller must not change them
     * @throws IllegalArgumentException for elements without bytes, or bytes without elements
     */
    public static <T extends Record> RecordList<T> encoded(int size, byte[] encoded) {
        return encoded(
                size, encoded.length == 0 ? List.of() : List.of(new EncodedPart.Plain(encoded, 0, encoded.length)));
    }

    /**
     * A list of {@code size} encoded elements in several parts, some of which may be deflated: elements of many answers are then
     * deflated once, and an answer that is compressed by zlib costs no more than its
     * other parts. An injected {@code Supplier<Compression>} tells whether answers are compressed. A deflated part may begin and end
     * within an element.
     *
     * @throws IllegalArgumentException for elements without bytes, or bytes without elements
     */
    public static <T extends Record> RecordList<T> encoded(int size, List<EncodedPart> parts) {
        if (size < 0 || (size == 0) != parts.isEmpty()) {
            throw new IllegalArgumentException(size + " elements in " + parts.size() + " parts");
        }
        return new RecordList<>(size, List.of(), List.copyOf(parts));
    }

    /** The number of elements. */
    public int size() {
        return size;
    }

    /** Whether the elements are encoded bytes. */
    public boolean isEncoded() {
        return !encoded.isEmpty();
    }

    /** The encoded elements, one after the other without a count. Empty unless {@link #isEncoded()}. */
    public List<EncodedPart> parts() {
        return encoded;
    }

    /** The encoded elements in one array, not deflated; a copy. */
    public byte[] bytes() {
        return EncodedPart.join(encoded);
    }

    /**
     * The elements as objects.
     *
     * @throws IllegalStateException if {@link #isEncoded()}: encoded elements are not decoded again
     */
    public List<T> toList() {
        if (isEncoded()) {
            throw new IllegalStateException("these " + size + " elements are there as bytes only");
        }
        return elements;
    }

    @Override
    public String toString() {
        return size + " elements"
                + (isEncoded()
                        ? " in "
                                + encoded.stream()
                                        .mapToLong(EncodedPart::originalBytes)
                                        .sum() + " bytes"
                        : "");
    }
}
