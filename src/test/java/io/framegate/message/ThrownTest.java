package io.framegate.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.OddThrowables;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThrownTest {

    @Test
    void findsEachOfAChainOnceHoweverItRuns() {
        RuntimeException first = new RuntimeException("first");
        RuntimeException second = new RuntimeException("second", first);
        first.initCause(second);
        assertEquals(List.of(second, first), Thrown.chain(second));

        SQLException sql = new SQLException("sql", "XX000");
        SQLException next = new SQLException("next", "23505", first);
        sql.setNextException(next);
        next.setNextException(sql);
        assertEquals(List.of(sql, next, first, second), Thrown.chain(sql));
        assertTrue(DatabaseErrors.isForbidden(new RuntimeException(sql)));
        assertFalse(DatabaseErrors.isIn(sql));
        assertEquals(Optional.of(sql), Thrown.find(new RuntimeException(sql), SQLException.class));
        assertEquals(Optional.empty(), Thrown.find(first, SQLException.class));
        assertEquals(List.of(), Thrown.chain(null));
    }

    @Test
    void boundsEndlessChains() {
        assertEquals(100, Thrown.chain(OddThrowables.endlessCauses()).size());
    }

    @Test
    void survivesOddExceptions() {
        for (int how = 0; how < OddThrowables.KINDS; how++) {
            Throwable odd = OddThrowables.made(how, "odd " + how);
            String name = odd.getClass().getName();
            assertSame(odd, Thrown.chain(odd).get(0), name);
            assertTrue(Thrown.text(odd).length() <= 1100 && !Thrown.text(odd).isEmpty(), name);
            assertTrue(Thrown.message(odd).length() <= 1000, name);
            assertTrue(Thrown.stackTrace(odd).stream().noneMatch(Objects::isNull), name);
            assertTrue(Thrown.suppressed(odd).stream().noneMatch(Objects::isNull), name);
            assertFalse(DatabaseErrors.isIn(odd), name);
            assertFalse(DatabaseErrors.isSerializationFailure(odd), name);
            assertFalse(DatabaseErrors.isForbidden(odd), name);
            assertFalse(DatabaseErrors.isExhausted(odd), name);
            assertFalse(DatabaseErrors.isLockTimeout(odd), name);
        }
    }
}
