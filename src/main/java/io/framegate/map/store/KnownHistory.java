package io.framegate.map.store;

import io.framegate.message.DatabaseErrors;
import jakarta.enterprise.context.ApplicationScoped;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.time.OffsetDateTime;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The last change that this server has seen in the database, by which it finds out that the database has gone back: that it
 * was restored, or that a standby took over which had not got the last commits.
 *
 * <p>Changes become visible in the order of their numbers, so where the last one is still there, all are. Whoever reads
 * changes asks in the same statement whether it is, by number and time, and for the epoch. If it is gone, or the epoch is one
 * before the known one, the database begins another epoch. That is part of the versions by which answers are kept and of the
 * numbers of loads that clients are told, so what is from before counts no more, at every server and client.
 *
 * <p>A standby that has not got the last change may get it yet, and can begin no epoch. So nothing is read from it until it has, or
 * takes over: what was given out once does not vanish without a word.
 *
 * <p><b>Threads.</b> For all; no locks. Of several servers that find it out at once one begins the epoch, and the others take
 * it over: the database sees to that.
 */
@ApplicationScoped
public class KnownHistory {

    /**
     * What to ask for together with changes, from {@value #EPOCH}: the epoch, and whether a mark's change is there. Its two
     * parameters are set by {@link Mark#set}.
     */
    public static final String COLUMNS =
            "e.number, exists (select from map.change where number = ? and changed_at = ?)";

    /**
     * The one row with the epoch, by its index. Where PostgreSQL is not told that it is one it reckons with thousands, as it never looks
     * into so small a table; with as many of another such table it takes a third of a second to compile the statement first (JIT).
     */
    public static final String EPOCH = "(select number from map.epoch order by only_row limit 1) e";

    /** The one row with the last number, likewise. */
    static final String LAST = "(select last from map.change_counter order by only_row limit 1) n";

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long SECONDS_TO_2020 = 1_577_836_800;

    /** There is room for as many changes of one feature above it; it is reached in 2070. */
    private static final long MOST_LEAST_VERSION = 1_600_000_000;

    /** How often is asked again when something else turns up than was known. */
    static final int MOST_LOOKS = 5;

    /** As of a server that is not ready to serve. */
    private static final String CANNOT_CONNECT_NOW = "57P03";

    private static final String NEWEST = "select " + COLUMNS + ", c.number, c.changed_at from " + EPOCH + " cross join "
            + LAST + " join map.change c on c.number = n.last";

    private static final String BEGIN_EPOCH = "select map.begin_epoch(?, ?)";
    private static final Logger LOG = System.getLogger(KnownHistory.class.getName());

    private final AtomicReference<Mark> last = new AtomicReference<>(Mark.NOTHING);

    /** For the container, and for use without one. */
    public KnownHistory() {}

    /**
     * A change that was seen.
     *
     * @param epoch in which it was seen
     * @param number of the change; 0 for none
     * @param changedAt when it was made
     */
    public record Mark(long epoch, long number, OffsetDateTime changedAt) {

        /** Before the first look. */
        private static final Mark NOTHING = begin(-1);

        static Mark begin(long epoch) {
            return new Mark(epoch, 0, OffsetDateTime.MIN);
        }

        /**
         * Sets the parameters of {@link #COLUMNS}.
         *
         * @param first the place of the first of them
         */
        public void set(PreparedStatement statement, int first) throws SQLException {
            statement.setLong(first, number);
            statement.setObject(first + 1, changedAt);
        }

        /**
         * The least version that a change gives a feature in this epoch: the seconds from 2020 to when it began, as long as the
         * database has gone back. No feature was changed so often before, so what somebody has read in a past that is lost has
         * none of the versions that are given now. 0 if the database has not gone back.
         */
        public int leastVersion() {
            return epoch <= 0
                    ? 0
                    : (int) Math.max(1, Math.min(epoch / MICROS_PER_SECOND - SECONDS_TO_2020, MOST_LEAST_VERSION));
        }

        private boolean stands(long presentEpoch, boolean there) {
            return presentEpoch > epoch || presentEpoch == epoch && (there || number == 0);
        }
    }

    /** The last change that was seen: to be asked for with the next statement. */
    public Mark last() {
        return last.get();
    }

