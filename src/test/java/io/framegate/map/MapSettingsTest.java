package io.framegate.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class MapSettingsTest {

    @Test
    void hasADefaultForEveryKey() throws Exception {
        Properties defaults = new Properties();
        try (InputStream in = MapSettings.class.getResourceAsStream("/META-INF/microprofile-config.properties")) {
            defaults.load(in);
        }
        assertEquals("liechtenstein", defaults.getProperty("framegate.map.data-set"));
        assertEquals("", defaults.getProperty("framegate.map.initial-load"));
        assertEquals("jdbc:postgresql://localhost:5432/framegate", defaults.getProperty("framegate.database.url"));
        assertEquals("framegate", defaults.getProperty("framegate.database.user"));
        assertEquals("", defaults.getProperty("framegate.database.password"));
    }

    @Test
    void takesABlankFileForNone() {
        assertEquals(
                Optional.empty(), MapSettingsFixture.of("a", Optional.of(" ")).initialLoad());
        assertEquals(
                Optional.of(Path.of("x.osm.pbf")),
                MapSettingsFixture.of("a", Optional.of(" x.osm.pbf ")).initialLoad());
    }

    @Test
    void rejectsANameThatIsNone() {
        for (String name : new String[] {"", "  ", "x".repeat(101)}) {
            String sentence = String.valueOf(
                    assertThrows(IllegalStateException.class, () -> MapSettingsFixture.of(name, Optional.empty()))
                            .getMessage());
            assertTrue(sentence.startsWith("framegate.map.data-set must be"), sentence);
        }
    }
}
