package io.framegate.map.load;

import io.framegate.map.load.BlockBuilder.Block;
import java.io.Closeable;
import java.io.IOException;

/**
 * Gathers the features of a load into blocks, in the order in which they come, which is that of their places on the ground. The
 * blocks of all kinds go to disk, and from there into their table.
 *
 * <p>Not safe for several threads.
 */
final class BlockSpool implements Closeable {

    /** Copies the rows. */
    static final String COPY_STATEMENT = "copy map.loading_block (kind, number, features, least_zoom, most_zoom, bytes,"
            + " adler32, bbox, places, records, deflated) from stdin (format binary, freeze)";

    private static final int COLUMNS = 11;

    private final FeatureSpool spool = new FeatureSpool("block");
    private final BlockBuilder builder = new BlockBuilder();
    private int kind;
    private int number;

    BlockSpool() throws IOException {}

    /** Begins the blocks of a kind of feature. */
    void begin(FeatureTable table) {
        kind = table.ordinal();
        number = 1;
    }

    /** Takes the next feature. @return its place */
    int add(SpooledFeature feature) throws IOException {
        if (builder.isFull()) {
            endBlock();
        }
        return BlockBuilder.place(
                number,
                builder.add(
                        feature.box(), feature.zoom(), feature.bytes(), feature.recordOffset(), feature.recordBytes()));
    }

    /** Ends the blocks of a kind. */
    void end() throws IOException {
        if (!builder.isEmpty()) {
            endBlock();
        }
    }

    /** All blocks, as rows to be copied. */
    FeatureSpool rows() {
        return spool;
    }

    @Override
    public void close() throws IOException {
        builder.close();
        spool.close();
    }

    private void endBlock() throws IOException {
        Block block = builder.build();
        spool.row(COLUMNS)
                .int32(kind)
                .int32(number)
                .int32(block.features())
                .int16(block.leastZoom())
                .int16(block.mostZoom())
                .int32(block.records().length)
                .int32(block.adler32())
                .box(block.box())
                .bytes(block.places(), block.places().length)
                .bytes(block.records(), block.records().length)
                .bytes(block.deflated(), block.deflated().length)
                .end(spool.rows());
        number++;
    }
}
