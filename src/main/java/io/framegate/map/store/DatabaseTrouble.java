package io.framegate.map.store;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells a database that cannot be reached or is not ready from a fault of ours: the one is waited out, the other is
 * mended. It goes by the SQL states of PostgreSQL, wherever in the chain of causes.
 */
public final class DatabaseTrouble {

    /** SQL state class 08: the connection failed. */
    private static final String CONNECTION_EXCEPTION = "08";

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

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private DatabaseTrouble() {}

    /** Whether an exception comes from a database that cannot be reached, has no connection free, or is not ready. */
    public static boolean isIn(@Nullable Throwable thrown) {
        return anyIn(thrown, DatabaseTrouble::isTrouble);
    }

    /** Whether the transaction made way for another: done again as a whole, it is likely to succeed. */
    public static boolean gaveWay(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> GAVE_WAY.contains(String.valueOf(sql.getSQLState())));
    }

    /** Whether others held a lock for longer than it was waited for. */
    public static boolean waitedInVain(@Nullable Throwable thrown) {
        return anyIn(thrown, sql -> LOCK_NOT_AVAILABLE.equals(sql.getSQLState()));
    }

    private static boolean anyIn(@Nullable Throwable thrown, Predicate<SQLException> wanted) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && wanted.test(sql)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTrouble(SQLException exception) {
        String state = exception.getSQLState();
        if (state == null) {
            // The container's pool gives no state: it has no connection to give, whatever the reason.
            return exception instanceof SQLTransientConnectionException
                    || String.valueOf(exception.getMessage()).startsWith("Error in allocating a connection");
        }
        return state.startsWith(CONNECTION_EXCEPTION) || STATES.contains(state);
    }
}
