package io.framegate.map.store;

import io.framegate.map.message.Area;
import io.framegate.map.message.Points;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Answers by area, from the records that are stored ready to send: PostgreSQL finds them by the index on their boxes and
 * hands them over as one row, which costs half of what a row each does.
 *
 * <p>By plain JDBC, without a transaction: each answer is one statement, so it sees one state of the map, and an entity
 * manager and JTA would cost a small area more than PostgreSQL does. From its fifth run on a connection the driver has a
 * statement prepared at the server, and the records come as bytes, not as hexadecimal text.
 *
 * <p><b>Limits.</b> An answer of more than {@link #MAX_ANSWER_BYTES} is refused. Up to {@value #QUICK_ROWS} features are
 * gathered and then measured, so that only the database ever holds too much, and sends none of it. When there are more
 * features than that, or when they are more than PostgreSQL can gather (1 GiB), their bytes are summed up first, and
 * gathered only if they are few enough: a second pass, which an answer of this size can bear.
 */
@ApplicationScoped
public class FeatureQueries {

    /** The largest body of a frame, less room for the count and the envelope. */
    public static final int MAX_ANSWER_BYTES = 100 * 1024 * 1024 - 1024;

    static final int QUICK_ROWS = 50_000;

    /** Above every feature's zoom level. */
    private static final int ANY_ZOOM = Byte.MAX_VALUE;

    /** PostgreSQL's state for a value that is longer than any can be. */
    private static final String PROGRAM_LIMIT_EXCEEDED = "54000";

    private static final String DATA_SET = "select 1 from map.data_set where name = ?";
    private static final byte[] NO_BYTES = {};

    // All set before the first call, and never after.
    private MapDatabase database;
    private int maxAnswerBytes;
    private int quickRows;

    /** For the container's proxy. */
    protected FeatureQueries() {}

    @Inject
    FeatureQueries(MapDatabase database) {
        this(database, MAX_ANSWER_BYTES, QUICK_ROWS);
    }

    /** With other limits. */
    FeatureQueries(MapDatabase database, int maxAnswerBytes, int quickRows) {
        this.database = database;
        this.maxAnswerBytes = maxAnswerBytes;
        this.quickRows = quickRows;
    }

    /**
     * Finds the features whose box touches an area, edges included.
     *
     * @param dataSet the name of the data set
     * @param area on WGS 84, with the zoom level
     * @throws Refusal with {@link Refusal.Code#TOO_LARGE} for more than {@link #MAX_ANSWER_BYTES}, and with
     *     {@link Refusal.Code#UNAVAILABLE} if there is no such data set
     * @throws PersistenceException if the database fails
     */
    public EncodedFeatures inArea(FeatureKind kind, String dataSet, Area area) {
        try (Connection connection = database.dataSource().getConnection()) {
            Optional<EncodedFeatures> quick = quick(connection, kind, dataSet, area);
            EncodedFeatures found = quick.isPresent() ? quick.get() : measured(connection, kind, dataSet, area);
            if (found.count() == 0) {
                requireDataSet(connection, dataSet);
            }
            return found;
        } catch (SQLException e) {
            throw new PersistenceException("features of an area could not be read", e);
        }
    }

    /** Empty for more than can be gathered without measuring. */
    private Optional<EncodedFeatures> quick(Connection connection, FeatureKind kind, String dataSet, Area area)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(kind.quickStatement())) {
            int next = bind(statement, 1, dataSet, area);
            statement.setInt(next, quickRows + 1);
            statement.setInt(next + 1, maxAnswerBytes);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1) > quickRows ? Optional.empty() : Optional.of(answer(row));
            }
        } catch (SQLException e) {
            if (PROGRAM_LIMIT_EXCEEDED.equals(e.getSQLState())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private EncodedFeatures measured(Connection connection, FeatureKind kind, String dataSet, Area area)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(kind.measuredStatement())) {
            int next = bind(statement, 1, dataSet, area);
            statement.setInt(next, maxAnswerBytes);
            bind(statement, next + 1, dataSet, area);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return answer(row);
            }
        }
    }

    /** Returns the index of the next parameter. */
    private static int bind(PreparedStatement statement, int first, String dataSet, Area area) throws SQLException {
        statement.setString(first, dataSet);
        statement.setDouble(first + 1, area.west() * Points.UNITS_PER_DEGREE);
        statement.setDouble(first + 2, area.south() * Points.UNITS_PER_DEGREE);
        statement.setDouble(first + 3, area.east() * Points.UNITS_PER_DEGREE);
        statement.setDouble(first + 4, area.north() * Points.UNITS_PER_DEGREE);
        statement.setInt(first + 5, area.loadType() == Area.EVERYTHING ? ANY_ZOOM : area.loadType());
        return first + 6;
    }

    private EncodedFeatures answer(ResultSet row) throws SQLException {
        int count = row.getInt(1);
        if (count == 0) {
            return new EncodedFeatures(0, NO_BYTES);
        }
        long bytes = row.getLong(2);
        if (bytes > maxAnswerBytes) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "The answer would have " + count + " features in " + bytes + " bytes, more than the "
                            + maxAnswerBytes + " that fit: ask for a smaller area or a lower zoom level.");
        }
        return new EncodedFeatures(count, row.getBytes(3));
    }

    /** Nothing found is an answer, but nothing loaded is none. */
    private static void requireDataSet(Connection connection, String dataSet) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DATA_SET)) {
            statement.setString(1, dataSet);
            try (ResultSet found = statement.executeQuery()) {
                if (!found.next()) {
                    throw new Refusal(
                            Refusal.Code.UNAVAILABLE,
                            "The map has no data yet: it is being loaded, or nobody has loaded it. Try again later.");
                }
            }
        }
    }
}
