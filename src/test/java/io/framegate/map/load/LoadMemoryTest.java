package io.framegate.map.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.load.LoadProgress.Phase;
import io.framegate.map.store.MapSchema;
import io.framegate.testkit.TestDatabase;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What of a map is in memory while it is loaded: of each feature some numbers, by which it is found again, and nothing that it
 * has, such as a long name here. So a load of four times as many features takes little more.
 */
class LoadMemoryTest {

    private static final int FEW = 8_000;
    private static final int MANY = 4 * FEW;
    private static final String NAME = "x".repeat(1_000);

    /** A fifth of what a name takes: the numbers, and what the JVM does beside. */
    private static final int MOST_BYTES_A_FEATURE = 200;

    private static DataSource database;

    @TempDir
    private Path directory;

    @BeforeAll
    static void migrate() {
        database = TestDatabase.create().dataSource();
        MapSchema.migrate(database);
    }

    @Test
    void keepsNoFeatureOfAGeoJsonFile() throws Exception {
        requireLittleMore(geoJson(FEW), geoJson(MANY));
    }

    @Test
    void keepsNoFeatureInMemory() throws Exception {
        requireLittleMore(openStreetMap(FEW), openStreetMap(MANY));
    }

    private static void requireLittleMore(Path few, Path many) throws Exception {
        // What is loaded and cached once for all.
        peakBytes(few, FEW);
        long ofFew = peakBytes(few, FEW);
        long ofMany = peakBytes(many, MANY);
        long each = (ofMany - ofFew) / (MANY - FEW);
        System.out.printf(
                Locale.ROOT,
                "Measured: %,d bytes for %,d features, %,d for %,d: %,d each%n",
                ofFew,
                FEW,
                ofMany,
                MANY,
                each);
        assertTrue(
                each <= MOST_BYTES_A_FEATURE,
                () -> each + " bytes a feature: " + ofFew + " of " + FEW + ", " + ofMany + " of " + MANY);
    }

    /** What a load has on the heap at most, looked at some times in each of its phases. */
    private static long peakBytes(Path file, int features) throws Exception {
        Peak peak = new Peak();
        LoadReport report = new MapLoader(database, peak).load(file, "map");
        assertEquals(features, report.polygons());
        return peak.bytes();
    }

    private static final class Peak implements LoadProgress {

        private static final int LOOKS = 8;

        private final long before = used();
        private long most = before;
        private Phase last;
        private long nextAt;

        @Override
        public void at(Phase phase, long done, long total) {
            if (phase != last) {
                last = phase;
                nextAt = 0;
            }
            if (done >= nextAt) {
                most = Math.max(most, used());
                nextAt = done + total / LOOKS;
            }
        }

        long bytes() {
            return most - before;
        }

        /** After a full collection. */
        private static long used() {
            System.gc();
            return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        }
    }

    private Path geoJson(int features) throws IOException {
        Path file = directory.resolve(features + ".geojson");
        try (Writer out = Files.newBufferedWriter(file)) {
            out.write("{\"type\":\"FeatureCollection\",\"features\":[");
            for (int i = 0; i < features; i++) {
                out.write((i == 0 ? "" : ",\n") + "{\"type\":\"Feature\",\"id\":" + (i + 1)
                        + ",\"properties\":{\"kind\":\"forest\",\"minZoom\":12,\"name\":\"" + NAME
                        + "\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}");
            }
            out.write("]}");
        }
        return file;
    }

    /** All areas are between the same nodes, whose coordinates are kept. */
    private Path openStreetMap(int features) throws IOException {
        PbfBuilder map = new PbfBuilder().node(1, 0, 0).node(2, 1, 0).node(3, 1, 1);
        for (int i = 0; i < features; i++) {
            map.way(i + 1, new long[] {1, 2, 3, 1}, "landuse", "forest", "name", NAME);
        }
        return Files.write(directory.resolve(features + ".osm.pbf"), map.toByteArray());
    }
}
