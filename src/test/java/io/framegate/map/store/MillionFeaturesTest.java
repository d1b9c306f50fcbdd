package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.MapLoader;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.testkit.Grid;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same queries on a data set of a million features. */
class MillionFeaturesTest {

    private static final TestDatabase DATABASE = TestDatabase.create();

    @BeforeAll
    static void load() throws Exception {
        MapSchema.migrate(DATABASE.dataSource());
        new MapLoader(DATABASE.dataSource(), LoadProgress.silent())
                .load(Path.of("target/map-data/liechtenstein/liechtenstein.osm.pbf"), "liechtenstein");
        try (Connection connection = DATABASE.dataSource().getConnection()) {
            Grid.replicate(connection, "liechtenstein");
        }
    }

    @Test
    void hasAMillionFeatures() throws SQLException {
        assertTrue(count("select links + nodes + polygons + polylines from map.data_set where name = 'grid'")
                >= 1_000_000);
        assertEquals(
                count("select polygons from map.data_set where name = 'grid'"),
                count(
                        "select count(*) from map.polygon where data_set = (select id from map.data_set where name = 'grid')"));
    }

    @ParameterizedTest
    @CsvSource({
        "block,    9.5200, 47.1400, 9.5250, 47.1450",
        "city,     9.4900, 47.1200, 9.5560, 47.1650",
        "country,  9.4000, 47.0000, 9.7000, 47.3000",
        "far city, 11.9900, 48.6200, 12.0560, 48.6650"
    })
    void usesTheIndex(String what, double west, double south, double east, double north) throws SQLException {
        Area area = new Area(Ellipsoid.WGS84, Area.EVERYTHING, west, south, east, north);
        for (FeatureKind kind :
                List.of(FeatureKind.LINKS, FeatureKind.NODES, FeatureKind.POLYGONS, FeatureKind.POLYLINES)) {
            for (boolean quick : new boolean[] {true, false}) {
                String plan = StatementPlan.of(DATABASE, kind, quick, Grid.NAME, area);
                assertTrue(plan.contains("_bbox_idx"), () -> what + ", " + kind + ":\n" + plan);
                assertFalse(plan.contains("Seq Scan on " + table(kind)), () -> what + ", " + kind + ":\n" + plan);
            }
        }
    }

    private static String table(FeatureKind kind) {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        return name.substring(0, name.length() - 1);
    }

    private static long count(String query) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
