package io.framegate.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DynamicConfigTest {

    private static final String QUEUE = "framegate.workers.queue-capacity";
    private static final String LEVEL = "framegate.compression.zlib-level";
    private static final String PORT = "framegate.listener.port";

    private final Map<String, String> sources = new ConcurrentHashMap<>(Map.of(QUEUE, "50"));
    private final List<ServerConfig> told = new ArrayList<>();
    private final DynamicConfig live =
            new DynamicConfig((overrides, started) -> ConfigReader.read(new MapConfig(sources), overrides, started));

    @BeforeEach
    void follow() {
        live.follow(told::add);
    }

    @Test
    void saysWhereEachValueIsFrom() {
        assertEquals(new Setting(QUEUE, "50", MapConfig.SOURCE, "10000", true, Optional.empty()), setting(QUEUE));
        assertEquals(new Setting(LEVEL, "1", ConfigReader.DEFAULT_SOURCE, "1", true, Optional.empty()), setting(LEVEL));
        assertFalse(setting(PORT).live());
        assertEquals("8MiB", setting("framegate.listener.max-pending-replies").value());
        assertEquals("104857599", setting("framegate.listener.max-body-size").value());
    }

    @Test
    void tellsItsFollowersWhatTheSourcesChange() {
        live.reread();
        assertEquals(List.of(), told);
        sources.put(QUEUE, "70");
        live.reread();
        assertEquals(70, live.current().gate().queueCapacity());
        assertEquals(List.of(live.current()), told);
    }

    @Test
    void keepsOldValuesIfOneIsWrong() {
        sources.put(QUEUE, "70");
        sources.put(LEVEL, "12");
        live.reread();
        assertEquals(50, live.current().gate().queueCapacity());
        assertEquals(List.of(), told);
        assertTrue(
                live.refused()
                        .orElseThrow()
                        .startsWith(
                                "Set framegate.compression.zlib-level to a whole number from 1 to 9; it is \"12\"."),
                live.refused().toString());
        sources.put(LEVEL, "2");
        live.reread();
        assertEquals(70, live.current().gate().queueCapacity());
        assertEquals(Optional.empty(), live.refused());
    }

    @Test
    void operatorsSetAndResetValues() {
        live.set(QUEUE, " 90 ");
        assertEquals(90, live.current().gate().queueCapacity());
        assertEquals(DynamicConfig.OVERRIDE_SOURCE, setting(QUEUE).source());
        sources.put(QUEUE, "60");
        live.reread();
        assertEquals(90, live.current().gate().queueCapacity());
        live.reset(QUEUE);
        assertEquals(60, live.current().gate().queueCapacity());
        assertEquals(MapConfig.SOURCE, setting(QUEUE).source());
        assertEquals(2, told.size());
    }

    @Test
    void refusesAWrongValueAndKeepsTheOld() {
        InvalidConfigException refused = assertThrows(InvalidConfigException.class, () -> live.set(QUEUE, "many"));
        assertEquals(
                "Set framegate.workers.queue-capacity to a whole number from 1 to 10000000; it is \"many\".",
                refused.getMessage());
        assertEquals(50, live.current().gate().queueCapacity());
        assertEquals(MapConfig.SOURCE, setting(QUEUE).source());
        assertEquals(List.of(), told);
    }

    @Test
    void refusesSettingsFixedAtStart() {
        String sentence = String.valueOf(assertThrows(IllegalArgumentException.class, () -> live.set(PORT, "7401"))
                .getMessage());
        assertTrue(sentence.startsWith("framegate.listener.port can't change while the server runs"), sentence);
        assertThrows(IllegalArgumentException.class, () -> live.set("framegate.listener.colour", "red"));
        sources.put(PORT, "7401");
        live.reread();
        assertEquals(7400, live.current().gate().port());
        assertEquals(Optional.of("7401"), setting(PORT).pending());
        assertEquals(List.of(), told);
    }

    private Setting setting(String name) {
        return live.settings().stream()
                .filter(setting -> setting.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
