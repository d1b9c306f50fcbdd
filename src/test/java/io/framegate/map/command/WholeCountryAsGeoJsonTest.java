package io.framegate.map.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.LoadReport;
import io.framegate.map.load.MapLoader;
import io.framegate.map.store.MapSchema;
import io.framegate.map.store.RecordExport;
import io.framegate.testkit.TestDatabase;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of Liechtenstein out of the database as GeoJSON, and in again beside itself. */
class WholeCountryAsGeoJsonTest {

    private static final List<String> TABLES =
            List.of("link", "node", "polygon", "polyline", "pass_info", "polygon_3d", "height_3d");

    @Test
    void survivesExportAndImport(@TempDir Path directory) throws Exception {
        DataSource database = TestDatabase.create().dataSource();
        MapSchema.migrate(database);
        MapLoader loader = new MapLoader(database, LoadProgress.silent());
        LoadReport first = loader.load(Path.of("target/map-data/liechtenstein/liechtenstein.osm.pbf"), "first");
        int firstId = (int) number(database, "select id from map.data_set where name = 'first'");
        // Versions come back too.
        execute(database, "update map.height_3d set record = set_byte(record, 12, 7)");
        execute(database, "update map.pass_info set version = 7, record = set_byte(record, 8, 7) where id % 2 = 0");

        Path records = directory.resolve("records");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(records))) {
            new RecordExport(database, firstId, Optional.empty()).writeTo(out);
        }
        Path file = directory.resolve("country.geojson");
        long written;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(records)));
                Writer out = Files.newBufferedWriter(file)) {
            written = ExportCommand.write(in, "somebody", out);
        }
        LoadReport second = loader.load(file, "second");
        int secondId = (int) number(database, "select id from map.data_set where name = 'second'");

        assertEquals(
                written,
                first.links()
                        + first.nodes()
                        + first.polygons()
                        + first.polylines()
                        + first.passInfos()
                        + first.polygons3D()
                        + first.heights3D());
        assertTrue(first.passInfos() > 50 && first.polygons3D() > 1_000 && first.heights3D() > 200, first.toString());
        assertEquals(first.passInfos(), second.passInfos());
        assertEquals(first.polygons3D(), second.polygons3D());
        assertEquals(first.heights3D(), second.heights3D());
        for (String table : TABLES) {
            assertEquals(0, missing(database, table, firstId, secondId), table + " has lost rows or changed them");
            assertEquals(0, missing(database, table, secondId, firstId), table + " has more rows than before");
        }
    }

    /** How many rows of one data set have no equal in another. */
    private static long missing(DataSource database, String table, int from, int in) throws Exception {
        // In which block a feature is depends on the order of those that have the same place.
        String rows =
                "select md5((to_jsonb(t) - 'data_set' - 'place')::text) from map." + table + " t where data_set = ";
        return number(database, "select count(*) from (" + rows + from + " except all " + rows + in + ") lost");
    }

    private static long number(DataSource database, String sql) throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void execute(DataSource database, String sql) throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            assertTrue(statement.executeUpdate(sql) > 0, sql);
        }
    }
}
