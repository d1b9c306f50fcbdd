package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.guest.twice.SecondWelcomeWorker;
import io.framegate.launch.Launcher;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The run command as a person has it: a process with a WAR, a database of its own, and an end. */
@Timeout(240)
class RunCommandIT {

    private static final Pattern READY = Pattern.compile("Framegate ready: tcp://127\\.0\\.0\\.1:(\\d+) http://.*");

    private static final Pattern SIGN_IN = Pattern.compile("(http://\\S+/)#sign-in=([\\w-]+)  \\(signs in once");

    @TempDir
    private Path directory;

    @Test
    void loadsServesAndStops() throws Exception {
        try (Run run = Run.start(projectWith(Path.of("target", "framegate.war")))) {
            String port = port(run);
            List<String> links = cli(port, "load", "links", "--area", "9.50,47.10,9.55,47.18");
            assertTrue(links.size() > 1000, () -> links.size() + " lines: " + links);
            assertTrue(links.get(links.size() - 1).endsWith("Map data © OpenStreetMap contributors."), links::toString);
            assertTrue(cli(port, "load", "polygons", "--map", "N47E00915", "--level", "12")
                            .size()
                    > 100);
            assertEquals(List.of("welcome:7"), cli(port, "welcome", "7"));
            List<ProcessHandle> children = run.process.descendants().toList();
            assertFalse(children.isEmpty());
            assertSignsInOnce(run);
            assertKeepsItsSecrets(run, children);
            // The handle's destroy: the process's own would also close the pipe that its last words come through.
            run.process.toHandle().destroy();
            run.awaitLine(line -> line.equals("Stopped."));
            assertTrue(run.process.waitFor(30, TimeUnit.SECONDS));
            assertTrue(children.stream().noneMatch(ProcessHandle::isAlive), "a process is left behind");
        }
    }

    private static void assertSignsInOnce(Run run) throws Exception {
        Matcher link =
                SIGN_IN.matcher(run.awaitLine(line -> SIGN_IN.matcher(line).find()));
        assertTrue(link.find());
        assertEquals(204, signIn(link.group(1), link.group(2)));
        assertEquals(401, signIn(link.group(1), link.group(2)));
        run.awaitLine(
                line -> line.contains("act=\"POST session/link\" by=\"admin\" from=\"127.0.0.1\" outcome=\"done\""));
        run.awaitLine(line ->
                line.contains("act=\"sign-in\" by=\"admin\" from=\"127.0.0.1\" outcome=\"done\" detail=\"by link\""));
        run.awaitLine(line ->
                line.contains("act=\"sign-in\"") && line.contains("outcome=\"refused 401\" detail=\"by link\""));
    }

