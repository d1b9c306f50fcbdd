package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.FramegateClient;
import io.framegate.session.DrainNotice;
import io.framegate.testkit.Containerfile;
import io.framegate.testkit.TestDatabase;
import io.framegate.testkit.TlsFixture;
import io.framegate.tls.Contexts;
import io.framegate.tls.TrustSource;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server as the container and the systemd unit of {@code payara-config} start and stop it: their own command lines, with the
 * folders of this test in place of /opt and /etc, and with ports of the loopback interface, since a test opens nothing to others.
 */
class DeploymentIT {

    private static final long START_SECONDS = 120;

    /** After SIGTERM, as the JVM has it; the unit takes it for a success. */
    private static final int TERMINATED = 143;

    private static final Path FILES = Path.of("payara-config");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final TestDatabase database = TestDatabase.create();
    private final int port;
    private final int httpPort;

    @TempDir
    private Path directory;

    DeploymentIT() throws IOException {
        port = freePort();
        httpPort = freePort();
    }

    @Test
    void servesAndDrainsAsTheContainerRunsIt() throws Exception {
        Containerfile recipe = Containerfile.read(FILES.resolve("Containerfile"));
        Path opt = Files.createDirectories(directory.resolve("opt/framegate"));
        for (Map.Entry<String, Path> copy : recipe.copies().entrySet()) {
            Path from = copy.getValue().toString().equals("payara-micro.jar") ? payaraMicro() : copy.getValue();
            Files.copy(from, opt.resolve(Path.of(copy.getKey()).getFileName()));
        }
        List<String> command = new ArrayList<>(recipe.entrypoint());
        // The container's HTTP port is open to its network; this one is not.
        String loopback =
                "set configs.config.server-config.network-config.network-listeners.network-listener.http-listener.address=127.0.0.1\n";
        Files.writeString(opt.resolve("container.asadmin"), loopback, StandardOpenOption.APPEND);
        ProcessBuilder builder = here(command);
        builder.environment().putAll(recipe.environment());
        assertEquals("0.0.0.0", builder.environment().get("FRAMEGATE_LISTENER_ADDRESS"));
        builder.environment()
                .putAll(Map.of(
                        "FRAMEGATE_LISTENER_ADDRESS",
                        "127.0.0.1",
                        "FRAMEGATE_LISTENER_PORT",
                        String.valueOf(port),
                        "FRAMEGATE_DATABASE_URL",
                        database.url(),
                        "FRAMEGATE_DATABASE_USER",
                        TestDatabase.USER));
        runs(builder, FramegateClient.builder());
    }

    @Test
    void runsByTheSystemdUnit() throws Exception {
        TlsFixture tls = new TlsFixture(directory);
        Path opt = Files.createDirectories(directory.resolve("opt/framegate"));
        Path etc = Files.createDirectories(directory.resolve("etc/framegate"));
        Files.copy(payaraMicro(), opt.resolve("payara-micro.jar"));
        Files.copy(Path.of("target", "framegate.war"), opt.resolve("framegate.war"));
        for (String file : List.of("preboot.asadmin", "logging.properties")) {
            Files.copy(FILES.resolve(file), opt.resolve(file));
        }
        String settings = Files.readString(FILES.resolve("production.example.properties"));
        for (Map.Entry<String, String> own : Map.of(
                        "database.url", database.url(),
                        "database.user", TestDatabase.USER,
                        "listener.address", "127.0.0.1",
                        "listener.port", String.valueOf(port),
                        "tls.certificate", tls.chainFile().toString(),
                        "tls.key", tls.keyFile().toString(),
                        "admin.password-file",
                                directory.resolve("admin-password").toString(),
                        "map.initial-load",
                                Path.of("target", "map-data", "monaco", "monaco-210801.osm.pbf")
                                        .toAbsolutePath()
                                        .toString())
                .entrySet()) {
            Matcher line = Pattern.compile("(?m)^framegate\\." + Pattern.quote(own.getKey()) + "=.*$")
                    .matcher(settings);
            assertTrue(line.find(), own.getKey());
            settings = line.replaceFirst(Matcher.quoteReplacement("framegate." + own.getKey() + "=" + own.getValue()));
        }
        Files.writeString(etc.resolve("production.properties"), settings);
        String unit = Files.readString(FILES.resolve("framegate.service")).replace("\\\n", " ");
        Matcher start = Pattern.compile("(?m)^ExecStart=(.*)$").matcher(unit);
        assertTrue(start.find());
        ProcessBuilder builder = here(List.of(start.group(1).strip().split("\\s+")));
        builder.environment().put("FRAMEGATE_DATABASE_PASSWORD", "none");
        runs(
                builder,
                FramegateClient.builder()
                        .tls(Contexts.client(Optional.of(new TrustSource.Pem(tls.authorityFile())), Optional.empty())));
        assertTrue(unit.contains("SuccessExitStatus=" + TERMINATED));
    }

    /** The same command with what this machine has in place of the other's. */
    private ProcessBuilder here(List<String> command) {
        List<String> own = new ArrayList<>();
        for (String argument : command) {
            boolean isHttpPort = !own.isEmpty() && own.get(own.size() - 1).equals("--port");
            own.add(
                    isHttpPort
                            ? String.valueOf(httpPort)
                            : argument.replaceFirst("^/(opt|etc)/", directory + "/$1/")
                                    .replaceFirst(
                                            "^(/usr/bin/)?java$",
                                            Path.of(System.getProperty("java.home"), "bin", "java")
                                                    .toString()));
        }
        ProcessBuilder builder = new ProcessBuilder(own)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Path.of("target", "deployment-" + port + ".log")
                        .toAbsolutePath()
                        .toFile());
        // It starts faster, and is not there to be fast. In Turkish, Payara itself would start no application.
        builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -Duser.language=tr");
        return builder;
    }

    private void runs(ProcessBuilder builder, FramegateClient.Builder settings) throws Exception {
        Process process = builder.start();
        Path log = builder.redirectOutput().file().toPath();
        try {
            awaitReady(process, log);
            // What is told by it, its log would not say: the JVM's own hook ends the log at the same time.
            CountDownLatch drained = new CountDownLatch(1);
            settings.hello("a test").onNotice(DrainNotice.class, notice -> drained.countDown());
            try (FramegateClient client = settings.port(port).build()) {
                assertEquals(
                        "welcome:7",
                        client.send(new WelcomeRequest(7), WelcomeResponse.class)
                                .join()
                                .text());
                process.destroy();
                assertTrue(process.waitFor(45, TimeUnit.SECONDS), "it has not ended");
                assertTrue(drained.await(5, TimeUnit.SECONDS), "it has ended without draining");
            }
            assertEquals(TERMINATED, process.exitValue());
            String told = Files.readString(log);
            assertFalse(told.contains("SEVERE"), told);
        } finally {
            process.destroyForcibly();
        }
    }

    private void awaitReady(Process process, Path log) throws Exception {
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/health/ready"))
                .timeout(Duration.ofSeconds(10))
                .build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        String last = "";
        while (!last.contains("framegate-map") || !last.startsWith("200")) {
            assertTrue(process.isAlive() && System.nanoTime() < deadline, last + "; " + Files.readString(log));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            try {
                HttpResponse<String> response = http.send(ready, HttpResponse.BodyHandlers.ofString());
                last = response.statusCode() + " " + response.body();
            } catch (IOException e) {
                last = String.valueOf(e.getMessage());
            }
        }
    }

    private static Path payaraMicro() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> path.contains("payara-micro-6"))
                .map(Path::of)
                .findFirst()
                .orElseThrow();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
