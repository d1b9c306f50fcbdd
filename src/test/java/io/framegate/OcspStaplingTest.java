package io.framegate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.Certificates.Issued;
import io.framegate.testkit.Gate;
import io.framegate.testkit.TlsFixture;
import io.framegate.testkit.Tool;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The JDK staples what an OCSP responder says of the server's certificate, where a system property of the JVM switches that on: so
 * the gate is in a JVM of its own here. OpenSSL is the responder, and the client.
 */
@Timeout(90)
class OcspStaplingTest {

    @TempDir
    private Path directory;

    @Test
    void staplesCachedResponses() throws Exception {
        Assumptions.assumeTrue(Tool.isThere("openssl", "version"), "there is no openssl here");
        TlsFixture fixture = new TlsFixture(directory);
        Issued served = fixture.authority.issue("gate", "EC");
        fixture.serve(served);
        Path key = fixture.authority.key(directory.resolve("authority-key.pem"));
        // A line of the database of "openssl ca": valid, when it ends, its serial number.
        Path index = Files.writeString(
                directory.resolve("index.txt"),
                "V\t491231235959Z\t\t%04X\tunknown\t/CN=gate\n"
                        .formatted(served.certificate().getSerialNumber().intValueExact()));
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String authority = fixture.authorityFile().toString();
        Path log = directory.resolve("responder.log");
        Process responder = new ProcessBuilder(
                        "openssl",
                        "ocsp",
                        "-port",
                        String.valueOf(port),
                        "-index",
                        index.toString(),
                        "-CA",
                        authority,
                        "-rsigner",
                        authority,
                        "-rkey",
                        key.toString(),
                        "-nmin",
                        "10")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djdk.tls.server.enableStatusRequestExtension=true",
                "-Djdk.tls.stapling.responderURI=http://127.0.0.1:" + port,
                OcspStaplingTest.class.getName(),
                directory.toString());
        java.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process gate =
                java.redirectError(directory.resolve("gate.log").toFile()).start();
        try (BufferedReader said = gate.inputReader(StandardCharsets.US_ASCII)) {
            String address = "127.0.0.1:" + said.readLine();
            Gate.await(() -> text(log).contains("waiting for OCSP client connections"));
            for (String version : List.of("-tls1_2", "-tls1_3")) {
                assertStapled(status(address, version));
            }
            responder.destroyForcibly().waitFor();
            assertStapled(status(address, "-tls1_3"));
        } finally {
            responder.destroyForcibly();
            gate.destroyForcibly();
        }
    }

    private static void assertStapled(String said) {
        assertTrue(said.contains("OCSP Response Status: successful"), said);
        assertTrue(said.contains("Cert Status: good"), said);
    }

    private String status(String address, String version) throws Exception {
        Process client = new ProcessBuilder("openssl", "s_client", version, "-status", "-connect", address)
                .redirectErrorStream(true)
                .start();
        try {
            client.getOutputStream().close();
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            client.destroyForcibly();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    /** A gate by the files in a folder, until it is killed. Says its port. */
    public static void main(String[] arguments) throws Exception {
        try (Gate gate =
                Gate.builder().rules(TlsFixture.rules(Path.of(arguments[0]))).start()) {
            System.out.println(gate.listener().address().getPort());
            Thread.currentThread().join();
        }
    }
}
