package io.framegate.config;

import static io.framegate.config.GateSettings.ADMIN_HOSTS;
import static io.framegate.config.GateSettings.ADMIN_PASSWORD;
import static io.framegate.config.GateSettings.ADMIN_PASSWORD_FILE;
import static io.framegate.config.GateSettings.ADMIN_PASSWORD_HASH;
import static io.framegate.config.GateSettings.ADMIN_PROXY_HEADER;
import static io.framegate.config.GateSettings.ADMIN_TRUSTED_PROXIES;
import static io.framegate.config.GateSettings.ADMIN_USER;
import static io.framegate.config.GateSettings.COMPRESSION_ALGORITHM;
import static io.framegate.config.GateSettings.COMPRESSION_MAX_PAYLOAD_SIZE;
import static io.framegate.config.GateSettings.COMPRESSION_THRESHOLD;
import static io.framegate.config.GateSettings.COMPRESSION_ZLIB_LEVEL;
import static io.framegate.config.GateSettings.HTTP_BODY_TIMEOUT;
import static io.framegate.config.GateSettings.HTTP_MAX_REQUESTS;
import static io.framegate.config.GateSettings.HTTP_MAX_REQUESTS_PER_ADDRESS;
import static io.framegate.config.GateSettings.HTTP_METRICS_LOGIN;
import static io.framegate.config.GateSettings.IDENTITY_CERTIFICATE_ROLES;
import static io.framegate.config.GateSettings.IDENTITY_LOGIN_TIMEOUT;
import static io.framegate.config.GateSettings.IDENTITY_REQUIRED;
import static io.framegate.config.GateSettings.IDENTITY_TOKEN_AUDIENCE;
import static io.framegate.config.GateSettings.IDENTITY_TOKEN_ISSUER;
import static io.framegate.config.GateSettings.IDENTITY_TOKEN_KEYS;
import static io.framegate.config.GateSettings.INSTANCE_NAME;
import static io.framegate.config.GateSettings.LISTENER_ADDRESS;
import static io.framegate.config.GateSettings.LISTENER_ALLOW;
import static io.framegate.config.GateSettings.LISTENER_BACKLOG;
import static io.framegate.config.GateSettings.LISTENER_CLOSE_AFTER_RESPONSE;
import static io.framegate.config.GateSettings.LISTENER_DENY;
import static io.framegate.config.GateSettings.LISTENER_DRAIN_DELAY;
import static io.framegate.config.GateSettings.LISTENER_DRAIN_TIMEOUT;
import static io.framegate.config.GateSettings.LISTENER_IDLE_TIMEOUT;
import static io.framegate.config.GateSettings.LISTENER_INSECURE_REMOTE;
import static io.framegate.config.GateSettings.LISTENER_IO_THREADS;
import static io.framegate.config.GateSettings.LISTENER_LINGER_TIMEOUT;
import static io.framegate.config.GateSettings.LISTENER_MAX_BODY_SIZE;
import static io.framegate.config.GateSettings.LISTENER_MAX_CONNECTIONS;
import static io.framegate.config.GateSettings.LISTENER_MAX_CONNECTIONS_PER_ADDRESS;
import static io.framegate.config.GateSettings.LISTENER_MAX_PENDING_REPLIES;
import static io.framegate.config.GateSettings.LISTENER_MAX_PENDING_REPLIES_IN_ALL;
import static io.framegate.config.GateSettings.LISTENER_MAX_PENDING_REQUESTS;
import static io.framegate.config.GateSettings.LISTENER_MAX_PIPELINED;
import static io.framegate.config.GateSettings.LISTENER_MIN_BODY_RATE;
import static io.framegate.config.GateSettings.LISTENER_PORT;
import static io.framegate.config.GateSettings.LISTENER_PROXY_PROTOCOL;
import static io.framegate.config.GateSettings.LISTENER_READ_TIMEOUT;
import static io.framegate.config.GateSettings.LISTENER_RECORDED_BYTES;
import static io.framegate.config.GateSettings.LISTENER_TRUSTED_PROXIES;
import static io.framegate.config.GateSettings.LISTENER_WRITE_TIMEOUT;
import static io.framegate.config.GateSettings.LOG_RESPONSES;
import static io.framegate.config.GateSettings.REQUESTS_MAX_ELEMENTS;
import static io.framegate.config.GateSettings.REQUESTS_MAX_MEMORY;
import static io.framegate.config.GateSettings.REQUESTS_MAX_PAYLOAD_SIZE;
import static io.framegate.config.GateSettings.RESPONSE_CACHE_MAX_SIZE;
import static io.framegate.config.GateSettings.RETIRED;
import static io.framegate.config.GateSettings.TLS_CERTIFICATE;
import static io.framegate.config.GateSettings.TLS_CLIENT_CERTIFICATE;
import static io.framegate.config.GateSettings.TLS_CRL;
import static io.framegate.config.GateSettings.TLS_HANDSHAKE_THREADS;
import static io.framegate.config.GateSettings.TLS_HANDSHAKE_TIMEOUT;
import static io.framegate.config.GateSettings.TLS_KEY;
import static io.framegate.config.GateSettings.TLS_KEYSTORE;
import static io.framegate.config.GateSettings.TLS_KEYSTORE_PASSWORD;
import static io.framegate.config.GateSettings.TLS_MAX_HANDSHAKES;
import static io.framegate.config.GateSettings.TLS_MIN_VERSION;
import static io.framegate.config.GateSettings.TLS_RELOAD_INTERVAL;
import static io.framegate.config.GateSettings.TLS_TRUST;
import static io.framegate.config.GateSettings.TLS_TRUSTSTORE;
import static io.framegate.config.GateSettings.TLS_TRUSTSTORE_PASSWORD;
import static io.framegate.config.GateSettings.WORKERS_DEADLINE;
import static io.framegate.config.GateSettings.WORKERS_EXECUTOR;
import static io.framegate.config.GateSettings.WORKERS_INLINE_FAST;
import static io.framegate.config.GateSettings.WORKERS_QUEUE_CAPACITY;
import static io.framegate.config.GateSettings.WORKERS_THREADS;

