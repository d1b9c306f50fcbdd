package io.framegate.map;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The map's settings, of MicroProfile Config. The map's start {@linkplain #check checks} them: a wrong one keeps the map from starting, not the gate.
 *
 * <pre>
 *  key                            default         meaning
 *  framegate.map.data-set         liechtenstein   the name of the data set that is served
 *  framegate.map.initial-load     (none)          an OpenStreetMap extract in PBF, loaded under that name at start-up if
 *                                                 there is no such data set yet
 *  framegate.map.kept-blocks      64MiB           the most bytes of blocks of features that are kept in memory; 0 keeps none
 *  framegate.map.max-upload-size  4GiB            the largest map file that is taken from a client, like 500MiB; it waits
 *                                                 in the directory for temporary files until it is loaded
 *  framegate.map.upload-timeout   PT30S           in which at least 1 KiB for each of its seconds must come of a map file that
 *                                                 a client sends; else its load is ended
 * </pre>
 */
@ApplicationScoped
public class MapSettings {

    private static final int MAX_NAME_LENGTH = 100;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*(B|KiB|MiB|GiB)?");
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB");
    private static final int UNIT_BITS = 10;

    // Set by the container before the first call, and never after.
    private String dataSet = "";
    private Optional<String> initialLoad = Optional.empty();
    private String keptBlocks = "";
    private String maxUploadSize = "";
    private String uploadTimeout = "";

    /** For the container's proxy. */
    protected MapSettings() {}

    @Inject
    MapSettings(
            @ConfigProperty(name = "framegate.map.data-set") String dataSet,
            @ConfigProperty(name = "framegate.map.initial-load") Optional<String> initialLoad,
            @ConfigProperty(name = "framegate.map.kept-blocks") String keptBlocks,
            @ConfigProperty(name = "framegate.map.max-upload-size") String maxUploadSize,
            @ConfigProperty(name = "framegate.map.upload-timeout") String uploadTimeout) {
        this.dataSet = dataSet;
        this.initialLoad = initialLoad;
        this.keptBlocks = keptBlocks;
        this.maxUploadSize = maxUploadSize;
        this.uploadTimeout = uploadTimeout;
    }

    /**
     * Looks at all of them.
     *
     * @throws IllegalStateException if one is wrong; it says which and what it must be, in a sentence for operators
     */
    public void check() {
        if (dataSet.isBlank() || dataSet.length() > MAX_NAME_LENGTH) {
            throw wrong("data-set", "a name of 1 to " + MAX_NAME_LENGTH + " characters");
        }
        requireBytes("kept-blocks", keptBlocks);
        maxUploadBytes();
        uploadTimeout();
    }

    private static IllegalStateException wrong(String name, String right) {
        return new IllegalStateException("framegate.map." + name + " must be " + right
                + ": change it in the environment or in microprofile-config.properties.");
    }

    private static long requireBytes(String name, String value) {
        return bytes(value).orElseThrow(() -> wrong(name, "a size like 500MiB or 4GiB"));
    }

    /** How long a client may send next to nothing of its map file. */
    public Duration uploadTimeout() {
        try {
            Duration timeout = Duration.parse(uploadTimeout.strip());
            if (timeout.compareTo(Duration.ofSeconds(1)) >= 0 && timeout.compareTo(Duration.ofHours(1)) <= 0) {
                return timeout;
            }
        } catch (DateTimeParseException e) {
            // Said below.
        }
        throw wrong("upload-timeout", "a duration of a second to an hour, like PT30S");
    }

    /** The name of the data set that is served. */
    public String dataSet() {
        return dataSet;
    }

    /** The data set that a request names: this one if the name is empty. */
    public String dataSetOr(String requested) {
        return requested.isEmpty() ? dataSet : requested;
    }

    /** The file to load at start-up, if there is one. */
    public Optional<Path> initialLoad() {
        return initialLoad.map(String::strip).filter(path -> !path.isEmpty()).map(Path::of);
    }

    /** The most bytes of a map file that comes from a client. */
    public long maxUploadBytes() {
        return requireBytes("max-upload-size", maxUploadSize);
    }

    /** How many bytes a size like {@code 500MiB} is; empty for what is none. */
    public static OptionalLong bytes(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            return OptionalLong.empty();
        }
        String unit = Optional.ofNullable(size.group(2)).orElse("B");
        return OptionalLong.of(Long.parseLong(size.group(1)) << UNIT_BITS * UNITS.indexOf(unit));
    }
}
