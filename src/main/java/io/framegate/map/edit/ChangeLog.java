package io.framegate.map.edit;

import io.framegate.map.message.Area;
import io.framegate.map.message.Changes;
import io.framegate.map.message.Changes.Change;
import io.framegate.map.message.Changes.Operation;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.message.Points;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.store.Box;
import io.framegate.map.store.ChangeFeed;
import io.framegate.map.store.DataSetLoad;
import io.framegate.map.store.KnownHistory;
import io.framegate.map.store.StoredChange;
import io.framegate.message.Refusal;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * The history of all changes, numbered in the order in which they become visible; without gaps as long as the database is
 * not started anew.
 *
 * <p>Numbers of a sequence would not do: a save that took its numbers early and commits late makes changes appear below
 * numbers that others have asked beyond already. So saves take their numbers last, by a row that they keep locked until
 * they commit; the next ones wait for this moment and no longer.
 */
final class ChangeLog {

    static final int MAX_CHANGES = 10_000;
    static final long MAX_BYTES = 16L * 1024 * 1024;

    /** The time is that of the database when it gives the numbers, so of several servers it is one clock's. */
    private static final String APPEND = "with counter as (update map.change_counter set last = last + ?"
            + " where only_row returning last - ? as before, last, clock_timestamp() as now),"
            + " appended as (insert into map.change (number, data_set, changed_at, author, save_key, kind,"
            + " feature_id, version, operation, record, west, south, east, north)"
            + " select before + place, data_set, now, author, save_key, kind, feature_id, version, operation, record,"
            + " west, south, east, north from counter, unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) with ordinality"
            + " as row (data_set, author, save_key, kind, feature_id, version, operation, record,"
            + " west, south, east, north, place)) select last, now, " + KnownHistory.COLUMNS
            + " from counter, " + KnownHistory.EPOCH;

    /** The numbers of a page and the bytes of each; its end is known before a record is read. */
    private static final String PAGE = "select number, octet_length(record) from map.change"
            + " where data_set = ?1 and number > ?2 and number <= ?3"
            + " and west <= ?4 and east >= ?5 and south <= ?6 and north >= ?7 order by number limit ?8";

    private static final String CHANGES = "select c from StoredChange c where c.dataSet = :dataSet"
            + " and c.number > :since and c.number <= :last and c.west <= :east and c.east >= :west"
            + " and c.south <= :north and c.north >= :south order by c.number";

    private final EntityManager entities;

    ChangeLog(EntityManager entities) {
        this.entities = entities;
    }

    /**
     * A change to be.
     *
     * @param save its author and key
     * @param version that it now has; of what was deleted the last one
     * @param touched around the feature as it was and as it is
     */
    record Entry(
            SaveFeatures save,
            ElementKind kind,
            Operation operation,
            int dataSet,
            long featureId,
            int version,
            byte[] record,
            Box touched) {}

    /**
     * What is to be known of changes when they are committed: the arguments of {@link KnownHistory#committed}.
     *
     * @param made has the number of the last one
     */
    record Appended(KnownHistory.Mark asked, boolean there, KnownHistory.Mark made) {}

    /**
     * Numbers changes and appends them, in one statement. To be the last thing in a transaction that waits for others.
     *
     * @param connection of the transaction
     * @param known the last change that was seen before
     * @param changes one or more
     */
    static Appended append(Connection connection, KnownHistory.Mark known, List<Entry> changes) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(APPEND)) {
            statement.setInt(1, changes.size());
            statement.setInt(2, changes.size());
            Columns columns = new Columns(connection, statement);
            columns.set(3, "integer", changes.stream().map(Entry::dataSet));
            columns.set(4, "text", changes.stream().map(change -> change.save().author()));
            columns.set(5, "text", changes.stream().map(change -> change.save().key()));
            columns.set(
                    6, "integer", changes.stream().map(change -> change.kind().code()));
            columns.set(7, "bigint", changes.stream().map(Entry::featureId));
            columns.set(8, "integer", changes.stream().map(Entry::version));
            columns.set(9, "integer", changes.stream().map(change -> change.operation()
                    .code()));
            columns.set(10, "bytea", changes.stream().map(Entry::record).toArray(byte[][]::new));
            columns.set(11, "integer", changes.stream().map(change -> change.touched()
                    .west()));
            columns.set(12, "integer", changes.stream().map(change -> change.touched()
                    .south()));
            columns.set(13, "integer", changes.stream().map(change -> change.touched()
                    .east()));
            columns.set(14, "integer", changes.stream().map(change -> change.touched()
                    .north()));
            known.set(statement, 15);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                KnownHistory.Mark made =
                        new KnownHistory.Mark(row.getLong(3), row.getLong(1), row.getObject(2, OffsetDateTime.class));
                return new Appended(known, row.getBoolean(4), made);
            }
        }
    }

    /**
     * The changes after a number, at most {@value #MAX_CHANGES} and, unless one alone is larger, {@value #MAX_BYTES} bytes.
     *
     * @param present as of before; what has a number up to its last one is visible to every later statement
     * @throws Refusal if there is no such data set
     */
    Changes since(LoadChangesSince request, ChangeFeed.Present present) {
        if (present.load().equals(DataSetLoad.NONE)) {
            throw new Refusal(Refusal.Code.UNAVAILABLE, "There is no data set of that name.");
        }
        int dataSet = present.load().id();
        long last = present.last();
        if (!present.known()) {
            return new Changes(Changes.NO_LOAD, last, true, List.of());
        }
        if (request.since() == LoadChangesSince.FROM_NOW_ON) {
            return new Changes(present.load().number(), last, true, List.of());
        }
        Box area = request.area().stream()
                .findFirst()
                .map(ChangeLog::box)
                .orElse(new Box(Integer.MIN_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
        int limit = request.limit() == 0 ? MAX_CHANGES : Math.min(request.limit(), MAX_CHANGES);
        long end = endOfPage(dataSet, request.since(), last, area, limit);
        List<Change> changes = entities
                .createQuery(CHANGES, StoredChange.class)
                .setParameter("dataSet", dataSet)
                .setParameter("since", request.since())
                .setParameter("last", end)
                .setParameter("west", area.west())
                .setParameter("south", area.south())
                .setParameter("east", area.east())
                .setParameter("north", area.north())
                .getResultList()
                .stream()
                .map(StoredChange::toMessage)
                .toList();
        return new Changes(present.load().number(), end, end == last, changes);
    }

    /** The number of the last change of a page; {@code last} if no more than these are left. */
    private long endOfPage(int dataSet, long since, long last, Box area, int limit) {
        List<?> rows = entities.createNativeQuery(PAGE)
                .setParameter(1, dataSet)
                .setParameter(2, since)
                .setParameter(3, last)
                .setParameter(4, area.east())
                .setParameter(5, area.west())
                .setParameter(6, area.north())
                .setParameter(7, area.south())
                .setParameter(8, limit + 1)
                .getResultList();
        long end = since;
        long bytes = 0;
        for (int i = 0; i < rows.size(); i++) {
            Object[] row = (Object[]) rows.get(i);
            bytes += ((Number) row[1]).longValue();
            if (i == limit || i > 0 && bytes > MAX_BYTES) {
                return end;
            }
            end = ((Number) row[0]).longValue();
        }
        return last;
    }

    private static Box box(Area area) {
        return new Box(
                Points.units(area.west()),
                Points.units(area.south()),
                Points.units(area.east()),
                Points.units(area.north()));
    }
}
