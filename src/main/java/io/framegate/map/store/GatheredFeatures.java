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
 * Makes an answer of the rows of {@link FeatureKind#quick}. What is deflated comes first in it, so that the rest is deflated as
 * one.
 */
final class GatheredFeatures {

    private static final int IN_NO_BLOCK = 0;
    private static final int HOLES = -1;

    private final BlockPlaces.Window window;
    private final boolean deflatedBlocks;
    private final List<EncodedPart> deflated = new ArrayList<>();
    private final List<EncodedPart> plain = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();

    /** By block, a bit for each position. */
    private final Map<Integer, Long> holes = new HashMap<>();

    private boolean ofDataSet;
    private int count;
    private long bytes;

    /** A block that not all of is in the area, or is there any more. */
    private record Edge(int block, double west, double south, byte[] places, byte[] records) {}

    GatheredFeatures(AreaStatement.Values asked) {
        this.window = asked.window();
        this.deflatedBlocks = asked.deflated();
    }

    /**
     * Takes a row.
     *
     * @param most features that are in no block
     * @return false if there is too much for it to be gathered
     */
    boolean take(ResultSet row, int most) throws SQLException {
        int block = row.getInt(1);
        byte[] places = row.getBytes(7);
        if (block == HOLES) {
            takeHoles(places);
            return true;
        }
        int features = row.getInt(2);
        byte[] data = row.getBytes(8);
        if (block == IN_NO_BLOCK) {
            ofDataSet = row.getInt(6) == 1;
        }
        if (data == null || block == IN_NO_BLOCK && features > most) {
            return block == IN_NO_BLOCK && features == 0;
        }
        if (places != null) {
            edges.add(new Edge(block, row.getDouble(4), row.getDouble(5), places, data));
        } else if (block != IN_NO_BLOCK && deflatedBlocks) {
            int originalBytes = row.getInt(3);
            deflated.add(new EncodedPart.Deflated(data, originalBytes, row.getInt(6)));
            count += features;
            bytes += originalBytes;
        } else {
            add(features, data, 0, data.length);
        }
        return true;
    }

    /** Takes the row of {@link FeatureKind#measured}. */
    void takeMeasured(ResultSet row) throws SQLException {
        ofDataSet = row.getInt(3) == 1;
        byte[] records = row.getBytes(4);
        if (records == null) {
            count = row.getInt(1);
            bytes = row.getLong(2);
        } else {
            add(row.getInt(1), records, 0, records.length);
        }
    }

    /** Whether the data set was there that was asked. */
    boolean isOfDataSet() {
        return ofDataSet;
    }

    /** All that was taken and is in the area. */
    EncodedFeatures inArea() {
        return new EncodedFeatures(count(), parts());
    }

    private void findInEdges() {
        for (Edge edge : edges) {
            BlockPlaces.find(
                    edge.places(),
                    edge.west(),
                    edge.south(),
                    window,
                    holes.getOrDefault(edge.block(), 0L),
                    (records, offset, length) -> add(records, edge.records(), offset, length));
        }
        edges.clear();
    }

    private List<EncodedPart> parts() {
        findInEdges();
        List<EncodedPart> parts = new ArrayList<>(deflated);
        parts.addAll(plain);
        return parts;
    }

    /** How many features are in the area. */
    int count() {
        findInEdges();
        return count;
    }

    /** Their bytes, when they are not deflated. */
    long bytes() {
        findInEdges();
        return bytes;
    }

    private void add(int records, byte[] from, int offset, int length) {
        plain.add(new EncodedPart.Plain(from, offset, length));
        count += records;
        bytes += length;
    }

    private void takeHoles(byte @Nullable [] found) {
        if (found != null) {
            ByteBuffer in = ByteBuffer.wrap(found);
            while (in.hasRemaining()) {
                holes.merge(in.getInt(), 1L << in.getInt(), (some, more) -> some | more);
            }
        }
    }
}
