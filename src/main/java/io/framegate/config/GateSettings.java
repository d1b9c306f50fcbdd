package io.framegate.config;

import static io.framegate.config.SettingDefinition.Change.AT_START;
import static io.framegate.config.SettingDefinition.Change.LIVE;
import static io.framegate.config.SettingDefinition.Change.SECRET;
import static io.framegate.config.SettingType.addresses;
import static io.framegate.config.SettingType.bytes;
import static io.framegate.config.SettingType.choice;
import static io.framegate.config.SettingType.duration;
import static io.framegate.config.SettingType.file;
import static io.framegate.config.SettingType.flag;
import static io.framegate.config.SettingType.integer;
import static io.framegate.config.SettingType.names;
import static io.framegate.config.SettingType.optionalText;
import static io.framegate.config.SettingType.text;

import io.framegate.config.SettingDefinition.Change;
import io.framegate.message.Compression;
import io.framegate.tls.TlsSettings.ClientCertificate;
import io.framegate.tls.TlsSettings.Version;
import io.framegate.transport.AddressRanges;
import io.framegate.transport.TransportLimits;
import io.framegate.wire.FrameHeader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The gate's settings, each declared once. {@link ConfigReader} reads them, {@code src/docs/reference/settings.md} is made of them.
 *
 * <p>To add one: declare it here, read it in {@link ConfigReader}, and write the page anew, as the test of the page says.
 */
public final class GateSettings {

    /** Former names, with the name that takes their place. */
    static final Map<String, String> RETIRED =
            Map.of("workers.quick-where-read", "workers.inline-fast", "answers.kept", "response-cache.max-size");

    private static final List<SettingDefinition<?>> ALL = new ArrayList<>();

    private static final GateConfig GATE = GateConfig.DEFAULTS;
    private static final TransportLimits LIMITS = GATE.limits();
    private static final HttpConfig HTTP = HttpConfig.DEFAULTS;
    private static final int MAX_THREADS = 256;
    private static final int MANY = 1_000_000;
    private static final int MEBI = 1 << 20;
    private static final Pattern INSTANCE_NAMES = Pattern.compile("[\\w.:-]{1,60}");

    // ---------------------------------------------------------------- listener

    static final SettingDefinition<String> LISTENER_ADDRESS = define(
            "listener.address",
            text("an address of this machine"),
            GATE.address(),
            AT_START,
            "Address that the TCP port listens on. Any but the loopback address needs TLS, or `listener.insecure-remote`.");

    static final SettingDefinition<Integer> LISTENER_PORT =
            define("listener.port", integer(0, 65_535), GATE.port(), AT_START, "TCP port; 0 takes any free one.");

    static final SettingDefinition<Integer> LISTENER_BACKLOG = define(
            "listener.backlog",
            integer(1, 65_535),
            GATE.backlog(),
            AT_START,
            "Length of the accept queue in the kernel, which may limit it further.");

    static final SettingDefinition<Integer> LISTENER_IO_THREADS = define(
            "listener.io-threads",
            integer(1, MAX_THREADS),
            GATE.ioThreads(),
            "2 per core, at least 4",
            AT_START,
            "I/O threads. As many of them take part as the load needs; the others park.");

    static final SettingDefinition<Boolean> LISTENER_INSECURE_REMOTE = define(
            "listener.insecure-remote",
            flag(),
            GATE.insecureRemote(),
            AT_START,
            "Allows an address that other machines can reach without TLS. Only for trusted networks.");

    static final SettingDefinition<AddressRanges> LISTENER_ALLOW = define(
            "listener.allow",
            addresses(),
            AddressRanges.NONE,
            LIVE,
            "Client addresses and ranges that may connect. Without any, all may that are not denied.");

    static final SettingDefinition<AddressRanges> LISTENER_DENY = define(
            "listener.deny",
            addresses(),
            AddressRanges.NONE,
            LIVE,
            "Client addresses and ranges that may not connect, even if they are allowed.");

    static final SettingDefinition<Boolean> LISTENER_PROXY_PROTOCOL = define(
            "listener.proxy-protocol",
            flag(),
            false,
            AT_START,
            "Every connection begins with a PROXY protocol header, which has the client's address.");

