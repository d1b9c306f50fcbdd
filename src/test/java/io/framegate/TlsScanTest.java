package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.Gate;
import io.framegate.testkit.TlsFixture;
import io.framegate.testkit.Tool;
import io.framegate.transport.TransportLimits;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the scanners that others look at a TLS port with say of this one. They see nothing but the loopback interface. */
@Timeout(300)
class TlsScanTest {

    /** Of testssl.sh; the others are OK, INFO and what it says of itself. */
    private static final Set<String> FINDINGS = Set.of("LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL");

    @TempDir
    private Path directory;

    private TlsFixture fixture;

    @BeforeEach
    void makeCertificates() throws Exception {
        fixture = new TlsFixture(directory);
    }

    private Gate gate(String algorithm) throws Exception {
        // What is found of a certificate that ends soon, or that nobody can revoke, would be the test's own fault.
        Instant end = Instant.now().plus(Duration.ofDays(200));
        fixture.serve(fixture.authority.issue("gate", algorithm, end, "http://127.0.0.1:1/gate.crl"));
        // The scanner waits for an answer to HTTP, which takes until the frame that was begun by it is late.
        return Gate.builder()
                .rules(TlsFixture.rules(fixture.server()))
                .limits(TransportLimits.builder()
                        .readTimeout(Duration.ofMillis(500))
                        .build())
                .start();
    }

    @Test
    void leavesNothingToFindForTestssl() throws Exception {
        Assumptions.assumeTrue(Tool.isThere("testssl", "--version"), "there is no testssl (testssl.sh) here");
        Path report = directory.resolve("report.json");
        Path said = directory.resolve("testssl.txt");
        try (Gate gate = gate("RSA")) {
            // Without --phone-out and with --nodns none it asks nobody else.
            Process process = new ProcessBuilder(
                            "testssl",
                            "--quiet",
                            "--color",
                            "0",
                            "--warnings",
                            "off",
                            "--nodns",
                            "none",
                            "--ip",
                            "127.0.0.1",
                            "--openssl-timeout",
                            "5",
                            "--add-ca",
                            fixture.authorityFile().toString(),
                            "--protocols",
                            "--server-defaults",
                            "--vulnerable",
                            "--jsonfile",
                            report.toString(),
                            "localhost:" + gate.listener().address().getPort())
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(said.toFile())
                    .start();
            try {
                assertTrue(process.waitFor(280, TimeUnit.SECONDS), "testssl did not end");
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
        List<JsonObject> told;
        try (InputStream in = Files.newInputStream(report);
                JsonReader reader = Json.createReader(in)) {
            told = reader.readArray().getValuesAs(JsonObject.class);
        }
        assertEquals(
                List.of(),
                told.stream()
                        .filter(one -> FINDINGS.contains(one.getString("severity")))
                        .toList());
        Set<String> good = told.stream()
                .filter(one -> one.getString("severity").equals("OK"))
                .map(one -> one.getString("id"))
                .collect(Collectors.toSet());
        assertTrue(
                good.containsAll(List.of("TLS1_2", "TLS1_3", "cert_chain_of_trust", "heartbleed", "ROBOT", "RC4")),
                good + Files.readString(said));
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void leavesNothingToFindForNmap(String algorithm) throws Exception {
        Assumptions.assumeTrue(Tool.isThere("nmap", "--version"), "there is no nmap here");
        try (Gate gate = gate(algorithm)) {
            String said = Tool.run(
                    directory,
                    "nmap",
                    "-Pn",
                    "-n",
                    "-p",
                    String.valueOf(gate.listener().address().getPort()),
                    "--script",
                    "ssl-enum-ciphers,ssl-heartbleed,ssl-poodle,ssl-dh-params,ssl-ccs-injection,sslv2,sslv2-drown",
                    "127.0.0.1");
            assertTrue(said.contains("TLSv1.2:") && said.contains("TLSv1.3:"), said);
            assertFalse(
                    Pattern.compile("TLSv1\\.[01]:|SSLv|warnings:|VULNERABLE")
                            .matcher(said)
                            .find(),
                    said);
            assertTrue(said.contains("least strength: A") && said.contains("cipher preference: server"), said);
        }
    }
}
