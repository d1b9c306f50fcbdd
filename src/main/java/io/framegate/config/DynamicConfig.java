package io.framegate.config;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The configuration in force, while the gate runs. It follows the sources of MicroProfile Config, which are read again by
 * {@link #reread()}, and what an operator sets, which wins over them and is gone with the application's end.
 *
 * <p>A configuration is taken whole, or not at all: where one value can't be used, all the old ones stay, and
 * {@link #refused()} says why. The parts of the gate that have to be told {@linkplain #follow follow} it; they keep what
 * they need in fields of their own.
 *
 * <p><b>Threads.</b> Any. Changes are made one at a time, and followers are told in their order.
 */
public final class DynamicConfig {

    /** The source of a value that an operator has set. */
    public static final String OVERRIDE_SOURCE = "operator";

    private static final Logger LOG = System.getLogger(DynamicConfig.class.getName());

    private final Reader reader;
    private final Settings started;
    private final List<Consumer<ServerConfig>> followers = new CopyOnWriteArrayList<>();
    private final Map<String, String> overrides = new TreeMap<>(); // guarded by this
    private volatile Settings settings;
    private volatile Optional<String> refused = Optional.empty();

    /** Where the settings are read from: {@link ConfigReader}, as a rule. */
    @FunctionalInterface
    public interface Reader {

        /**
         * Reads everything anew.
         *
         * @param overrides values by name that win
         * @param started what the gate has started with, if it has
         * @throws InvalidConfigException with a sentence for each setting that can't be used
         */
        Settings read(Map<String, String> overrides, Optional<Settings> started);
    }

    /**
     * Reads the settings for a start.
     *
     * @throws InvalidConfigException with a sentence for each setting that can't be used
     */
    public DynamicConfig(Reader reader) {
        this.reader = reader;
        this.started = reader.read(Map.of(), Optional.empty());
        this.settings = started;
    }

    /** The settings in force. */
    public ServerConfig current() {
        return settings.config();
    }

    /** Each setting in force, with its source. */
    public List<Setting> settings() {
        return settings.all();
    }

    /** Why the sources' present values are not in force, if they are not. */
    public Optional<String> refused() {
        return refused;
    }

    /** Tells of every change from now on. A follower does not throw. */
    public void follow(Consumer<ServerConfig> follower) {
        followers.add(follower);
    }

    /** Reads the sources again. What can't be used is logged once, and the old values stay. */
    public synchronized void reread() {
        try {
            take(reader.read(overrides, Optional.of(started)));
            refused = Optional.empty();
        } catch (InvalidConfigException e) {
            String sentence = e.getMessage() + " Until then the values of before stay in force.";
            if (!Optional.of(sentence).equals(refused)) {
                LOG.log(Level.WARNING, sentence);
            }
            refused = Optional.of(sentence);
        }
    }

    /**
     * Sets a value until the application ends, or until it is {@linkplain #reset reset}.
     *
     * @param name with the prefix {@code framegate.}
     * @throws InvalidConfigException in a sentence, where the value can't be used; nothing has changed then
     * @throws IllegalArgumentException in a sentence, where there is no such setting, or none that can change
     */
    public synchronized void set(String name, String value) {
        requireLive(name);
        Map<String, String> changed = new TreeMap<>(overrides);
        changed.put(name, value.strip());
        change(changed);
    }

    /**
     * Takes an operator's value back: that of the sources is in force again.
     *
     * @throws InvalidConfigException as {@link #set} does
     * @throws IllegalArgumentException as {@link #set} does
     */
    public synchronized void reset(String name) {
        requireLive(name);
        Map<String, String> changed = new TreeMap<>(overrides);
        changed.remove(name);
        change(changed);
    }

    private void change(Map<String, String> changed) {
        Settings read = reader.read(changed, Optional.of(started));
        overrides.clear();
        overrides.putAll(changed);
        refused = Optional.empty();
        take(read);
    }

    private void requireLive(String name) {
        Setting setting = settings.named(name);
        if (!setting.live()) {
            throw new IllegalArgumentException(
                    name + " can't change while the server runs: change it where the server is configured, and start it"
                            + " again.");
        }
    }

    private void take(Settings read) {
        for (Setting setting : read.all()) {
            Setting before = settings.named(setting.name());
            if (!before.value().equals(setting.value())) {
                LOG.log(
                        Level.INFO,
                        "{0} is {1} now, from {2}; it was {3}",
                        setting.name(),
                        setting.value(),
                        setting.source(),
                        before.value());
            } else if (!before.pending().equals(setting.pending())
                    && setting.pending().isPresent()) {
                LOG.log(
                        Level.INFO,
                        "{0} will be {1} after the next start; it can''t change while the server runs",
                        setting.name(),
                        setting.pending().get());
            }
        }
        boolean changed = !read.config().equals(settings.config());
        settings = read;
        if (changed) {
            followers.forEach(follower -> follower.accept(read.config()));
        }
    }
}
