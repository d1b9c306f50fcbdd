package io.framegate.map.load;

import io.framegate.map.store.Box;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A feature's row in its {@link FeatureSpool}: it is still without its last column, the place in a block, and has here what
 * a block wants to know of it.
 *
 * <pre>
 *  size field
 *     n row     the last column that is there is the record
 *    16 box     int32 west, south, east, north
 *     4 zoom    int32
 *     4 record  int32: its size
 * </pre>
 *
 * @param bytes holds the row, from its first byte on
 * @param rowBytes what the row has
 * @param box around the feature
 * @param zoom level from which on it is shown
 * @param recordBytes the last of the row
 */
record SpooledFeature(byte[] bytes, int rowBytes, Box box, int zoom, int recordBytes) {

    private static final int END_BYTES = 6 * Integer.BYTES;
    private static final int PLACE_BYTES = 2 * Integer.BYTES;

    /** Ends a row whose last column was the record. */
    static void end(FeatureSpool row, Box box, int zoom, int recordBytes) throws IOException {
        row.raw(ByteBuffer.allocate(END_BYTES)
                        .putInt(box.west())
                        .putInt(box.south())
                        .putInt(box.east())
                        .putInt(box.north())
                        .putInt(zoom)
                        .putInt(recordBytes)
                        .array())
                .end(box.mortonCode());
    }

    /** As a spool gives it back. */
    static SpooledFeature of(byte[] buffer, int length) {
        ByteBuffer end = ByteBuffer.wrap(buffer, length - END_BYTES, END_BYTES);
        Box box = new Box(end.getInt(), end.getInt(), end.getInt(), end.getInt());
        return new SpooledFeature(buffer, length - END_BYTES, box, end.getInt(), end.getInt());
    }

    /** Where the record begins. */
    int recordOffset() {
        return rowBytes - recordBytes;
    }

    /** Adds the last column. @return how many bytes the row has with it */
    int endWithPlace(int place) {
        ByteBuffer.wrap(bytes, rowBytes, PLACE_BYTES).putInt(Integer.BYTES).putInt(place);
        return rowBytes + PLACE_BYTES;
    }
}
