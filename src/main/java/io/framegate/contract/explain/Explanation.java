package io.framegate.contract.explain;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A frame taken apart.
 *
 * @param frame its bytes, or what there is of them
 * @param payload what its envelope holds once it is expanded; empty where it is not compressed, or broken
 * @param parts in the order of their bytes, each whole after its parent
 * @param fault the first byte that can't be, if there is one
 */
public record Explanation(byte[] frame, byte[] payload, List<Part> parts, Optional<Fault> fault) {

    private static final int SHOWN_BYTES = 8;

    public Explanation {
        parts = List.copyOf(parts);
    }

    /** Which bytes an offset counts. */
    public enum Place {
        /** From the header's first. */
        FRAME,
        /** From the first of a compressed payload, once it is expanded. */
        PAYLOAD
    }

    /**
     * Some bytes with a meaning.
     *
     * @param place what {@code offset} counts in
     * @param offset the first byte
     * @param length bytes, those of parts within it included
     * @param depth 0 for the frame's own fields and the message's
     * @param path from the message on: {@code links[3].speedKmh}
     * @param type its form on the wire
     * @param value for a person; empty where it has parts
     * @param note a unit, or a remark such as that limits are exceeded; may be empty
     */
    public record Part(
            Place place, int offset, int length, int depth, String path, String type, String value, String note) {}

    /**
     * What is wrong, and where.
     *
     * @param place what {@code offset} counts in
     * @param offset the first byte of the field that can't be
     * @param path the field
     * @param sentence for a person
     */
    public record Fault(Place place, int offset, String path, String sentence) {

        @Override
        public String toString() {
            return (place == Place.FRAME ? "byte " : "payload byte ") + offset + ", " + path + ": " + sentence;
        }
    }

    /** The bytes of a part, in hex; the middle of long ones left out. */
    public String hex(Part part) {
        byte[] source = part.place() == Place.FRAME ? frame : payload;
        int end = Math.min(source.length, part.offset() + part.length());
        int shown = Math.min(end - part.offset(), SHOWN_BYTES);
        String hex = HexFormat.ofDelimiter(" ").withUpperCase().formatHex(source, part.offset(), part.offset() + shown);
        return end - part.offset() > shown ? hex + " …" : hex;
    }

    /** One line for each part that has bytes of its own: offset, hex, field, value. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        boolean expanded = false;
        for (Part part : parts) {
            if (part.place() == Place.PAYLOAD && !expanded) {
                lines.add("the payload, expanded to " + payload.length + " bytes; offsets from its first:");
                expanded = true;
            }
            lines.add(line(part));
        }
        fault.ifPresent(what -> lines.add("ERROR at " + what));
        return lines;
    }

    private String line(Part part) {
        String value = part.value().isEmpty() ? "" : " = " + part.value();
        String note = part.note().isEmpty() ? "" : "  " + part.note();
        return String.format(
                Locale.ROOT,
                "%6d  %-25s  %s%s %s%s%s",
                part.offset(),
                part.value().isEmpty() ? "" : hex(part),
                "  ".repeat(part.depth()),
                part.path().replaceFirst(".*\\.(?=[^.]*$)", part.depth() > 0 ? "" : "$0"),
                "(" + part.type() + ")",
                value,
                note);
    }
}
