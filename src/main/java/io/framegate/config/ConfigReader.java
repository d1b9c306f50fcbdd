package io.framegate.config;

import io.framegate.message.Compression;
import io.framegate.transport.TransportLimits;
import io.framegate.wire.FrameHeader;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;

/**
 * Reads {@link GateConfig} from MicroProfile Config: environment variables, system properties, the WAR's own file, what
 * the app server adds. Every trouble is found at once, not one at each start.
 */
public final class ConfigReader {

    private static final Pattern BYTES = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB)?");
    private static final String PREFIX = "framegate.";
    private static final int MAX_THREADS = 256;

    private final Config config;
    private final List<String> troubles = new ArrayList<>();

    private ConfigReader(Config config) {
        this.config = config;
    }

    /**
     * Reads and checks all settings.
     *
     * @throws InvalidConfigException with a sentence for each setting that can't be used
     */
    public static GateConfig read(Config config) {
        return new ConfigReader(config).read();
    }

    private GateConfig read() {
        TransportLimits defaults = TransportLimits.DEFAULTS;
        int processors = Runtime.getRuntime().availableProcessors();
        String address = text("listener.address", "127.0.0.1");
        int port = integer("listener.port", 7400, 0, 65_535);
        int backlog = integer("listener.backlog", 1024, 1, 65_535);
        int ioThreads = integer("listener.io-threads", Math.max(4, 2 * processors), 1, MAX_THREADS);
        TransportLimits limits = new TransportLimits(
                integer("listener.max-connections", defaults.maxConnections(), 1, 1_000_000),
                bytes("listener.max-body-size", defaults.maxBodyBytes(), 1, FrameHeader.MAX_BODY_BYTES),
                integer("listener.max-pipelined", defaults.maxPipelined(), 1, 65_536),
                bytes("listener.max-pending-replies", defaults.maxPendingReplyBytes(), 1, Integer.MAX_VALUE),
                duration("listener.read-timeout", defaults.readTimeout()),
                bytes("listener.min-body-rate", defaults.minBodyBytesPerSecond(), 1, Integer.MAX_VALUE),
                duration("listener.write-timeout", defaults.writeTimeout()),
                duration("listener.idle-timeout", defaults.idleTimeout()),
                duration("listener.linger-timeout", defaults.lingerTimeout()),
                flag("listener.close-after-response", defaults.closeAfterResponse()));
        GateConfig read = new GateConfig(
                address,
                port,
                backlog,
                ioThreads,
                limits,
                duration("listener.drain-timeout", Duration.ofSeconds(20)),
                integer("workers.threads", Math.max(16, 4 * processors), 1, MAX_THREADS),
                integer("workers.queue-capacity", 10_000, 1, 10_000_000),
                compression("compression.algorithm", Compression.ZLIB),
                bytes("compression.threshold", 8 * 1024, 0, FrameHeader.MAX_BODY_BYTES),
                integer("compression.zlib-level", 1, 1, 9),
                bytes("compression.max-payload-size", FrameHeader.MAX_BODY_BYTES, 1, 1024 * 1024 * 1024));
        if (!troubles.isEmpty()) {
            throw new InvalidConfigException(troubles);
        }
        return read;
    }

    private Optional<String> value(String name) {
        return config.getOptionalValue(PREFIX + name, String.class)
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private String text(String name, String byDefault) {
        return value(name).orElse(byDefault);
    }

    private int integer(String name, int byDefault, int least, int most) {
        Optional<String> text = value(name);
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
        Optional<String> text = value(name);
        if (text.isEmpty()) {
            return byDefault;
        }
        Matcher matcher = BYTES.matcher(text.get());
        if (matcher.matches()) {
            String unit = matcher.group(2) == null ? "B" : matcher.group(2);
            int shift = 10 * List.of("B", "KiB", "MiB", "GiB").indexOf(unit);
            long number = Long.parseLong(matcher.group(1));
            if (number <= (long) most >> shift && number << shift >= least) {
                return (int) (number << shift);
            }
        }
        trouble(name, text.get(), "a size like 8192, 8KiB or 4MiB, from " + least + " to " + most + " bytes");
        return byDefault;
    }

    private Duration duration(String name, Duration byDefault) {
        Optional<String> text = value(name);
        if (text.isEmpty()) {
            return byDefault;
        }
        try {
            Duration value = Duration.parse(text.get());
            if (value.toMillis() >= 1 && value.toDays() <= 365) {
                return value;
            }
        } catch (DateTimeParseException | ArithmeticException e) {
            // Told below, like a duration out of range.
        }
        trouble(name, text.get(), "an ISO 8601 duration like PT0.5S, PT30S or PT10M, from 1 ms to 365 days");
        return byDefault;
    }

    private boolean flag(String name, boolean byDefault) {
        Optional<String> text = value(name);
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

    private Compression compression(String name, Compression byDefault) {
        Optional<String> text = value(name);
        if (text.isEmpty()) {
            return byDefault;
        }
        for (Compression compression : Compression.values()) {
            if (compression.name().equalsIgnoreCase(text.get())) {
                return compression;
            }
        }
        trouble(name, text.get(), "none, zlib or lzma");
        return byDefault;
    }

    private void trouble(String name, String value, String expected) {
        troubles.add("Set " + PREFIX + name + " to " + expected + "; it is \"" + value + "\".");
    }
}
