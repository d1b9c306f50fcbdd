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

    private final int size;
    private final List<T> elements;
    private final List<EncodedPart> encoded;

    private RecordList(int size, List<T> elements, List<EncodedPart> encoded) {
        this.size = size;
        this.elements = elements;
        this.encoded = encoded;
    }

    /** The list of these objects; they are encoded when the message is. */
    public static <T extends Record> RecordList<T> of(List<T> elements) {
        List<T> copy = List.copyOf(elements);
        return new RecordList<>(copy.size(), copy, List.of());
    }

    /**
     * The list of {@code size} elements that are encoded already, one after the other.
     *
     * @param encoded the elements' bytes, without a count; not copied, so the caller leaves them as they are from now on
     * @throws IllegalArgumentException for elements without bytes, or bytes without elements
     */
    public static <T extends Record> RecordList<T> encoded(int size, byte[] encoded) {
        return encoded(
                size, encoded.length == 0 ? List.of() : List.of(new EncodedPart.Plain(encoded, 0, encoded.length)));
    }

    /**
     * The list of {@code size} elements that are encoded already, in several parts, of which some may be deflated: where the same
     * elements go into many answers, they can be deflated once, and an answer that is compressed by zlib costs no more than its
     * other parts. Whether answers are, tells an injected {@code Supplier<Compression>}. A deflated part may begin and end
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

    /** How many elements there are. */
    public int size() {
        return size;
    }

    /** Whether the elements are there as bytes, ready for the wire. */
    public boolean isEncoded() {
        return !encoded.isEmpty();
    }

    /** The encoded elements, one after the other without a count. Empty unless {@link #isEncoded()}. */
    public List<EncodedPart> parts() {
        return encoded;
    }

    /** The same in one array, not deflated; a copy. */
    public byte[] bytes() {
        return EncodedPart.join(encoded);
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
        return size + " elements"
                + (isEncoded()
                        ? " in "
                                + encoded.stream()
                                        .mapToLong(EncodedPart::originalBytes)
                                        .sum() + " bytes"
                        : "");
    }
}
