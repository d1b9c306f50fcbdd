package io.framegate.config;

import io.framegate.message.Compression;
import io.framegate.tls.KeySource;
import io.framegate.tls.Secret;
import io.framegate.tls.TlsSettings;
import io.framegate.tls.TrustSource;
import io.framegate.transport.AddressRanges;
import io.framegate.transport.TransportLimits;
import io.framegate.wire.FrameHeader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;

/**
 * Reads {@link ServerConfig} from MicroProfile Config: environment variables, system properties, the WAR's own file, what
 * the app server adds. Every trouble is found at once, not one at each start.
 */
public final class ConfigReader {

    /** The source of a value that nobody has set. */
    public static final String DEFAULT_SOURCE = "default";

    private static final Pattern BYTES = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB)?");
    private static final Pattern INSTANCE_NAME = Pattern.compile("[\\w.:-]{1,60}");
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB");
    private static final String PREFIX = "framegate.";
    private static final int MAX_THREADS = 256;
    private static final int MEBI = 1 << 20;

    /** What the list of settings shows for one that nobody has set and that has no default. */
    private static final String NONE = "none";

    /** What the open port and its threads are made with, and can't change while they live. */
    private static final Set<String> AT_START = Set.of(
            "listener.address",
            "listener.port",
            "listener.backlog",
            "listener.io-threads",
            "workers.executor",
            "instance.name",
            "identity.required",
            "identity.certificate-roles",
            "identity.token-keys",
            "identity.token-issuer",
            "identity.token-audience",
            "admin.user",
            "admin.password-file",
            "listener.proxy-protocol",
            "listener.trusted-proxies",
            "listener.insecure-remote",
            "tls.certificate",
            "tls.key",
            "tls.keystore",
            "tls.trust",
            "tls.truststore",
            "tls.client-certificate",
            "tls.crl",
            "tls.min-version",
            "tls.handshake-timeout",
            "tls.max-handshakes",
            "tls.handshake-threads",
            "tls.reload-interval");

    private final Config config;
    private final Map<String, String> overrides;
    private final Optional<Settings> started;
    private final List<String> troubles = new ArrayList<>();
    private final List<Setting> settings = new ArrayList<>();

    private ConfigReader(Config config, Map<String, String> overrides, Optional<Settings> started) {
        this.config = config;
        this.overrides = overrides;
        this.started = started;
    }

    /**
     * Reads and checks all settings, for a start.
     *
     * @throws InvalidConfigException with a sentence for each setting that can't be used
     */
    public static ServerConfig read(Config config) {
        return new ConfigReader(config, Map.of(), Optional.empty()).read().config();
    }

    /**
     * Reads and checks all settings, for a start or while the gate runs.
     *
     * @param overrides values by full name that win over the configuration, as an operator has set them
     * @param started what the gate has started with: what can't change while it runs keeps that value, and what the
     *     configuration says instead becomes {@linkplain Setting#pending() pending}
     * @throws InvalidConfigException with a sentence for each setting that can't be used
     */
    public static Settings read(Config config, Map<String, String> overrides, Optional<Settings> started) {
        return new ConfigReader(config, overrides, started).read();
    }

    private Settings read() {
        int processors = Runtime.getRuntime().availableProcessors();
        GateConfig defaults = GateConfig.DEFAULTS;
        TransportLimits limits = defaults.limits();
        GateConfig.Builder gate = GateConfig.builder()
                .address(text("listener.address", defaults.address()))
                .port(integer("listener.port", defaults.port(), 0, 65_535))
                .backlog(integer("listener.backlog", defaults.backlog(), 1, 65_535))
                .ioThreads(integer("listener.io-threads", defaults.ioThreads(), 1, MAX_THREADS))
                .limits(limits.toBuilder()
                        .maxConnections(integer("listener.max-connections", limits.maxConnections(), 1, 1_000_000))
                        .maxConnectionsPerAddress(integer(
                                "listener.max-connections-per-address",
                                limits.maxConnectionsPerAddress(),
                                1,
                                1_000_000))
                        .maxBodyBytes(
                                bytes("listener.max-body-size", limits.maxBodyBytes(), 1, FrameHeader.MAX_BODY_BYTES))
                        .maxPipelined(integer("listener.max-pipelined", limits.maxPipelined(), 1, 65_536))
                        .maxPendingReplyBytes(bytes(
                                "listener.max-pending-replies", limits.maxPendingReplyBytes(), 1, Integer.MAX_VALUE))
                        .maxRequestBytes(
                                bytes("listener.max-pending-requests", limits.maxRequestBytes(), 1, Integer.MAX_VALUE))
                        .maxReplyBytes(bytes(
                                "listener.max-pending-replies-in-all", limits.maxReplyBytes(), 1, Integer.MAX_VALUE))
                        .readTimeout(duration("listener.read-timeout", limits.readTimeout()))
                        .minBodyBytesPerSecond(
                                bytes("listener.min-body-rate", limits.minBodyBytesPerSecond(), 1, Integer.MAX_VALUE))
                        .writeTimeout(duration("listener.write-timeout", limits.writeTimeout()))
                        .idleTimeout(duration("listener.idle-timeout", limits.idleTimeout()))
                        .loginTimeout(duration("identity.login-timeout", limits.loginTimeout()))
                        .lingerTimeout(duration("listener.linger-timeout", limits.lingerTimeout()))
                        .closeAfterResponse(flag("listener.close-after-response", limits.closeAfterResponse()))
                        .recordedBytes(bytes("listener.recorded-bytes", limits.recordedBytes(), 0, 64 << 20))
                        .build())
                .drainDelay(duration("listener.drain-delay", defaults.drainDelay(), 0))
                .drainTimeout(duration("listener.drain-timeout", defaults.drainTimeout()))
                .workerThreads(integer("workers.threads", defaults.workerThreads(), 1, MAX_THREADS))
                .queueCapacity(integer("workers.queue-capacity", defaults.queueCapacity(), 1, 10_000_000))
                .inlineFast(flag("workers.quick-where-read", defaults.inlineFast()))
                .workerDeadline(duration("workers.deadline", defaults.workerDeadline()))
                .maxElements(integer("requests.max-elements", defaults.maxElements(), 1, 100_000_000))
                .sizes(new GateConfig.RequestSizes(
                        bytes(
                                "requests.max-payload-size",
                                defaults.sizes().payloadBytes(),
                                1,
                                FrameHeader.MAX_BODY_BYTES),
                        bytes("requests.max-memory", defaults.sizes().memoryBytes(), MEBI, Integer.MAX_VALUE)))
                .compression(choice("compression.algorithm", defaults.compression(), "none, zlib or lzma"))
                .compressionThresholdBytes(bytes(
                        "compression.threshold", defaults.compressionThresholdBytes(), 0, FrameHeader.MAX_BODY_BYTES))
                .zlibLevel(integer("compression.zlib-level", defaults.zlibLevel(), 1, 9))
                .maxPayloadBytes(
                        bytes("compression.max-payload-size", defaults.maxPayloadBytes(), 1, 1024 * 1024 * 1024))
                .identity(identity())
                .keptAnswerBytes(bytes("answers.kept", defaults.keptAnswerBytes(), 0, Integer.MAX_VALUE))
                .logResponses(flag("log.responses", defaults.logResponses()));
        AdminConfig admin = admin();
        HttpConfig http = http();
        gate.entrance(entrance())
                .insecureRemote(flag("listener.insecure-remote", defaults.insecureRemote()))
                .tls(tls(processors));
        String executor = text("workers.executor", ServerConfig.OWN_EXECUTOR);
        Optional<String> instanceName = instanceName();
        if (!troubles.isEmpty()) {
            throw new InvalidConfigException(troubles);
        }
        return new Settings(new ServerConfig(gate.build(), admin, http, executor, instanceName), settings);
    }

    private Optional<String> instanceName() {
        Optional<String> name = given("instance.name");
        if (name.filter(text -> !INSTANCE_NAME.matcher(text).matches() || text.equals("all"))
                .isPresent()) {
            trouble(
                    "instance.name",
                    name.get(),
                    "1 to 60 letters, digits, dots, colons and hyphens, but not to \"all\"");
        }
        return name;
    }

    private IdentityConfig identity() {
        boolean required = flag("identity.required", false);
        Set<String> certificateRoles = Arrays.stream(
                        text("identity.certificate-roles", "").split(","))
                .map(String::strip)
                .filter(role -> !role.isEmpty())
                .collect(Collectors.toSet());
        String keys = text("identity.token-keys", "");
        String issuer = text("identity.token-issuer", "");
        String audience = text("identity.token-audience", "");
        if (keys.isEmpty()) {
            return new IdentityConfig(required, certificateRoles, Optional.empty());
        }
        if (issuer.isEmpty() || audience.isEmpty()) {
            troubles.add("Set " + PREFIX + "identity.token-issuer and " + PREFIX
                    + "identity.token-audience along with identity.token-keys: a token of another issuer, or one that is"
                    + " meant for another server, must not be taken.");
        }
        return new IdentityConfig(
                required, certificateRoles, Optional.of(new IdentityConfig.Tokens(Path.of(keys), issuer, audience)));
    }

    private AdminConfig admin() {
        String hosts = text("admin.hosts", "");
        return new AdminConfig(
                text("admin.user", "admin"),
                secret("admin.password"),
                secret("admin.password-hash"),
                value("admin.password-file", ""),
                Arrays.stream(hosts.split(","))
                        .map(String::strip)
                        .filter(host -> !host.isEmpty())
                        .toList(),
                new AdminConfig.Proxies(
                        addresses("admin.trusted-proxies"),
                        choice(
                                "admin.proxy-header",
                                AdminConfig.Header.X_FORWARDED_FOR,
                                "x-forwarded-for or forwarded")));
    }

    private HttpConfig http() {
        HttpConfig defaults = HttpConfig.DEFAULTS;
        return new HttpConfig(
                integer("http.max-requests", defaults.maxRequests(), 1, 100_000),
                integer("http.max-requests-per-address", defaults.maxRequestsPerAddress(), 1, 100_000),
                duration("http.body-timeout", defaults.bodyTimeout()),
                flag("http.metrics-login", defaults.metricsLogin()));
    }

    /** A value that stands in no list of settings. */
    private Optional<String> secret(String name) {
        return Optional.ofNullable(config.getConfigValue(PREFIX + name).getValue())
                .filter(text -> !text.isEmpty());
    }

    private GateConfig.Entrance entrance() {
        GateConfig.Entrance entrance = new GateConfig.Entrance(
                addresses("listener.allow"),
                addresses("listener.deny"),
                flag("listener.proxy-protocol", false),
                addresses("listener.trusted-proxies"));
        if (entrance.proxyProtocol() && entrance.trustedProxies().isEmpty()) {
            troubles.add("Set framegate.listener.trusted-proxies to the addresses of the proxies, since"
                    + " framegate.listener.proxy-protocol is true.");
        }
        if (!entrance.proxyProtocol() && !entrance.trustedProxies().isEmpty()) {
            troubles.add("Set framegate.listener.proxy-protocol to true, since framegate.listener.trusted-proxies names"
                    + " proxies; without it their headers would be taken for frames.");
        }
        return entrance;
    }

    private Optional<TlsSettings> tls(int processors) {
        TlsSettings.ClientCertificate client =
                choice("tls.client-certificate", TlsSettings.ClientCertificate.NONE, "none, want or need");
        Optional<TrustSource> trust = trust();
        Optional<Path> revocationLists = path("tls.crl");
        if (revocationLists.isPresent() && client == TlsSettings.ClientCertificate.NONE) {
            troubles.add("Set framegate.tls.client-certificate to want or need, since framegate.tls.crl says which"
                    + " certificates of clients are revoked.");
            return Optional.empty();
        }
        TlsSettings.Version version = TlsSettings.Version.TLS_1_2;
        String least = text("tls.min-version", "1.2");
        switch (least) {
            case "1.2" -> version = TlsSettings.Version.TLS_1_2;
            case "1.3" -> version = TlsSettings.Version.TLS_1_3;
            default -> trouble("tls.min-version", least, "1.2 or 1.3");
        }
        Duration handshakeTimeout = duration("tls.handshake-timeout", Duration.ofSeconds(10));
        int maxHandshakes = integer("tls.max-handshakes", 1000, 1, 1_000_000);
        int handshakeThreads = integer("tls.handshake-threads", processors, 1, MAX_THREADS);
        Duration reloadInterval = duration("tls.reload-interval", Duration.ofSeconds(10));
        Optional<KeySource> identity = serverKey();
        if (identity.isEmpty()) {
            if (trust.isPresent() || client != TlsSettings.ClientCertificate.NONE) {
                troubles.add("Set framegate.tls.certificate and framegate.tls.key, or framegate.tls.keystore: clients'"
                        + " certificates are asked for only where the port speaks TLS.");
            }
            return Optional.empty();
        }
        if (client != TlsSettings.ClientCertificate.NONE && trust.isEmpty()) {
            troubles.add("Set framegate.tls.trust or framegate.tls.truststore to the authorities that sign clients'"
                    + " certificates, since framegate.tls.client-certificate asks for them.");
            return Optional.empty();
        }
        return Optional.of(new TlsSettings(
                identity.get(),
                trust,
                client,
                version,
                handshakeTimeout,
                maxHandshakes,
                handshakeThreads,
                reloadInterval,
                revocationLists));
    }

    private Optional<KeySource> serverKey() {
        Optional<Path> certificate = path("tls.certificate");
        Optional<Path> key = path("tls.key");
        Optional<Path> keystore = path("tls.keystore");
        if (certificate.isPresent() != key.isPresent()) {
            troubles.add("Set both framegate.tls.certificate and framegate.tls.key, or neither.");
            return Optional.empty();
        }
        if (keystore.isPresent() && certificate.isPresent()) {
            troubles.add("Set either framegate.tls.certificate and framegate.tls.key, or framegate.tls.keystore.");
            return Optional.empty();
        }
        if (keystore.isPresent()) {
            return Optional.of(new KeySource.Pkcs12(
                    keystore.get(), new Secret(secret("tls.keystore-password").orElse(""))));
        }
        return certificate.map(file -> new KeySource.Pem(file, key.orElseThrow()));
    }

    private Optional<TrustSource> trust() {
        Optional<Path> pem = path("tls.trust");
        Optional<Path> store = path("tls.truststore");
        if (pem.isPresent() && store.isPresent()) {
            troubles.add("Set either framegate.tls.trust or framegate.tls.truststore.");
        }
        if (store.isPresent()) {
            return Optional.of(new TrustSource.Pkcs12(
                    store.get(), new Secret(secret("tls.truststore-password").orElse(""))));
        }
        return pem.map(TrustSource.Pem::new);
    }

    private Optional<Path> path(String name) {
        Optional<String> text = given(name);
        try {
            return text.map(Path::of);
        } catch (InvalidPathException e) {
            trouble(name, text.orElse(""), "a file");
            return Optional.empty();
        }
    }

    /** The value of a setting that is none by default. */
    private Optional<String> given(String name) {
        return value(name, NONE).filter(text -> !text.equals(NONE));
    }

    private AddressRanges addresses(String name) {
        List<String> written = given(name).stream()
                .flatMap(text -> Arrays.stream(text.split("[,\\s]+")))
                .filter(text -> !text.isEmpty())
                .toList();
        try {
            return AddressRanges.of(written);
        } catch (IllegalArgumentException e) {
            troubles.add("Set " + PREFIX + name
                    + " to addresses or ranges like 192.168.0.0/16, 10.1.2.3 or 2001:db8::/32, separated by commas; "
                    + e.getMessage() + ".");
            return AddressRanges.NONE;
        }
    }

    /** The value of a setting that is not the default's, and a line of the list of all settings. */
    private Optional<String> value(String name, String byDefault) {
        String key = PREFIX + name;
        ConfigValue found = config.getConfigValue(key);
        Optional<String> configured =
                Optional.ofNullable(found.getValue()).map(String::strip).filter(text -> !text.isEmpty());
        Optional<Setting> fixed =
                AT_START.contains(name) ? started.map(settings -> settings.named(key)) : Optional.empty();
        Optional<String> override = Optional.ofNullable(overrides.get(key));
        if (fixed.isPresent()) {
            Setting at = fixed.get();
            String next = configured.orElse(byDefault);
            settings.add(new Setting(
                    key,
                    at.value(),
                    at.source(),
                    byDefault,
                    false,
                    next.equals(at.value()) ? Optional.empty() : Optional.of(next)));
            return Optional.of(at.value()).filter(text -> !text.isEmpty());
        }
        String source = override.isPresent()
                ? DynamicConfig.OVERRIDE_SOURCE
                : configured.map(text -> sourceName(found)).orElse(DEFAULT_SOURCE);
        Optional<String> value = override.or(() -> configured);
        settings.add(new Setting(
                key, value.orElse(byDefault), source, byDefault, !AT_START.contains(name), Optional.empty()));
        return value;
    }

    private static String sourceName(ConfigValue found) {
        return found.getSourceName() == null ? "configuration" : found.getSourceName();
    }

    private String text(String name, String byDefault) {
        return value(name, byDefault).orElse(byDefault);
    }

    private int integer(String name, int byDefault, int least, int most) {
        Optional<String> text = value(name, String.valueOf(byDefault));
        if (text.isEmpty()) {
            return byDefault;
        }
        try {
            int value = Integer.parseInt(text.get());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number out of range.
        }
        trouble(name, text.get(), "a whole number from " + least + " to " + most);
        return byDefault;
    }

    private int bytes(String name, int byDefault, int least, int most) {
        Optional<String> text = value(name, size(byDefault));
        if (text.isEmpty()) {
            return byDefault;
        }
        Matcher matcher = BYTES.matcher(text.get());
        if (matcher.matches()) {
            String unit = matcher.group(2) == null ? "B" : matcher.group(2);
            int shift = 10 * UNITS.indexOf(unit);
            long number = Long.parseLong(matcher.group(1));
            if (number <= (long) most >> shift && number << shift >= least) {
                return (int) (number << shift);
            }
        }
        trouble(name, text.get(), "a size like 8192, 8KiB or 4MiB, from " + least + " to " + most + " bytes");
        return byDefault;
    }

    /** As the largest unit that makes a whole number of it. */
    private static String size(int bytes) {
        int unit = bytes == 0 ? 0 : Math.min(Integer.numberOfTrailingZeros(bytes) / 10, UNITS.size() - 1);
        return (bytes >> 10 * unit) + (unit == 0 ? "" : UNITS.get(unit));
    }

    private Duration duration(String name, Duration byDefault) {
        return duration(name, byDefault, 1);
    }

    private Duration duration(String name, Duration byDefault, int leastMillis) {
        Optional<String> text = value(name, byDefault.toString());
        if (text.isEmpty()) {
            return byDefault;
        }
        try {
            Duration value = Duration.parse(text.get());
            if (value.toMillis() >= leastMillis && !value.isNegative() && value.toDays() <= 365) {
                return value;
            }
        } catch (DateTimeParseException | ArithmeticException e) {
            // Told below, like a duration out of range.
        }
        trouble(
                name,
                text.get(),
                "an ISO 8601 duration like PT0.5S, PT30S or PT10M, from " + leastMillis + " ms to 365 days");
        return byDefault;
    }

    private boolean flag(String name, boolean byDefault) {
        Optional<String> text = value(name, String.valueOf(byDefault));
        if (text.isEmpty()) {
            return byDefault;
        }
        switch (text.get().toLowerCase(Locale.ROOT)) {
            case "true":
                return true;
            case "false":
                return false;
            default:
                trouble(name, text.get(), "true or false");
                return byDefault;
        }
    }

    private <E extends Enum<E>> E choice(String name, E byDefault, String expected) {
        Optional<String> text =
                value(name, byDefault.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (text.isEmpty()) {
            return byDefault;
        }
        for (E constant : byDefault.getDeclaringClass().getEnumConstants()) {
            // Zstandard is agreed on with each client; an old one could not read it.
            if (constant != Compression.ZSTD
                    && constant.name().replace('_', '-').equalsIgnoreCase(text.get())) {
                return constant;
            }
        }
        trouble(name, text.get(), expected);
        return byDefault;
    }

    private void trouble(String name, String value, String expected) {
        troubles.add("Set " + PREFIX + name + " to " + expected + "; it is \"" + value + "\".");
    }
}
