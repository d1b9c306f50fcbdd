package io.framegate.codec;

/**
 * About what a decoded list's elements take of the heap: as HotSpot lays objects out, with references of four bytes. What begins with a
 * count of its own is not in it, since the reader takes that when it comes to the count.
 */
final class HeapBytes {

    private static final int HEADER = 12;
    private static final int REFERENCE = 4;
    private static final int ALIGNMENT = 8;

    /** An element's place in the list, and in the array that the list is made of. */
    private static final int PLACES = 2 * REFERENCE;

    private HeapBytes() {}

    /** An element of a list, with its place there. */
    static int ofElement(Layout.FieldType type) {
        return PLACES + ofObject(type);
    }

    /** What a reference to a value of this form refers to. */
    private static int ofObject(Layout.FieldType type) {
        if (type instanceof Layout.Nested nested) {
            return ofRecord(nested.layout());
        }
        return type instanceof Layout.Scalar scalar ? ofBox(scalar) : 0;
    }

    private static int ofBox(Layout.Scalar scalar) {
        return switch (scalar) {
            case INT16, INT32, FLOAT32 -> aligned(HEADER + Integer.BYTES);
            // A long is at a multiple of eight.
            case INT64, FLOAT64 -> 2 * ALIGNMENT + Long.BYTES;
            // All bytes and booleans are there already; the rest has a count.
            case INT8, BOOLEAN, TEXT, NARROW_TEXT, BYTES, INT32_ARRAY, FLOAT64_ARRAY -> 0;
        };
    }

    private static int ofRecord(Layout layout) {
        int own = HEADER;
        int referred = 0;
        for (Layout.Field field : layout.fields()) {
            boolean primitive = field.javaType().isPrimitive();
            own += primitive ? field.type().leastBytes() : REFERENCE;
            referred += primitive ? 0 : ofObject(field.type());
        }
        return aligned(own) + referred;
    }

    private static int aligned(int bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
