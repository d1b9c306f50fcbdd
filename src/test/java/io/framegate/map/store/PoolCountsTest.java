package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

class PoolCountsTest {

    private final PoolCounts counts = new PoolCounts();

    @Test
    void countsAConnectionUntilItsFirstClose() throws Exception {
        DataSource pool = counts.counting(TestDatabase.create().dataSource());
        try (Connection first = pool.getConnection()) {
            assertEquals(1, counts.used());
            try (Connection second = pool.getConnection()) {
                assertEquals(2, counts.used());
                assertTrue(first.isValid(1) && second.isValid(1));
            }
            first.close();
            assertEquals(0, counts.used());
        }
        assertEquals(0, counts.used());
        assertEquals(2, counts.mostUsed());
        assertEquals(2, counts.taken());
        assertEquals(0, counts.failed());
        assertTrue(counts.waitNanos() > 0);
    }

    @Test
    void countsFailuresOfThePool() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/none");
        SQLException refused =
                assertThrows(SQLException.class, () -> counts.counting(nowhere).getConnection());
        assertEquals("08001", refused.getSQLState());
        assertEquals(1, counts.failed());
        assertEquals(0, counts.taken());
        assertEquals(0, counts.used());
    }

    @Test
    void advisesAgainstMoreThreadsThanConnections() {
        MapDatabase database = new MapDatabase(new PGSimpleDataSource());
        assertEquals(Optional.empty(), database.advice(16));
        assertTrue(database.advice(17).orElseThrow().startsWith("The map has 16 connections to its database for 17 "));
    }

    @Test
    void unwrapsTheDriversConnection() throws Exception {
        DataSource pool = counts.counting(TestDatabase.create().dataSource());
        try (Connection connection = pool.getConnection()) {
            assertTrue(connection.unwrap(PGConnection.class).getBackendPID() > 0);
            assertThrows(
                    SQLException.class,
                    () -> connection.prepareStatement("select").setInt(7, 1));
        }
    }
}
