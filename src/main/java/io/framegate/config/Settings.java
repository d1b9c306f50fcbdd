package io.framegate.config;

import java.util.List;

/**
 * One reading of the configuration.
 *
 * @param config the values, checked
 * @param all each setting with its source, in the order of {@link GateSettings#all}
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
                .orElseThrow(() -> new IllegalArgumentException(unknown(name)));
    }

    private static String unknown(String name) {
        String former = name.startsWith(SettingDefinition.PREFIX)
                ? GateSettings.RETIRED.get(name.substring(SettingDefinition.PREFIX.length()))
                : null;
        return former == null
                ? "There is no setting of that name."
                : "That setting is " + SettingDefinition.PREFIX + former + " now.";
    }
}
