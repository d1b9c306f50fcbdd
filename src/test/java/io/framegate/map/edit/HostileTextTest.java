package io.framegate.map.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.MapSheet;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.store.AreaVersions;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.message.Refusal;
import io.framegate.testkit.abuse.Scorecard;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Texts that would be SQL if they ever became a part of a statement. */
class HostileTextTest {

    private static final List<String> TEXTS = List.of(
            "'; drop table map.polygon; --",
            "' or '1'='1",
            "\"; delete from map.change; --",
            "$$; truncate map.save; $$",
            "\\'; drop schema map cascade; --",
            "?1",
            ":name",
            "{fn now()}",
            "/* */ union select 1 --",
            "%_\\",
            "map.polygon",
            "\u02bc; drop table map.link; --");

    private static final Area EVERYWHERE = new Area(Ellipsoid.WGS84, Area.EVERYTHING, 9, 47, 10, 48);

    private final EditedMap map;

    HostileTextTest() throws SQLException {
        map = new EditedMap();
    }

    @AfterEach
    void stop() {
        MapPersistenceFixture.close(map.persistence);
    }

    @Test
    void isStoredOrRefusedButNeverExecuted() throws SQLException {
        AreaVersions versions = MapPersistenceFixture.versions(map.database.dataSource());
        int kept = 0;
        int refused = 0;
        for (String text : TEXTS) {
            Polygon house = EditedMap.square(0, 0, kept, 0, text);
            SaveFeatures save = new SaveFeatures(
                    "key " + text, text, "", List.of(), List.of(), List.of(house), List.of(), List.of(), List.of());
            assertEquals(Outcome.SAVED, map.save(save).outcome(), text);
            assertEquals(Outcome.SAVED, map.save(save).outcome(), "by its key it is known again: " + text);
            kept++;
            assertThrows(Refusal.class, () -> map.saves.save(save, text), text);
            assertThrows(Refusal.class, () -> MapSheet.of(text), text);
            assertEquals(0, versions.of(text, EVERYWHERE).load().id(), "there is no such data set: " + text);
            refused += 3;
        }
        Set<String> names = new HashSet<>();
        map.query("select name from map.polygon", row -> names.add(row.getString(1)));
        assertEquals(new HashSet<>(TEXTS), names);
        Set<String> authors = new HashSet<>();
        map.query("select author from map.change", row -> authors.add(row.getString(1)));
        assertEquals(new HashSet<>(TEXTS), authors);
        assertEquals(TEXTS.size(), map.number("select count(*) from map.save"));
        Scorecard.row(
                39,
                "SQL in names, keys, authors, data sets and map sheets: kept as it is or refused, never run",
                "%d texts: %d saves keep them, each once, and %d requests are refused; all tables have what they should",
                TEXTS.size(),
                kept,
                refused);
    }
}
