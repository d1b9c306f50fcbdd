package io.framegate.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Compression;
import io.framegate.transport.TransportLimits;
import io.framegate.wire.FrameHeader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {

    @Test
    void hasTheDocumentedDefaults() {
        int processors = Runtime.getRuntime().availableProcessors();
        assertEquals(
                new GateConfig(
                        "127.0.0.1",
                        7400,
                        1024,
                        Math.max(4, 2 * processors),
                        TransportLimits.DEFAULTS,
                        Duration.ofSeconds(20),
                        Math.max(16, 4 * processors),
                        10_000,
                        true,
                        Compression.ZLIB,
                        8192,
                        1,
                        FrameHeader.MAX_BODY_BYTES,
                        IdentityConfig.OPEN,
                        64 << 20,
                        false,
                        new AdminConfig("admin", Optional.empty(), Optional.empty(), Optional.empty(), List.of())),
                read(Map.of()));
    }

    @Test
    void readsEverySettingByItsName() {
        Map<String, String> settings = new HashMap<>();
        settings.put("framegate.listener.address", "0.0.0.0");
        settings.put("framegate.listener.port", "0");
        settings.put("framegate.listener.backlog", "7");
        settings.put("framegate.listener.io-threads", "3");
        settings.put("framegate.listener.max-connections", "11");
        settings.put("framegate.listener.max-body-size", "1MiB");
        settings.put("framegate.listener.max-pipelined", "12");
        settings.put("framegate.listener.max-pending-replies", "64 KiB");
        settings.put("framegate.listener.read-timeout", "PT1S");
        settings.put("framegate.listener.min-body-rate", "100");
        settings.put("framegate.listener.write-timeout", "PT2S");
        settings.put("framegate.listener.idle-timeout", "PT3M");
        settings.put("framegate.listener.linger-timeout", "PT0.5S");
        settings.put("framegate.listener.drain-timeout", "PT4S");
        settings.put("framegate.listener.close-after-response", "true");
        settings.put("framegate.workers.threads", "5");
        settings.put("framegate.workers.queue-capacity", "6");
        settings.put("framegate.workers.quick-where-read", "false");
        settings.put("framegate.compression.algorithm", "lzma");
        settings.put("framegate.compression.threshold", "1KiB");
        settings.put("framegate.compression.zlib-level", "9");
        settings.put("framegate.compression.max-payload-size", "2MiB");
        settings.put("framegate.identity.required", "true");
        settings.put("framegate.identity.certificate-roles", "editor, reader");
        settings.put("framegate.identity.token-keys", "/etc/framegate/keys.json");
        settings.put("framegate.identity.token-issuer", "https://id.example");
        settings.put("framegate.identity.token-audience", "framegate");
        settings.put("framegate.answers.kept", "3MiB");
        settings.put("framegate.log.responses", "true");
        settings.put("framegate.admin.user", "root");
        settings.put("framegate.admin.password", "secret");
        settings.put("framegate.admin.password-hash", "hash");
        settings.put("framegate.admin.password-file", "/srv/password");
        settings.put("framegate.admin.hosts", "a.example, b.example");
        assertEquals(
                new GateConfig(
                        "0.0.0.0",
                        0,
                        7,
                        3,
                        new TransportLimits(
                                11,
                                1 << 20,
                                12,
                                64 << 10,
                                Duration.ofSeconds(1),
                                100,
                                Duration.ofSeconds(2),
                                Duration.ofMinutes(3),
                                Duration.ofMillis(500),
                                true),
                        Duration.ofSeconds(4),
                        5,
                        6,
                        false,
                        Compression.LZMA,
                        1024,
                        9,
                        2 << 20,
                        new IdentityConfig(
                                true,
                                Set.of("editor", "reader"),
                                Optional.of(new IdentityConfig.Tokens(
                                        Path.of("/etc/framegate/keys.json"), "https://id.example", "framegate"))),
                        3 << 20,
                        true,
                        new AdminConfig(
                                "root",
                                Optional.of("secret"),
                                Optional.of("hash"),
                                Optional.of("/srv/password"),
                                List.of("a.example", "b.example"))),
                read(settings));
    }

    @ParameterizedTest
    @CsvSource({
        "listener.port, 65536, a whole number from 0 to 65535",
        "listener.port, http, a whole number from 0 to 65535",
        "listener.max-connections, 0, a whole number from 1",
        "listener.max-body-size, 101MiB, from 1 to 104857599 bytes",
        "listener.max-body-size, 1MB, a size like 8192",
        "listener.max-body-size, -1, a size like 8192",
        "listener.max-body-size, 999999999999999GiB, a size like 8192",
        "listener.idle-timeout, 10s, an ISO 8601 duration like PT0.5S",
        "listener.idle-timeout, PT0S, from 1 ms to 365 days",
        "listener.idle-timeout, PT-5S, from 1 ms to 365 days",
        "listener.close-after-response, yes, true or false",
        "compression.algorithm, zip, 'none, zlib or lzma'",
        "compression.algorithm, zstd, 'none, zlib or lzma'",
        "compression.zlib-level, 10, a whole number from 1 to 9"
    })
    void saysWhatToChange(String name, String value, String expected) {
        String message = Objects.requireNonNull(
                assertThrows(InvalidConfigException.class, () -> read(Map.of("framegate." + name, value)))
                        .getMessage());
        assertTrue(message.startsWith("Set framegate." + name + " to "), message);
        assertTrue(message.contains(expected), message);
        assertTrue(message.endsWith("it is \"" + value + "\"."), message);
    }

    @Test
    void tellsAllTroublesAtOnce() {
        String message = Objects.requireNonNull(assertThrows(
                        InvalidConfigException.class,
                        () -> read(Map.of("framegate.listener.port", "x", "framegate.workers.threads", "y")))
                .getMessage());
        assertTrue(
                message.contains("framegate.listener.port") && message.contains("framegate.workers.threads"), message);
    }

    @Test
    void takesAnEmptyValueForNone() {
        assertEquals(7400, read(Map.of("framegate.listener.port", " ")).port());
    }

    private static GateConfig read(Map<String, String> settings) {
        return ConfigReader.read(new MapConfig(settings));
    }
}