    private static int signIn(String page, String token) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(page + "admin/session"))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString("token=" + token))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** Neither what it prints nor the list of processes has a password, and nobody else may look into its directory. */
    private void assertKeepsItsSecrets(Run run, List<ProcessHandle> children) throws Exception {
        Path data = directory.resolve("project").resolve(".framegate");
        List<String> secrets = List.of(
                Files.readString(data.resolve("admin-password")).strip(),
                Files.readString(data.resolve("postgresql/framegate-password")).strip());
        List<String> told = new ArrayList<>();
        children.forEach(child -> told.add(child.info().commandLine().orElse("")));
        synchronized (run.lines) {
            told.addAll(run.lines);
        }
        for (String secret : secrets) {
            assertTrue(secret.length() >= 20, "too short");
            assertTrue(told.stream().noneMatch(text -> text.contains(secret)), () -> String.join("\n", told));
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(path -> !Files.isSymbolicLink(path)).toList()) {
                assertFalse(
                        Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE), file::toString);
            }
        }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("postgresql"))));
    }

    @Test
    void loadsAnewWhatAKilledLoadLeft() throws Exception {
        Path project = projectWith(Path.of("target", "framegate.war"));
        try (Run run = Run.start(project)) {
            run.awaitLine(line -> line.contains("Loading the map liechtenstein: "));
            ProcessHandle server = run.process
                    .children()
                    .filter(child -> child.info().commandLine().orElse("").contains("payara-micro"))
                    .findFirst()
                    .orElseThrow();
            server.destroyForcibly();
            assertTrue(run.process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(1, run.process.exitValue());
        }
        try (Run run = Run.start(project)) {
            List<String> links = cli(port(run), "load", "links", "--area", "9.50,47.10,9.55,47.18");
            assertTrue(links.size() > 1000, () -> links.size() + " lines: " + links);
            assertTrue(
                    run.lines.stream().anyMatch(line -> line.contains("Loaded the map liechtenstein")),
                    "not loaded anew");
        }
    }

    @Test
    void saysWhyADeploymentFailsAndEnds() throws Exception {
        Path war = directory.resolve("twice.war");
        Deployed.war().addClass(SecondWelcomeWorker.class).as(ZipExporter.class).exportTo(war.toFile());
        try (Run run = Run.start(projectWith(war))) {
            assertTrue(run.process.waitFor(120, TimeUnit.SECONDS));
            run.reader.join();
            assertEquals(1, run.process.exitValue());
            String all = String.join("\n", run.lines);
            assertTrue(all.contains("Two workers answer id 100101: "), all);
            assertTrue(all.contains(SecondWelcomeWorker.class.getName()), all);
            assertTrue(all.contains("io.framegate.welcome.WelcomeWorker"), all);
        }
    }

    @Test
    void reportsAWrongSettingAndEnds() throws Exception {
        Path project = projectWith(Path.of("target", "framegate.war"));
        try (Run run = Run.start(project, "-Dframegate.map.kept-blocks=much")) {
            assertTrue(run.process.waitFor(120, TimeUnit.SECONDS));
            run.reader.join();
            assertEquals(1, run.process.exitValue());
            String all = String.join("\n", run.lines);
            assertTrue(all.contains("cannot become ready: framegate.map.kept-blocks must be a size like 500MiB"), all);
            // The gate itself had come up, for whatever else may be deployed with it.
            assertTrue(all.contains("Framegate listens on tcp://"), all);
            assertFalse(all.contains("Exception"), all);
        }
    }

    private static String port(Run run) throws Exception {
        Matcher ready = READY.matcher(run.awaitLine(line -> READY.matcher(line).matches()));
        assertTrue(ready.matches());
        return ready.group(1);
    }

    /** A folder like the project's, with this WAR as what was built. */
    private Path projectWith(Path war) throws IOException {
        Path project = Files.createDirectories(directory.resolve("project"));
        Files.createDirectories(project.resolve("target"));
        Files.copy(war, project.resolve("target/framegate.war"), StandardCopyOption.REPLACE_EXISTING);
        Files.createDirectories(project.resolve("payara-config"));
        for (String file : List.of("preboot.asadmin", "logging.properties")) {
            Files.copy(
                    Path.of("payara-config", file),
                    project.resolve("payara-config").resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        return project;
    }

    /** What the command line prints, errors last. */
    private static List<String> cli(String port, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(java(), "-Dfile.encoding=UTF-8", "-jar", "target/framegate-cli.jar", "--port", port));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines;
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            lines = reader.lines().toList();
        }
        assertEquals(0, process.waitFor(), () -> String.join("\n", lines));
        return lines;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A run command, and what it has printed. */
    private static final class Run implements AutoCloseable {

        final Process process;
        final List<String> lines = new ArrayList<>(); // guarded by itself
        final Thread reader;

        private Run(Process process) {
            this.process = process;
            this.reader = new Thread(this::read, "run-command-output");
            reader.start();
        }

        static Run start(Path project, String... options) throws IOException {
            String classPath = System.getProperty("java.class.path");
            String payara = Arrays.stream(classPath.split(java.io.File.pathSeparator))
                    .filter(path -> path.contains("payara-micro-6"))
                    .findFirst()
                    .orElseThrow();
            List<String> command = new ArrayList<>(List.of(
                    java(),
                    "-Dfile.encoding=UTF-8",
                    "-Dframegate.run.payara-jar=" + payara,
                    "-Dframegate.run.project-dir=" + project,
                    "-Dframegate.listener.port=0",
                    "-Dframegate.http.port=0",
                    "-Dframegate.map.initial-load="
                            + Path.of("target", "map-data", "liechtenstein", "liechtenstein.osm.pbf")
                                    .toAbsolutePath()));
            command.addAll(List.of(options));
            command.addAll(List.of("-cp", classPath, Launcher.class.getName()));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            // A language in which Payara itself starts no application.
            builder.environment().put("JAVA_TOOL_OPTIONS", "-Duser.language=tr -Duser.country=TR");
            return new Run(builder.start());
        }

        String awaitLine(Predicate<String> wanted) throws InterruptedException {
            synchronized (lines) {
                int from = 0;
                while (true) {
                    for (; from < lines.size(); from++) {
                        if (wanted.test(lines.get(from))) {
                            return lines.get(from);
                        }
                    }
                    if (!reader.isAlive()) {
                        throw new AssertionError("it ended: " + String.join("\n", lines));
                    }
                    lines.wait(1000);
                }
            }
        }

        private void read() {
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    synchronized (lines) {
                        lines.add(line);
                        lines.notifyAll();
                    }
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() throws InterruptedException {
            process.toHandle().destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }
}
