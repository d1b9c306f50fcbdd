package io.framegate.map;

import java.util.Optional;

/** Settings without a container. */
public final class MapSettingsFixture {

    private MapSettingsFixture() {}

    /** As they would come from the configuration. */
    public static MapSettings of(String dataSet, Optional<String> initialLoad) {
        MapSettings settings = new MapSettings(dataSet, initialLoad);
        settings.check();
        return settings;
    }
}
