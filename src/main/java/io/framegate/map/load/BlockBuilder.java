package io.framegate.map.load;

import io.framegate.map.store.BlockPlaces;
import io.framegate.map.store.Box;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Adler32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Makes blocks of features, see {@code V8__blocks.sql}. A block has at most {@value #MOST_FEATURES} features, and is full when it
 * has {@value #ENOUGH_BYTES} bytes: large blocks cost more where only some of their features are in an area, small ones where
 * all are.
 *
 * <p>Not safe for several threads.
 */
final class BlockBuilder implements AutoCloseable {

    private static final int POSITION_BITS = 6;
    private static final int MOST_FEATURES = 1 << POSITION_BITS;
    private static final int ENOUGH_BYTES = 16 << 10;

    /** Deflated once for many answers, so it may take its time. */
    private static final int DEFLATE_LEVEL = 6;

    private final Deflater deflater = new Deflater(DEFLATE_LEVEL, true);
    private final Adler32 checksum = new Adler32();
    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private final ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[ENOUGH_BYTES];

    /** By position; null for what is not there any more. */
    private final List<@Nullable Feature> features = new ArrayList<>();

    private record Feature(Box box, int zoom, int bytes) {}

    /** What a block has, by column. */
    record Block(
            int features,
            int leastZoom,
            int mostZoom,
            int adler32,
            Box box,
            byte[] places,
            byte[] records,
            byte[] deflated) {}

    /** The place of a feature in a block. */
    static int place(int number, int position) {
        return number << POSITION_BITS | position;
    }

    /** Whether there is no room for another feature. */
    boolean isFull() {
        return features.size() == MOST_FEATURES || records.size() >= ENOUGH_BYTES;
    }

    /** Whether no feature was added. */
    boolean isEmpty() {
        return records.size() == 0;
    }

    /** Adds a feature. @return its position */
    int add(Box box, int zoom, byte[] from, int offset, int bytes) {
        records.write(from, offset, bytes);
        features.add(new Feature(box, zoom, bytes));
        return features.size() - 1;
    }

    /** Leaves a position free. */
    void addNothing() {
        features.add(null);
    }

    /** Makes the block of all that was added, which has a feature at least, and begins another. */
    Block build() {
        ByteArrayOutputStream places = new ByteArrayOutputStream();
        Box box = null;
        int count = 0;
        int leastZoom = Integer.MAX_VALUE;
        int mostZoom = Integer.MIN_VALUE;
        for (Feature feature : features) {
            if (feature != null) {
                box = box == null ? feature.box() : box.with(feature.box());
                leastZoom = Math.min(leastZoom, feature.zoom());
                mostZoom = Math.max(mostZoom, feature.zoom());
                count++;
            }
        }
        if (box == null) {
            throw new IllegalStateException("a block of nothing");
        }
        for (Feature feature : features) {
            if (feature == null) {
                BlockPlaces.putNothing(places);
            } else {
                BlockPlaces.put(places, box, feature.box(), feature.zoom(), feature.bytes());
            }
        }
        byte[] plain = records.toByteArray();
        checksum.reset();
        checksum.update(plain);
        Block block = new Block(
                count,
                leastZoom,
                mostZoom,
                (int) checksum.getValue(),
                box,
                places.toByteArray(),
                plain,
                deflate(plain));
        features.clear();
        records.reset();
        return block;
    }

    /** Forgets all that was added. */
    void reset() {
        features.clear();
        records.reset();
    }

    @Override
    public void close() {
        deflater.end();
    }

    /** Blocks that end with a byte, none of them the last. */
    private byte[] deflate(byte[] plain) {
        deflater.reset();
        deflater.setInput(plain);
        deflated.reset();
        int length;
        do {
            length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
            deflated.write(buffer, 0, length);
        } while (length == buffer.length);
        return deflated.toByteArray();
    }
}
