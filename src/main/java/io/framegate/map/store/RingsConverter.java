package io.framegate.map.store;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.map.message.Polygon.Ring;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Arrays;
import java.util.List;

/** The rings of a polygon as a {@code bytea}: exactly as they stand in a {@link io.framegate.map.message.Polygon}. */
@Converter
public class RingsConverter implements AttributeConverter<List<Ring>, byte[]> {

    private static final RecordCodec<Rings> CODEC = RecordCodec.of(Rings.class);
    private static final int NO_MESSAGE = 0;

    /** What the column holds. */
    record Rings(List<Ring> rings) {}

    @Override
    public byte[] convertToDatabaseColumn(List<Ring> rings) {
        WireWriter out = new WireWriter(0, Integer.MAX_VALUE - Long.BYTES);
        CODEC.encode(new Rings(rings), out);
        return Arrays.copyOf(out.array(), out.length());
    }

    @Override
    public List<Ring> convertToEntityAttribute(byte[] column) {
        return CODEC.decode(new WireReader(NO_MESSAGE, column, 0, column.length))
                .rings();
    }
}