    static final SettingDefinition<AddressRanges> LISTENER_TRUSTED_PROXIES = define(
            "listener.trusted-proxies",
            addresses(),
            AddressRanges.NONE,
            AT_START,
            "Proxies whose PROXY protocol headers are accepted. Connections from elsewhere are closed.");

    static final SettingDefinition<Integer> LISTENER_MAX_CONNECTIONS = define(
            "listener.max-connections",
            integer(1, MANY),
            LIMITS.maxConnections(),
            LIVE,
            "Open connections. One more is sent a busy error and closed.");

    static final SettingDefinition<Integer> LISTENER_MAX_CONNECTIONS_PER_ADDRESS = define(
            "listener.max-connections-per-address",
            integer(1, MANY),
            LIMITS.maxConnectionsPerAddress(),
            LIVE,
            "Open connections of one client address. One more is sent a busy error and closed.");

    static final SettingDefinition<Integer> LISTENER_MAX_BODY_SIZE = define(
            "listener.max-body-size",
            bytes(1, FrameHeader.MAX_BODY_BYTES),
            LIMITS.maxBodyBytes(),
            LIVE,
            "The largest body of a frame, as it is sent. A larger one ends its connection.");

    static final SettingDefinition<Integer> LISTENER_MAX_PIPELINED = define(
            "listener.max-pipelined",
            integer(1, 65_536),
            LIMITS.maxPipelined(),
            LIVE,
            "Requests of one connection without a reply. At the limit reading pauses.");

    static final SettingDefinition<Integer> LISTENER_MAX_PENDING_REPLIES = define(
            "listener.max-pending-replies",
            bytes(1, Integer.MAX_VALUE),
            LIMITS.maxPendingReplyBytes(),
            LIVE,
            "Bytes of replies that one connection leaves unread. At the limit reading pauses, and its requests are deferred.");

    static final SettingDefinition<Integer> LISTENER_MAX_PENDING_REPLIES_IN_ALL = define(
            "listener.max-pending-replies-in-all",
            bytes(1, Integer.MAX_VALUE),
            LIMITS.maxReplyBytes(),
            LIVE,
            "The same for all connections. At the limit those pause that have unread replies.");

    static final SettingDefinition<Integer> LISTENER_MAX_PENDING_REQUESTS = define(
            "listener.max-pending-requests",
            bytes(1, Integer.MAX_VALUE),
            LIMITS.maxRequestBytes(),
            "a quarter of the heap, at most 256MiB",
            LIVE,
            "Bytes of requests that are read in part, queued or running. One more is refused as busy.");

    static final SettingDefinition<Duration> LISTENER_READ_TIMEOUT = define(
            "listener.read-timeout",
            duration(1),
            LIMITS.readTimeout(),
            LIVE,
            "Time for a header from its first byte on, and the window of `listener.min-body-rate`.");

    static final SettingDefinition<Integer> LISTENER_MIN_BODY_RATE = define(
            "listener.min-body-rate",
            bytes(1, Integer.MAX_VALUE),
            LIMITS.minBodyBytesPerSecond(),
            LIVE,
            "Bytes per second of a body, on average over each read timeout. A slower connection is closed.");

    static final SettingDefinition<Duration> LISTENER_WRITE_TIMEOUT = define(
            "listener.write-timeout",
            duration(1),
            LIMITS.writeTimeout(),
            LIVE,
            "Time in which the client must take a byte while a reply is pending. Otherwise the connection is closed.");

    static final SettingDefinition<Duration> LISTENER_IDLE_TIMEOUT = define(
            "listener.idle-timeout",
            duration(1),
            LIMITS.idleTimeout(),
            LIVE,
            "Time without a byte from the client while it has no request in flight. Then the connection is closed.");

    static final SettingDefinition<Duration> LISTENER_LINGER_TIMEOUT = define(
            "listener.linger-timeout",
            duration(1),
            LIMITS.lingerTimeout(),
            LIVE,
            "Time for the client to read the last reply of a connection that the server ends.");

    static final SettingDefinition<Duration> LISTENER_DRAIN_DELAY = define(
            "listener.drain-delay",
            duration(0),
            GATE.drainDelay(),
            LIVE,
            "Time that a draining gate serves on while it is not ready: longer than a load balancer takes to notice.");