    /**
     * Judges what a statement has said. If the database has gone back, it begins another epoch.
     *
     * @param connection on which it was said; it is used for that, and commits it or belongs to a transaction
     * @param asked the mark that was asked for
     * @param epoch the database's
     * @param there whether the mark's change is
     * @return whether the rest of what it has said may be used; if not, it is to be asked again
     * @throws SQLException also where it is a standby, which can begin none
     */
    boolean judge(Connection connection, Mark asked, long epoch, boolean there) throws SQLException {
        if (asked.stands(epoch, there)) {
            takeOver(epoch);
            return true;
        }
        try (PreparedStatement statement = connection.prepareStatement(BEGIN_EPOCH)) {
            statement.setLong(1, epoch);
            statement.setLong(2, asked.epoch());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long begun = row.getLong(1);
                if (!row.wasNull()) {
                    takeOver(begun);
                    LOG.log(
                            Level.WARNING,
                            "The database has gone back: the map''s change {0} of {1} was there and is not any more. What was"
                                    + " given out before counts no more; those who watch or follow are told to begin anew.",
                            Long.toString(asked.number()),
                            asked.changedAt());
                }
            }
        } catch (SQLException e) {
            if (DatabaseErrors.isReadOnly(e)) {
                // Without the cause, whose state says that changes are not taken: nobody has asked for any.
                throw new SQLTransientConnectionException(
                        "this standby has not got the last change that was seen", CANNOT_CONNECT_NOW);
            }
            throw e;
        }
        return false;
    }

    /** @return what to throw when it is still another one after {@value #MOST_LOOKS} looks */
    static SQLException neverTheSame() {
        return new SQLTransientException("the history of changes is another one each time it is read");
    }

    /**
     * Takes note of changes that were committed together with what a statement has said.
     *
     * @param asked the mark that was asked for
     * @param there whether its change was
     * @param made the last of the changes, and the epoch that the statement has said
     */
    public void committed(Mark asked, boolean there, Mark made) {
        read(asked, there, made);
    }

    /**
     * Whether changes may be committed that were made by a mark: not if its change is gone, or if versions are greater by now.
     *
     * @param there whether its change was
     * @param made the last of the changes, and the epoch that the statement has said
     */
    public static boolean mayCommit(Mark asked, boolean there, Mark made) {
        return asked.stands(made.epoch(), there) && asked.leastVersion() == made.leastVersion();
    }

    /**
     * Takes note of why changes may not be committed. If the database has gone back, it begins another epoch.
     *
     * @param connection of another transaction, which is committed then
     * @param made as it was said of the changes that were rolled back
     */
    public void notCommitted(Connection connection, Mark asked, boolean there, Mark made) throws SQLException {
        judge(connection, asked, made.epoch(), there);
    }

    /**
     * Takes note of all changes that may have been read so far by a connection.
     *
     * @param connection outside a transaction, or in one that sees what is committed meanwhile
     */
    void read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NEWEST)) {
            Mark asked = last();
            asked.set(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                // None where there is no change.
                if (row.next()) {
                    read(
                            asked,
                            row.getBoolean(2),
                            new Mark(row.getLong(1), row.getLong(3), row.getObject(4, OffsetDateTime.class)));
                }
            }
        }
    }

    /**
     * Takes note of changes that were read together with what a statement has said, where nobody judges that.
     *
     * @param newest the last of the changes, and the epoch that the statement has said
     */
    void read(Mark asked, boolean there, Mark newest) {
        // If not, the mark stays, so that the next look finds out.
        if (asked.stands(newest.epoch(), there)) {
            takeOver(newest.epoch());
            saw(newest);
        }
    }

    /** Takes note of a change that was there in an epoch which was judged. */
    void saw(Mark seen) {
        if (seen.number() > last.get().number()) {
            last.updateAndGet(mark -> mark.epoch() == seen.epoch() && mark.number() < seen.number() ? seen : mark);
        }
    }

    private void takeOver(long epoch) {
        if (last.get().epoch() < epoch) {
            last.updateAndGet(mark -> mark.epoch() < epoch ? Mark.begin(epoch) : mark);
        }
    }
}
