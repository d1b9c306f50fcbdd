package io.framegate.contract;

/**
 * The form of a field on the wire. As text, it is one of the words of {@link Scalar}, the name of an enum or a record, or
 * {@code list<…>} of another.
 */
public sealed interface WireType permits WireType.Scalar, WireType.EnumOf, WireType.RecordOf, WireType.ListOf {

    /** A form without parts. */
    enum Scalar implements WireType {
        INT8("int8"),
        INT16("int16"),
        INT32("int32"),
        INT64("int64"),
        FLOAT32("float32"),
        FLOAT64("float64"),
        BOOLEAN("boolean"),
        /** UTF-16LE after an int32 count of code units. */
        TEXT("text"),
        /** UTF-8 after an int32 count of bytes. */
        NARROW_TEXT("narrow text"),
        /** After an int32 count. */
        BYTES("bytes"),
        INT32_ARRAY("int32[]"),
        FLOAT64_ARRAY("float64[]");

        private final String word;

        Scalar(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /**
     * An int32 code.
     *
     * @param name the enum's
     */
    record EnumOf(String name) implements WireType {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * A record's fields.
     *
     * @param name the record's
     */
    record RecordOf(String name) implements WireType {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * An int32 count, then the elements.
     *
     * @param element the form of one
     */
    record ListOf(WireType element) implements WireType {
        @Override
        public String toString() {
            return "list<" + element + ">";
        }
    }
}
