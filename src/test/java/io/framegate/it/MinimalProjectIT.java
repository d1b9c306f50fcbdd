package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.ServerProcess;
import io.framegate.testkit.TestDatabase;
import io.framegate.testkit.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The project that the README says to copy: built as its reader would, with the artifacts of this build. */
class MinimalProjectIT {

    private static final Path PROJECT = Path.of("src/docs/minimal-project");
    private static final Pattern VERSION = Pattern.compile("<framegate.version>(.*?)</framegate.version>");

    // Not JUnit's own kind of folder, which warns of each link that it deletes.
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("framegate-minimal-project");
    }

    @AfterEach
    void deleteFolder() throws IOException {
        // Links are deleted, and not followed.
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void buildsTestsAndServes() throws Exception {
        assumeTrue(Tool.isThere("mvn", "--version"), "mvn is not on the path");
        Path copy = folder.resolve("shout");
        try (Stream<Path> files = Files.walk(PROJECT)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(PROJECT.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        Tool.run(copy, "mvn", "-o", "-q", "-B", "-Dmaven.repo.local=" + repository(), "package");

        String report = Files.readString(copy.resolve("target/surefire-reports/com.example.shout.ShoutWorkerTest.txt"));
        assertTrue(report.contains("Tests run: 2, Failures: 0, Errors: 0, Skipped: 0"), report);
        try (ZipFile war = new ZipFile(copy.resolve("target/shout.war").toFile())) {
            assertNotNull(war.getEntry("WEB-INF/classes/io/framegate/server/FramegateServer.class"));
            assertNotNull(war.getEntry("map/index.html"));
            ZipEntry own = war.getEntry("WEB-INF/lib/shout-1.0-SNAPSHOT.jar");
            assertNotNull(own);
            assertTrue(text(war.getInputStream(own), "META-INF/framegate/contract.properties")
                    .contains("Text to be shouted."));
        }
        TestDatabase database = TestDatabase.create();
        try (ServerProcess server = new ServerProcess(
                        copy.resolve("target/shout.war"),
                        Path.of("target", "minimal-project.log"),
                        "-Dframegate.database.url=" + database.url(),
                        "-Dframegate.database.user=" + TestDatabase.USER);
                RawClient client = new RawClient(server.address())) {
            client.send(Frames.of(new Shout("hey", 2)));
            assertEquals("HEYHEY", client.receive(Shouted.class).text());
            client.send(Frames.of(new Shout("hey", 11)));
            assertEquals(
                    "Shouting goes from 1 to 10 times.",
                    client.receive(ErrorResponse.class).text());
        }
    }

    /** What a client has of the project's messages. */
    @Message(150101)
    record Shout(String text, int times) {}

    /** Likewise. */
    @Message(550101)
    record Shouted(String text) {}

    @Test
    void itsClassesAreThoseOfTheReadme() throws IOException {
        Matcher block = Pattern.compile("```java\\n(package .*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("README.md")));
        int count = 0;
        for (; block.find(); count++) {
            Matcher name = Pattern.compile("public (?:record|class) (\\w+)").matcher(block.group(1));
            assertTrue(name.find());
            assertEquals(
                    block.group(1),
                    Files.readString(PROJECT.resolve("src/main/java/com/example/shout/" + name.group(1) + ".java")));
        }
        assertEquals(3, count);
    }

    /** A local repository that is the machine's own, with this build in it as if it had been installed. */
    private Path repository() throws IOException {
        Path machines =
                Path.of(System.getProperty("localRepository", System.getProperty("user.home") + "/.m2/repository"));
        Path view = Files.createDirectories(folder.resolve("repository"));
        linkAll(machines, view, "io");
        Path io = Files.createDirectories(view.resolve("io"));
        linkAll(machines.resolve("io"), io, "framegate");
        Matcher version = VERSION.matcher(Files.readString(PROJECT.resolve("pom.xml")));
        assertTrue(version.find());
        String ours = version.group(1);
        assertTrue(Files.readString(Path.of("pom.xml")).contains("<version>" + ours + "</version>"), ours);
        Path installed =
                Files.createDirectories(io.resolve("framegate/framegate").resolve(ours));
        Files.copy(Path.of("pom.xml"), installed.resolve("framegate-" + ours + ".pom"));
        Files.copy(Path.of("target/framegate.war"), installed.resolve("framegate-" + ours + ".war"));
        Files.copy(Path.of("target/framegate-classes.jar"), installed.resolve("framegate-" + ours + "-classes.jar"));
        return view;
    }

    private static void linkAll(Path from, Path to, String except) throws IOException {
        List<Path> all;
        try (Stream<Path> children = Files.list(from)) {
            all = children.toList();
        }
        for (Path each : all) {
            if (!each.getFileName().toString().equals(except)) {
                Files.createSymbolicLink(to.resolve(each.getFileName()), each.toAbsolutePath());
            }
        }
    }

    private static String text(InputStream jar, String name) throws IOException {
        try (ZipInputStream in = new ZipInputStream(jar)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().equals(name)) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
            }
        }
        throw new AssertionError("no " + name);
    }
}
