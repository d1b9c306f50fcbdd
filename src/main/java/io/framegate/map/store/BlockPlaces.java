package io.framegate.map.store;

import io.framegate.map.message.Area;
import io.framegate.map.message.Points;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the records of a block are: in it, and on the ground.
 *
 * <pre>
 *  for each record, little-endian
 *  int32  west, south, east, north   in 1e-7 degree from the western and southern edge of the block
 *  int16  zoom level
 *  int32  size
 * </pre>
 *
 * From the edges, so that a block that lies elsewhere has the same.
 */
public final class BlockPlaces {

    private static final int PLACE_BYTES = 4 * Integer.BYTES + Short.BYTES + Integer.BYTES;

    /** The zoom level of what is shown at none. */
    public static final short NOWHERE = Short.MAX_VALUE;

    /** PostgreSQL takes boxes that are a millionth of a unit apart for touching. */
    private static final double TOLERANCE = 1e-6;

    /** Above every feature's zoom level. */
    private static final int ANY_ZOOM = Byte.MAX_VALUE;

    private BlockPlaces() {}

    /** Writes the place of one record. */
    public static void put(ByteArrayOutputStream to, Box block, Box feature, int zoom, int recordBytes) {
        to.writeBytes(ByteBuffer.allocate(PLACE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(feature.west() - block.west())
                .putInt(feature.south() - block.south())
                .putInt(feature.east() - block.west())
                .putInt(feature.north() - block.south())
                .putShort((short) zoom)
                .putInt(recordBytes)
                .array());
    }

    /** Writes a position at which nothing is any more. */
    public static void putNothing(ByteArrayOutputStream to) {
        to.writeBytes(ByteBuffer.allocate(PLACE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(4 * Integer.BYTES, NOWHERE)
                .array());
    }

    /** Where one record is; {@code zoom} is {@link #NOWHERE} where there is none. */
    public record Place(Box box, int zoom, int recordBytes) {}

    /**
     * Where the records of a block are, by position.
     *
     * @param west the block's western edge, in 1e-7 degree
     * @param south its southern edge
     */
    public static List<Place> of(byte[] places, int west, int south) {
        ByteBuffer in = ByteBuffer.wrap(places).order(ByteOrder.LITTLE_ENDIAN);
        List<Place> all = new ArrayList<>();
        while (in.hasRemaining()) {
            Box box = new Box(west + in.getInt(), south + in.getInt(), west + in.getInt(), south + in.getInt());
            all.add(new Place(box, in.getShort(), in.getInt()));
        }
        return all;
    }

    /** Takes records that lie one after the other. */
    @FunctionalInterface
    interface RunConsumer {
        void accept(int records, int offset, int bytes);
    }

    /**
     * Finds the records of a block that touch an area, edges included, and are shown at a zoom level.
     *
     * @param places as above
     * @param west the block's western edge, in 1e-7 degree
     * @param south its southern edge
     * @param holes a bit for each position that is not to be found any more
     * @param found is told which ones, as few runs as there are
     */
    static void find(byte[] places, double west, double south, Window window, long holes, RunConsumer found) {
        ByteBuffer in = ByteBuffer.wrap(places).order(ByteOrder.LITTLE_ENDIAN);
        int offset = 0;
        int run = 0;
        int runOffset = 0;
        for (int position = 0; in.hasRemaining(); position++) {
            double recordWest = west + in.getInt();
            double recordSouth = south + in.getInt();
            double recordEast = west + in.getInt();
            double recordNorth = south + in.getInt();
            int zoom = in.getShort();
            int bytes = in.getInt();
            // As the database compares, to the last bit.
            if (recordWest <= window.east() + TOLERANCE
                    && window.west() <= recordEast + TOLERANCE
                    && recordSouth <= window.north() + TOLERANCE
                    && window.south() <= recordNorth + TOLERANCE
                    && zoom <= window.zoom()
                    && (holes >>> position & 1) == 0) {
                if (run++ == 0) {
                    runOffset = offset;
                }
            } else if (run > 0) {
                found.accept(run, runOffset, offset - runOffset);
                run = 0;
            }
            offset += bytes;
        }
        if (run > 0) {
            found.accept(run, runOffset, offset - runOffset);
        }
    }

    /** An area in 1e-7 degree, up to a zoom level. */
    record Window(double west, double south, double east, double north, int zoom) {

        static Window of(Area area) {
            return new Window(
                    area.west() * Points.UNITS_PER_DEGREE,
                    area.south() * Points.UNITS_PER_DEGREE,
                    area.east() * Points.UNITS_PER_DEGREE,
                    area.north() * Points.UNITS_PER_DEGREE,
                    area.loadType() == Area.EVERYTHING ? ANY_ZOOM : area.loadType());
        }
    }
}
