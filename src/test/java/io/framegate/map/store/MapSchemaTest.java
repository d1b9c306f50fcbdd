package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class MapSchemaTest {

    @Test
    void upgradesDataSetsOfTheFirstVersion() throws Exception {
        DataSource database = TestDatabase.create().dataSource();
        MapSchemaFixture.migrate(database, "1");
        MapSchemaFixture.load(database, "old");
        assertEquals(4, partitions(database));

        MapSchema.migrate(database);
        assertEquals(9, partitions(database), "seven kinds of feature, blocks and holes");

        MapSchemaFixture.load(database, "new");
        assertEquals(18, partitions(database));
        MapSchemaFixture.load(database, "old");
        assertEquals(
                18, partitions(database), "the old data set's partitions are gone, those of the new one are there");
    }

    @Test
    void createsLoadTablesWithAllColumns() throws Exception {
        DataSource database = TestDatabase.create().dataSource();
        MapSchema.migrate(database);
        MapSchemaFixture.load(database, "new");
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

    /** Statements of servers of the version before, which know nothing of runs and nonces. */
    @Test
    void servesTheServersOfTheVersionBefore() throws Exception {
        DataSource database = TestDatabase.create().dataSource();
        MapSchema.migrate(database);
        MapSchemaFixture.load(database, "old");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            String columns = "(data_set, kind, number, features, least_zoom, most_zoom, bytes, adler32, bbox, places,"
                    + " records, deflated)";
            for (int block = 1; block <= 2; block++) {
                statement.execute("insert into map.block " + columns + " values (1, 0, " + block
                        + ", 1, 0, 0, 1, 1, box(point(0, 0), point(1, 1)), '', '', '')");
            }
            assertEquals(2, number(statement, "select count(distinct nonce) from map.block where nonce <> 0"));
            // A database that was started anew: the first change goes on from the time of day, the next ones from
            // there.
            statement.execute("update map.change_counter set last = last + 3");
            assertEquals(3, number(statement, "select last from map.change_counter"));
            statement.execute("alter table map.change_counter disable trigger count_in_this_run");
            statement.execute("update map.change_counter set started = started - interval '1 hour'");
            statement.execute("alter table map.change_counter enable trigger count_in_this_run");
            long now = number(statement, "select (extract(epoch from clock_timestamp()) * 1000000)::bigint");
            long first = number(statement, "update map.change_counter set last = last + 5 returning last - 5");
            assertTrue(first >= now && first < now + 60_000_000, () -> first + " at " + now);
            assertEquals(
                    first + 5, number(statement, "update map.change_counter set last = last + 5 returning last - 5"));
        }
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
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
