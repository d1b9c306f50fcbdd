package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.FramegateClient;
import io.framegate.metrics.MessageMetrics;
import io.framegate.testkit.Certificates;
import io.framegate.testkit.Certificates.Issued;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.KeptLog;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TlsFixture;
import io.framegate.testkit.Tool;
import io.framegate.tls.TlsContext;
import io.framegate.tls.TlsFileException;
import io.framegate.tls.TlsSettings;
import io.framegate.tls.TlsSettings.ClientCertificate;
import io.framegate.tls.TlsSettings.Version;
import io.framegate.transport.CloseReason;
import io.framegate.transport.Listener;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients whose certificates their authority has revoked, by lists in a file, over real sockets. */
@Timeout(60)
class RevocationTest {

    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    private Path directory;

    private TlsFixture fixture;
    private Path file;
    private Issued good;
    private Issued bad;

    @BeforeEach
    void makeCertificates() throws Exception {
        fixture = new TlsFixture(directory);
        file = directory.resolve("clients.crl");
        good = fixture.clients.issue("editor-1", "EC");
        bad = fixture.clients.issue("editor-2", "EC");
    }

    private static Instant tomorrow() {
        return Instant.now().plus(Duration.ofDays(1));
    }

    private TlsContext load(ClientCertificate client) throws TlsFileException {
        return TlsContext.load(fixture.settings(client, file, NEVER));
    }

    private static Gate gate(TlsContext tls) throws IOException {
        return Gate.builder().rules(TlsFixture.rules(tls)).start();
    }

    private static RawClient connect(Gate gate, SSLContext context, String protocol) throws IOException {
        InetSocketAddress address = gate.listener().address();
        return new RawClient(TlsFixture.handshaken(context, TlsFixture.plain(address), address, protocol));
    }

    /** One request, answered. */
    private static void ask(RawClient client) throws IOException {
        client.send(Frames.of(new WelcomeRequest(1)));
        assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
    }

