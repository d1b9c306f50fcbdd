package io.framegate.contract.explain;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.WireType;
import io.framegate.contract.explain.Explanation.Fault;
import io.framegate.contract.explain.Explanation.Part;
import io.framegate.contract.explain.Explanation.Place;
import io.framegate.message.Compression;
import io.framegate.message.Refusal;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes one frame apart. What it reads up to the first byte that can't be is explained, whatever comes after.
 *
 * <p>It is stricter than a codec in nothing but telling: a value outside its documented limits is a note, not an error.
 */
public final class FrameExplainer {

    private static final int SIZED = 1 + Integer.BYTES;
    private static final int SHOWN_NUMBERS = 6;
    private static final int SHOWN_CHARACTERS = 60;

    private final Contract contract;
    private final List<Part> parts = new ArrayList<>();
    private ByteBuffer in = ByteBuffer.allocate(0);
    private Place place = Place.FRAME;

    private FrameExplainer(Contract contract) {
        this.contract = contract;
    }

    /** Takes the frame apart that these bytes are; it should be one and whole. */
    public static Explanation explain(Contract contract, byte[] frame) {
        return new FrameExplainer(contract).explain(frame);
    }

    private Explanation explain(byte[] frame) {
        byte[] payload = {};
        try {
            in = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
            MessageType message = header(frame);
            Compression compression = letter();
            if (compression != Compression.NONE) {
                payload = expand(frame, compression);
                in = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
                place = Place.PAYLOAD;
            }
            record(message.layout(), "", 0);
            if (in.hasRemaining()) {
                throw broken("(end)", offset(), in.remaining() + " bytes follow the last field");
            }
            return new Explanation(frame, payload, parts, Optional.empty());
        } catch (Broken e) {
            return new Explanation(frame, payload, parts, Optional.of(e.fault));
        }
    }

    private MessageType header(byte[] frame) {
        need("id", Integer.BYTES);
        int id = in.getInt();
        Optional<MessageType> message = contract.message(id);
        add(
                0,
                Integer.BYTES,
                0,
                "id",
                "int32",
                Integer.toString(id),
                message.map(MessageType::name).orElse("unknown"));
        need("bodySize", Integer.BYTES);
        int size = in.getInt();
        add(Integer.BYTES, Integer.BYTES, 0, "bodySize", "int32", Integer.toString(size), "");
        if (!FrameHeader.isBodySizeValid(size, FrameHeader.MAX_BODY_BYTES)) {
            throw broken("bodySize", Integer.BYTES, "it is " + size + ", valid are 1 … " + FrameHeader.MAX_BODY_BYTES);
        }
        int there = frame.length - FrameHeader.BYTES;
        if (size != there) {
            throw broken("bodySize", Integer.BYTES, "it is " + size + ", but " + there + " bytes follow the header");
        }
        return message.orElseThrow(() -> broken("id", 0, "no message has the id " + id));
    }

    private Compression letter() {
        int at = offset();
        byte letter = in.get();
        Compression compression = Arrays.stream(Compression.values())
                .filter(one -> one.code() == letter)
                .findFirst()
                .orElseThrow(
                        () -> broken("envelope", at, "the first byte of a body is N, Z, L or S, not " + hex(letter)));
        add(
                at,
                1,
                0,
                "envelope",
                "int8",
                "'" + (char) letter + "'",
                compression == Compression.NONE ? "as it is" : compression.name());
        return compression;
    }

    private byte[] expand(byte[] frame, Compression compression) {
        need("originalSize", Integer.BYTES);
        int at = offset();
        int size = in.getInt();
        add(at, Integer.BYTES, 0, "originalSize", "int32", Integer.toString(size), "");
        if (size < 0 || size > FrameHeader.MAX_BODY_BYTES) {
            throw broken("originalSize", at, "it is " + size + ", valid are 0 … " + FrameHeader.MAX_BODY_BYTES);
        }
        int stream = FrameHeader.BYTES + SIZED;
        add(stream, frame.length - stream, 0, "stream", compression.name(), (frame.length - stream) + " bytes", "");
        try (Envelope envelope = new Envelope(FrameHeader.MAX_BODY_BYTES, 1, true)) {
            Envelope.Payload payload = envelope.open(frame, FrameHeader.BYTES, frame.length - FrameHeader.BYTES);
            return Arrays.copyOfRange(payload.bytes(), payload.offset(), payload.offset() + payload.length());
        } catch (Refusal e) {
            throw broken("stream", stream, e.sentence().replaceFirst("^The body is malformed: (.*)\\.$", "$1"));
        }
    }

