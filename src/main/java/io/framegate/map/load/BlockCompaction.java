package io.framegate.map.load;

import io.framegate.map.load.BlockBuilder.Block;
import io.framegate.map.store.BlockPlaces;
import io.framegate.map.store.BlockPlaces.Place;
import io.framegate.map.store.Box;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Keeps the blocks of all data sets good while features are edited: what is in no block comes into new ones, and blocks with holes
 * are made anew without what is not there any more. Answers are the same before, meanwhile and after; what changes is what they
 * cost.
 *
 * <p><b>Beside edits.</b> Each step is a short transaction. Positions in a block stay what they are, so an edit may make another hole
 * while a block is made anew. A feature that somebody is saving is left for the next time; a save waits for the step that takes the
 * feature into a block, and then takes it out again. One upkeep works at a time in a database, and none beside a load.
 */
public class BlockCompaction {

    private static final int BLOCKS_AT_ONCE = 50;
    private static final int FEATURES_AT_ONCE = 5000;

    private static final int MOST_FETCHED = 500;

    /** Fewer features than this are as well off in none. */
    private static final int FEWEST_FEATURES = 64;

    private static final String TRY_LOCK = "select pg_try_advisory_xact_lock(?)";
    private static final String DATA_SETS = "select id from map.data_set order by id";
    private static final String WITH_HOLES =
            "select distinct kind, block from map.hole where data_set = ? order by kind, block limit ?";
    private static final String BLOCK = "select (bbox[1])[0]::integer, (bbox[1])[1]::integer, places, records"
            + " from map.block where data_set = ? and kind = ? and number = ? for update";
    private static final String HOLES =
            "delete from map.hole where data_set = ? and kind = ? and block = ?" + " returning position";
    private static final String CHANGE_BLOCK =
            "update map.block set nonce = default, features = ?, least_zoom = ?, most_zoom = ?, bytes = ?,"
                    + " adler32 = ?, bbox = box(point(?, ?), point(?, ?)), places = ?, records = ?, deflated = ?"
                    + " where data_set = ? and kind = ? and number = ?";
    private static final String REMOVE_BLOCK = "delete from map.block where data_set = ? and kind = ? and number = ?";
    private static final String LAST_NUMBER =
            "select coalesce(max(number), 0) from map.block where data_set = ? and kind = ?";
    private static final String ADD_BLOCK =
            "insert into map.block (features, least_zoom, most_zoom, bytes, adler32, bbox,"
                    + " places, records, deflated, data_set, kind, number)"
                    + " values (?, ?, ?, ?, ?, box(point(?, ?), point(?, ?)), ?, ?, ?, ?, ?, ?)";

    private static final String ENOUGH_IN_NO_BLOCK = "select count(*) = " + FEWEST_FEATURES
            + " from (select from map.TABLE where data_set = ? and place = 0 limit " + FEWEST_FEATURES + ") found";

    /** The rows that somebody else is changing are passed over. */
    private static final String IN_NO_BLOCK =
            "select id, KIND as kind, min_zoom, (bbox[1])[0]::integer, (bbox[1])[1]::integer,"
                    + " (bbox[0])[0]::integer, (bbox[0])[1]::integer, record from map.TABLE t where data_set = ? and place = 0"
                    + " order by floor((bbox[1])[1] / 100000), floor((bbox[1])[0] / 100000), id limit ? for update skip locked";

    /** By the key, not by the index of what is in no block: until it has looked PostgreSQL takes that for empty, and would read all of it for each row. */
    private static final String PUT_INTO_BLOCK = "update map.TABLE t set place = p.place"
            + " from unnest(?::bigint[], ?::integer[], ?::integer[]) p(id, kind, place)"
            + " where t.data_set = ? and t.id = p.id and KIND = p.kind and coalesce(t.place, 0) = 0";

    private final DataSource database;

    /** What was done: blocks made anew, and features put into one. */
    public record Done(int blocks, int features) {

        /** Whether there was nothing to do, or somebody else does it. */
        public boolean isNothing() {
            return blocks == 0 && features == 0;
        }
    }

    /** @param database has the map's schema */
    public BlockCompaction(DataSource database) {
        this.database = database;
    }