    static final SettingDefinition<Duration> LISTENER_DRAIN_TIMEOUT = define(
            "listener.drain-timeout",
            duration(1),
            GATE.drainTimeout(),
            LIVE,
            "Time for the last replies when the application stops. Then the connections are closed.");

    static final SettingDefinition<Integer> LISTENER_RECORDED_BYTES = define(
            "listener.recorded-bytes",
            bytes(0, 64 * MEBI),
            LIMITS.recordedBytes(),
            LIVE,
            "Bytes of the last frames of each connection that the [flight recorder](../administration.md) keeps; 0 keeps none.");

    static final SettingDefinition<Boolean> LISTENER_CLOSE_AFTER_RESPONSE = define(
            "listener.close-after-response",
            flag(),
            LIMITS.closeAfterResponse(),
            LIVE,
            "Ends each connection after its first response, for the oldest clients.");

    // ---------------------------------------------------------------- TLS

    static final SettingDefinition<Optional<Path>> TLS_CERTIFICATE = define(
            "tls.certificate",
            file(),
            Optional.empty(),
            AT_START,
            "PEM file with the server's certificate and its chain. Together with `tls.key` it switches TLS on.");

    static final SettingDefinition<Optional<Path>> TLS_KEY =
            define("tls.key", file(), Optional.empty(), AT_START, "PEM file with the server's private key (PKCS #8).");

    static final SettingDefinition<Optional<Path>> TLS_KEYSTORE = define(
            "tls.keystore",
            file(),
            Optional.empty(),
            AT_START,
            "PKCS #12 file with certificate and key, instead of the two PEM files.");

    static final SettingDefinition<String> TLS_KEYSTORE_PASSWORD = define(
            "tls.keystore-password", text("a password"), "", SettingType.NONE, SECRET, "Password of `tls.keystore`.");

    static final SettingDefinition<ClientCertificate> TLS_CLIENT_CERTIFICATE = define(
            "tls.client-certificate",
            choice("none, want or need", List.of(ClientCertificate.values())),
            ClientCertificate.NONE,
            AT_START,
            "Whether clients are asked for a certificate, and whether they need one.");

    static final SettingDefinition<Optional<Path>> TLS_TRUST = define(
            "tls.trust",
            file(),
            Optional.empty(),
            AT_START,
            "PEM file with the authorities that sign clients' certificates.");

    static final SettingDefinition<Optional<Path>> TLS_TRUSTSTORE = define(
            "tls.truststore", file(), Optional.empty(), AT_START, "PKCS #12 file with them, instead of the PEM file.");

    static final SettingDefinition<String> TLS_TRUSTSTORE_PASSWORD = define(
            "tls.truststore-password",
            text("a password"),
            "",
            SettingType.NONE,
            SECRET,
            "Password of `tls.truststore`.");

    static final SettingDefinition<Optional<Path>> TLS_CRL = define(
            "tls.crl",
            file(),
            Optional.empty(),
            AT_START,
            "File of certificate revocation lists, PEM or DER, for [clients' certificates](../network.md#tls).");

    static final SettingDefinition<Version> TLS_MIN_VERSION = define(
            "tls.min-version",
            new SettingType<>(
                    "1.2 or 1.3",
                    text -> switch (text) {
                        case "1.2" -> Version.TLS_1_2;
                        case "1.3" -> Version.TLS_1_3;
                        default -> throw new SettingType.Unusable("");
                    },
                    version -> version == Version.TLS_1_2 ? "1.2" : "1.3"),
            Version.TLS_1_2,
            AT_START,
            "The oldest version of TLS.");

    static final SettingDefinition<Duration> TLS_HANDSHAKE_TIMEOUT =
            define("tls.handshake-timeout", duration(1), Duration.ofSeconds(10), AT_START, "Time for a TLS handshake.");

    static final SettingDefinition<Integer> TLS_MAX_HANDSHAKES = define(
            "tls.max-handshakes", integer(1, MANY), 1000, AT_START, "Concurrent handshakes. One more ends the oldest.");

