package io.framegate.map.store;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/** Ids of features as a {@code bytea}: int64, little-endian, one after the other, without a count. */
@Converter
public class IdsConverter implements AttributeConverter<List<Long>, byte[]> {

    @Override
    public byte[] convertToDatabaseColumn(List<Long> ids) {
        ByteBuffer bytes = ByteBuffer.allocate(ids.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ids.forEach(bytes::putLong);
        return bytes.array();
    }

    @Override
    public List<Long> convertToEntityAttribute(byte[] column) {
        LongBuffer longs =
                ByteBuffer.wrap(column).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        List<Long> ids = new ArrayList<>(longs.remaining());
        while (longs.hasRemaining()) {
            ids.add(longs.get());
        }
        return List.copyOf(ids);
    }
}
