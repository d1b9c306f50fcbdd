package io.framegate.contract.page;

import java.util.List;

/** What holds for every message, in words: the frame, the envelope, the forms of fields. */
final class Framing {

    /** Sections in the order in which a client meets them. */
    static final List<Section> SECTIONS = List.of(
            new Section(
                    "Frame",
                    "All numbers are little-endian, nothing is padded. A request and its response have the same frame. A"
                            + " connection carries any number of requests; responses come in their order.",
                    List.of("offset", "size", "field", "meaning"),
                    List.of(
                            List.of("0", "4", "id", "int32, which message"),
                            List.of("4", "4", "bodySize", "int32, bytes that follow: 1 … 104857599"),
                            List.of("8", "bodySize", "body", "the envelope")),
                    "After an unknown id the connection goes on; after an impossible bodySize the server answers and closes."
                            + " Any request may be answered by an ErrorResponse."),
            new Section(
                    "Envelope",
                    "The body of a frame is a payload, compressed or not. Both sides accept all three forms.",
                    List.of("first byte", "then", "meaning"),
                    List.of(
                            List.of("N", "payload", "as it is"),
                            List.of("Z", "int32 original size, zlib stream (RFC 1950)", "compressed by zlib"),
                            List.of(
                                    "L",
                                    "int32 original size, 5 bytes of LZMA properties, raw LZMA1 stream",
                                    "compressed by LZMA, with or without an end marker")),
                    "A stream gives exactly its original size and then ends."),
            new Section(
                    "Fields",
                    "A payload is the fields of its message, in their order, and nothing after the last.",
                    List.of("type", "bytes"),
                    List.of(
                            List.of("int8, int16, int32, int64", "1, 2, 4, 8"),
                            List.of("float32, float64", "4, 8"),
                            List.of("boolean", "int8, 0 or 1"),
                            List.of("an enum", "int32 code"),
                            List.of("text", "int32 count of UTF-16 code units, then UTF-16LE"),
                            List.of("narrow text", "int32 count of bytes, then UTF-8"),
                            List.of("bytes, int32[], float64[]", "int32 count of elements, then the elements"),
                            List.of("list<T>", "int32 count, then each T"),
                            List.of("a record", "its fields in order")),
                    "Texts hold no NUL and no half surrogate pairs. Where an int32[] is said to hold differences, its first"
                            + " row is as it is, and each other its difference from the row before; they wrap around."),
            new Section(
                    "Hello",
                    "Clients that never send a HelloRequest need nothing of this. One that does sends it first and waits for"
                            + " the answer; the features that both name hold for every frame after that, both ways.",
                    List.of("feature", "code", "what changes"),
                    List.of(
                            List.of("typed errors", "1", "errors are ErrorResponseV2"),
                            List.of(
                                    "request ids",
                                    "2",
                                    "every header has a third int32, chosen by the client and repeated by the answer;"
                                            + " answers come in any order"),
                            List.of("notices", "3", "messages may come unasked, with ids from 900000 on"),
                            List.of(
                                    "Zstandard",
                                    "4",
                                    "the server sends S, int32 original size, a Zstandard frame (RFC 8878), where it"
                                            + " would have sent Z")),
                    "A feature that one side does not know is left out."));

    private Framing() {}

    /**
     * A table and what is said before and after it.
     *
     * @param columns its head
     * @param rows as many cells each
     */
    record Section(String title, String before, List<String> columns, List<List<String>> rows, String after) {}
}
