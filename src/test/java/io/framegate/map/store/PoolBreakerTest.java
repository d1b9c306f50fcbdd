package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.DatabaseErrors;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PoolBreakerTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final PoolBreaker breaker = new PoolBreaker();
    private final long start = System.nanoTime();

    @Test
    void letsOneWaitAtATimeAfterATimeout() throws SQLException {
        assertFalse(breaker.enter());
        assertFalse(breaker.enter(), "nobody has waited in vain yet");
        breaker.leave(false, false, at(0), at(3));
        assertTrue(breaker.enter());
        SQLException refused = assertThrows(SQLException.class, breaker::enter);
        assertTrue(DatabaseErrors.isIn(refused), "the client is told that the database cannot serve it");
        breaker.leave(false, false, at(3), at(3));
        assertThrows(SQLException.class, breaker::enter, "who was refused is not the one that waits");
        breaker.leave(true, false, at(3), at(6));
        assertTrue(breaker.enter(), "the next one waits");
        breaker.leave(true, true, at(6), at(8));
        assertFalse(breaker.enter());
        assertFalse(breaker.enter());
    }

    @Test
    void letsAllTryADatabaseThatRefusesAtOnce() throws SQLException {
        breaker.leave(breaker.enter(), false, at(1), at(1));
        assertFalse(breaker.enter());
        assertFalse(breaker.enter());
    }

    @Test
    void letsAllWaitWhileConnectionsAreGranted() throws SQLException {
        breaker.leave(breaker.enter(), true, at(0), at(2));
        breaker.leave(breaker.enter(), false, at(1), at(4));
        assertFalse(breaker.enter());
        breaker.leave(false, false, at(2), at(5));
        assertTrue(breaker.enter(), "nothing was given since it began");
    }

    private long at(int seconds) {
        return start + seconds * SECOND;
    }
}
