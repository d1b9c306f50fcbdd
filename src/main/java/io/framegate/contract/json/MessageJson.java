package io.framegate.contract.json;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Constant;
import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.ExampleFrames;
import io.framegate.contract.WireType;
import io.framegate.contract.WireType.Scalar;
import io.framegate.message.Compression;
import io.framegate.wire.FrameHeader;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as JSON and back.
 *
 * <pre>
 *  record                  an object, a member for each field
 *  int8 … int64            a number; an int64 that a double can't hold as text
 *  float32, float64        a number; NaN and the infinities as text
 *  enum                    the constant's name; its code where it has none
 *  texts                   text
 *  bytes                   text in hex
 *  int32[], float64[]      an array of numbers; one that is told as differences an array of rows, summed up
 *  list                    an array
 * </pre>
 */
public final class MessageJson {

    /** Above this a double skips whole numbers. */
    private static final long LAST_WHOLE_DOUBLE = 1L << 53;

    private final Contract contract;

    private MessageJson(Contract contract) {
        this.contract = contract;
    }

    /**
     * Reads a payload.
     *
     * @param payload from its position on, to its limit; what an explanation has found no trouble in
     * @throws RuntimeException for bytes that are no such message
     */
    public static JsonObject read(Contract contract, MessageType message, ByteBuffer payload) {
        return new MessageJson(contract).read(message.layout(), payload.slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The fields of the message's example. */
    public static JsonObject example(Contract contract, MessageType message) {
        return read(contract, message, payload(ExampleFrames.of(contract, message)));
    }

    /** Of a frame that is not compressed. */
    static ByteBuffer payload(byte[] frame) {
        int before = FrameHeader.BYTES + 1;
        return ByteBuffer.wrap(frame, before, frame.length - before);
    }

    /**
     * Writes a frame, not compressed. A member that is missing is 0, empty, false, or the first constant.
     *
     * @throws IllegalArgumentException in a sentence that names the field, for a value that can't be in it or a member that
     *     is no field
     */
    public static byte[] frame(Contract contract, MessageType message, JsonObject fields) {
        Sink sink = new Sink();
        new MessageJson(contract).write(message.layout(), fields, "", sink);
        byte[] payload = sink.out.toByteArray();
        byte[] frame = new byte[FrameHeader.BYTES + 1 + payload.length];
        FrameHeader.put(frame, 0, message.id(), 1 + payload.length);
        frame[FrameHeader.BYTES] = Compression.NONE.code();
        System.arraycopy(payload, 0, frame, FrameHeader.BYTES + 1, payload.length);
        return frame;
    }

    private JsonObject read(RecordType type, ByteBuffer in) {
        JsonObjectBuilder json = JsonText.JSON.createObjectBuilder();
        for (Field field : type.fields()) {
            json.add(field.name(), read(field, field.type(), in));
        }
        return json.build();
    }

    private JsonValue read(Field field, WireType type, ByteBuffer in) {
        if (type instanceof WireType.RecordOf of) {
            return read(contract.record(of.name()), in);
        } else if (type instanceof WireType.EnumOf of) {
            int code = in.getInt();
            return contract.enumeration(of.name())
                    .constant(code)
                    .<JsonValue>map(constant -> JsonText.JSON.createValue(constant.name()))
                    .orElseGet(() -> JsonText.JSON.createValue(code));
        } else if (type instanceof WireType.ListOf list) {
            JsonArrayBuilder all = JsonText.JSON.createArrayBuilder();
            for (int left = in.getInt(); left > 0; left--) {
                all.add(read(field, list.element(), in));
            }
            return all.build();
        }
        return switch ((Scalar) type) {
            case INT8 -> JsonText.JSON.createValue(in.get());
            case INT16 -> JsonText.JSON.createValue(in.getShort());
            case INT32 -> JsonText.JSON.createValue(in.getInt());
            case INT64 -> whole(in.getLong());
            case FLOAT32 -> fraction(in.getFloat());
            case FLOAT64 -> fraction(in.getDouble());
            case BOOLEAN -> in.get() == 0 ? JsonValue.FALSE : JsonValue.TRUE;
            case TEXT -> JsonText.JSON.createValue(new String(bytes(in, 2), StandardCharsets.UTF_16LE));
            case NARROW_TEXT -> JsonText.JSON.createValue(new String(bytes(in, 1), StandardCharsets.UTF_8));
            case BYTES -> JsonText.JSON.createValue(HexFormat.of().formatHex(bytes(in, 1)));
            case INT32_ARRAY -> numbers(field.differenceColumns(), in);
            case FLOAT64_ARRAY -> {
                JsonArrayBuilder all = JsonText.JSON.createArrayBuilder();
                for (int left = in.getInt(); left > 0; left--) {
                    all.add(fraction(in.getDouble()));
                }
                yield all.build();
            }
        };
    }

    private static JsonValue whole(long number) {
        return Math.abs(number) < LAST_WHOLE_DOUBLE
                ? JsonText.JSON.createValue(number)
                : JsonText.JSON.createValue(Long.toString(number));
    }

    private static JsonValue fraction(double number) {
        return Double.isFinite(number)
                ? JsonText.JSON.createValue(number)
                : JsonText.JSON.createValue(Double.toString(number));
    }

    private static byte[] bytes(ByteBuffer in, int each) {
        byte[] bytes = new byte[Math.multiplyExact(in.getInt(), each)];
        in.get(bytes);
        return bytes;
    }

    private static JsonArray numbers(int columns, ByteBuffer in) {
        int count = in.getInt();
        JsonArrayBuilder all = JsonText.JSON.createArrayBuilder();
        if (columns == 0) {
            for (int i = 0; i < count; i++) {
                all.add(in.getInt());
            }
            return all.build();
        }
        int[] sums = new int[columns];
        for (int row = 0; row < count / columns; row++) {
            JsonArrayBuilder each = JsonText.JSON.createArrayBuilder();
            for (int column = 0; column < columns; column++) {
                sums[column] += in.getInt();
                each.add(sums[column]);
            }
            all.add(each);
        }
        // A row that is cut short has no meaning, but must not shift what follows.
        for (int i = 0; i < count % columns; i++) {
            in.getInt();
        }
        return all.build();
    }

    private void write(RecordType type, JsonObject json, String path, Sink out) {
        for (String name : json.keySet()) {
            if (type.fields().stream().noneMatch(field -> field.name().equals(name))) {
                throw new IllegalArgumentException(type.name() + " has no field " + path + name + ".");
            }
        }
        for (Field field : type.fields()) {
            write(field, field.type(), json.get(field.name()), path + field.name(), out);
        }
    }

    private void write(Field field, WireType type, @Nullable JsonValue value, String path, Sink out) {
        if (type instanceof WireType.RecordOf of) {
            JsonObject json = value == null ? JsonValue.EMPTY_JSON_OBJECT : object(value, path);
            write(contract.record(of.name()), json, path + ".", out);
        } else if (type instanceof WireType.EnumOf of) {
            out.number(code(contract.enumeration(of.name()), value, path), Integer.BYTES);
        } else if (type instanceof WireType.ListOf list) {
            List<JsonValue> all = array(value, path);
            out.number(all.size(), Integer.BYTES);
            for (int i = 0; i < all.size(); i++) {
                write(field, list.element(), all.get(i), path + "[" + i + "]", out);
            }
        } else {
            writeScalar(field, (Scalar) type, value, path, out);
        }
    }

    private static void writeScalar(Field field, Scalar type, @Nullable JsonValue value, String path, Sink out) {
        switch (type) {
            case INT8 -> out.number(whole(value, Byte.MIN_VALUE, Byte.MAX_VALUE, path), Byte.BYTES);
            case INT16 -> out.number(whole(value, Short.MIN_VALUE, Short.MAX_VALUE, path), Short.BYTES);
            case INT32 -> out.number(whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, path), Integer.BYTES);
            case INT64 -> out.number(whole(value, Long.MIN_VALUE, Long.MAX_VALUE, path), Long.BYTES);
            case FLOAT32 -> out.number(Float.floatToRawIntBits((float) fraction(value, path)), Integer.BYTES);
            case FLOAT64 -> out.number(Double.doubleToRawLongBits(fraction(value, path)), Long.BYTES);
            case BOOLEAN -> out.number(value == JsonValue.TRUE ? 1 : truth(value, path), Byte.BYTES);
            case TEXT -> {
                byte[] units = text(value, path).getBytes(StandardCharsets.UTF_16LE);
                out.number(units.length / 2, Integer.BYTES);
                out.bytes(units);
            }
            case NARROW_TEXT -> out.counted(text(value, path).getBytes(StandardCharsets.UTF_8));
            case BYTES -> out.counted(hex(value, path));
            case INT32_ARRAY -> {
                List<Integer> numbers = numbers(field.differenceColumns(), value, path);
                out.number(numbers.size(), Integer.BYTES);
                numbers.forEach(number -> out.number(number, Integer.BYTES));
            }
            case FLOAT64_ARRAY -> {
                List<JsonValue> all = array(value, path);
                out.number(all.size(), Integer.BYTES);
                all.forEach(each -> out.number(Double.doubleToRawLongBits(fraction(each, path)), Long.BYTES));
            }
        }
    }

    private static List<Integer> numbers(int columns, @Nullable JsonValue value, String path) {
        List<Integer> numbers = new ArrayList<>();
        if (columns == 0) {
            array(value, path)
                    .forEach(each -> numbers.add((int) whole(each, Integer.MIN_VALUE, Integer.MAX_VALUE, path)));
            return numbers;
        }
        int[] last = new int[columns];
        for (JsonValue row : array(value, path)) {
            List<JsonValue> each = array(row, path);
            if (each.size() != columns) {
                throw new IllegalArgumentException(
                        path + ": a row has " + columns + " numbers, not " + each.size() + ".");
            }
            for (int i = 0; i < columns; i++) {
                int number = (int) whole(each.get(i), Integer.MIN_VALUE, Integer.MAX_VALUE, path);
                numbers.add(number - last[i]);
                last[i] = number;
            }
        }
        return numbers;
    }

    private static int code(EnumType type, @Nullable JsonValue value, String path) {
        if (value == null) {
            return type.constants().get(0).code();
        } else if (value instanceof JsonString name) {
            return type.constants().stream()
                    .filter(constant -> constant.name().equals(name.getString()))
                    .findFirst()
                    .map(Constant::code)
                    .orElseThrow(() -> new IllegalArgumentException(
                            path + ": " + type.name() + " has no " + name.getString() + "."));
        }
        return (int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, path);
    }

    private static long whole(@Nullable JsonValue value, long least, long most, String path) {
        BigDecimal number = number(value, path);
        try {
            long whole = number.longValueExact();
            if (whole >= least && whole <= most) {
                return whole;
            }
        } catch (ArithmeticException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                path + ": a whole number from " + least + " to " + most + " is needed, not " + number + ".");
    }

    private static double fraction(@Nullable JsonValue value, String path) {
        if (value instanceof JsonString text
                && List.of("NaN", "Infinity", "-Infinity").contains(text.getString())) {
            return Double.parseDouble(text.getString());
        }
        return number(value, path).doubleValue();
    }

    private static BigDecimal number(@Nullable JsonValue value, String path) {
        if (value == null) {
            return BigDecimal.ZERO;
        } else if (value instanceof JsonNumber number) {
            return number.bigDecimalValue();
        } else if (value instanceof JsonString text) {
            try {
                return new BigDecimal(text.getString().strip());
            } catch (NumberFormatException e) {
                // Said below.
            }
        }
        throw new IllegalArgumentException(path + ": a number is needed.");
    }

    private static int truth(@Nullable JsonValue value, String path) {
        if (value == null || value == JsonValue.FALSE) {
            return 0;
        }
        throw new IllegalArgumentException(path + ": true or false is needed.");
    }

    private static String text(@Nullable JsonValue value, String path) {
        if (value == null) {
            return "";
        } else if (value instanceof JsonString text) {
            return text.getString();
        }
        throw new IllegalArgumentException(path + ": a text is needed.");
    }

    private static byte[] hex(@Nullable JsonValue value, String path) {
        try {
            return HexFormat.of().parseHex(text(value, path).replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(path + ": bytes in hex are needed, two digits each.", e);
        }
    }

    private static List<JsonValue> array(@Nullable JsonValue value, String path) {
        if (value == null) {
            return List.of();
        } else if (value instanceof JsonArray array) {
            return array;
        }
        throw new IllegalArgumentException(path + ": an array is needed.");
    }

    private static JsonObject object(JsonValue value, String path) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new IllegalArgumentException(path + ": an object is needed.");
    }

    /** Little-endian. */
    private static final class Sink {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private void number(long value, int bytes) {
            for (int i = 0; i < bytes; i++) {
                out.write((int) (value >> (8 * i)));
            }
        }

        private void bytes(byte[] bytes) {
            out.writeBytes(bytes);
        }

        private void counted(byte[] bytes) {
            number(bytes.length, Integer.BYTES);
            bytes(bytes);
        }
    }
}
