package io.framegate.map;

import java.util.Optional;

/** Settings without a container. */
public final class MapSettingsFixture {

    private MapSettingsFixture() {}

    /** As they would come from the configuration. */
    public static MapSettings of(String dataSet, Optional<String> initialLoad) {
        return of(dataSet, initialLoad, "4GiB");
    }

    /** As they would come from the configuration, with a limit of uploads. */
    public static MapSettings of(String dataSet, Optional<String> initialLoad, String maxUploadSize) {
        return of(dataSet, initialLoad, maxUploadSize, "PT30S");
    }

    /** As they would come from the configuration, with all limits of uploads. */
    public static MapSettings of(
            String dataSet, Optional<String> initialLoad, String maxUploadSize, String uploadTimeout) {
        MapSettings settings = new MapSettings(dataSet, initialLoad, "64MiB", maxUploadSize, uploadTimeout);
        settings.check();
        return settings;
    }

    /** With a limit of blocks in memory, right or wrong. */
    public static MapSettings unchecked(String keptBlocks) {
        return new MapSettings("monaco", Optional.empty(), keptBlocks, "4GiB", "PT30S");
    }
}
