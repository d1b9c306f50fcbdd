package io.framegate.map.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.load.LoadMode;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.MapLoader;
import io.framegate.map.load.UpdateReport;
import io.framegate.map.store.MapSchema;
import io.framegate.map.store.RecordExport;
import io.framegate.testkit.TestDatabase;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates of real maps: whatever a data set was, it becomes what a load of the new file makes. */
class UpdateOfARealMapTest {

    private static final Path MONACO = Path.of("target/map-data/monaco/monaco-210801.osm.pbf");
    private static final Path LIECHTENSTEIN = Path.of("target/map-data/liechtenstein/liechtenstein.osm.pbf");
    private static final List<String> TABLES =
            List.of("link", "node", "polygon", "polyline", "pass_info", "polygon_3d", "height_3d");

    private static DataSource database;
    private static MapLoader loader;

    @BeforeAll
    static void migrate() {
        database = TestDatabase.create().pooled();
        MapSchema.migrate(database);
        loader = new MapLoader(database, LoadProgress.silent());
    }

    @Test
    void changesNothingAtAllByTheSameFile() throws Exception {
        loader.load(MONACO, "same");
        String before = fingerprint("same");

        assertEquals(new UpdateReport(0, 0, 0, 0, List.of()), update(MONACO, "same"));

        assertEquals(before, fingerprint("same"));
        assertEquals(0, number("select count(*) from map.change where data_set = " + id("same")));
    }

    @Test
    void becomesAnotherCountryAndBackAgain() throws Exception {
        loader.load(MONACO, "moving");
        long id = id("moving");
        long features = features("moving");

        UpdateReport there = update(LIECHTENSTEIN, "moving");
        assertEquals(features, there.deleted());
        loader.load(LIECHTENSTEIN, "fresh");
        assertSame("fresh", "moving");
        assertEquals(there.added(), features("moving"));

        update(MONACO, "moving");
        loader.load(MONACO, "fresh");
        assertSame("fresh", "moving");
        assertEquals(id, id("moving"));
        assertEquals(
                features,
                number("select count(*) from map.link where version = 2 and data_set = " + id)
                        + number("select count(*) from map.node where version = 2 and data_set = " + id)
                        + number("select count(*) from map.polygon where version = 2 and data_set = " + id)
                        + number("select count(*) from map.polyline where version = 2 and data_set = " + id)
                        + number("select count(*) from map.pass_info where version = 2 and data_set = " + id));
        assertEquals(
                0,
                number("select count(*) from map.link l where l.data_set = " + id
                        + " and not exists (select from map.change c"
                        + " where c.data_set = l.data_set and c.kind = 0 and c.feature_id = l.id and c.version = 2"
                        + " and c.operation = 0 and c.record = l.record)"));
    }

    /** Names, places and heights that change, features that go and come, in an export of Monaco. */
    @Test
    void becomesWhatAChangedExportSays(@TempDir Path directory) throws Exception {
        loader.load(MONACO, "changing");
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        new RecordExport(database, (int) id("changing"), Optional.empty()).writeTo(records);
        StringWriter text = new StringWriter();
        ExportCommand.write(new DataInputStream(new ByteArrayInputStream(records.toByteArray())), "somebody", text);
        Path file = directory.resolve("changed.geojson");
        int[] expected = new int[3];
        Files.writeString(file, changed(text.toString(), expected));

        UpdateReport report = update(file, "changing");

        loader.load(file, "changed");
        assertSame("changed", "changing");
        assertEquals(new UpdateReport(expected[0], expected[1], expected[2], 0, List.of()), report);
        assertTrue(expected[1] > 100 && expected[2] > 50, report.toString());
        assertEquals(
                report.changed(),
                number("select count(*) from map.change where operation = 1 and version = 2 and author = 'load'"
                        + " and data_set = " + id("changing")));
    }

