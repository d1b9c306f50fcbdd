package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.FramegateClient;
import io.framegate.message.Compression;
import io.framegate.message.Message;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TlsFixture;
import io.framegate.testkit.Tool;
import io.framegate.transport.CloseReason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * New keys in the middle of long transfers. A JVM takes them after 2^37 bytes, unless it is told otherwise before it first speaks TLS; so
 * both ends are in a JVM of their own here, which takes them after kibibytes.
 */
@Timeout(120)
class KeyUpdateTest {

    private static final int MESSAGES = 20;
    private static final int MESSAGE_BYTES = 900_000;

    @Message(190311)
    record UpRequest(byte[] bytes) {}

    @Message(590311)
    record UpResponse(int size) {}

    @Message(190312)
    record DownRequest(int size) {}

    @Message(590312)
    record DownResponse(byte[] bytes) {}

    @TempDir
    private Path directory;

    @Test
    void survivesUpdatesInBothDirections() throws Exception {
        // Some 140 of them for each direction of each transfer.
        Path security = Files.writeString(
                directory.resolve("keys.security"), "jdk.tls.keyLimits=AES/GCM/NoPadding KeyUpdate 2^17\n");
        Path said = directory.resolve("said.txt");
        var java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.security.properties=" + security,
                        KeyUpdateTest.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        java.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = java.start();
        try {
            assertTrue(process.waitFor(100, TimeUnit.SECONDS), "it did not end");
            assertEquals("up: 20, down: 20, both: 20, closed for: {CLIENT_DONE=3}\n", Files.readString(said));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void endsAClientThatDoesNothingElse() throws Exception {
        Assumptions.assumeTrue(Tool.isThere("openssl", "version"), "there is no openssl here");
        TlsFixture fixture = new TlsFixture(directory);
        Path said = directory.resolve("openssl.log");
        try (Gate gate = gate(fixture)) {
            Process process = new ProcessBuilder(
                            "openssl",
                            "s_client",
                            "-connect",
                            "127.0.0.1:" + gate.listener().address().getPort(),
                            "-tls1_3")
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            try {
                Gate.await(() -> gate.listener().connections().size() == 1);
                int updates = 0;
                while (gate.info().connectionsOpen() == 1 && updates < 1000) {
                    int before = updates++;
                    try {
                        // A command is one only where it is read alone.
                        process.getOutputStream().write("K\n".getBytes(StandardCharsets.US_ASCII));
                        process.getOutputStream().flush();
                    } catch (IOException e) {
                        break;
                    }
                    Gate.await(() -> told(said) > before || !process.isAlive());
                }
                Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.TLS_BROKEN.name()));
                // OpenSSL goes on before the gate has read them.
                assertTrue(updates >= 33, updates + " updates");
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static int told(Path said) {
        try {
            return Files.readString(said, StandardCharsets.ISO_8859_1).split("KEYUPDATE", -1).length - 1;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Both ends. */
    public static void main(String[] arguments) throws Exception {
        TlsFixture fixture = new TlsFixture(Path.of(arguments[0]));
        try (Gate gate = gate(fixture)) {
            InetSocketAddress address = gate.listener().address();
            int up = 0;
            // The JVM's own socket answers what it reads, and reads only at the end.
            try (RawClient client = fixture.connect(address, "TLSv1.3")) {
                byte[] request = Frames.of(new UpRequest(new byte[MESSAGE_BYTES]));
                for (int i = 0; i < MESSAGES; i++) {
                    client.send(request);
                }
                for (int i = 0; i < MESSAGES; i++) {
                    up += client.receive(UpResponse.class).size() == MESSAGE_BYTES ? 1 : 0;
                }
            }
            int down = 0;
            try (RawClient client = fixture.connect(address, "TLSv1.3")) {
                byte[] request = Frames.of(new DownRequest(MESSAGE_BYTES));
                for (int i = 0; i < MESSAGES; i++) {
                    client.send(request);
                }
                for (int i = 0; i < MESSAGES; i++) {
                    down += client.receive(DownResponse.class).bytes().length == MESSAGE_BYTES ? 1 : 0;
                }
            }
            int both = 0;
            try (FramegateClient client = FramegateClient.builder()
                    .port(address.getPort())
                    .tls(fixture.client())
                    .compression(Compression.NONE)
                    .build()) {
                CompletableFuture<?>[] answers = new CompletableFuture<?>[MESSAGES];
                for (int i = 0; i < MESSAGES; i++) {
                    answers[i] = i % 2 == 0
                            ? client.send(new DownRequest(MESSAGE_BYTES), DownResponse.class)
                            : client.send(new UpRequest(new byte[MESSAGE_BYTES]), UpResponse.class);
                }
                for (CompletableFuture<?> answer : answers) {
                    answer.get(60, TimeUnit.SECONDS);
                    both++;
                }
            }
            Gate.await(() -> gate.info().connectionsOpen() == 0);
            System.out.println("up: " + up + ", down: " + down + ", both: " + both + ", closed for: "
                    + gate.info().closedByReason());
        }
    }

    private static Gate gate(TlsFixture fixture) throws Exception {
        return Gate.builder()
                .worker(UpRequest.class, UpResponse.class, request -> new UpResponse(request.bytes().length))
                .worker(DownRequest.class, DownResponse.class, request -> new DownResponse(new byte[request.size()]))
                .compression(Compression.NONE, 0)
                .rules(TlsFixture.rules(fixture.server()))
                .start();
    }
}
