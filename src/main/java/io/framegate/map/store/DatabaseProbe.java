package io.framegate.map.store;

import io.framegate.message.DatabaseErrors;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks the database, by a connection of the pool, whether requests are served.
 *
 * <p><b>Threads.</b> One at a time.
 */
@ApplicationScoped
public class DatabaseProbe {

    /** As of a validation, after which the pool has given up its connections anyway. */
    private static final int ANSWER_MILLIS = 1000 * BoundedDataSource.VALIDATION_SECONDS;

    /**
     * Whether it is a standby, whether it is set to be only read, and whether saves wait for a transaction that nobody goes on with:
     * all of them want the counter of changes last, and keep it to their commit.
     */
    private static final String QUESTION =
            "select pg_is_in_recovery(), current_setting('transaction_read_only') = 'on', exists (select from pg_locks l"
                    + " join pg_stat_activity a on a.pid = l.pid where l.relation = to_regclass('map.change_counter')"
                    + " and l.mode = 'RowExclusiveLock' and l.granted and a.state like 'idle in transaction%'"
                    + " and a.state_change < clock_timestamp() - interval '3 seconds')";

    private static final Duration RENEWAL_PERIOD = Duration.ofSeconds(10);

    // Set by the container before the first call, and never after.
    private MapDatabase database;

    // Of the thread that asks.
    private long renewedNanos = System.nanoTime() - RENEWAL_PERIOD.toNanos();

    /** For the container's proxy. */
    protected DatabaseProbe() {}

    @Inject
    DatabaseProbe(MapDatabase database) {
        this.database = database;
    }

    /**
     * What is wrong with it.
     *
     * @return a sentence for whoever may see health pages; empty if all is well
     */
    public Optional<String> failure() {
        try (Connection connection = database.dataSource().getConnection()) {
            int networkTimeoutMillis = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
            Optional<String> failure = ask(connection);
            connection.setNetworkTimeout(Runnable::run, networkTimeoutMillis);
            return failure;
        } catch (SQLException e) {
            return Optional.of(sentence(e));
        }
    }

    private Optional<String> ask(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUESTION)) {
            row.next();
            if (row.getBoolean(1)) {
                return Optional.of(takesNoChanges("The database is a standby and takes no changes."));
            }
            if (row.getBoolean(2)) {
                return Optional.of(takesNoChanges("The database is set to take no changes."));
            }
            return row.getBoolean(3)
                    ? Optional.of("Saves wait for a transaction of a client of the database that is lost.")
                    : Optional.empty();
        }
    }

    /**
     * Has the pool connect anew, now and then: where a database was set to be only read, sessions that were made meanwhile stay so,
     * and where it has moved to another server those that lead to the old one.
     */
    private String takesNoChanges(String sentence) {
        long now = System.nanoTime();
        if (now - renewedNanos >= RENEWAL_PERIOD.toNanos()) {
            renewedNanos = now;
            BoundedDataSource.renew();
        }
        return sentence;
    }

    private static String sentence(SQLException failure) {
        if (DatabaseErrors.isRefused(failure)) {
            return "The database refuses the user or its password.";
        }
        return DatabaseErrors.exhausted(failure)
                .map(words -> "The database " + words + ".")
                .orElse("The database cannot be reached.");
    }
}
