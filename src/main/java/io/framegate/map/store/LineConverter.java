package io.framegate.map.store;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The points of a line as a {@code bytea}: int32, little-endian, as in {@link io.framegate.map.message.Points}, without
 * a count. An array of PostgreSQL costs several times as much to fetch.
 */
@Converter
public class LineConverter implements AttributeConverter<int[], byte[]> {

    @Override
    public byte[] convertToDatabaseColumn(int[] points) {
        ByteBuffer bytes = ByteBuffer.allocate(points.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(points);
        return bytes.array();
    }

    @Override
    public int[] convertToEntityAttribute(byte[] column) {
        int[] points = new int[column.length / Integer.BYTES];
        ByteBuffer.wrap(column).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(points);
        return points;
    }
}
