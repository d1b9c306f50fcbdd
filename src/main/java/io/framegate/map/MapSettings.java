package io.framegate.map;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The map's settings, of MicroProfile Config; checked once, when they are first asked for.
 *
 * <pre>
 *  key                         default         meaning
 *  framegate.map.data-set      liechtenstein   the name of the data set that is served
 *  framegate.map.initial-load  (none)          an OpenStreetMap extract in PBF, loaded under that name at start-up if
 *                                              there is no such data set yet
 * </pre>
 */
@ApplicationScoped
public class MapSettings {

    private static final int MAX_NAME_LENGTH = 100;

    // Set by the container before the first call, and never after.
    private String dataSet = "";
    private Optional<String> initialLoad = Optional.empty();

    /** For the container's proxy. */
    protected MapSettings() {}

    @Inject
    MapSettings(
            @ConfigProperty(name = "framegate.map.data-set") String dataSet,
            @ConfigProperty(name = "framegate.map.initial-load") Optional<String> initialLoad) {
        this.dataSet = dataSet;
        this.initialLoad = initialLoad;
    }

    @PostConstruct
    void check() {
        if (dataSet.isBlank() || dataSet.length() > MAX_NAME_LENGTH) {
            throw new IllegalStateException("framegate.map.data-set must be a name of 1 to " + MAX_NAME_LENGTH
                    + " characters: change it in the environment or in microprofile-config.properties.");
        }
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
}
