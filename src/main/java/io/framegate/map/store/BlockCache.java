package io.framegate.map.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.framegate.map.MapSettings;
import io.framegate.message.ApplicationMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Blocks of the map in memory, so that areas which overlap fetch from the database what they have in common once. They are looked for by the version that the
 * database names in each answer's own statement, so an answer is never older than that statement; what is out of date is not
 * asked for any more, and goes.
 *
 * <p><b>Threads.</b> For all.
 *
 * <p><b>Limits.</b> {@code framegate.map.kept-blocks} bytes in all; 0 keeps none. Which ones are kept is Caffeine's choice: the often and lately
 * asked for.
 */
@ApplicationScoped
public class BlockCache implements ApplicationMetrics {

    /** An entry's objects, roughly. */
    private static final int OVERHEAD_BYTES = 250;

    // Set by the container before the first call, and never after.
    private Cache<Block.Version, Block> cache;
    private long maxBytes;

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /** For the container's proxy. */
    protected BlockCache() {}

    /** As configured. With what is no size nothing is kept; {@linkplain MapSettings#check the map's start} tells of it. */
    @Inject
    BlockCache(@ConfigProperty(name = "framegate.map.kept-blocks") String size) {
        this(MapSettings.bytes(size).orElse(0));
    }

    /** Keeps at most so many bytes. */
    BlockCache(long maxBytes) {
        this.maxBytes = maxBytes;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .<Block.Version, Block>weigher((version, block) -> OVERHEAD_BYTES + block.keptBytes())
                // What it has to tidy up the callers do, so no thread outlives the application.
                .executor(Runnable::run)
                .build();
    }

    /**
     * Gives blocks of one kind of a data set, those that are not kept from the database.
     *
     * @return in the same order; empty if one of them is not there any more in this version
     */
    Optional<List<Block>> get(Connection connection, List<Block.Version> wanted) throws SQLException {
        Block[] blocks = new Block[wanted.size()];
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < blocks.length; i++) {
            Block kept = maxBytes == 0 ? null : cache.getIfPresent(wanted.get(i));
            if (kept == null) {
                missing.add(i);
            } else {
                blocks[i] = kept;
            }
        }
        hits.add(blocks.length - missing.size());
        misses.add(missing.size());
        boolean all = missing.isEmpty() || fetch(connection, wanted, missing, blocks);
        return all ? Optional.of(Arrays.asList(blocks)) : Optional.empty();
    }

    /**
     * Fetches blocks and keeps them.
     *
     * @param missing which of those wanted
     * @return whether all are still there
     */
    private boolean fetch(Connection connection, List<Block.Version> wanted, List<Integer> missing, Block[] to)
            throws SQLException {
        int[] numbers = new int[missing.size()];
        boolean[] deflated = new boolean[missing.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = wanted.get(missing.get(i)).number();
            deflated[i] = wanted.get(missing.get(i)).deflated();
        }
        int found = 0;
        try (PreparedStatement statement =
                connection.prepareStatement(FeatureKind.blocks(wanted.get(0).dataSet()))) {
            statement.setObject(1, numbers);
            statement.setObject(2, deflated);
            statement.setInt(3, wanted.get(0).kind().ordinal());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    int place = missing.get(row.getInt(1) - 1);
                    Block block = new Block(
                            row.getInt(2),
                            row.getInt(3),
                            row.getInt(4),
                            row.getDouble(6),
                            row.getDouble(7),
                            row.getBytes(8),
                            row.getBytes(9));
                    if (wanted.get(place).isOf(block, row.getLong(5))) {
                        if (maxBytes > 0) {
                            cache.put(wanted.get(place), block);
                        }
                        to[place] = block;
                        found++;
                    }
                }
            }
        }
        return found == numbers.length;
    }

    @Override
    public String name() {
        return "map.blocks";
    }

    @Override
    public String title() {
        return "Map blocks in memory";
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure("hits", "taken from memory", Unit.COUNT, hits::sum),
                new Figure("misses", "fetched from the database", Unit.COUNT, misses::sum),
                new Figure("kept", "bytes kept", Unit.BYTES, this::bytes),
                new Figure("limit", "at most", Unit.BYTES, () -> maxBytes));
    }

    private long bytes() {
        cache.cleanUp();
        return cache.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }
}