    static final SettingDefinition<Integer> TLS_HANDSHAKE_THREADS = define(
            "tls.handshake-threads",
            integer(1, MAX_THREADS),
            Runtime.getRuntime().availableProcessors(),
            "1 per core",
            AT_START,
            "Threads that sign and verify for handshakes.");

    static final SettingDefinition<Duration> TLS_RELOAD_INTERVAL = define(
            "tls.reload-interval",
            duration(1),
            Duration.ofSeconds(10),
            AT_START,
            "Interval between two checks whether the files of TLS have changed.");

    // ---------------------------------------------------------------- workers and requests

    static final SettingDefinition<Integer> WORKERS_THREADS = define(
            "workers.threads",
            integer(1, MAX_THREADS),
            GATE.workerThreads(),
            "4 per core, at least 16",
            LIVE,
            "Worker threads, made by the managed executor.");

    static final SettingDefinition<Integer> WORKERS_QUEUE_CAPACITY = define(
            "workers.queue-capacity",
            integer(1, 10_000_000),
            GATE.queueCapacity(),
            LIVE,
            "Requests that are queued or running. One more is refused as busy.");

    static final SettingDefinition<Duration> WORKERS_DEADLINE = define(
            "workers.deadline",
            duration(1),
            GATE.workerDeadline(),
            LIVE,
            "Time for one request, or one batch. Then it is answered by the error `OUTCOME_UNKNOWN`, and its worker interrupted."
                    + " A request that is queued for twice as long is refused as busy.");

    static final SettingDefinition<Boolean> WORKERS_INLINE_FAST = define(
            "workers.inline-fast",
            flag(),
            GATE.inlineFast(),
            LIVE,
            "Runs workers that lately took less than 25 µs on average on the I/O thread that reads the request, on at most half of"
                    + " these threads at once.");

    static final SettingDefinition<String> WORKERS_EXECUTOR = define(
            "workers.executor",
            text("the JNDI name of a managed executor"),
            ServerConfig.OWN_EXECUTOR,
            "threads of the application's own",
            AT_START,
            "JNDI name of a managed executor of the application server.");

    static final SettingDefinition<Integer> REQUESTS_MAX_ELEMENTS = define(
            "requests.max-elements",
            integer(1, 100_000_000),
            GATE.maxElements(),
            LIVE,
            "Elements of all lists of one request.");

    static final SettingDefinition<Integer> REQUESTS_MAX_PAYLOAD_SIZE = define(
            "requests.max-payload-size",
            bytes(1, FrameHeader.MAX_BODY_BYTES),
            GATE.sizes().payloadBytes(),
            LIVE,
            "The largest payload of a request whose record does not bound it, by its components or by `@MaxPayload`.");

    static final SettingDefinition<Integer> REQUESTS_MAX_MEMORY = define(
            "requests.max-memory",
            bytes(MEBI, Integer.MAX_VALUE),
            GATE.sizes().memoryBytes(),
            "an eighth of the heap",
            LIVE,
            "Heap that all running requests may take, decompressed and decoded. One more is refused as busy.");

    static final SettingDefinition<Compression> COMPRESSION_ALGORITHM = define(
            "compression.algorithm",
            // Zstandard is agreed on with each client; an old one could not read it.
            choice("none, zlib or lzma", List.of(Compression.NONE, Compression.ZLIB, Compression.LZMA)),
            GATE.compression(),
            LIVE,
            "Compression of answers. Clients that say hello for it get Zstandard instead of zlib, by a native library that is"
                    + " unpacked into the directory of `java.io.tmpdir`; where that can't be run, by a slower one in Java.");

    static final SettingDefinition<Integer> COMPRESSION_THRESHOLD = define(
            "compression.threshold",
            bytes(0, FrameHeader.MAX_BODY_BYTES),
            GATE.compressionThresholdBytes(),
            LIVE,
            "Larger payloads are compressed.");

    static final SettingDefinition<Integer> COMPRESSION_ZLIB_LEVEL = define(
            "compression.zlib-level",
            integer(1, 9),
            GATE.zlibLevel(),
            LIVE,
            "1 is the gate's own deflater: less than half of the time of the JDK's level 1, for 2 % more bytes. 2 (fast) to 9 (small)"
                    + " are the JDK's.");