    /**
     * Does a part of what there is to do, which takes some tenths of a second; to be repeated until that is nothing.
     *
     * @throws SQLException if the database fails; what was done before is done
     */
    public Done step() throws SQLException {
        try (Connection connection = database.getConnection();
                BlockBuilder builder = new BlockBuilder()) {
            connection.setAutoCommit(false);
            try {
                Done done = tryLock(connection) ? step(connection, builder) : new Done(0, 0);
                connection.commit();
                return done;
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static Done step(Connection connection, BlockBuilder builder) throws SQLException {
        for (int dataSet : dataSets(connection)) {
            int blocks = mend(connection, dataSet, builder);
            if (blocks > 0) {
                return new Done(blocks, 0);
            }
            for (FeatureTable table : FeatureTable.values()) {
                int features = gather(connection, dataSet, table, builder);
                if (features > 0) {
                    return new Done(0, features);
                }
            }
        }
        return new Done(0, 0);
    }

    private static boolean tryLock(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TRY_LOCK)) {
            statement.setLong(1, MapLoader.LOAD_LOCK);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static List<Integer> dataSets(Connection connection) throws SQLException {
        List<Integer> ids = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(DATA_SETS);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                ids.add(row.getInt(1));
            }
        }
        return ids;
    }

    /** Makes blocks with holes anew. @return how many */
    private static int mend(Connection connection, int dataSet, BlockBuilder builder) throws SQLException {
        List<int[]> blocks = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(WITH_HOLES)) {
            statement.setInt(1, dataSet);
            statement.setInt(2, BLOCKS_AT_ONCE);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    blocks.add(new int[] {row.getInt(1), row.getInt(2)});
                }
            }
        }
        for (int[] block : blocks) {
            mend(connection, new Key(dataSet, block[0], block[1]), builder);
        }
        return blocks.size();
    }

    private static void mend(Connection connection, Key block, BlockBuilder builder) throws SQLException {
        List<Place> places;
        byte[] records;
        try (PreparedStatement statement = connection.prepareStatement(BLOCK)) {
            block.set(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                places = BlockPlaces.of(row.getBytes(3), row.getInt(1), row.getInt(2));
                records = row.getBytes(4);
            }
        }
        // What becomes a hole from here on stays one: it is not seen, so not removed.
        long holes = removeHoles(connection, block);
        int offset = 0;
        for (int position = 0; position < places.size(); position++) {
            Place place = places.get(position);
            if (place.zoom() == BlockPlaces.NOWHERE || (holes >>> position & 1) == 1) {
                builder.addNothing();
            } else {
                builder.add(place.box(), place.zoom(), records, offset, place.recordBytes());
            }
            offset += place.recordBytes();
        }
        if (builder.isEmpty()) {
            builder.reset();
            try (PreparedStatement statement = connection.prepareStatement(REMOVE_BLOCK)) {
                block.set(statement, 1);
                statement.executeUpdate();
            }
        } else {
            write(connection, CHANGE_BLOCK, block, builder.build());
        }
    }

    /** @return a bit for each position that was one */
    private static long removeHoles(Connection connection, Key block) throws SQLException {
        long holes = 0;
        try (PreparedStatement statement = connection.prepareStatement(HOLES)) {
            block.set(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    holes |= 1L << row.getInt(1);
                }
            }
        }
        return holes;
    }

    /** Puts some features that are in no block into new ones. @return how many */
    private static int gather(Connection connection, int dataSet, FeatureTable table, BlockBuilder builder)
            throws SQLException {
        if (!hasEnough(connection, dataSet, table)) {
            return 0;
        }
        List<Long> ids = new ArrayList<>();
        List<Integer> kinds = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        int number = lastNumber(connection, dataSet, table) + 1;
        try (PreparedStatement statement = connection.prepareStatement(sql(IN_NO_BLOCK, table))) {
            statement.setInt(1, dataSet);
            statement.setInt(2, FEATURES_AT_ONCE);
            statement.setFetchSize(MOST_FETCHED);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (builder.isFull()) {
                        write(connection, ADD_BLOCK, new Key(dataSet, table.ordinal(), number++), builder.build());
                    }
                    ids.add(row.getLong(1));
                    kinds.add(row.getInt(2));
                    Box box = new Box(row.getInt(4), row.getInt(5), row.getInt(6), row.getInt(7));
                    byte[] record = row.getBytes(8);
                    places.add(BlockBuilder.place(number, builder.add(box, row.getInt(3), record, 0, record.length)));
                }
            }
        }
        if (!builder.isEmpty()) {
            write(connection, ADD_BLOCK, new Key(dataSet, table.ordinal(), number), builder.build());
        }
        try (PreparedStatement statement = connection.prepareStatement(sql(PUT_INTO_BLOCK, table))) {
            statement.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            statement.setArray(2, connection.createArrayOf("integer", kinds.toArray()));
            statement.setArray(3, connection.createArrayOf("integer", places.toArray()));
            statement.setInt(4, dataSet);
            statement.executeUpdate();
        }
        return ids.size();
    }

    private static boolean hasEnough(Connection connection, int dataSet, FeatureTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql(ENOUGH_IN_NO_BLOCK, table))) {
            statement.setInt(1, dataSet);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static int lastNumber(Connection connection, int dataSet, FeatureTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LAST_NUMBER)) {
            statement.setInt(1, dataSet);
            statement.setInt(2, table.ordinal());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private static String sql(String statement, FeatureTable table) {
        return statement
                .replace("TABLE", table.tableName())
                .replace("KIND", table == FeatureTable.HEIGHT_3D ? "t.kind" : "0");
    }

    private static void write(Connection connection, String sql, Key key, Block block) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, block.features());
            statement.setInt(2, block.leastZoom());
            statement.setInt(3, block.mostZoom());
            statement.setInt(4, block.records().length);
            statement.setInt(5, block.adler32());
            statement.setDouble(6, block.box().west());
            statement.setDouble(7, block.box().south());
            statement.setDouble(8, block.box().east());
            statement.setDouble(9, block.box().north());
            statement.setBytes(10, block.places());
            statement.setBytes(11, block.records());
            statement.setBytes(12, block.deflated());
            key.set(statement, 13);
            statement.executeUpdate();
        }
    }

    /** Which block. */
    private record Key(int dataSet, int kind, int number) {

        void set(PreparedStatement statement, int first) throws SQLException {
            statement.setInt(first, dataSet);
            statement.setInt(first + 1, kind);
            statement.setInt(first + 2, number);
        }
    }
}
