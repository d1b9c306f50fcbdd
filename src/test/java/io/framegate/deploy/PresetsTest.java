package io.framegate.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.config.HttpConfig;
import io.framegate.testkit.Containerfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files by which Payara Micro and Payara Server are told of HTTP's limits before they open a port: all of them tell the same. */
class PresetsTest {

    private static final Path FILES = Path.of("payara-config");

    /** What bounds HTTP: transports, what a listener's protocol takes, threads. */
    private static final Pattern BOUND = Pattern.compile("(?m)^set configs\\.config\\.server-config\\."
            + "(network-config\\.(?:transports|protocols)\\.\\S+|thread-pools\\.\\S+)=(\\S+)$");

    private static final Set<String> PRESETS =
            Set.of("preboot.asadmin", "container.asadmin", "production.example.asadmin", "server-preboot.asadmin");

    @Test
    void haveTheSameBounds() throws Exception {
        Map<String, String> expected = bounds("preboot.asadmin");
        assertEquals(8, expected.size(), expected.toString());
        for (String preset : PRESETS) {
            assertEquals(expected, bounds(preset), preset);
        }
    }

    /** One more would be a way of starting that nobody has bounded. */
    @Test
    void setEveryListenerAlike() throws Exception {
        try (Stream<Path> files = Files.list(FILES)) {
            assertEquals(
                    PRESETS,
                    files.filter(file -> file.toString().endsWith(".asadmin"))
                            .filter(file -> !file.endsWith("server.asadmin")) // told after the start, beside a preset
                            .map(file -> file.getFileName().toString())
                            .collect(Collectors.toSet()));
        }
    }

    @Test
    void areGivenWhereverTheServerIsStarted() throws Exception {
        List<String> container =
                Containerfile.read(FILES.resolve("Containerfile")).entrypoint();
        assertEquals("/opt/framegate/container.asadmin", container.get(container.indexOf("--prebootcommandfile") + 1));
        for (String file :
                List.of("framegate.service", "production.example.asadmin", "production.example.properties")) {
            // A command may go on over lines that a backslash joins, comments or not.
            String text = Files.readString(FILES.resolve(file)).replaceAll("\\\\\\R#?\\s*", "");
            Matcher start = Pattern.compile("(?m)^.*\\bjava .*-jar \\S*payara-micro\\S*\\.jar.*$")
                    .matcher(text);
            assertTrue(start.find(), file);
            assertTrue(start.group().contains("--prebootcommandfile"), file + ": " + start.group());
        }
        assertTrue(Files.readString(FILES.resolve("server.asadmin"))
                .contains("start-domain --prebootcommandfile payara-config/server-preboot.asadmin"));
    }

    /** Else the gate's own limit is never met, and health checks wait behind what it would refuse. */
    @Test
    void leaveThreadsToHealthChecks() throws Exception {
        int threads = Integer.parseInt(
                bounds("preboot.asadmin").get("thread-pools.thread-pool.http-thread-pool.max-thread-pool-size"));
        assertTrue(HttpConfig.DEFAULTS.maxRequests() <= threads * 3 / 4, threads + " threads");
    }

    /** By name, whichever the listener of HTTP is called. */
    private static Map<String, String> bounds(String file) throws IOException {
        Map<String, String> bounds = new TreeMap<>();
        Matcher bound = BOUND.matcher(Files.readString(FILES.resolve(file)));
        while (bound.find()) {
            String name = bound.group(1).replace("protocol.http-listener-1.", "protocol.http-listener.");
            assertEquals(null, bounds.put(name, bound.group(2)), file + " has " + name + " twice");
        }
        return bounds;
    }
}