    static final SettingDefinition<Integer> COMPRESSION_MAX_PAYLOAD_SIZE = define(
            "compression.max-payload-size",
            bytes(1, 1024 * MEBI),
            GATE.maxPayloadBytes(),
            LIVE,
            "The largest payload of any request after decompression.");

    static final SettingDefinition<Integer> RESPONSE_CACHE_MAX_SIZE = define(
            "response-cache.max-size",
            bytes(0, Integer.MAX_VALUE),
            GATE.keptAnswerBytes(),
            LIVE,
            "Bytes of cached answers of versioned workers; 0 caches none.");

    static final SettingDefinition<Boolean> LOG_RESPONSES = define(
            "log.responses",
            flag(),
            GATE.logResponses(),
            LIVE,
            "Logs each answer: its text, compression, size and time.");

    // ---------------------------------------------------------------- identity

    static final SettingDefinition<Boolean> IDENTITY_REQUIRED = define(
            "identity.required",
            flag(),
            false,
            AT_START,
            "Refuses everything but a hello and a login to clients that are not authenticated.");

    static final SettingDefinition<Duration> IDENTITY_LOGIN_TIMEOUT = define(
            "identity.login-timeout",
            duration(1),
            LIMITS.loginTimeout(),
            LIVE,
            "Time from the beginning of a connection to its login, if one is required.");

    static final SettingDefinition<Set<String>> IDENTITY_CERTIFICATE_ROLES = define(
            "identity.certificate-roles",
            names("roles, separated by commas"),
            Set.of(),
            SettingType.NONE,
            AT_START,
            "Roles of clients that are authenticated by their certificate, separated by commas.");

    static final SettingDefinition<String> IDENTITY_TOKEN_KEYS = define(
            "identity.token-keys",
            text("a file"),
            "",
            SettingType.NONE,
            AT_START,
            "File with the public keys (JSON Web Key Set) of the issuer of tokens; read again when it changes.");

    static final SettingDefinition<String> IDENTITY_TOKEN_ISSUER = define(
            "identity.token-issuer",
            text("a text"),
            "",
            SettingType.NONE,
            AT_START,
            "Required value of a token's claim `iss`.");

    static final SettingDefinition<String> IDENTITY_TOKEN_AUDIENCE = define(
            "identity.token-audience",
            text("a text"),
            "",
            SettingType.NONE,
            AT_START,
            "Required name in a token's claim `aud`.");

    // ---------------------------------------------------------------- administration

    static final SettingDefinition<String> ADMIN_USER =
            define("admin.user", text("a name"), "admin", AT_START, "The administrator's name.");

    static final SettingDefinition<String> ADMIN_PASSWORD = define(
            "admin.password",
            text("a password"),
            "",
            "one made at the first start",
            SECRET,
            "The administrator's password. More in [administration](../administration.md).");

    static final SettingDefinition<String> ADMIN_PASSWORD_HASH = define(
            "admin.password-hash",
            text("a hash"),
            "",
            SettingType.NONE,
            SECRET,
            "PBKDF2 hash instead of the password.");

    static final SettingDefinition<String> ADMIN_PASSWORD_FILE = define(
            "admin.password-file",
            text("a file"),
            "",
            SettingType.NONE,
            AT_START,
            "File for the hash of the password that is made at the first start.");

    static final SettingDefinition<String> ADMIN_HOSTS = define(
            "admin.hosts",
            text("host names, separated by commas"),
            "",
            SettingType.NONE,
            LIVE,
            "Further host names, separated by commas, by which console and `/admin` answer.");

    static final SettingDefinition<AddressRanges> ADMIN_TRUSTED_PROXIES = define(
            "admin.trusted-proxies",
            addresses(),
            AddressRanges.NONE,
            LIVE,
            "HTTP proxies whose header with the client's address is accepted.");

    static final SettingDefinition<AdminConfig.Header> ADMIN_PROXY_HEADER = define(
            "admin.proxy-header",
            choice("x-forwarded-for or forwarded", List.of(AdminConfig.Header.values())),
            AdminConfig.Header.X_FORWARDED_FOR,
            LIVE,
            "The header that they write: `x-forwarded-for`, or `forwarded` (RFC 7239).");

