package io.framegate.config;

/**
 * A setting as it is declared, once: the reader of the configuration, the console, the command line and the reference page take it
 * from here.
 *
 * @param <T> its value
 * @param name without the prefix {@value #PREFIX}
 * @param type how it is written
 * @param byDefault its value if nobody sets one
 * @param documentedDefault the default in words, where it depends on the machine; otherwise as it is written
 * @param change when another value is taken
 * @param description what it is and what happens at the limit, in sentences
 */
public record SettingDefinition<T>(
        String name, SettingType<T> type, T byDefault, String documentedDefault, Change change, String description) {

    /** What all names begin with. */
    public static final String PREFIX = "framegate.";

    /** When another value of a setting is taken. */
    public enum Change {
        /** While the gate runs. */
        LIVE("at once"),
        /** The open port and its threads are made with it. */
        AT_START("at the next start"),
        /** Likewise; its value is shown nowhere. */
        SECRET("at the next start");

        private final String words;

        Change(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }

    /** With the prefix. */
    public String fullName() {
        return PREFIX + name;
    }

    /** The allowed values, to go after "Set … to". */
    public String expected() {
        return type.expected();
    }

    /** The description without Markdown. */
    public String plainDescription() {
        return description.replace("`", "").replaceAll("\\[([^]]+)]\\([^)]+\\)", "$1");
    }

    /** The default as it is written. */
    String writtenDefault() {
        return type.writer().apply(byDefault);
    }
}