    private void record(RecordType type, String path, int depth) {
        for (Field field : type.fields()) {
            value(field, field.type(), path.isEmpty() ? field.name() : path + "." + field.name(), depth);
        }
    }

    private void value(Field field, WireType type, String path, int depth) {
        int at = offset();
        if (type instanceof WireType.RecordOf record) {
            int index = parts.size();
            record(contract.record(record.name()), path, depth + 1);
            parts.add(index, new Part(place, at, offset() - at, depth, path, type.toString(), "", ""));
        } else if (type instanceof WireType.ListOf list) {
            int count = count(path, list.element());
            add(at, Integer.BYTES, depth, path, type.toString(), "count " + count, "");
            for (int i = 0; i < count; i++) {
                value(field, list.element(), path + "[" + i + "]", depth + 1);
            }
        } else if (type instanceof WireType.EnumOf code) {
            need(path, Integer.BYTES);
            int value = in.getInt();
            String name = contract.enumeration(code.name())
                    .constant(value)
                    .map(Constant::name)
                    .orElseThrow(() -> broken(path, at, value + " is no code of " + code.name()));
            add(at, Integer.BYTES, depth, path, type.toString(), value + " " + name, "");
        } else {
            String value = scalar(field, (WireType.Scalar) type, path);
            add(at, offset() - at, depth, path, type.toString(), value, note(field, value));
        }
    }

    private String scalar(Field field, WireType.Scalar type, String path) {
        int at = offset();
        switch (type) {
            case INT8 -> need(path, Byte.BYTES);
            case INT16 -> need(path, Short.BYTES);
            case INT32, FLOAT32 -> need(path, Integer.BYTES);
            case INT64, FLOAT64 -> need(path, Long.BYTES);
            default -> {
                // Those with a count say themselves what they need.
            }
        }
        return switch (type) {
            case INT8 -> Byte.toString(in.get());
            case INT16 -> Short.toString(in.getShort());
            case INT32 -> Integer.toString(in.getInt());
            case INT64 -> Long.toString(in.getLong());
            case FLOAT32 -> Float.toString(in.getFloat());
            case FLOAT64 -> Double.toString(in.getDouble());
            case BOOLEAN -> {
                need(path, Byte.BYTES);
                byte value = in.get();
                if (value != 0 && value != 1) {
                    throw broken(path, at, "a boolean is 0 or 1, not " + (value & 0xFF));
                }
                yield value == 1 ? "true" : "false";
            }
            case TEXT -> text(path, Character.BYTES, StandardCharsets.UTF_16LE);
            case NARROW_TEXT -> text(path, 1, StandardCharsets.UTF_8);
            case BYTES -> {
                byte[] bytes = new byte[count(path, 1)];
                in.get(bytes);
                yield bytes.length + " bytes"
                        + (bytes.length == 0
                                ? ""
                                : ": "
                                        + HexFormat.ofDelimiter(" ")
                                                .withUpperCase()
                                                .formatHex(bytes, 0, Math.min(bytes.length, SHOWN_NUMBERS)));
            }
            case INT32_ARRAY -> {
                int[] numbers = IntStream.range(0, count(path, Integer.BYTES))
                        .map(i -> in.getInt())
                        .toArray();
                yield numbers(field, numbers);
            }
            case FLOAT64_ARRAY -> {
                int count = count(path, Double.BYTES);
                List<String> numbers = IntStream.range(0, count)
                        .mapToObj(i -> Double.toString(in.getDouble()))
                        .toList();
                yield shown(numbers);
            }
        };
    }

