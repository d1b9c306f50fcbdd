package io.framegate.map.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the changes after a number are: one short read of an index, of nothing as a rule. It sees to it that a database which
 * has gone back is {@linkplain KnownHistory found out}, so what it tells is never of the same load as something that is lost.
 */
@ApplicationScoped
public class ChangeFeed {

    /** More than that at once count as everywhere. */
    private static final int MOST_CHANGES = 1000;

    /** A row in any case: the epoch, whether a mark is there, the data set's id and a change, or nulls. */
    private static final String NEWS = "select " + KnownHistory.COLUMNS
            + ", d.id, c.number, c.changed_at, c.west, c.south, c.east, c.north"
            + " from " + KnownHistory.EPOCH + " left join map.data_set d on d.name = ?"
            + " left join lateral (select number, changed_at, west, south, east, north from map.change"
            + " where data_set = d.id and number > ? order by number desc limit ?) c on true";

    /** A number is of this history if it is the last one, or that of a change. */
    private static final String PRESENT = "select " + KnownHistory.COLUMNS
            + ", d.id, n.last, c.changed_at, n.last = ? or exists (select from map.change where number = ?)"
            + " from " + KnownHistory.EPOCH + " cross join " + KnownHistory.LAST
            + " left join map.data_set d on d.name = ?"
            + " left join map.change c on c.number = n.last";

    // Set by the container before the first call, and never after.
    private MapDatabase database;
    private KnownHistory history;

    /** For the container's proxy. */
    protected ChangeFeed() {}

    @Inject
    ChangeFeed(MapDatabase database, KnownHistory history) {
        this.database = database;
        this.history = history;
    }

    /**
     * What has come after a number.
     *
     * @param load which load of the data set there is
     * @param last the number of the last change; the one that was asked with if there is none after it
     * @param places where, by number; empty if there is nothing
     * @param everywhere whether there were too many to be told one by one
     */
    public record News(DataSetLoad load, long last, List<Place> places, boolean everywhere) {}

    /**
     * What a change touches.
     *
     * @param number of the change
     * @param box on WGS 84, what was and what is in it
     */
    public record Place(long number, Box box) {}

    /**
     * What there is now.
     *
     * @param load which load of the data set; none if there is no such data set
     * @param last the number of the last change anywhere
     * @param known whether the number that was asked with is one of this history
     */
    public record Present(DataSetLoad load, long last, boolean known) {}

    /**
     * Of one statement, with what the history is judged by.
     *
     * @param there whether the mark that was asked for is
     * @param newest the last change that it has told of, in the epoch that it has told
     */
    private record Said<T>(KnownHistory.Mark asked, boolean there, KnownHistory.Mark newest, T value) {}

    /** Asks by a statement, whose first two parameters are the mark's. */
    @FunctionalInterface
    private interface Question<T> {
        Said<T> ask(PreparedStatement statement, KnownHistory.Mark mark) throws SQLException;
    }

    /**
     * What has come after a number, as of now.
     *
     * @param dataSet the name of the data set
     * @param known of which load the number is; where it is another one by now, all of that one's changes are told
     * @throws PersistenceException if the database fails
     */
    public News after(String dataSet, DataSetLoad known, long number) {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(NEWS)) {
            News news = judged(connection, statement, (asked, mark) -> news(asked, mark, dataSet, number));
            return number == 0 || news.load().equals(known)
                    ? news
                    : judged(connection, statement, (asked, mark) -> news(asked, mark, dataSet, 0));
        } catch (SQLException e) {
            throw new PersistenceException("the last changes could not be read", e);
        }
    }

    /**
     * Which load of a data set there is, the last number, and whether another number is still to be gone on from.
     *
     * @param dataSet the name of the data set
     * @throws PersistenceException if the database fails
     */
    public Present present(String dataSet, long number) {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(PRESENT)) {
            return judged(connection, statement, (asked, mark) -> present(asked, mark, dataSet, number));
        } catch (SQLException e) {
            throw new PersistenceException("the last changes could not be read", e);
        }
    }

    /**
     * Which load of a data set there is after something was read, and takes note of all changes that may be in that.
     *
     * @param connection by which it was read; it may be in a transaction that sees what is committed meanwhile
     * @throws PersistenceException if the database fails
     */
    DataSetLoad read(Connection connection, String dataSet) {
        try (PreparedStatement statement = connection.prepareStatement(PRESENT)) {
            Said<Present> said = present(statement, history.last(), dataSet, 0);
            history.read(said.asked(), said.there(), said.newest());
            return said.value().load();
        } catch (SQLException e) {
            throw new PersistenceException("the last changes could not be read", e);
        }
    }

    private <T> T judged(Connection connection, PreparedStatement statement, Question<T> question) throws SQLException {
        for (int look = 0; look < KnownHistory.MOST_LOOKS; look++) {
            Said<T> said = question.ask(statement, history.last());
            if (history.judge(connection, said.asked(), said.newest().epoch(), said.there())) {
                history.saw(said.newest());
                return said.value();
            }
        }
        throw KnownHistory.neverTheSame();
    }

    private Said<News> news(PreparedStatement statement, KnownHistory.Mark mark, String dataSet, long number)
            throws SQLException {
        mark.set(statement, 1);
        statement.setString(3, dataSet);
        statement.setLong(4, number);
        statement.setInt(5, MOST_CHANGES + 1);
        long last = number;
        List<Place> places = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            long epoch = row.getLong(1);
            boolean there = row.getBoolean(2);
            DataSetLoad load = load(row, epoch);
            KnownHistory.Mark newest = mark(row, epoch);
            do {
                long change = row.getLong(4);
                if (!row.wasNull()) {
                    last = Math.max(last, change);
                    places.add(new Place(change, new Box(row.getInt(6), row.getInt(7), row.getInt(8), row.getInt(9))));
                }
            } while (row.next());
            News news = new News(load, last, List.copyOf(places), places.size() > MOST_CHANGES);
            return new Said<>(mark, there, newest, news);
        }
    }

    private static Said<Present> present(
            PreparedStatement statement, KnownHistory.Mark mark, String dataSet, long number) throws SQLException {
        mark.set(statement, 1);
        statement.setLong(3, number);
        statement.setLong(4, number);
        statement.setString(5, dataSet);
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            long epoch = row.getLong(1);
            Present present = new Present(load(row, epoch), row.getLong(4), number <= 0 || row.getBoolean(6));
            return new Said<>(mark, row.getBoolean(2), mark(row, epoch), present);
        }
    }

    /** In column 3 the id, or null. */
    private static DataSetLoad load(ResultSet row, long epoch) throws SQLException {
        int id = row.getInt(3);
        return id == 0 ? DataSetLoad.NONE : new DataSetLoad(id, epoch);
    }

    /** In columns 4 and 5 a change's number and time, or no time. */
    private static KnownHistory.Mark mark(ResultSet row, long epoch) throws SQLException {
        OffsetDateTime changedAt = row.getObject(5, OffsetDateTime.class);
        return changedAt == null
                ? KnownHistory.Mark.begin(epoch)
                : new KnownHistory.Mark(epoch, row.getLong(4), changedAt);
    }
}