    private static String changed(String geoJson, int[] expected) {
        JsonArrayBuilder features = Json.createArrayBuilder();
        List<Long> goneBuildings = new ArrayList<>();
        try (JsonReader reader = Json.createReader(new StringReader(geoJson))) {
            List<JsonObject> all = reader.readObject().getJsonArray("features").getValuesAs(JsonObject.class);
            for (JsonObject feature : all) {
                JsonObject properties = feature.getJsonObject("properties");
                long id = feature.getJsonNumber("id").longValue();
                boolean located = !JsonValue.NULL.equals(feature.get("geometry"));
                boolean area = located
                        && feature.getJsonObject("geometry").getString("type").endsWith("Polygon");
                if (properties.containsKey("roadClass") && id % 7 == 0) {
                    expected[1]++;
                    features.add(with(feature, properties, "name", Json.createValue("Renamed " + id)));
                } else if (area && id % 8 == 0) {
                    expected[2]++;
                    goneBuildings.add(id);
                } else if (area && id % 8 == 2) {
                    expected[0]++;
                    features.add(feature);
                    // A copy beside it.
                    features.add(Json.createObjectBuilder(feature).add("id", id + 1_000_000_000_000L));
                } else if (!located && properties.containsKey("heightM") && goneBuildings.contains(id)) {
                    continue;
                } else if (!located && properties.containsKey("heightM") && id % 8 == 6) {
                    expected[1]++;
                    features.add(with(feature, properties, "heightM", Json.createValue(77.5)));
                } else {
                    features.add(feature);
                }
            }
        }
        return Json.createObjectBuilder()
                .add("type", "FeatureCollection")
                .add("attribution", "somebody")
                .add("features", features)
                .build()
                .toString();
    }

    private static JsonObject with(JsonObject feature, JsonObject properties, String name, JsonValue value) {
        return Json.createObjectBuilder(feature)
                .add("properties", Json.createObjectBuilder(properties).add(name, value))
                .build();
    }

    private static UpdateReport update(Path file, String dataSet) throws Exception {
        return loader.load(file, dataSet, LoadMode.UPDATE)
                .orElseThrow()
                .update()
                .orElseThrow();
    }

    /** Both data sets have the same rows, but for the versions and their places in blocks. */
    private static void assertSame(String expected, String actual) throws Exception {
        for (String table : TABLES) {
            int place = table.equals("height_3d") ? 13 : 9;
            String rows =
                    "select md5((to_jsonb(t) - 'data_set' - 'version' - 'record' - 'place')::text), overlay(record placing '' from "
                            + place + " for 4) from map." + table + " t where data_set = ";
            assertEquals(
                    0,
                    number("select count(*) from (" + rows + id(expected) + " except all " + rows + id(actual)
                            + ") lost"),
                    table + " lacks rows");
            assertEquals(
                    0,
                    number("select count(*) from (" + rows + id(actual) + " except all " + rows + id(expected)
                            + ") more"),
                    table + " has rows of its own");
            assertEquals(
                    0,
                    table.endsWith("3d")
                            ? 0
                            : number("select count(*) from map." + table + " where data_set = " + id(actual)
                                    + " and version <> map.version_in(record, 9)"),
                    table + " has records of another version");
        }
    }

    private static long id(String dataSet) throws Exception {
        return number("select id from map.data_set where name = '" + dataSet + "'");
    }

    private static long features(String dataSet) throws Exception {
        return number("select links + nodes + polygons + polylines + pass_infos from map.data_set where name = '"
                + dataSet + "'");
    }

    /** Of all rows, where they lie on disk, and of what transaction. */
    private static String fingerprint(String dataSet) throws Exception {
        String rows = Stream.concat(TABLES.stream(), Stream.of("data_set"))
                .map(table ->
                        "select hashtextextended(t::text || ctid::text || xmin::text, 0) as hash from map." + table + ""
                                + (table.equals("data_set") ? " t where false" : "_" + uncheckedId(dataSet) + " t"))
                .collect(Collectors.joining(" union all "));
        return number("select sum(hash % 1000000007)::bigint from (" + rows + ") all_rows") + " "
                + number("select last from map.change_counter");
    }

    private static long uncheckedId(String dataSet) {
        try {
            return id(dataSet);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static long number(String sql) throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