    private static void assertServed(Gate gate, SSLContext context) throws IOException {
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            try (RawClient client = connect(gate, context, protocol)) {
                ask(client);
            }
        }
    }

    private static void assertRefused(Gate gate, SSLContext context, String protocol, CloseReason reason) {
        long before = closed(gate, reason);
        long decoded = received(gate);
        assertThrows(IOException.class, () -> {
            try (RawClient client = connect(gate, context, protocol)) {
                // Under TLS 1.3 the client is done before the server has looked at its certificate.
                ask(client);
            }
        });
        Gate.await(() -> closed(gate, reason) == before + 1);
        assertEquals(decoded, received(gate), "frames were decoded");
    }

    private static long closed(Gate gate, CloseReason reason) {
        return gate.info().closedByReason().getOrDefault(reason.name(), 0L);
    }

    private static long received(Gate gate) {
        return gate.info().messages().stream()
                .mapToLong(MessageMetrics::received)
                .sum();
    }

    private static List<String> lines(KeptLog log) {
        return log.take().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogRecord::getMessage)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void refusesARevokedCertificate(String protocol) throws Exception {
        Certificates.revocations(file, fixture.clients.revocations(tomorrow(), bad.certificate()));
        try (KeptLog log = new KeptLog(Level.WARNING, Listener.class.getName());
                Gate gate = gate(load(ClientCertificate.NEED))) {
            assertServed(gate, fixture.client(good));
            assertRefused(gate, fixture.client(bad), protocol, CloseReason.CERTIFICATE_REVOKED);
            String line = String.join("\n", lines(log));
            assertTrue(
                    line.contains("(CERTIFICATE_REVOKED): the certificate CN=editor-2 with the serial number "
                            + bad.certificate().getSerialNumber().toString(16) + " is revoked since "),
                    line);
        }
    }

    @Test
    void checksPresentedCertificatesOnly() throws Exception {
        Certificates.revocations(file, fixture.clients.revocations(tomorrow(), bad.certificate()));
        try (Gate gate = gate(load(ClientCertificate.WANT))) {
            assertServed(gate, fixture.client());
            assertServed(gate, fixture.client(good));
            assertRefused(gate, fixture.client(bad), "TLSv1.3", CloseReason.CERTIFICATE_REVOKED);
        }
    }

    @Test
    void readsManyListsInPemAndInDer() throws Exception {
        Certificates others = Certificates.authority("Other Clients");
        Files.writeString(
                fixture.clientsFile(),
                Files.readString(others.trust(directory.resolve("others.pem")))
                        + Files.readString(fixture.clientsFile()));
        Issued otherBad = others.issue("visitor-1", "EC");
        X509CRL first = others.revocations(tomorrow(), otherBad.certificate());
        X509CRL second = fixture.clients.revocations(tomorrow(), bad.certificate());
        for (boolean der : new boolean[] {false, true}) {
            if (der) {
                Files.write(file, Frames.concat(first.getEncoded(), second.getEncoded()));
            } else {
                Certificates.revocations(file, first, second);
            }
            try (Gate gate = gate(load(ClientCertificate.NEED))) {
                assertServed(gate, fixture.client(good));
                assertServed(gate, fixture.client(others.issue("visitor-2", "EC")));
                assertRefused(gate, fixture.client(bad), "TLSv1.3", CloseReason.CERTIFICATE_REVOKED);
                assertRefused(gate, fixture.client(otherBad), "TLSv1.2", CloseReason.CERTIFICATE_REVOKED);
            }
        }
    }

    @Test
    void readsWhatOpensslMakes() throws Exception {
        Assumptions.assumeTrue(Tool.isThere("openssl", "version"), "there is no openssl here");
        Path authority = Files.createDirectories(directory.resolve("ca"));
        Files.writeString(authority.resolve("index.txt"), "");
        Files.writeString(
                authority.resolve("ca.cnf"),
                """
                [ca]
                default_ca=one
                [one]
                database=index.txt
                default_md=sha256
                default_crl_days=1
                """);
        fixture.clients.key(authority.resolve("key.pem"));
        Path shown = bad.chain(authority.resolve("bad.pem"));
        String[] common = {"openssl", "ca", "-config", "ca.cnf", "-keyfile", "key.pem", "-cert"};
        List<String> revoke = new ArrayList<>(List.of(common));
        revoke.addAll(List.of(fixture.clientsFile().toString(), "-revoke", shown.toString()));
        Tool.run(authority, revoke.toArray(String[]::new));
        List<String> list = new ArrayList<>(List.of(common));
        list.addAll(List.of(fixture.clientsFile().toString(), "-gencrl", "-out", file.toString()));
        Tool.run(authority, list.toArray(String[]::new));
        try (Gate gate = gate(load(ClientCertificate.NEED))) {
            assertServed(gate, fixture.client(good));
            assertRefused(gate, fixture.client(bad), "TLSv1.3", CloseReason.CERTIFICATE_REVOKED);
        }
    }

    @Test
    void looksAtTheWholePath() throws Exception {
        Certificates office = fixture.clients.intermediate("Office");
        Issued clerk = office.issue("clerk-1", "EC");
        Issued gone = office.issue("clerk-2", "EC");
        X509CRL ofRoot = fixture.clients.revocations(tomorrow());
        Certificates.revocations(file, ofRoot, office.revocations(tomorrow(), gone.certificate()));
        TlsContext tls = load(ClientCertificate.NEED);
        try (Gate gate = gate(tls)) {
            assertServed(gate, fixture.client(clerk));
            assertRefused(gate, fixture.client(gone), "TLSv1.3", CloseReason.CERTIFICATE_REVOKED);
            // Without a list of the office nothing says that a clerk's certificate is good.
            Certificates.revocations(file, ofRoot);
            assertEquals(Optional.of(TlsContext.Reload.TAKEN), gate.listener().reloadTls());
            assertRefused(gate, fixture.client(clerk), "TLSv1.3", CloseReason.HANDSHAKE_FAILED);
            assertServed(gate, fixture.client(good));
            // The office as a whole is revoked.
            Certificates.revocations(
                    file, fixture.clients.revocations(tomorrow(), clerk.authority()), office.revocations(tomorrow()));
            assertEquals(Optional.of(TlsContext.Reload.TAKEN), gate.listener().reloadTls());
            assertRefused(gate, fixture.client(clerk), "TLSv1.3", CloseReason.CERTIFICATE_REVOKED);
            assertServed(gate, fixture.client(good));
        }
    }

    @Test
    void refusesARevokedTrustedCertificate() throws Exception {
        Files.writeString(
                fixture.clientsFile(),
                Files.readString(fixture.clientsFile()) + Files.readString(bad.chain(directory.resolve("bad.pem"))));
        Certificates.revocations(file, fixture.clients.revocations(tomorrow(), bad.certificate()));
        try (Gate gate = gate(load(ClientCertificate.NEED))) {
            assertRefused(gate, fixture.client(bad), "TLSv1.3", CloseReason.CERTIFICATE_REVOKED);
        }
    }

    // ---------------------------------------------------------------- while it runs

    @Test
    void closesConnectionsOfRevokedCertificates() throws Exception {
        Certificates.revocations(file, fixture.clients.revocations(tomorrow()));
        TlsContext tls = TlsContext.load(fixture.settings(ClientCertificate.NEED, file, Duration.ofMillis(50)));
        SSLContext revoked = fixture.client(bad);
        try (Gate gate = gate(tls);
                RawClient stays = connect(gate, fixture.client(good), "TLSv1.3");
                RawClient ends = connect(gate, revoked, "TLSv1.3");
                RawClient endsToo = connect(gate, revoked, "TLSv1.2")) {
            ask(stays);
            ask(ends);
            ask(endsToo);
            Certificates.revocations(file, fixture.clients.revocations(tomorrow(), bad.certificate()));
            // By itself, at the next interval.
            Gate.await(() -> closed(gate, CloseReason.CERTIFICATE_REVOKED) == 2);
            assertTrue(ends.isAtEnd());
            ask(stays);
            assertRefused(gate, revoked, "TLSv1.3", CloseReason.CERTIFICATE_REVOKED);
            assertRefused(gate, revoked, "TLSv1.2", CloseReason.CERTIFICATE_REVOKED);
            // A revocation that is taken back lets in again.
            Certificates.revocations(file, fixture.clients.revocations(tomorrow()));
            Gate.await(() -> tls.revoked(List.of(bad.certificate())).isEmpty());
            assertServed(gate, revoked);
        }
    }

    @Test
    void keepsTheLastGoodLists() throws Exception {
        Certificates.revocations(file, fixture.clients.revocations(tomorrow(), bad.certificate()));
        String usable = Files.readString(file);
        TlsContext tls = load(ClientCertificate.NEED);
        Certificates somebody = Certificates.authority("Framegate Test Clients");
        Map<String, String> broken = Map.of(
                "has no certificate revocation list, neither in PEM",
                "nothing",
                "number 1, that is broken",
                usable.replaceFirst("(?s)(CRL-----\n).*(-----END)", "$1TUlJ\n$2"),
                "that is in force only from",
                pem(fixture.clients.revocations(Instant.now().minusSeconds(3600))),
                "that is not signed by the key of the authority of that name",
                pem(somebody.revocations(tomorrow())));
        try (KeptLog log = new KeptLog(Level.WARNING, TlsContext.class.getName());
                Gate gate = gate(tls)) {
            for (Map.Entry<String, String> one : broken.entrySet()) {
                Certificates.replace(file, one.getValue());
                assertEquals(
                        TlsContext.Reload.REFUSED, gate.listener().reloadTls().orElseThrow(), one.getKey());
                assertEquals(
                        TlsContext.Reload.REFUSED, gate.listener().reloadTls().orElseThrow(), one.getKey());
                String told = String.join("\n", lines(log));
                assertTrue(
                        tls.state().failure().orElseThrow().contains(one.getKey()),
                        tls.state().toString());
                assertTrue(told.startsWith("The TLS files have changed and are not taken"), told);
                assertEquals(1, told.lines().count(), told);
                assertServed(gate, fixture.client(good));
                assertRefused(gate, fixture.client(bad), "TLSv1.3", CloseReason.CERTIFICATE_REVOKED);
                assertThrows(TlsFileException.class, () -> load(ClientCertificate.NEED), one.getKey());
            }
            Files.delete(file);
            assertEquals(TlsContext.Reload.REFUSED, gate.listener().reloadTls().orElseThrow());
            assertRefused(gate, fixture.client(bad), "TLSv1.3", CloseReason.CERTIFICATE_REVOKED);
            Certificates.replace(file, usable);
            assertEquals(
                    TlsContext.Reload.UNCHANGED, gate.listener().reloadTls().orElseThrow());
            assertEquals(Optional.empty(), tls.state().failure());
        }
    }

    private String pem(X509CRL list) throws Exception {
        return Files.readString(Certificates.revocations(directory.resolve("other.crl"), list));
    }

    /** The list ends in some seconds; clocks may differ by 15 minutes, so that is when it is over for the gate. */
    @Test
    void expiredListsRefuseAllAndLogOnce() throws Exception {
        Instant end = Instant.now().minus(Duration.ofMinutes(15)).plusSeconds(4);
        Certificates.revocations(file, fixture.clients.revocations(end, bad.certificate()));
        TlsContext tls = load(ClientCertificate.NEED);
        SSLContext editor = fixture.client(good);
        try (KeptLog log = new KeptLog(Level.WARNING, TlsContext.class.getName());
                Gate gate = gate(tls);
                RawClient open = connect(gate, editor, "TLSv1.3")) {
            ask(open);
            assertEquals(
                    end.getEpochSecond(),
                    tls.state().revocationsUntil().orElseThrow().getEpochSecond());
            Gate.await(() -> {
                gate.listener().reloadTls();
                return tls.state().failure().isPresent();
            });
            gate.listener().reloadTls();
            gate.listener().reloadTls();
            List<String> told = lines(log);
            assertEquals(1, told.size(), told.toString());
            assertTrue(told.get(0).contains("no client with a certificate of that authority is let in"), told.get(0));
            assertEquals(told.get(0), tls.state().failure().orElseThrow());
            // Not by a session of before either.
            assertRefused(gate, editor, "TLSv1.3", CloseReason.HANDSHAKE_FAILED);
            assertRefused(gate, editor, "TLSv1.2", CloseReason.HANDSHAKE_FAILED);
            ask(open);
            Certificates.revocations(file, fixture.clients.revocations(tomorrow(), bad.certificate()));
            assertEquals(TlsContext.Reload.TAKEN, gate.listener().reloadTls().orElseThrow());
            assertEquals(Optional.empty(), tls.state().failure());
            assertServed(gate, editor);
        }
    }

    @Test
    void tellsWhoseListIsMissing() throws Exception {
        Certificates.revocations(file, Certificates.authority("Somebody").revocations(tomorrow()));
        try (KeptLog log = new KeptLog(Level.WARNING, TlsContext.class.getName())) {
            TlsContext tls = load(ClientCertificate.NEED);
            String sentence =
                    file + " has no certificate revocation list of CN=Framegate Test Clients: no client with a"
                            + " certificate of that authority is let in.";
            assertEquals(List.of(sentence), lines(log));
            assertEquals(Optional.of(sentence), tls.state().failure());
            try (Gate gate = gate(tls)) {
                assertRefused(gate, fixture.client(good), "TLSv1.3", CloseReason.HANDSHAKE_FAILED);
            }
        }
    }

    /** Without lists too: what a full handshake refuses, a resumed one does not let in. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void resumesNoSessionOfACertificateThatHasExpired(String protocol) throws Exception {
        Instant end = Instant.now().plusSeconds(3);
        SSLContext editor = fixture.client(fixture.clients.issue("editor-1", "EC", end));
        TlsSettings settings = fixture.settings(ClientCertificate.NEED, Version.TLS_1_2);
        try (Gate gate = gate(TlsContext.load(settings))) {
            try (RawClient client = connect(gate, editor, protocol)) {
                ask(client);
            }
            Gate.await(() -> Instant.now().isAfter(end.plusSeconds(1)));
            try (RawClient client = connect(gate, editor, protocol)) {
                assertTrue(client.isAtEnd());
            }
            Gate.await(() -> closed(gate, CloseReason.HANDSHAKE_FAILED) == 1);
            assertEquals(1, received(gate));
        }
    }

    @Test
    void isNotAskedOfTheApplicationItself() throws Exception {
        Certificates.revocations(file, fixture.clients.revocations(tomorrow()));
        TlsContext tls = load(ClientCertificate.NEED);
        try (Gate gate = gate(tls);
                FramegateClient own = FramegateClient.builder()
                        .port(gate.listener().address().getPort())
                        .tls(tls.ownClient())
                        .build()) {
            own.send(new WelcomeRequest(1), WelcomeResponse.class).join();
            gate.listener().reloadTls();
            own.send(new WelcomeRequest(1), WelcomeResponse.class).join();
            assertEquals(1, gate.listener().connections().get(0).id());
        }
    }
}
