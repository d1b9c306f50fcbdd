package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.Certificates.Issued;
import io.framegate.testkit.Gate;
import io.framegate.testkit.TlsFixture;
import io.framegate.testkit.Tool;
import io.framegate.tls.TlsContext;
import io.framegate.tls.TlsSettings.ClientCertificate;
import io.framegate.tls.TlsSettings.Version;
import io.framegate.transport.CloseReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the ends of a TLS 1.2 handshake sign by, as OpenSSL sees it. */
@Timeout(60)
class TlsSignatureTest {

    @TempDir
    private Path directory;

    private TlsFixture fixture;

    @BeforeAll
    static void assumeOpenssl() {
        Assumptions.assumeTrue(Tool.isThere("openssl", "version"), "there is no openssl here");
    }

    @BeforeEach
    void makeCertificates() throws Exception {
        fixture = new TlsFixture(directory);
    }

    private Gate gate(ClientCertificate client) throws Exception {
        return Gate.builder()
                .rules(TlsFixture.rules(TlsContext.load(fixture.settings(client, Version.TLS_1_2))))
                .start();
    }

    /** What {@code openssl s_client} says of a handshake of TLS 1.2, in which SHA-1 would be good enough for it. */
    private static String handshake(Gate gate, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + gate.listener().address().getPort(),
                "-tls1_2",
                "-cipher",
                "ALL:@SECLEVEL=0"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"RSA,RSA+SHA1", "EC,ECDSA+SHA1"})
    void signsNothingBySha1(String algorithm, String signature) throws Exception {
        fixture.serve(fixture.authority.issue("gate", algorithm));
        try (Gate gate = gate(ClientCertificate.NONE)) {
            String refused = handshake(gate, "-sigalgs", signature);
            assertTrue(refused.contains("alert handshake failure"), refused);
            Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.HANDSHAKE_FAILED.name()));
            String taken = handshake(gate, "-sigalgs", signature + ":" + signature.replace("SHA1", "SHA256"));
            assertTrue(taken.contains("Peer signing digest: SHA256"), taken);
        }
    }

    @Test
    void takesNoSignatureOfAClientBySha1() throws Exception {
        Issued editor = fixture.clients.issue("editor-1", "RSA");
        String[] shown = {
            "-cert",
            editor.chain(directory.resolve("editor.pem")).toString(),
            "-key",
            editor.key(directory.resolve("editor-key.pem")).toString()
        };
        try (Gate gate = gate(ClientCertificate.NEED)) {
            String said = handshake(gate, shown);
            Matcher asked =
                    Pattern.compile("Requested Signature Algorithms: (.*)").matcher(said);
            assertTrue(asked.find(), said);
            assertTrue(asked.group(1).contains("RSA+SHA256"), asked.group(1));
            assertFalse(asked.group(1).contains("SHA1"), asked.group(1));
            assertEquals(
                    1,
                    gate.info().closedByReason().values().stream()
                            .mapToLong(count -> count)
                            .sum(),
                    said);
        }
    }
}
