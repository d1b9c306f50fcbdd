package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.FramegateClient;
import io.framegate.message.ErrorResponse;
import io.framegate.testkit.Certificates;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TlsFixture;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The port with TLS and clients' certificates, behind proxies, in the container. */
@ArquillianTest
class TlsIT {

    private static final String CONFIG = "META-INF/microprofile-config.properties";

    private static TlsFixture fixture; // made before the deployment, which needs its files
    private static Path revoked; // the authority's list

    private final Deployed deployed = new Deployed();

    @Deployment(testable = false)
    static WebArchive war() throws IOException, GeneralSecurityException {
        Path directory = Files.createDirectories(Path.of("target", "tls-it")).toAbsolutePath();
        fixture = new TlsFixture(directory);
        revoked = directory.resolve("clients.crl");
        revoke();
        String settings = String.join(
                "\n",
                defaults(),
                "framegate.tls.certificate=" + fixture.chainFile(),
                "framegate.tls.key=" + fixture.keyFile(),
                "framegate.tls.trust=" + fixture.clientsFile(),
                "framegate.tls.client-certificate=need",
                "framegate.tls.crl=" + revoked,
                "framegate.tls.reload-interval=PT1S",
                "framegate.listener.proxy-protocol=true",
                "framegate.listener.trusted-proxies=127.0.0.1");
        return Deployed.war().add(new StringAsset(settings), "WEB-INF/classes/" + CONFIG);
    }

    private static String defaults() {
        try (InputStream in = Objects.requireNonNull(TlsIT.class.getResourceAsStream("/" + CONFIG))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void awaitReady() throws Exception {
        deployed.awaitReady();
    }

    private InetSocketAddress port() throws Exception {
        JsonObject data = deployed.readiness("framegate-listener").getJsonObject("data");
        return new InetSocketAddress(data.getString("address"), Integer.parseInt(data.getString("port")));
    }

    private static void revoke(X509Certificate... certificates) throws IOException, GeneralSecurityException {
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        Certificates.revocations(revoked, fixture.clients.revocations(tomorrow, certificates));
    }

    private FramegateClient editor() throws Exception {
        return client(fixture.clients.issue("editor-1", "EC"));
    }

    private FramegateClient client(Certificates.Issued certificate) throws Exception {
        return FramegateClient.builder()
                .port(port().getPort())
                .proxyProtocol(true)
                .tls(fixture.client(certificate))
                .build();
    }

    private static void greet(FramegateClient client) {
        assertEquals(
                "welcome:7",
                client.send(new WelcomeRequest(7), WelcomeResponse.class).join().text());
    }

    @Test
    void authenticatesByCertificate() throws Exception {
        try (FramegateClient editor = editor()) {
            greet(editor);
            assertTrue(deployed.get("admin/running-info").body().contains("\"principal\":\"editor-1\""));
        }
        try (RawClient plain = new RawClient(port())) {
            plain.send("PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII), Frames.of(new WelcomeRequest(1)));
            assertTrue(plain.receive(ErrorResponse.class).text().startsWith("This port speaks TLS"));
        }
    }

    @Test
    void refusesACertificateOnceItIsRevoked() throws Exception {
        Certificates.Issued issued = fixture.clients.issue("editor-2", "EC");
        try (FramegateClient editor = client(issued)) {
            greet(editor);
        }
        revoke(issued.certificate());
        // Whether it was this or the interval, it is taken when the answer comes.
        reload();
        assertThrows(Exception.class, () -> {
            try (FramegateClient editor = client(issued)) {
                greet(editor);
            }
        });
        deployed.await("/metrics", "reason=\"CERTIFICATE_REVOKED\"} 1");
        try (FramegateClient other = editor()) {
            greet(other);
        }
        revoke();
        reload();
        try (FramegateClient editor = client(issued)) {
            greet(editor);
        }
    }

    @Test
    void servesTheMapPageThroughItsOwnPort() throws Exception {
        HttpResponse<byte[]> features =
                deployed.getBytes("admin/map/features/links?area=9.50,47.10,9.55,47.18&level=14");
        assertEquals(200, features.statusCode());
        assertTrue(features.body().length > 1000, features.body().length + " bytes");
    }

    @Test
    void reloadsAChangedCertificate() throws Exception {
        JsonObject before = deployed.readiness("framegate-listener").getJsonObject("data");
        assertEquals("CN=gate", before.getString("tls"));
        fixture.serve(fixture.authority.issue("gate-renewed", "RSA"));
        // Whether it was this or the interval, it is taken when the answer comes.
        String renewed = reload();
        assertTrue(renewed.contains("CN=gate-renewed"), renewed);
        deployed.await("/health/ready", "CN=gate-renewed");
        assertTrue(reload().contains("\"UNCHANGED\""));
        Files.writeString(fixture.keyFile(), "no key");
        String refused = reload();
        assertTrue(refused.contains("\"REFUSED\"") && refused.contains("\"trouble\""), refused);
        deployed.await("/health/ready", "tls-trouble");
        try (FramegateClient editor = editor()) {
            greet(editor);
        }
        fixture.serve(fixture.authority.issue("gate", "EC"));
        deployed.await("/health/ready", "CN=gate\"");
        assertFalse(
                deployed.readiness("framegate-listener").getJsonObject("data").containsKey("tls-trouble"));
    }

    private String reload() throws Exception {
        return deployed.send("POST", "admin/reload-certificates", "").body();
    }
}
