package io.framegate.map.store;

import io.framegate.message.EncodedPart;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes an answer: of the rows of {@link FeatureKind#touching}, then of the blocks that they name. What is deflated comes first in it, so that the rest
 * is deflated as one.
 */
final class GatheredFeatures {

    private static final int IN_NO_BLOCK = 0;
    private static final int HOLES = -1;

    private final FeatureKind kind;
    private final AreaStatement.Values asked;
    private final boolean wantsDeflated;
    private final List<EncodedPart> deflated = new ArrayList<>();
    private final List<EncodedPart> plain = new ArrayList<>();
    private final List<Touching> touching = new ArrayList<>();

    /** By block, a bit for each position. */
    private final Map<Integer, Long> holes = new HashMap<>();

    private long lastChange;
    private int count;
    private long bytes;

    /** A block that touches the area. */
    private record Touching(int number, boolean inside, int bytes, int adler32, long nonce) {}

    /** @param wantsDeflated whether blocks that lie in the area whole are wanted deflated */
    GatheredFeatures(FeatureKind kind, AreaStatement.Values asked, boolean wantsDeflated) {
        this.kind = kind;
        this.asked = asked;
        this.wantsDeflated = wantsDeflated;
    }

    /**
     * Takes a row.
     *
     * @return false if there are more features in no block than are gathered one by one
     */
    boolean takeTouching(ResultSet row) throws SQLException {
        int block = row.getInt(1);
        switch (block) {
            case HOLES -> takeHoles(row.getBytes(6));
            case IN_NO_BLOCK -> {
                int features = row.getInt(2);
                lastChange = row.getLong(5);
                byte[] records = row.getBytes(6);
                if (records == null || features >= asked.rows()) {
                    return features == 0;
                }
                add(features, records, 0, records.length);
            }
            default ->
                touching.add(new Touching(block, row.getInt(2) == 1, row.getInt(3), row.getInt(4), row.getLong(5)));
        }
        return true;
    }

    private void takeHoles(byte @Nullable [] found) {
        if (found != null) {
            ByteBuffer in = ByteBuffer.wrap(found);
            while (in.hasRemaining()) {
                holes.merge(in.getInt(), 1L << in.getInt(), (some, more) -> some | more);
            }
        }
    }

    /** The number of the last change that may be in it. */
    long lastChange() {
        return lastChange;
    }

    /** Bytes of all features of all blocks that touch the area. */
    long touchingBytes() {
        return touching.stream().mapToLong(Touching::bytes).sum();
    }

    /** The blocks that touch the area, each as it is wanted. */
    List<Block.Version> blocks() {
        return touching.stream()
                .map(block -> new Block.Version(
                        asked.dataSet(),
                        kind,
                        block.number(),
                        block.bytes(),
                        block.adler32(),
                        block.nonce(),
                        wantsDeflated && isWhole(block)))
                .toList();
    }

    private boolean isWhole(Touching block) {
        return block.inside() && !holes.containsKey(block.number());
    }

    /** Takes what is in the area of each of {@link #blocks}. */
    void takeBlocks(List<Block> blocks) {
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            byte[] places = block.places();
            if (places == null) {
                deflated.add(new EncodedPart.Deflated(block.records(), block.bytes(), block.adler32()));
                count += block.features();
                bytes += block.bytes();
            } else if (isWhole(touching.get(i))) {
                add(block.features(), block.records(), 0, block.records().length);
            } else {
                BlockPlaces.find(
                        places,
                        block.west(),
                        block.south(),
                        asked.window(),
                        holes.getOrDefault(touching.get(i).number(), 0L),
                        (records, offset, length) -> add(records, block.records(), offset, length));
            }
        }
    }

    /** Takes the row of {@link FeatureKind#measured}. */
    void takeMeasured(ResultSet row) throws SQLException {
        lastChange = row.getLong(4);
        byte[] records = row.getBytes(3);
        if (records == null) {
            count = row.getInt(1);
            bytes = row.getLong(2);
        } else {
            add(row.getInt(1), records, 0, records.length);
        }
    }

    private void add(int records, byte[] from, int offset, int length) {
        plain.add(new EncodedPart.Plain(from, offset, length));
        count += records;
        bytes += length;
    }

    /** All that was taken and is in the area. */
    EncodedFeatures inArea() {
        List<EncodedPart> parts = new ArrayList<>(deflated);
        parts.addAll(plain);
        return new EncodedFeatures(count, parts);
    }

    /** How many features are in the area. */
    int count() {
        return count;
    }

    /** Their bytes, when they are not deflated. */
    long bytes() {
        return bytes;
    }
}
