package io.framegate.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Compression;
import io.framegate.tls.KeySource;
import io.framegate.tls.Secret;
import io.framegate.tls.TlsSettings;
import io.framegate.tls.TrustSource;
import io.framegate.transport.AddressRanges;
import io.framegate.transport.TransportLimits;
import io.framegate.wire.FrameHeader;
import java.net.InetAddress;
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
                new ServerConfig(
                        GateConfig.builder()
                                .address("127.0.0.1")
                                .port(7400)
                                .backlog(1024)
                                .ioThreads(Math.max(4, 2 * processors))
                                .limits(defaultLimits())
                                .drainDelay(Duration.ZERO)
                                .drainTimeout(Duration.ofSeconds(20))
                                .workerThreads(Math.max(16, 4 * processors))
                                .queueCapacity(10_000)
                                .inlineFast(true)
                                .workerDeadline(Duration.ofSeconds(60))
                                .maxElements(4_000_000)
                                .sizes(new GateConfig.RequestSizes(4 << 20, partOfHeap(8)))
                                .compression(Compression.ZLIB)
                                .compressionThresholdBytes(8192)
                                .zlibLevel(1)
                                .maxPayloadBytes(FrameHeader.MAX_BODY_BYTES)
                                .identity(IdentityConfig.OPEN)
                                .keptAnswerBytes(64 << 20)
                                .logResponses(false)
                                .entrance(GateConfig.Entrance.OPEN)
                                .insecureRemote(false)
                                .tls(Optional.empty())
                                .build(),
                        new AdminConfig(
                                "admin",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                AdminConfig.Proxies.NONE),
                        new HttpConfig(128, 16, Duration.ofSeconds(10), true),
                        "java:app/concurrent/framegate-workers",
                        Optional.empty()),
                read(Map.of()));
    }

    private static int partOfHeap(int parts) {
        return (int) Math.min(Runtime.getRuntime().maxMemory() / parts >> 20, 2047) << 20;
    }

    /** With what a small heap has for requests. */
    private static TransportLimits defaultLimits() {
        TransportLimits all = TransportLimits.DEFAULTS;
        return new TransportLimits(
                all.maxConnections(),
                all.maxConnectionsPerAddress(),
                all.maxBodyBytes(),
                all.maxPipelined(),
                all.maxPendingReplyBytes(),
                Math.min(all.maxRequestBytes(), partOfHeap(4)),
                all.maxReplyBytes(),
                all.readTimeout(),
                all.minBodyBytesPerSecond(),
                all.writeTimeout(),
                all.idleTimeout(),
                all.loginTimeout(),
                all.lingerTimeout(),
                all.closeAfterResponse(),
                all.recordedBytes());
    }

    @Test
    void readsEverySettingByItsName() {
        Map<String, String> settings = new HashMap<>();
        settings.put("framegate.listener.address", "0.0.0.0");
        settings.put("framegate.listener.port", "0");
        settings.put("framegate.listener.backlog", "7");
        settings.put("framegate.listener.io-threads", "3");
        settings.put("framegate.listener.max-connections", "11");
        settings.put("framegate.listener.max-connections-per-address", "10");
        settings.put("framegate.listener.max-pending-requests", "13MiB");
        settings.put("framegate.listener.max-pending-replies-in-all", "14MiB");
        settings.put("framegate.workers.deadline", "PT7S");
        settings.put("framegate.requests.max-elements", "8");
        settings.put("framegate.requests.max-payload-size", "9MiB");
        settings.put("framegate.requests.max-memory", "15MiB");
        settings.put("framegate.listener.max-body-size", "1MiB");
        settings.put("framegate.listener.max-pipelined", "12");
        settings.put("framegate.listener.max-pending-replies", "64 KiB");
        settings.put("framegate.listener.read-timeout", "PT1S");
        settings.put("framegate.listener.min-body-rate", "100");
        settings.put("framegate.listener.write-timeout", "PT2S");
        settings.put("framegate.listener.idle-timeout", "PT3M");
        settings.put("framegate.identity.login-timeout", "PT9S");
        settings.put("framegate.listener.linger-timeout", "PT0.5S");
        settings.put("framegate.listener.drain-delay", "PT3S");
        settings.put("framegate.listener.drain-timeout", "PT4S");
        settings.put("framegate.listener.close-after-response", "true");
        settings.put("framegate.listener.recorded-bytes", "32KiB");
        settings.put("framegate.workers.threads", "5");
        settings.put("framegate.workers.queue-capacity", "6");
        settings.put("framegate.workers.inline-fast", "false");
        settings.put("framegate.compression.algorithm", "lzma");
        settings.put("framegate.compression.threshold", "1KiB");
        settings.put("framegate.compression.zlib-level", "9");
        settings.put("framegate.compression.max-payload-size", "2MiB");
        settings.put("framegate.identity.required", "true");
        settings.put("framegate.identity.certificate-roles", "editor, reader");
        settings.put("framegate.identity.token-keys", "/etc/framegate/keys.json");
        settings.put("framegate.identity.token-issuer", "https://id.example");
        settings.put("framegate.identity.token-audience", "framegate");
        settings.put("framegate.response-cache.max-size", "3MiB");
        settings.put("framegate.log.responses", "true");
        settings.put("framegate.admin.user", "root");
        settings.put("framegate.admin.password", "secret");
        settings.put("framegate.admin.password-hash", "hash");
        settings.put("framegate.admin.password-file", "/srv/password");
        settings.put("framegate.admin.hosts", "a.example, b.example");
        settings.put("framegate.http.max-requests", "7");
        settings.put("framegate.http.max-requests-per-address", "3");
        settings.put("framegate.http.body-timeout", "PT4S");
        settings.put("framegate.http.metrics-login", "false");
        settings.put("framegate.admin.trusted-proxies", "10.9.0.0/16");
        settings.put("framegate.admin.proxy-header", "Forwarded");
        settings.put("framegate.listener.allow", "10.0.0.0/8, 2001:db8::/32");
        settings.put("framegate.listener.deny", "10.1.2.3");
        settings.put("framegate.listener.proxy-protocol", "true");
        settings.put("framegate.listener.trusted-proxies", "192.168.0.7 ::1");
        settings.put("framegate.listener.insecure-remote", "true");
        settings.put("framegate.tls.certificate", "/etc/gate/chain.pem");
        settings.put("framegate.tls.key", "/etc/gate/key.pem");
        settings.put("framegate.tls.trust", "/etc/gate/clients.pem");
        settings.put("framegate.tls.client-certificate", "need");
        settings.put("framegate.tls.crl", "/etc/gate/clients.crl");
        settings.put("framegate.tls.min-version", "1.3");
        settings.put("framegate.tls.handshake-timeout", "PT5S");
        settings.put("framegate.tls.max-handshakes", "20");
        settings.put("framegate.tls.handshake-threads", "3");
        settings.put("framegate.tls.reload-interval", "PT1M");
        settings.put("framegate.workers.executor", "concurrent/gate");
        settings.put("framegate.instance.name", "gate-1");
        assertEquals(
                new ServerConfig(
                        GateConfig.builder()
                                .address("0.0.0.0")
                                .port(0)
                                .backlog(7)
                                .ioThreads(3)
                                .limits(new TransportLimits(
                                        11,
                                        10,
                                        1 << 20,
                                        12,
                                        64 << 10,
                                        13 << 20,
                                        14 << 20,
                                        Duration.ofSeconds(1),
                                        100,
                                        Duration.ofSeconds(2),
                                        Duration.ofMinutes(3),
                                        Duration.ofSeconds(9),
                                        Duration.ofMillis(500),
                                        true,
                                        32 << 10))
                                .drainDelay(Duration.ofSeconds(3))
                                .drainTimeout(Duration.ofSeconds(4))
                                .workerThreads(5)
                                .queueCapacity(6)
                                .inlineFast(false)
                                .workerDeadline(Duration.ofSeconds(7))
                                .maxElements(8)
                                .sizes(new GateConfig.RequestSizes(9 << 20, 15 << 20))
                                .compression(Compression.LZMA)
                                .compressionThresholdBytes(1024)
                                .zlibLevel(9)
                                .maxPayloadBytes(2 << 20)
                                .identity(new IdentityConfig(
                                        true,
                                        Set.of("editor", "reader"),
                                        Optional.of(new IdentityConfig.Tokens(
                                                Path.of("/etc/framegate/keys.json"),
                                                "https://id.example",
                                                "framegate"))))
                                .keptAnswerBytes(3 << 20)
                                .logResponses(true)
                                .entrance(new GateConfig.Entrance(
                                        AddressRanges.of(List.of("10.0.0.0/8", "2001:db8::/32")),
                                        AddressRanges.of(List.of("10.1.2.3")),
                                        true,
                                        AddressRanges.of(List.of("192.168.0.7", "::1"))))
                                .insecureRemote(true)
                                .tls(Optional.of(new TlsSettings(
                                        new KeySource.Pem(Path.of("/etc/gate/chain.pem"), Path.of("/etc/gate/key.pem")),
                                        Optional.of(new TrustSource.Pem(Path.of("/etc/gate/clients.pem"))),
                                        TlsSettings.ClientCertificate.NEED,
                                        TlsSettings.Version.TLS_1_3,
                                        Duration.ofSeconds(5),
                                        20,
                                        3,
                                        Duration.ofMinutes(1),
                                        Optional.of(Path.of("/etc/gate/clients.crl")))))
                                .build(),
                        new AdminConfig(
                                "root",
                                Optional.of("secret"),
                                Optional.of("hash"),
                                Optional.of("/srv/password"),
                                List.of("a.example", "b.example"),
                                new AdminConfig.Proxies(
                                        AddressRanges.of(List.of("10.9.0.0/16")), AdminConfig.Header.FORWARDED)),
                        new HttpConfig(7, 3, Duration.ofSeconds(4), false),
                        "concurrent/gate",
                        Optional.of("gate-1")),
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
        "listener.drain-delay, PT-0.0001S, from 0 ms to 365 days",
        "listener.close-after-response, yes, true or false",
        "compression.algorithm, zip, 'none, zlib or lzma'",
        "compression.algorithm, zstd, 'none, zlib or lzma'",
        "compression.zlib-level, 10, a whole number from 1 to 9",
        "tls.client-certificate, maybe, 'none, want or need'",
        "tls.min-version, 1.1, 1.2 or 1.3",
        "tls.max-handshakes, 0, a whole number from 1",
        "listener.insecure-remote, yes, true or false"
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
    void readsPkcs12AndHidesPasswords() {
        Map<String, String> given = Map.of(
                "framegate.tls.keystore", "/etc/gate/gate.p12",
                "framegate.tls.keystore-password", "swordfish",
                "framegate.tls.truststore", "/etc/gate/clients.p12",
                "framegate.tls.truststore-password", "tunafish",
                "framegate.tls.client-certificate", "want");
        ServerConfig config = read(given);
        TlsSettings tls = config.gate().tls().orElseThrow();
        assertEquals(new KeySource.Pkcs12(Path.of("/etc/gate/gate.p12"), new Secret("swordfish")), tls.identity());
        assertEquals(
                Optional.of(new TrustSource.Pkcs12(Path.of("/etc/gate/clients.p12"), new Secret("tunafish"))),
                tls.trust());
        assertFalse(config.toString().contains("fish"), config.toString());
        String listed = ConfigReader.read(new MapConfig(given), Map.of(), Optional.empty())
                .all()
                .toString();
        assertFalse(listed.contains("fish"), listed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tls.certificate=a.pem | Set both framegate.tls.certificate and framegate.tls.key",
                "tls.certificate=a.pem tls.key=b.pem tls.keystore=c.p12 | Set either framegate.tls.certificate",
                "tls.client-certificate=need | Set framegate.tls.certificate and framegate.tls.key",
                "tls.keystore=c.p12 tls.crl=a.crl | Set framegate.tls.client-certificate to want or need",
                "tls.keystore=c.p12 tls.client-certificate=want | Set framegate.tls.trust or framegate.tls.truststore",
                "tls.keystore=c.p12 tls.trust=a.pem tls.truststore=b.p12 | Set either framegate.tls.trust",
                "listener.proxy-protocol=true | Set framegate.listener.trusted-proxies",
                "listener.trusted-proxies=10.0.0.1 | Set framegate.listener.proxy-protocol to true",
                "listener.allow=10.0.0.0/33 | \"10.0.0.0/33\" is no range",
                "listener.deny=db.example.org | \"db.example.org\" is no IP address"
            })
    void saysWhatDoesNotGoTogether(String settings, String expected) {
        Map<String, String> given = new HashMap<>();
        for (String setting : settings.split(" ")) {
            given.put("framegate." + setting.split("=")[0], setting.split("=")[1]);
        }
        String message = Objects.requireNonNull(
                assertThrows(InvalidConfigException.class, () -> read(given)).getMessage());
        assertTrue(message.contains(expected), message);
    }

    @Test
    void requiresProtectionOfAnOpenPort() throws Exception {
        InetAddress everywhere = InetAddress.getByName("0.0.0.0");
        Map<String, String> open = Map.of("framegate.listener.address", "0.0.0.0");
        String message = Objects.requireNonNull(assertThrows(
                        InvalidConfigException.class, () -> read(open).gate().requireProtection(everywhere))
                .getMessage());
        assertTrue(message.startsWith("Set framegate.tls.certificate"), message);
        read(Map.of()).gate().requireProtection(InetAddress.getByName("127.0.0.1"));
        read(Map.of("framegate.listener.insecure-remote", "true")).gate().requireProtection(everywhere);
        read(Map.of("framegate.tls.keystore", "gate.p12")).gate().requireProtection(everywhere);
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
        assertEquals(7400, read(Map.of("framegate.listener.port", " ")).gate().port());
    }

    private static ServerConfig read(Map<String, String> settings) {
        return ConfigReader.read(new MapConfig(settings));
    }
}
