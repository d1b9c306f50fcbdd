package io.framegate.contract;

import io.framegate.contract.Contract.EnumType;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.Limits;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.message.Compression;
import io.framegate.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A frame of each message to show or to try with: always the same bytes for the same contract. Values keep to the limits,
 * and grow from field to field where these allow it, so that a west is less than its east.
 */
public final class ExampleFrames {

    private static final int LIST_SIZE = 2;
    private static final int FIRST_CAPACITY = 256;

    private final Contract contract;
    private ByteBuffer out = ByteBuffer.allocate(0);

    private ExampleFrames(Contract contract) {
        this.contract = contract;
    }

    /** A frame, not compressed. */
    public static byte[] of(Contract contract, MessageType message) {
        return new ExampleFrames(contract).frame(message);
    }

    private byte[] frame(MessageType message) {
        out = ByteBuffer.allocate(FIRST_CAPACITY).order(ByteOrder.LITTLE_ENDIAN);
        room(FrameHeader.BYTES + 1).position(FrameHeader.BYTES);
        out.put(Compression.NONE.code());
        put(message.layout());
        byte[] frame = new byte[out.position()];
        out.flip().get(frame);
        FrameHeader.put(frame, 0, message.id(), frame.length - FrameHeader.BYTES);
        return frame;
    }

    private void put(RecordType type) {
        for (int i = 0; i < type.fields().size(); i++) {
            put(
                    type.fields().get(i),
                    type.fields().get(i).type(),
                    i,
                    type.fields().size());
        }
    }

    private void put(Field field, WireType type, int index, int of) {
        if (type instanceof WireType.RecordOf record) {
            put(contract.record(record.name()));
        } else if (type instanceof WireType.EnumOf code) {
            EnumType constants = contract.enumeration(code.name());
            int second = Math.min(1, constants.constants().size() - 1);
            room(Integer.BYTES).putInt(constants.constants().get(second).code());
        } else if (type instanceof WireType.ListOf list) {
            boolean nested = list.element() instanceof WireType.RecordOf;
            int size = nested ? 1 : LIST_SIZE;
            room(Integer.BYTES).putInt(size);
            for (int i = 0; i < size; i++) {
                put(field, list.element(), index + i, of + size);
            }
        } else {
            putScalar(field, (WireType.Scalar) type, index, of);
        }
    }

    private void putScalar(Field field, WireType.Scalar type, int index, int of) {
        switch (type) {
            case INT8 -> room(Byte.BYTES).put((byte) whole(field, index, of));
            case INT16 -> room(Short.BYTES).putShort((short) whole(field, index, of));
            case INT32 -> room(Integer.BYTES).putInt((int) whole(field, index, of));
            case INT64 -> room(Long.BYTES).putLong(whole(field, index, of));
            case FLOAT32 -> room(Float.BYTES).putFloat((float) fraction(field, index, of));
            case FLOAT64 -> room(Double.BYTES).putDouble(fraction(field, index, of));
            case BOOLEAN -> room(Byte.BYTES).put((byte) 1);
            case TEXT -> {
                byte[] units = field.name().getBytes(StandardCharsets.UTF_16LE);
                room(Integer.BYTES + units.length).putInt(field.name().length()).put(units);
            }
            case NARROW_TEXT -> {
                byte[] utf8 = field.name().getBytes(StandardCharsets.UTF_8);
                room(Integer.BYTES + utf8.length).putInt(utf8.length).put(utf8);
            }
            case BYTES -> room(Integer.BYTES + 3).putInt(3).put(new byte[] {1, 2, 3});
            case INT32_ARRAY -> putNumbers(field);
            case FLOAT64_ARRAY ->
                room(Integer.BYTES + 2 * Double.BYTES).putInt(2).putDouble(1.5).putDouble(2.5);
        }
    }

    /** Three rows: one as it is, two differences; or three numbers. */
    private void putNumbers(Field field) {
        int columns = Math.max(1, field.differenceColumns());
        room(Integer.BYTES + 3 * columns * Integer.BYTES).putInt(3 * columns);
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < columns; column++) {
                int step = 100 * (row + 1) - 250 * column;
                out.putInt(field.differenceColumns() > 0 && row == 0 ? 95_000_000 + 376_000_000 * column : step);
            }
        }
    }

    private static long whole(Field field, int index, int of) {
        if (field.limits().isPresent()) {
            Limits limits = field.limits().get();
            return limits.most() == Long.MAX_VALUE
                    ? Math.max(limits.least(), index + 1L)
                    : limits.least() + (limits.most() - limits.least()) * (index + 1) / (of + 1);
        }
        return field.unit().equals("1e-7 degree") ? 10_000_000L * (index + 1) : index + 1L;
    }

    private static double fraction(Field field, int index, int of) {
        if (field.limits().isPresent() && field.limits().get().most() != Long.MAX_VALUE) {
            Limits limits = field.limits().get();
            return limits.least() + (limits.most() - limits.least()) * (index + 1.0) / (of + 1);
        }
        return index + 1.5;
    }

    private ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * out.capacity(), out.position() + bytes))
                    .order(ByteOrder.LITTLE_ENDIAN);
            out = larger.put(out.flip());
        }
        return out;
    }
}
