package io.framegate.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaunchSettingsTest {

    @Test
    void hasADefaultForEverySetting() throws Exception {
        LaunchSettings settings = LaunchSettings.of(new Properties(), Map.of());
        Path project = Path.of("").toAbsolutePath();
        assertEquals("127.0.0.1", settings.listenerAddress());
        assertEquals(7400, settings.listenerPort());
        assertEquals("127.0.0.1", settings.httpAddress());
        assertEquals(8080, settings.httpPort());
        assertEquals(project.resolve(".framegate"), settings.dataDir());
        assertEquals(Optional.empty(), settings.database());
        assertEquals(Duration.ofMinutes(5), settings.readyTimeout());
        assertEquals(Duration.ofSeconds(30), settings.stopTimeout());
        assertEquals(List.of(), settings.jvmOptions());
        assertEquals(
                Map.of(
                        "framegate.listener.address", "127.0.0.1",
                        "framegate.listener.port", "7400",
                        "framegate.map.initial-load",
                                project.resolve("target/map-data/liechtenstein/liechtenstein.osm.pbf")
                                        .toString()),
                settings.forwarded());
    }

    /** What a JVM makes of a letter that its character set has not, as that of LC_ALL=C has no umlaut. */
    @Test
    void reportsUnreadablePaths() {
        var e = assertThrows(
                LaunchFailure.class,
                () -> LaunchSettings.of(properties("framegate.data.dir", "/srv/d\uFFFD\uFFFDta"), Map.of()));
        assertTrue(e.getMessage().startsWith("framegate.data.dir has letters that"), e.getMessage());
        assertTrue(e.getMessage().contains("/srv/d??ta. Start it with LC_ALL=C.UTF-8"), e.getMessage());
        e = assertThrows(
                LaunchFailure.class, () -> LaunchSettings.of(properties("framegate.data.dir", "a\0b"), Map.of()));
        assertTrue(e.getMessage().startsWith("framegate.data.dir must be a path"), e.getMessage());
    }

    @Test
    void forwardsSettingsButNoPasswords() throws Exception {
        Properties given = properties(
                "framegate.listener.port", "0",
                "framegate.listener.max-connections", "10",
                "framegate.database.password", "secret",
                "framegate.admin.password", "secret too",
                "framegate.database.url", "jdbc:postgresql://db/map",
                "framegate.database.user", "map",
                "framegate.run.jvm-options", "-Xmx1g  -Xms1g",
                "framegate.map.initial-load", "other.pbf",
                "java.version", "17");
        LaunchSettings settings = LaunchSettings.of(given, Map.of());
        assertEquals(
                Map.of(
                        "framegate.listener.address", "127.0.0.1",
                        "framegate.listener.port", "0",
                        "framegate.listener.max-connections", "10",
                        "framegate.map.initial-load", "other.pbf"),
                settings.forwarded());
        assertEquals(List.of("-Xmx1g", "-Xms1g"), settings.jvmOptions());
        assertEquals(Optional.of("secret too"), settings.adminPassword());
        DatabaseAddress database = settings.database().orElseThrow();
        assertEquals(
                Map.of(
                        "FRAMEGATE_DATABASE_URL", "jdbc:postgresql://db/map",
                        "FRAMEGATE_DATABASE_USER", "map",
                        "FRAMEGATE_DATABASE_PASSWORD", "secret"),
                database.environment());
        assertFalse(database.toString().contains("secret"), database.toString());
    }

    @Test
    void forwardsTheDatabasePasswordFile() throws Exception {
        String file = "framegate.database.password-file";
        Map<String, String> environment = Map.of("FRAMEGATE_DATABASE_PASSWORD_FILE", "a/file");
        LaunchSettings other =
                LaunchSettings.of(properties("framegate.database.url", "jdbc:postgresql://db/map"), environment);
        assertEquals(
                Path.of("a/file").toAbsolutePath().toString(), other.forwarded().get(file));
        LaunchSettings embedded = LaunchSettings.of(new Properties(), environment);
        assertFalse(embedded.forwarded().containsKey(file));
    }

    @Test
    void fallsBackToEnvironmentVariables() throws Exception {
        var environment = Map.of(
                "FRAMEGATE_HTTP_PORT", "9000", "FRAMEGATE_LISTENER_PORT", "9001", "FRAMEGATE_DATA_DIR", "/somewhere");
        LaunchSettings settings = LaunchSettings.of(properties("framegate.listener.port", "9002"), environment);
        assertEquals(9000, settings.httpPort());
        assertEquals(9002, settings.listenerPort());
        assertEquals(Path.of("/somewhere"), settings.dataDir());
    }

    @ParameterizedTest
    @CsvSource({
        "framegate.listener.port, 65536",
        "framegate.http.port, -1",
        "framegate.http.port, web",
        "framegate.run.ready-timeout, 5 minutes",
        "framegate.listener.port, 8080"
    })
    void namesTheSettingThatMakesNoSense(String name, String value) {
        var e = assertThrows(LaunchFailure.class, () -> LaunchSettings.of(properties(name, value), Map.of()));
        assertTrue(e.getMessage().contains(name) && e.getMessage().contains(value), e.getMessage());
    }

    private static Properties properties(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return properties;
    }
}