import io.framegate.config.SettingDefinition.Change;
import io.framegate.tls.KeySource;
import io.framegate.tls.Secret;
import io.framegate.tls.TlsSettings;
import io.framegate.tls.TrustSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;

/**
 * Reads the {@link GateSettings} from MicroProfile Config: environment variables, system properties, the WAR's own file, what
 * the app server adds. It reports all errors at once, not one at each start.
 */
public final class ConfigReader {

    /** The source of a value that nobody has set. */
    public static final String DEFAULT_SOURCE = "default";

    private static final String PREFIX = SettingDefinition.PREFIX;

    private final Config config;
    private final Map<String, String> overrides;
    private final Optional<Settings> started;
    private final List<String> errors = new ArrayList<>();
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
        refuseRetiredNames();
        GateConfig.Builder gate = GateConfig.builder()
                .address(value(LISTENER_ADDRESS))
                .port(value(LISTENER_PORT))
                .backlog(value(LISTENER_BACKLOG))
                .ioThreads(value(LISTENER_IO_THREADS))
                .limits(GateConfig.DEFAULTS.limits().toBuilder()
                        .maxConnections(value(LISTENER_MAX_CONNECTIONS))
                        .maxConnectionsPerAddress(value(LISTENER_MAX_CONNECTIONS_PER_ADDRESS))
                        .maxBodyBytes(value(LISTENER_MAX_BODY_SIZE))
                        .maxPipelined(value(LISTENER_MAX_PIPELINED))
                        .maxPendingReplyBytes(value(LISTENER_MAX_PENDING_REPLIES))
                        .maxRequestBytes(value(LISTENER_MAX_PENDING_REQUESTS))
                        .maxReplyBytes(value(LISTENER_MAX_PENDING_REPLIES_IN_ALL))
                        .readTimeout(value(LISTENER_READ_TIMEOUT))
                        .minBodyBytesPerSecond(value(LISTENER_MIN_BODY_RATE))
                        .writeTimeout(value(LISTENER_WRITE_TIMEOUT))
                        .idleTimeout(value(LISTENER_IDLE_TIMEOUT))
                        .loginTimeout(value(IDENTITY_LOGIN_TIMEOUT))
                        .lingerTimeout(value(LISTENER_LINGER_TIMEOUT))
                        .closeAfterResponse(value(LISTENER_CLOSE_AFTER_RESPONSE))
                        .recordedBytes(value(LISTENER_RECORDED_BYTES))
                        .build())
                .drainDelay(value(LISTENER_DRAIN_DELAY))
                .drainTimeout(value(LISTENER_DRAIN_TIMEOUT))
                .workerThreads(value(WORKERS_THREADS))
                .queueCapacity(value(WORKERS_QUEUE_CAPACITY))
                .inlineFast(value(WORKERS_INLINE_FAST))
                .workerDeadline(value(WORKERS_DEADLINE))
                .maxElements(value(REQUESTS_MAX_ELEMENTS))
                .sizes(new GateConfig.RequestSizes(value(REQUESTS_MAX_PAYLOAD_SIZE), value(REQUESTS_MAX_MEMORY)))
                .compression(value(COMPRESSION_ALGORITHM))
                .compressionThresholdBytes(value(COMPRESSION_THRESHOLD))
                .zlibLevel(value(COMPRESSION_ZLIB_LEVEL))
                .maxPayloadBytes(value(COMPRESSION_MAX_PAYLOAD_SIZE))
                .identity(identity())
                .keptAnswerBytes(value(RESPONSE_CACHE_MAX_SIZE))
                .logResponses(value(LOG_RESPONSES));
        AdminConfig admin = admin();
        HttpConfig http = new HttpConfig(
                value(HTTP_MAX_REQUESTS),
                value(HTTP_MAX_REQUESTS_PER_ADDRESS),
                value(HTTP_BODY_TIMEOUT),
                value(HTTP_METRICS_LOGIN));
        gate.entrance(entrance())
                .insecureRemote(value(LISTENER_INSECURE_REMOTE))
                .tls(tls());
        String executor = value(WORKERS_EXECUTOR);
        Optional<String> instanceName = value(INSTANCE_NAME);
        if (!errors.isEmpty()) {
            throw new InvalidConfigException(errors);
        }
        List<String> order =
                GateSettings.all().stream().map(SettingDefinition::fullName).toList();
        settings.sort(Comparator.comparingInt(setting -> order.indexOf(setting.name())));
        return new Settings(new ServerConfig(gate.build(), admin, http, executor, instanceName), settings);
    }

    private void refuseRetiredNames() {
        RETIRED.forEach((former, name) -> {
            if (configured(PREFIX + former).isPresent()) {
                errors.add("Set " + PREFIX + name + " in place of " + PREFIX + former + ", its former name.");
            }
        });
    }

    private IdentityConfig identity() {
        boolean required = value(IDENTITY_REQUIRED);
        Set<String> certificateRoles = value(IDENTITY_CERTIFICATE_ROLES);
        String keys = value(IDENTITY_TOKEN_KEYS);
        String issuer = value(IDENTITY_TOKEN_ISSUER);
        String audience = value(IDENTITY_TOKEN_AUDIENCE);
        if (keys.isEmpty()) {
            return new IdentityConfig(required, certificateRoles, Optional.empty());
        }
        if (issuer.isEmpty() || audience.isEmpty()) {
            errors.add("Set " + PREFIX + "identity.token-issuer and " + PREFIX
                    + "identity.token-audience along with identity.token-keys: a token of another issuer, or one that is"
                    + " meant for another server, must not be taken.");
        }
        return new IdentityConfig(
                required, certificateRoles, Optional.of(new IdentityConfig.Tokens(Path.of(keys), issuer, audience)));
    }

    private AdminConfig admin() {
        return new AdminConfig(
                value(ADMIN_USER),
                secret(ADMIN_PASSWORD),
                secret(ADMIN_PASSWORD_HASH),
                Optional.of(value(ADMIN_PASSWORD_FILE)).filter(file -> !file.isEmpty()),
                Arrays.stream(value(ADMIN_HOSTS).split(","))
                        .map(String::strip)
                        .filter(host -> !host.isEmpty())
                        .toList(),
                new AdminConfig.Proxies(value(ADMIN_TRUSTED_PROXIES), value(ADMIN_PROXY_HEADER)));
    }

    /** A value that stands in no list of settings. */
    private Optional<String> secret(SettingDefinition<String> setting) {
        return Optional.ofNullable(config.getConfigValue(setting.fullName()).getValue())
                .filter(text -> !text.isEmpty());
    }

    private GateConfig.Entrance entrance() {
        GateConfig.Entrance entrance = new GateConfig.Entrance(
                value(LISTENER_ALLOW),
                value(LISTENER_DENY),
                value(LISTENER_PROXY_PROTOCOL),
                value(LISTENER_TRUSTED_PROXIES));
        if (entrance.proxyProtocol() && entrance.trustedProxies().isEmpty()) {
            errors.add("Set framegate.listener.trusted-proxies to the addresses of the proxies, since"
                    + " framegate.listener.proxy-protocol is true.");
        }
        if (!entrance.proxyProtocol() && !entrance.trustedProxies().isEmpty()) {
            errors.add("Set framegate.listener.proxy-protocol to true, since framegate.listener.trusted-proxies names"
                    + " proxies; without it their headers would be taken for frames.");
        }
        return entrance;
    }

    private Optional<TlsSettings> tls() {
        TlsSettings.ClientCertificate client = value(TLS_CLIENT_CERTIFICATE);
        Optional<TrustSource> trust = trust();
        Optional<Path> revocationLists = value(TLS_CRL);
        if (revocationLists.isPresent() && client == TlsSettings.ClientCertificate.NONE) {
            errors.add("Set framegate.tls.client-certificate to want or need, since framegate.tls.crl says which"
                    + " certificates of clients are revoked.");
            return Optional.empty();
        }
        TlsSettings.Version version = value(TLS_MIN_VERSION);
        Duration handshakeTimeout = value(TLS_HANDSHAKE_TIMEOUT);
        int maxHandshakes = value(TLS_MAX_HANDSHAKES);
        int handshakeThreads = value(TLS_HANDSHAKE_THREADS);
        Duration reloadInterval = value(TLS_RELOAD_INTERVAL);
        Optional<KeySource> identity = serverKey();
        if (identity.isEmpty()) {
            if (trust.isPresent() || client != TlsSettings.ClientCertificate.NONE) {
                errors.add("Set framegate.tls.certificate and framegate.tls.key, or framegate.tls.keystore: clients'"
                        + " certificates are asked for only where the port speaks TLS.");
            }
            return Optional.empty();
        }
        if (client != TlsSettings.ClientCertificate.NONE && trust.isEmpty()) {
            errors.add("Set framegate.tls.trust or framegate.tls.truststore to the authorities that sign clients'"
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
        Optional<Path> certificate = value(TLS_CERTIFICATE);
        Optional<Path> key = value(TLS_KEY);
        Optional<Path> keystore = value(TLS_KEYSTORE);
        if (certificate.isPresent() != key.isPresent()) {
            errors.add("Set both framegate.tls.certificate and framegate.tls.key, or neither.");
            return Optional.empty();
        }
        if (keystore.isPresent() && certificate.isPresent()) {
            errors.add("Set either framegate.tls.certificate and framegate.tls.key, or framegate.tls.keystore.");
            return Optional.empty();
        }
        if (keystore.isPresent()) {
            return Optional.of(new KeySource.Pkcs12(
                    keystore.get(), new Secret(secret(TLS_KEYSTORE_PASSWORD).orElse(""))));
        }
        return certificate.map(file -> new KeySource.Pem(file, key.orElseThrow()));
    }

    private Optional<TrustSource> trust() {
        Optional<Path> pem = value(TLS_TRUST);
        Optional<Path> store = value(TLS_TRUSTSTORE);
        if (pem.isPresent() && store.isPresent()) {
            errors.add("Set either framegate.tls.trust or framegate.tls.truststore.");
        }
        if (store.isPresent()) {
            return Optional.of(new TrustSource.Pkcs12(
                    store.get(), new Secret(secret(TLS_TRUSTSTORE_PASSWORD).orElse(""))));
        }
        return pem.map(TrustSource.Pem::new);
    }

    /** The value of a setting; where it can't be used the default, and an error. */
    private <T> T value(SettingDefinition<T> setting) {
        Optional<String> text = written(setting);
        if (text.isEmpty()) {
            return setting.byDefault();
        }
        try {
            return setting.type().parser().apply(text.get());
        } catch (SettingType.Unusable e) {
            String reason = String.valueOf(e.getMessage());
            errors.add("Set " + setting.fullName() + " to " + setting.expected() + "; "
                    + (reason.isEmpty() ? "it is \"" + text.get() + "\"" : reason) + ".");
            return setting.byDefault();
        }
    }

    /** What is written for a setting, empty for the default's; adds the setting to the list of all. */
    private Optional<String> written(SettingDefinition<?> setting) {
        String key = setting.fullName();
        String byDefault = setting.writtenDefault();
        boolean live = setting.change() == Change.LIVE;
        Optional<String> configured = configured(key);
        Optional<Setting> fixed = live ? Optional.empty() : started.map(settings -> settings.named(key));
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
        Optional<String> override = Optional.ofNullable(overrides.get(key));
        String source = override.isPresent()
                ? DynamicConfig.OVERRIDE_SOURCE
                : configured.map(text -> sourceName(config.getConfigValue(key))).orElse(DEFAULT_SOURCE);
        Optional<String> value = override.or(() -> configured);
        settings.add(new Setting(key, value.orElse(byDefault), source, byDefault, live, Optional.empty()));
        return value;
    }

    private Optional<String> configured(String key) {
        return Optional.ofNullable(config.getConfigValue(key).getValue())
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private static String sourceName(ConfigValue found) {
        return found.getSourceName() == null ? "configuration" : found.getSourceName();
    }
}
