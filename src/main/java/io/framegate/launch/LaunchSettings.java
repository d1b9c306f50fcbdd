package io.framegate.launch;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What the run command was asked for. Each setting is a system property ({@code -Dname=value}), else an environment
 * variable (the name in capitals with {@code _} for every other character), else its default.
 *
 * <pre>
 *  framegate.listener.address   127.0.0.1   where the TCP port answers
 *  framegate.listener.port      7400        0 for any that is free
 *  framegate.http.address       127.0.0.1   where HTTP answers
 *  framegate.http.port          8080        0 for any that is free
 *  framegate.database.url       —           a PostgreSQL to use instead of the embedded one; with .user and .password
 *  framegate.data.dir           .framegate  the embedded database, the administrator's password, and logs
 *  framegate.admin.password     —           made at the first run and kept in the data directory
 *  framegate.map.initial-load   Liechtenstein, from target/map-data
 *  framegate.run.ready-timeout  PT5M        until it must serve, the first load of the map included
 *  framegate.run.stop-timeout   PT30S       until Payara Micro must have stopped
 *  framegate.run.jvm-options    —           for Payara Micro's JVM, separated by spaces
 * </pre>
 *
 * @param payaraJar Payara Micro, given by the build as {@code framegate.run.payara-jar}
 * @param database the configured one, if any
 * @param adminUser the administrator's name
 * @param adminPassword the configured one, if any
 * @param adminElsewhere whether the server is told where it has its administrator's password from
 * @param forwarded the properties for the server's JVM: all of {@code framegate.*} but the database's and the password's,
 *     which go by the environment so that no password shows in a list of processes
 */
