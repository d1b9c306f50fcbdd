package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

class MapSchemaTest {

    @Test
    void givesADataSetOfTheFirstVersionThePartitionsItLacks() throws Exception {
        DataSource database = TestDatabase.create().dataSource();
        Flyway.configure(MapSchema.class.getClassLoader())
                .dataSource(database)
                .schemas("map")
                .defaultSchema("map")
                .table("schema_history")
                .locations("classpath:io/framegate/map/store/migration")
                .target("1")
                .load()
                .migrate();
        load(database, "old");
        assertEquals(4, partitions(database));

        MapSchema.migrate(database);
        assertEquals(7, partitions(database));

        load(database, "new");
        assertEquals(14, partitions(database));
        load(database, "old");
        assertEquals(
                14, partitions(database), "the old data set's partitions are gone, those of the new one are there");
    }

    private static void load(DataSource database, String name) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select map.finish_load(map.begin_load(), '" + name + "', 'file', 'nobody')");
        }
    }

    private static int partitions(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select count(*) from pg_class where relkind = 'r' and relispartition"
                                + " and relnamespace = 'map'::regnamespace")) {
            row.next();
            return row.getInt(1);
        }
    }
}