    /** Differences are shown as what they add up to. */
    private static String numbers(Field field, int[] numbers) {
        int columns = field.differenceColumns();
        if (columns == 0) {
            return shown(Arrays.stream(numbers).mapToObj(Integer::toString).toList());
        }
        for (int i = columns; i < numbers.length; i++) {
            numbers[i] += numbers[i - columns];
        }
        List<String> rows = new ArrayList<>();
        for (int i = 0; i + columns <= numbers.length; i += columns) {
            rows.add(Arrays.stream(numbers, i, i + columns)
                    .mapToObj(Integer::toString)
                    .toList()
                    .toString()
                    .replace('[', '(')
                    .replace(']', ')'));
        }
        return shown(rows) + " summed up";
    }

    private static String shown(List<String> values) {
        String text = String.join(", ", values.subList(0, Math.min(values.size(), SHOWN_NUMBERS)));
        return values.size() + ": [" + text + (values.size() > SHOWN_NUMBERS ? ", …]" : "]");
    }

    private String text(String path, int unitBytes, Charset charset) {
        int at = offset();
        byte[] bytes = new byte[count(path, unitBytes) * unitBytes];
        in.get(bytes);
        try {
            CharBuffer text = charset.newDecoder().decode(ByteBuffer.wrap(bytes));
            if (text.chars().anyMatch(one -> one == 0)) {
                throw broken(path, at, "a text holds no NUL");
            }
            String value = printable(text.toString());
            return '"' + (value.length() > SHOWN_CHARACTERS ? value.substring(0, SHOWN_CHARACTERS) + "…" : value) + '"';
        } catch (CharacterCodingException e) {
            throw broken(path, at, "the text is not " + (unitBytes == 1 ? "UTF-8" : "UTF-16"));
        }
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "␦");
    }

    private int count(String path, WireType element) {
        return count(path, leastBytes(element));
    }

    private int count(String path, int leastBytesOfOne) {
        need(path, Integer.BYTES);
        int at = offset();
        int count = in.getInt();
        if (count < 0) {
            throw broken(path, at, "the count is " + count);
        }
        if ((long) count * leastBytesOfOne > in.remaining()) {
            throw broken(
                    path,
                    at,
                    "the count is " + count + ", but only " + in.remaining() + " bytes are left, "
                            + (long) count * leastBytesOfOne + " needed");
        }
        return count;
    }

    private int leastBytes(WireType type) {
        if (type instanceof WireType.RecordOf record) {
            return contract.record(record.name()).fields().stream()
                    .mapToInt(field -> leastBytes(field.type()))
                    .sum();
        } else if (type instanceof WireType.Scalar scalar) {
            return switch (scalar) {
                case INT8, BOOLEAN -> 1;
                case INT16 -> 2;
                case INT64, FLOAT64 -> 8;
                default -> 4;
            };
        }
        return Integer.BYTES;
    }

    private static String note(Field field, String value) {
        return field.limits()
                .filter(limits -> value.matches("-?\\d+(\\.\\d+)?(E-?\\d+)?"))
                .filter(limits ->
                        Double.parseDouble(value) < limits.least() || Double.parseDouble(value) > limits.most())
                .map(limits -> "outside its limits, " + limits)
                .orElse(field.unit());
    }

    private void need(String path, int bytes) {
        if (in.remaining() < bytes) {
            throw broken(path, offset(), in.remaining() + " bytes left, " + bytes + " needed");
        }
    }

    private int offset() {
        return in.position();
    }

    private void add(int offset, int length, int depth, String path, String type, String value, String note) {
        parts.add(new Part(place, offset, length, depth, path, type, value, note));
    }

    private Broken broken(String path, int at, String sentence) {
        return new Broken(new Fault(place, at, path, sentence));
    }

    private static String hex(byte value) {
        return "0x" + HexFormat.of().withUpperCase().toHexDigits(value);
    }

    /** Ends the reading; it never leaves the class. */
    private static final class Broken extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Fault fault;

        Broken(Fault fault) {
            super(fault.sentence(), null, false, false);
            this.fault = fault;
        }
    }
}
