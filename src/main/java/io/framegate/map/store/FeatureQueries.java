package io.framegate.map.store;

import io.framegate.map.message.Area;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers by area, from the records that are stored ready to send: most of them in blocks of neighbours, which go into an answer
 * whole where they lie in the area, and are looked into at its edge; what was edited or is in no block for another reason
 * PostgreSQL finds by the index on its box, and hands it over as one row.
 *
 * <p>By plain JDBC, without a transaction: one statement says what an answer is made of, so it sees one state of the map, and an entity
 * manager and JTA would cost a small area more than PostgreSQL does. The blocks themselves are fetched by a second one, as far as they are not
 * {@linkplain BlockCache kept}; if one was made anew since the first, all is asked again. From its fifth run on a connection the driver has a
 * statement prepared at the server, and the records come as bytes, not as hexadecimal text.
 *
 * <p>What is in an answer is {@linkplain KnownHistory known to have been seen}: it may have changes that nobody here has looked for yet.
 *
 * <p><b>Limits.</b> An answer of more than {@link #MAX_ANSWER_BYTES} is refused. Blocks are gathered if they have at most
 * {@value #EDGES} times as much in all, since at the edge not all of one is in the answer, and up to {@value #QUICK_ROWS} features
 * beside them, so that only the database ever holds too much, and sends none of it. When there is more, or more than
 * PostgreSQL can gather (1 GiB), the bytes of all features are summed up first, one by one, and they are gathered only if they are
 * few enough: a second pass, which an answer of this size can bear.
 */
@ApplicationScoped
public class FeatureQueries {

    /** The largest body of a frame, less room for the count and the envelope. */
    public static final int MAX_ANSWER_BYTES = 100 * 1024 * 1024 - 1024;

    static final int QUICK_ROWS = 50_000;

    /** How often blocks are asked for that are made anew meanwhile, before features are asked for one by one. */
    private static final int TRIES = 3;

    private static final double EDGES = 1.25;

    /** PostgreSQL's state for a value that is longer than any can be. */
    private static final String PROGRAM_LIMIT_EXCEEDED = "54000";

    /** PostgreSQL's state for a table that is not there, as those of a data set that is gone. */
    private static final String UNDEFINED_TABLE = "42P01";

    private static final String DATA_SET = "select id from map.data_set where name = ?";

    // All set before the first call, and never after.
    private MapDatabase database;
    private BlockCache keptBlocks;
    private KnownHistory history;
    private int maxAnswerBytes;
    private int quickRows;

    /** By name; what is not right any more is found out by each answer. */
    private final Map<String, Integer> ids = new ConcurrentHashMap<>();

    /** For the container's proxy. */
    protected FeatureQueries() {}

    @Inject
    FeatureQueries(MapDatabase database, BlockCache keptBlocks, KnownHistory history) {
        this(database, keptBlocks, history, MAX_ANSWER_BYTES, QUICK_ROWS);
    }

    /** With other limits. */
    FeatureQueries(
            MapDatabase database, BlockCache keptBlocks, KnownHistory history, int maxAnswerBytes, int quickRows) {
        this.database = database;
        this.keptBlocks = keptBlocks;
        this.history = history;
        this.maxAnswerBytes = maxAnswerBytes;
        this.quickRows = quickRows;
    }

    /**
     * Finds the features whose box touches an area, edges included; nothing of the answer is deflated.
     *
     * @param dataSet the name of the data set
     * @param area on WGS 84, with the zoom level
     * @throws Refusal with {@link Refusal.Code#TOO_LARGE} for more than {@link #MAX_ANSWER_BYTES}, and with
     *     {@link Refusal.Code#UNAVAILABLE} if there is no such data set
     * @throws PersistenceException if the database fails
     */
    public EncodedFeatures inArea(FeatureKind kind, String dataSet, Area area) {
        return inArea(kind, dataSet, area, false);
    }

    /**
     * As above.
     *
     * @param deflated whether what the map has deflated is wanted so, for an answer by zlib
     */
    public EncodedFeatures inArea(FeatureKind kind, String dataSet, Area area, boolean deflated) {
        try (Connection connection = database.dataSource().getConnection()) {
            int id = idOf(connection, dataSet);
            while (true) {
                try {
                    return inArea(connection, kind, id, area, deflated);
                } catch (SQLException e) {
                    int other = idIfReplaced(e, id, connection, dataSet);
                    if (other == id) {
                        throw e;
                    }
                    id = other;
                }
            }
        } catch (SQLException e) {
            throw new PersistenceException("features of an area could not be read", e);
        }
    }

    private EncodedFeatures inArea(Connection connection, FeatureKind kind, int dataSet, Area area, boolean deflated)
            throws SQLException {
        AreaStatement.Values asked =
                new AreaStatement.Values(dataSet, BlockPlaces.Window.of(area), quickRows + 1, maxAnswerBytes);
        GatheredFeatures found = gather(connection, kind, asked, deflated);
        if (found.lastChange() > history.last().number()) {
            history.read(connection);
        }
        requireRoom(found);
        return found.inArea();
    }

    /** Another id where the fault is that the data set was replaced by another one of its name. */
    private int idIfReplaced(SQLException fault, int id, Connection connection, String dataSet) throws SQLException {
        if (!UNDEFINED_TABLE.equals(fault.getSQLState())) {
            return id;
        }
        ids.remove(dataSet, id);
        return idOf(connection, dataSet);
    }

    private GatheredFeatures gather(
            Connection connection, FeatureKind kind, AreaStatement.Values asked, boolean deflated) throws SQLException {
        for (int i = 0; i < TRIES; i++) {
            GatheredFeatures found = new GatheredFeatures(kind, asked, deflated);
            if (!takeTouching(connection, kind, asked, found)
                    || found.touchingBytes() > (long) (maxAnswerBytes * EDGES)) {
                break;
            }
            Optional<List<Block>> blocks = keptBlocks.get(connection, found.blocks());
            if (blocks.isPresent()) {
                found.takeBlocks(blocks.get());
                return found;
            }
        }
        return measured(connection, kind, asked);
    }

    /** @return false for more than can be gathered without measuring */
    private static boolean takeTouching(
            Connection connection, FeatureKind kind, AreaStatement.Values asked, GatheredFeatures gathered)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(kind.touching().sql(asked.dataSet()))) {
            kind.touching().bind(statement, asked);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (!gathered.takeTouching(row)) {
                        return false;
                    }
                }
                return true;
            }
        } catch (SQLException e) {
            if (PROGRAM_LIMIT_EXCEEDED.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private static GatheredFeatures measured(Connection connection, FeatureKind kind, AreaStatement.Values asked)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(kind.measured().sql(asked.dataSet()))) {
            kind.measured().bind(statement, asked);
            try (ResultSet row = statement.executeQuery()) {
                GatheredFeatures gathered = new GatheredFeatures(kind, asked, false);
                row.next();
                gathered.takeMeasured(row);
                return gathered;
            }
        }
    }

    private void requireRoom(GatheredFeatures found) {
        if (found.bytes() > maxAnswerBytes) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "The answer would have " + found.count() + " features in " + found.bytes()
                            + " bytes, more than the " + maxAnswerBytes
                            + " that fit: ask for a smaller area or a lower zoom level.");
        }
    }

    /** Nothing found is an answer, but nothing loaded is none. */
    private int idOf(Connection connection, String dataSet) throws SQLException {
        Integer known = ids.get(dataSet);
        if (known != null) {
            return known;
        }
        try (PreparedStatement statement = connection.prepareStatement(DATA_SET)) {
            statement.setString(1, dataSet);
            try (ResultSet found = statement.executeQuery()) {
                if (!found.next()) {
                    throw new Refusal(
                            Refusal.Code.UNAVAILABLE,
                            "The map has no data yet: it is being loaded, or nobody has loaded it. Try again later.");
                }
                int id = found.getInt(1);
                ids.put(dataSet, id);
                return id;
            }
        }
    }
}
