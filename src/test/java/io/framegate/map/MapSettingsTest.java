package io.framegate.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
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
        assertEquals("64MiB", defaults.getProperty("framegate.map.kept-blocks"));
        assertEquals("4GiB", defaults.getProperty("framegate.map.max-upload-size"));
        assertEquals("PT30S", defaults.getProperty("framegate.map.upload-timeout"));
        assertEquals("jdbc:postgresql://localhost:5432/framegate", defaults.getProperty("framegate.database.url"));
        assertEquals("framegate", defaults.getProperty("framegate.database.user"));
        assertEquals("", defaults.getProperty("framegate.database.password"));
        assertEquals("", defaults.getProperty("framegate.database.password-file"));
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

    @Test
    void rejectsAnInvalidBlockCacheSize() {
        assertEquals(OptionalLong.of(64L << 20), MapSettings.bytes("64MiB"));
        assertEquals(OptionalLong.of(0), MapSettings.bytes("0"));
        for (String size : new String[] {"", "much", "-1"}) {
            MapSettings settings = new MapSettings("a", Optional.empty(), size, "4GiB", "PT30S");
            String sentence = String.valueOf(
                    assertThrows(IllegalStateException.class, settings::check).getMessage());
            assertTrue(sentence.startsWith("framegate.map.kept-blocks must be"), sentence);
            assertEquals(OptionalLong.empty(), MapSettings.bytes(size));
        }
    }

    @Test
    void readsTheLimitOfUploadsWithItsUnit() {
        assertEquals(4L << 30, MapSettingsFixture.of("a", Optional.empty()).maxUploadBytes());
        assertEquals(700, MapSettingsFixture.of("a", Optional.empty(), "700").maxUploadBytes());
        assertEquals(
                500L << 20,
                MapSettingsFixture.of("a", Optional.empty(), "500 MiB").maxUploadBytes());
        for (String size : new String[] {"", "much", "-1", "4GB", "9999999999"}) {
            String sentence = String.valueOf(
                    assertThrows(IllegalStateException.class, () -> MapSettingsFixture.of("a", Optional.empty(), size))
                            .getMessage());
            assertTrue(sentence.startsWith("framegate.map.max-upload-size must be"), sentence);
        }
    }

    @Test
    void boundsTheUploadTimeout() {
        assertEquals(
                Duration.ofSeconds(1),
                MapSettingsFixture.of("a", Optional.empty(), "4GiB", " PT1S ").uploadTimeout());
        for (String timeout : new String[] {"", "30", "PT0.5S", "PT61M", "-PT5S"}) {
            String sentence = String.valueOf(assertThrows(
                            IllegalStateException.class,
                            () -> MapSettingsFixture.of("a", Optional.empty(), "4GiB", timeout))
                    .getMessage());
            assertTrue(sentence.startsWith("framegate.map.upload-timeout must be"), sentence);
        }
    }
}
