package io.framegate.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.testkit.Containerfile;
import io.framegate.testkit.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The container's recipe: that it can be built from what is here, and keeps the rules of its trade. {@code DeploymentIT} runs it. */
class ContainerfileTest {

    private static final Path FILE = Path.of("payara-config", "Containerfile");

    private Containerfile recipe;

    @BeforeEach
    void read() throws Exception {
        recipe = Containerfile.read(FILE);
    }

    /** The checker that Docker's own extension for editors has: {@code npm install --global dockerfile-utils}. */
    @Test
    void hasNothingThatALinterFinds(@TempDir Path directory) throws Exception {
        assumeTrue(Tool.isThere("dockerfile-utils", "--version"), "there is no dockerfile-utils on this machine");
        assertEquals(
                "",
                Tool.run(
                                directory,
                                "dockerfile-utils",
                                "lint",
                                FILE.toAbsolutePath().toString())
                        .strip());
    }

    @Test
    void hasOnlyInstructionsThatThereAre() {
        Set<String> known =
                Set.of("FROM", "RUN", "COPY", "USER", "WORKDIR", "ENV", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT");
        recipe.instructions().forEach(each -> assertTrue(known.contains(each.name()), each.toString()));
        assertEquals("FROM", recipe.instructions().get(0).name());
    }

    @Test
    void beginsWithAnImageOfAKnownVersion() throws Exception {
        Matcher image = Pattern.compile("[\\w.]+(/[\\w.-]+)+:(\\d[\\w.-]*)").matcher(recipe.the("FROM"));
        assertTrue(image.matches(), recipe.the("FROM"));
        String release = pom("maven.compiler.release");
        assertTrue(image.group(2).startsWith(release + "-") || image.group(2).startsWith(release + "."), image.group());
    }

    @Test
    void copiesWhatThereIs() throws Exception {
        recipe.copies().forEach((to, from) -> {
            switch (from.toString()) {
                // Both are made before, as the file's first lines say.
                case "payara-micro.jar", "target/framegate.war" -> assertTrue(to.startsWith("/opt/framegate/"));
                default -> assertTrue(Files.isRegularFile(from), from + " is not there");
            }
        });
        assertTrue(Files.readString(Path.of("pom.xml")).contains("<finalName>framegate</finalName>"));
        String version = pom("payara.version");
        assertTrue(
                recipe.comments().stream()
                        .anyMatch(line -> line.contains("/payara-micro-" + version + ".jar payara-micro.jar")),
                "the first lines take another Payara Micro than the build's, " + version);
    }

    @Test
    void runsAsAUserWithoutRights() {
        Matcher user = Pattern.compile(".*--uid (\\d+) framegate").matcher(recipe.the("RUN"));
        assertTrue(user.matches(), recipe.the("RUN"));
        assertEquals(user.group(1), recipe.the("USER"));
        assertFalse(recipe.the("USER").equals("0"));
        List<String> order = recipe.instructions().stream()
                .map(Containerfile.Instruction::name)
                .toList();
        assertTrue(order.indexOf("USER") > order.lastIndexOf("COPY"), "what is copied would be the server's own");
        assertTrue(order.indexOf("USER") < order.indexOf("ENTRYPOINT"), order.toString());
    }

    @Test
    void theServerReceivesSignals() {
        assertEquals("SIGTERM", recipe.the("STOPSIGNAL"));
        List<String> command = recipe.entrypoint();
        assertEquals("java", command.get(0));
        command.stream()
                .filter(argument -> argument.startsWith("/"))
                .filter(argument -> argument.length() > 1)
                .forEach(path -> assertTrue(recipe.copies().containsKey(path), path + " is not copied"));
        assertEquals("7400 " + command.get(command.indexOf("--port") + 1), recipe.the("EXPOSE"));
    }

    private static String pom(String property) throws Exception {
        Matcher value = Pattern.compile("<" + property + ">([^<]+)<").matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(value.find(), property);
        return value.group(1);
    }
}
