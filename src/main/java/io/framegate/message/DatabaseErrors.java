package io.framegate.message;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Classifies exceptions of a database by the SQL states of PostgreSQL, wherever in the chain of causes. The gate answers what a worker
 * throws by it; a worker may use it to say more in a {@link Refusal} of its own.
 *
 * <pre>
 *  SQL state                                 means
 *  08…, 28…, 3D000, 53300, 57P01…57P05,      the database is unavailable: {@link #isIn}
 *   25P03, 25P04, 57014, none from the pool;
 *   3F000, 42P01 (no tables yet)
 *  40001, 40P01                              the transaction was rolled back: {@link #isSerializationFailure}
 *  55P03                                     a lock was not granted in time: {@link #isLockTimeout}
 *  23…                                       a constraint was violated: {@link #isForbidden}
 *  53100, 53200, 53400, 58030                a resource is exhausted: {@link #isExhausted}
 *  25006                                     the database is read-only: {@link #isReadOnly}
 * </pre>
 */
public final class DatabaseErrors {

    /** SQL state class 08: the connection failed. */
    private static final String CONNECTION_EXCEPTION = "08";

    private static final String INTEGRITY_VIOLATION = "23";

    /** SQL state class 28: the user is refused, for example after a change of its password. */
    private static final String INVALID_AUTHORIZATION = "28";

    private static final Set<String> STATES = Set.of(
            "25P03", // session ended, as its transaction was idle for too long
            "25P04", // session ended, as its transaction took too long
            "3D000", // no such database: dropped, or not made yet
            "53300", // too many connections
            "57P01", // shut down by an administrator
            "57P02", // crashed
            "57P03", // starting up or shutting down
            "57P04", // database dropped
            "57P05", // idle session ended
            "57014", // statement cancelled, by a timeout
            "3F000", // no schema: not migrated yet
            "42P01"); // no table: not migrated yet

    /** The database has rolled back one of two conflicting transactions. */
    private static final Set<String> SERIALIZATION_FAILURES = Set.of(
            "40001", // serialization failure
            "40P01"); // deadlock

    /** What each means for a client, to go after "the database". */
    private static final Map<String, String> EXHAUSTED = Map.of(
            "53100", "has no room left on its disk",
            "53200", "has no memory left",
            "53400", "has reached a limit that it is configured with",
            "58030", "can't read or write its files");

    /** For example on a standby. */
    private static final String READ_ONLY = "25006";

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private DatabaseErrors() {}

    /** Whether the database can't be reached, has no connection free, or is not ready. */
    public static boolean isIn(@Nullable Throwable thrown) {
        return anyIn(thrown, DatabaseErrors::isUnavailable);
    }

    /** Whether the database has rolled the transaction back because of another one: a retry as a whole is likely to succeed. */
    public static boolean isSerializationFailure(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> SERIALIZATION_FAILURES.contains(Thrown.sqlState(sql)));
    }

    /** Whether a lock was not granted within the lock timeout. */
    public static boolean isLockTimeout(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> LOCK_NOT_AVAILABLE.equals(Thrown.sqlState(sql)));
    }

    /** Whether a constraint was violated: a key that exists already, a row that does not exist. */
    public static boolean isForbidden(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> Thrown.sqlState(sql).startsWith(INTEGRITY_VIOLATION));
    }

    /** Whether the database has run out of a resource, such as its disk. */
    public static boolean isExhausted(@Nullable Throwable thrown) {
        return exhausted(thrown).isPresent();
    }

    /**
     * Which resource the database has run out of.
     *
     * @return a predicate fit for clients, to go after "the database", such as "has no room left on its disk"; empty if none
     */
    public static Optional<String> exhausted(@Nullable Throwable thrown) {
        return EXHAUSTED.entrySet().stream()
                .filter(each -> anyIn(thrown, sql -> each.getKey().equals(Thrown.sqlState(sql))))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Whether the database refuses the user, for example after a change of its password. */
    public static boolean isRefused(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> Thrown.sqlState(sql).startsWith(INVALID_AUTHORIZATION));
    }

    /** Whether the database takes no changes: a standby, or one that is set to read-only. */
    public static boolean isReadOnly(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> READ_ONLY.equals(Thrown.sqlState(sql)));
    }

    private static boolean anyIn(@Nullable Throwable thrown, Predicate<SQLException> wanted) {
        for (Throwable link : Thrown.chain(thrown)) {
            if (link instanceof SQLException sql && wanted.test(sql)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnavailable(SQLException exception) {
        String state = Thrown.sqlState(exception);
        if (state.isEmpty()) {
            // The container's pool gives no state when it has no connection, whatever the reason.
            return exception instanceof SQLTransientConnectionException
                    || Thrown.message(exception).startsWith("Error in allocating a connection");
        }
        return state.startsWith(CONNECTION_EXCEPTION)
                || state.startsWith(INVALID_AUTHORIZATION)
                || STATES.contains(state);
    }
}
