package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
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
        assertEquals(9, partitions(database), "seven kinds of feature, blocks and holes");

        load(database, "new");
        assertEquals(18, partitions(database));
        load(database, "old");
        assertEquals(
                18, partitions(database), "the old data set's partitions are gone, those of the new one are there");
    }

    @Test
    void givesALoadTheColumnsOfItsTableInAnOrderOfItsOwn() throws Exception {
        DataSource database = TestDatabase.create().dataSource();
        MapSchema.migrate(database);
        load(database, "new");
        for (String table :
                new String[] {"link", "node", "polygon", "polyline", "pass_info", "polygon_3d", "height_3d"}) {
            List<String> ofPartition = columns(database, "map." + table + "_1", "attnum");
            assertEquals("data_set integer true  p", ofPartition.get(0));
            assertEquals("min_zoom smallint true  p", ofPartition.get(1));
            assertEquals("record bytea true  e", ofPartition.get(2));
            assertEquals(
                    columns(database, "map." + table, "attname"), columns(database, "map." + table + "_1", "attname"));
        }
    }

    /** Name, type, whether it may not be null, what it is made of, and how it is stored. */
    private static List<String> columns(DataSource database, String table, String order) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select attname, format_type(atttypid, atttypmod), attnotnull,"
                        + " case when attgenerated = 's' then pg_get_expr(adbin, adrelid) else '' end, attstorage"
                        + " from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum"
                        + " where attrelid = '" + table + "'::regclass and attnum > 0 order by " + order)) {
            while (row.next()) {
                columns.add(row.getString(1) + " " + row.getString(2) + " " + row.getBoolean(3) + " " + row.getString(4)
                        + " " + row.getString(5));
            }
        }
        return columns;
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