record LaunchSettings(
        Path projectDir,
        Path payaraJar,
        Path dataDir,
        String listenerAddress,
        int listenerPort,
        String httpAddress,
        int httpPort,
        Optional<DatabaseAddress> database,
        String adminUser,
        Optional<String> adminPassword,
        boolean adminElsewhere,
        Duration readyTimeout,
        Duration stopTimeout,
        List<String> jvmOptions,
        Map<String, String> forwarded) {

    static final String LISTENER_ADDRESS = "framegate.listener.address";
    static final String LISTENER_PORT = "framegate.listener.port";
    static final String HTTP_ADDRESS = "framegate.http.address";
    static final String HTTP_PORT = "framegate.http.port";
    static final String DATA_DIR = "framegate.data.dir";
    static final String ADMIN_PASSWORD = "framegate.admin.password";
    static final String PASSWORD_FILE = "framegate.database.password-file";
    static final String INITIAL_LOAD = "framegate.map.initial-load";

    private static final String PREFIX = "framegate.";
    private static final String RUN_PREFIX = "framegate.run.";
    private static final String DATABASE_PREFIX = "framegate.database.";
    private static final char UNREADABLE = '\uFFFD';
    private static final String LOOPBACK = "127.0.0.1";

    LaunchSettings {
        jvmOptions = List.copyOf(jvmOptions);
        forwarded = Map.copyOf(forwarded);
    }

    /**
     * Reads the settings.
     *
     * @throws LaunchFailure for a value that makes no sense, naming its property
     */
    static LaunchSettings of(Properties properties, Map<String, String> environment) throws LaunchFailure {
        var from = new Source(properties, environment);
        requireReadable("The present directory", System.getProperty("user.dir"));
        Path projectDir = from.path("framegate.run.project-dir", "").toAbsolutePath();
        String listenerAddress = from.text(LISTENER_ADDRESS, LOOPBACK);
        int listenerPort = from.port(LISTENER_PORT, 7400);
        int httpPort = from.port(HTTP_PORT, 8080);
        if (listenerPort == httpPort && httpPort != 0) {
            throw new LaunchFailure(LISTENER_PORT + " and " + HTTP_PORT + " are both " + httpPort
                    + ": give one of them another number.");
        }
        Optional<DatabaseAddress> database = from.text("framegate.database.url")
                .map(url -> new DatabaseAddress(
                        url, from.text("framegate.database.user", ""), from.text("framegate.database.password", "")));
        Path extract = projectDir.resolve("target/map-data/liechtenstein/liechtenstein.osm.pbf");

        Map<String, String> forwarded = new TreeMap<>();
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(PREFIX)
                    && !name.startsWith(RUN_PREFIX)
                    && !name.startsWith(DATABASE_PREFIX)
                    && !name.equals(ADMIN_PASSWORD)) {
                forwarded.put(name, properties.getProperty(name));
            }
        }
        // The embedded one has a password of its own.
        if (database.isPresent() && from.text(PASSWORD_FILE).isPresent()) {
            forwarded.put(
                    PASSWORD_FILE, from.path(PASSWORD_FILE, "").toAbsolutePath().toString());
        }
        forwarded.put(LISTENER_ADDRESS, listenerAddress);
        forwarded.put(LISTENER_PORT, Integer.toString(listenerPort));
        forwarded.put(INITIAL_LOAD, from.text(INITIAL_LOAD, extract.toString()));

        return new LaunchSettings(
                projectDir,
                from.path("framegate.run.payara-jar", "payara-micro.jar"),
                projectDir.resolve(from.path(DATA_DIR, ".framegate")),
                listenerAddress,
                listenerPort,
                from.text(HTTP_ADDRESS, LOOPBACK),
                httpPort,
                database,
                from.text("framegate.admin.user", "admin"),
                from.text(ADMIN_PASSWORD),
                from.text("framegate.admin.password-hash").isPresent()
                        || from.text("framegate.admin.password-file").isPresent(),
                from.duration("framegate.run.ready-timeout", Duration.ofMinutes(5)),
                from.duration("framegate.run.stop-timeout", Duration.ofSeconds(30)),
                from.text("framegate.run.jvm-options").stream()
                        .flatMap(options -> List.of(options.strip().split("\\s+")).stream())
                        .toList(),
                forwarded);
    }

    /** The JVM puts a mark in the place of what it can't read, and can't find the file then. */
    private static void requireReadable(String name, String path) throws LaunchFailure {
        if (path.indexOf(UNREADABLE) >= 0) {
            throw new LaunchFailure(name + " has letters that are not in the character set of this process ("
                    + System.getProperty("sun.jnu.encoding") + "): " + path.replace(UNREADABLE, '?')
                    + ". Start it with LC_ALL=C.UTF-8, or use a directory whose path is in ASCII.");
        }
    }

    Path war() {
        return projectDir.resolve("target/framegate.war");
    }

    Path logProperties() {
        return projectDir.resolve("payara-config/logging.properties");
    }

    Path prebootCommands() {
        return projectDir.resolve("payara-config/preboot.asadmin");
    }

    /** Where values come from, and how they are read. */
    private record Source(Properties properties, Map<String, String> environment) {

        Optional<String> text(String name) {
            String variable = name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
            return Optional.ofNullable(properties.getProperty(name))
                    .or(() -> Optional.ofNullable(environment.get(variable)))
                    .filter(value -> !value.isBlank());
        }

        String text(String name, String fallback) {
            return text(name).orElse(fallback);
        }

        Path path(String name, String fallback) throws LaunchFailure {
            String text = text(name, fallback);
            requireReadable(name, text);
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new LaunchFailure(name + " must be a path; it is \"" + text + "\": " + e.getReason() + ".", e);
            }
        }

        int port(String name, int fallback) throws LaunchFailure {
            String text = text(name, Integer.toString(fallback));
            try {
                int port = Integer.parseInt(text.strip());
                if (port >= 0 && port <= 65535) {
                    return port;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new LaunchFailure(name + " must be a port from 1 to 65535, or 0 for any; it is \"" + text + "\".");
        }

        Duration duration(String name, Duration fallback) throws LaunchFailure {
            String text = text(name, fallback.toString());
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException e) {
                throw new LaunchFailure(name + " must be a duration like PT30S; it is \"" + text + "\".", e);
            }
        }
    }
}
