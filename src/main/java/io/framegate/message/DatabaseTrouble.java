package io.framegate.message;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an exception that comes from a database means for a request, by the SQL states of PostgreSQL wherever in the chain
 * of causes. The gate answers by it what a worker throws; a worker may ask it to say more in a {@link Refusal} of its own.
 *
 * <pre>
 *  SQL state                                 means
 *  08…, 53300, 57P01…57P05, 57014, none      the database cannot be reached or is not ready: {@link #isIn}
 *   from the pool; 3F000, 42P01 (no tables
 *   yet)
 *  40001, 40P01                              another transaction went first: {@link #gaveWay}
 *  55P03                                     a lock was waited for in vain: {@link #waitedInVain}
 *  23…                                       a key or a rule of the tables forbids it: {@link #isForbidden}
 *  53100, 53200, 53400, 58030                the server has run out of something: {@link #isExhausted}
 * </pre>
 */
public final class DatabaseTrouble {

    /** SQL state class 08: the connection failed. */
    private static final String CONNECTION_EXCEPTION = "08";

    private static final String INTEGRITY_VIOLATION = "23";

    private static final Set<String> STATES = Set.of(
            "53300", // too many connections
            "57P01", // shut down by an administrator
            "57P02", // crashed
            "57P03", // starting up or shutting down
            "57P05", // idle session ended
            "57014", // statement cancelled, by a timeout
            "3F000", // no schema: not migrated yet
            "42P01"); // no table: not migrated yet

    /** Two transactions were in each other's way, and this one gave way. */
    private static final Set<String> GAVE_WAY = Set.of(
            "40001", // serialization failure
            "40P01"); // deadlock

    private static final Set<String> EXHAUSTED = Set.of(
            "53100", // disk full
            "53200", // out of memory
            "53400", // a configured limit
            "58030"); // input or output failed

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private DatabaseTrouble() {}

    /** Whether an exception comes from a database that cannot be reached, has no connection free, or is not ready. */
    public static boolean isIn(@Nullable Throwable thrown) {
        return anyIn(thrown, DatabaseTrouble::isTrouble);
    }

    /** Whether the transaction made way for another: done again as a whole, it is likely to succeed. */
    public static boolean gaveWay(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> GAVE_WAY.contains(Thrown.sqlState(sql)));
    }

    /** Whether others held a lock for longer than it was waited for. */
    public static boolean waitedInVain(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> LOCK_NOT_AVAILABLE.equals(Thrown.sqlState(sql)));
    }

    /** Whether a rule of the tables forbids what was to be stored: a key that is there already, a row that is not there. */
    public static boolean isForbidden(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> Thrown.sqlState(sql).startsWith(INTEGRITY_VIOLATION));
    }

    /** Whether the database has run out of something, such as its disk. */
    public static boolean isExhausted(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> EXHAUSTED.contains(Thrown.sqlState(sql)));
    }

    private static boolean anyIn(@Nullable Throwable thrown, Predicate<SQLException> wanted) {
        for (Throwable link : Thrown.chain(thrown)) {
            if (link instanceof SQLException sql && wanted.test(sql)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTrouble(SQLException exception) {
        String state = Thrown.sqlState(exception);
        if (state.isEmpty()) {
            // The container's pool gives no state: it has no connection to give, whatever the reason.
            return exception instanceof SQLTransientConnectionException
                    || Thrown.message(exception).startsWith("Error in allocating a connection");
        }
        return state.startsWith(CONNECTION_EXCEPTION) || STATES.contains(state);
    }
}
