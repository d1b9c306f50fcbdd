package io.framegate.config;

import java.util.List;

/**
 * One reading of the configuration.
 *
 * @param config the values, checked
 * @param all each setting with its source, in the order of the README's table
 */
public record Settings(ServerConfig config, List<Setting> all) {

    public Settings {
        all = List.copyOf(all);
    }

    /**
     * The setting of a name.
     *
     * @throws IllegalArgumentException in a sentence, where there is none
     */
    Setting named(String name) {
        return all.stream()
                .filter(setting -> setting.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no setting of that name."));
    }
}