    static final SettingDefinition<Integer> HTTP_MAX_REQUESTS = define(
            "http.max-requests",
            integer(1, 100_000),
            HTTP.maxRequests(),
            LIVE,
            "Concurrent requests over HTTP. One more is refused. Keep it below the server's HTTP threads (200 of Payara Micro), so"
                    + " that `/health` is answered.");

    static final SettingDefinition<Integer> HTTP_MAX_REQUESTS_PER_ADDRESS = define(
            "http.max-requests-per-address",
            integer(1, 100_000),
            HTTP.maxRequestsPerAddress(),
            LIVE,
            "The same for one client address.");

    static final SettingDefinition<Duration> HTTP_BODY_TIMEOUT = define(
            "http.body-timeout",
            duration(1),
            HTTP.bodyTimeout(),
            LIVE,
            "Time for the body of a request over HTTP, except a map file.");

    static final SettingDefinition<Boolean> HTTP_METRICS_LOGIN = define(
            "http.metrics-login",
            flag(),
            HTTP.metricsLogin(),
            LIVE,
            "Whether `/metrics` needs a login if `identity.required` is on.");

    static final SettingDefinition<Optional<String>> INSTANCE_NAME = define(
            "instance.name",
            optionalText("1 to 60 letters, digits, dots, colons and hyphens, but not to \"all\"", isInstanceName()),
            Optional.empty(),
            "host name and port",
            AT_START,
            "Name of this gate among those of a Data Grid.");

    private GateSettings() {}

    /** All of them, in the order of the reference page. */
    public static List<SettingDefinition<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    /** The one of a full name; empty if there is none. */
    public static Optional<SettingDefinition<?>> find(String fullName) {
        return all().stream()
                .filter(definition -> definition.fullName().equals(fullName))
                .findFirst();
    }

    /** The reference page, in Markdown. */
    public static String markdown() {
        StringBuilder page = new StringBuilder();
        page.append("# Settings\n\n")
                .append(
                        "MicroProfile Config reads them: a system property `framegate.listener.port`, an environment variable\n")
                .append(
                        "`FRAMEGATE_LISTENER_PORT`, a file of properties, whatever the application server adds. A value that can't be used\n")
                .append(
                        "fails the start with a sentence for each. Sizes are written like `8192`, `8KiB` or `4MiB`, durations like `PT30S`.\n\n")
                .append("This page is made of the declarations in\n")
                .append(
                        "[`GateSettings`](../../main/java/io/framegate/config/GateSettings.java); `framegate config describe` prints it.\n");
        String group = "";
        for (SettingDefinition<?> each : ALL) {
            String of = each.name().substring(0, each.name().indexOf('.'));
            if (!of.equals(group)) {
                group = of;
                page.append("\n## ")
                        .append(of)
                        .append(
                                "\n\n| property `framegate.…` | default | another value is taken | what |\n|---|---|---|---|\n");
            }
            boolean asWritten = each.documentedDefault().equals(each.writtenDefault())
                    && !each.writtenDefault().isEmpty();
            page.append("| `")
                    .append(each.name())
                    .append("` | ")
                    .append(
                            asWritten && !each.documentedDefault().equals(SettingType.NONE)
                                    ? "`" + each.documentedDefault() + "`"
                                    : each.documentedDefault())
                    .append(" | ")
                    .append(each.change().words())
                    .append(" | ")
                    .append(each.description())
                    .append(" |\n");
        }
        return page.toString();
    }

    private static Predicate<String> isInstanceName() {
        return text -> INSTANCE_NAMES.matcher(text).matches() && !text.equals("all");
    }

    private static <T> SettingDefinition<T> define(
            String name, SettingType<T> type, T byDefault, Change change, String description) {
        return define(name, type, byDefault, type.writer().apply(byDefault), change, description);
    }

    private static <T> SettingDefinition<T> define(
            String name,
            SettingType<T> type,
            T byDefault,
            String documentedDefault,
            Change change,
            String description) {
        SettingDefinition<T> definition =
                new SettingDefinition<>(name, type, byDefault, documentedDefault, change, description);
        ALL.add(definition);
        return definition;
    }
}
