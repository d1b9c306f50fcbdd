package io.framegate.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of {@code payara-config} that are for other programs, checked by these. */
class DeploymentFilesTest {

    private static final Path FILES = Path.of("payara-config");

    @TempDir
    private Path directory;

    @Test
    void hasAUnitThatSystemdUnderstands() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/java")), "there is no /usr/bin/java, which the unit names");
        assertEquals("", check("systemd-analyze", "verify", FILES.resolve("framegate.service")));
    }

    @Test
    void hasAConfigurationThatHaproxyTakes() throws Exception {
        String said = check("haproxy", "-c", "-f", FILES.resolve("haproxy.cfg"));
        assertTrue(said.contains("Configuration file is valid"), said);
    }

    @Test
    void hasAlertRulesThatPrometheusTakes() throws Exception {
        String said = check("promtool", "check", "rules", FILES.resolve("prometheus-alerts.yml"));
        assertTrue(said.contains("SUCCESS: 14 rules found"), said);
    }

    @Test
    void raisesEachAlertForTheRightGate() throws Exception {
        check("promtool", "test", "rules", Path.of("src", "test", "resources", "prometheus", "alerts.yml"));
    }

    /** What the tool says about the file; it has to be content. */
    private String check(String tool, Object... arguments) throws IOException, InterruptedException {
        assumeTrue(
                List.of("/usr/bin/", "/usr/sbin/", "/bin/").stream()
                        .anyMatch(place -> Files.isExecutable(Path.of(place + tool))),
                "there is no " + tool + " on this machine");
        Path output = directory.resolve("output");
        ProcessBuilder command = new ProcessBuilder(tool);
        for (Object argument : arguments) {
            command.command().add(argument.toString());
        }
        command.environment().merge("PATH", "/usr/sbin", (path, more) -> path + ":" + more);
        Process process = command.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        String said = Files.readString(output).strip();
        assertEquals(0, process.exitValue(), said);
        return said;
    }
}
