package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.DatabaseErrors;
import io.framegate.testkit.TestDatabase;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class DatabaseErrorsTest {

    @Test
    void knowsTroubleWhereverItIsInTheChain() {
        assertTrue(DatabaseErrors.isIn(new SQLException("gone", "08006")));
        assertTrue(DatabaseErrors.isIn(new PersistenceException(new RuntimeException(new SQLException("x", "57P01")))));
        assertTrue(DatabaseErrors.isIn(new SQLTransientConnectionException("none free")));
        assertTrue(DatabaseErrors.isIn(new SQLException("Error in allocating a connection. Cause: none free")));
    }

    @Test
    void knowsASessionThatIsRefusedOrEnded() {
        for (String state : new String[] {"28P01", "28000", "3D000", "25P03", "57P04"}) {
            assertTrue(DatabaseErrors.isIn(new SQLException("no", state)), state);
        }
        assertTrue(DatabaseErrors.isRefused(new SQLException("no", "28P01")));
        assertFalse(DatabaseErrors.isRefused(new SQLException("no", "08006")));
    }

    @Test
    void saysWhatTheDatabaseHasRunOutOf() {
        assertEquals(
                Optional.of("has no room left on its disk"),
                DatabaseErrors.exhausted(new PersistenceException(new SQLException("no", "53100"))));
        assertEquals(Optional.of("has no memory left"), DatabaseErrors.exhausted(new SQLException("no", "53200")));
        assertEquals(Optional.empty(), DatabaseErrors.exhausted(new SQLException("no", "08006")));
    }

    @Test
    void knowsADatabaseThatTakesNoChanges() throws Exception {
        try (Connection connection = TestDatabase.create().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set default_transaction_read_only = on");
            assertTrue(DatabaseErrors.isReadOnly(
                    assertThrows(SQLException.class, () -> statement.execute("create table t (i integer)"))));
        }
    }

    @Test
    void takesOtherFaultsForBugs() {
        assertFalse(DatabaseErrors.isIn(new SQLException("syntax", "42601")));
        assertFalse(DatabaseErrors.isIn(new SQLException("duplicate key", "23505")));
        assertFalse(DatabaseErrors.isIn(new IllegalStateException()));
    }

    @Test
    void knowsAServerThatIsNotThere() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        // Port 1 of this machine: nobody listens there.
        nowhere.setURL("jdbc:postgresql://127.0.0.1:1/nothing");
        MapPersistence persistence = MapPersistenceFixture.of(nowhere);
        for (int i = 0; i < 2; i++) {
            RuntimeException thrown = assertThrows(RuntimeException.class, persistence::open);
            assertTrue(DatabaseErrors.isIn(thrown), () -> "not known: " + thrown);
        }
    }

    @Test
    void knowsADatabaseThatIsNotMigratedYet() throws Exception {
        try (Connection connection = TestDatabase.create().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            assertTrue(DatabaseErrors.isIn(
                    assertThrows(SQLException.class, () -> statement.execute("select 1 from map.link"))));
        }
    }
}
