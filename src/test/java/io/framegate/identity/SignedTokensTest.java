package io.framegate.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.framegate.config.IdentityConfig;
import io.framegate.testkit.KeptLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedTokensTest {

    @TempDir
    private Path directory;

    private Path file;
    private ECKey key;
    private SignedTokens tokens;

    @BeforeEach
    void writeKeys() throws Exception {
        key = key("k1");
        file = directory.resolve("keys.json");
        write(key);
        tokens = new SignedTokens(new IdentityConfig.Tokens(file, "https://id.example", "framegate"));
    }

    @Test
    void knowsWhomAValidTokenSpeaksOf() throws Exception {
        Instant until = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 60);
        var known = tokens.identity(signed(key, claims().expirationTime(Date.from(until))))
                .orElseThrow();
        assertEquals("ann", known.name());
        assertEquals(Set.of("editor"), known.roles());
        assertEquals(until, known.until());
    }

    @Test
    void readsTheNameFromSeveralClaims() throws Exception {
        assertEquals(
                "ann@example",
                tokens.identity(signed(key, claims().claim("upn", "ann@example")))
                        .orElseThrow()
                        .name());
    }

    @Test
    void refusesForeignIssuersAndAudiences() throws Exception {
        assertRefused(signed(key, claims().issuer("https://elsewhere.example")));
        assertRefused(signed(key, claims().audience("another")));
        assertRefused(signed(key, claims().audience((String) null)));
    }

    @Test
    void refusesWhatIsOverOrNeverEnds() throws Exception {
        assertRefused(
                signed(key, claims().expirationTime(Date.from(Instant.now().minusSeconds(600)))));
        assertRefused(signed(key, claims().expirationTime(null)));
        assertRefused(signed(key, claims().notBeforeTime(Date.from(Instant.now().plusSeconds(600)))));
    }

    @Test
    void refusesOtherKeysNoSignatureAndSharedSecrets() throws Exception {
        assertRefused(signed(key("k1"), claims()));
        assertRefused(new PlainJWT(claims().build()).serialize());
        SignedJWT shared = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims().build());
        shared.sign(new MACSigner(key.toPublicJWK().toJSONString().repeat(2)));
        assertRefused(shared.serialize());
        String good = signed(key, claims());
        assertRefused(good.substring(0, good.length() - 6) + "AAAAAA");
        assertRefused("not.a.token");
        assertRefused("");
    }

    @Test
    void reloadsKeysButKeepsOldOnesIfBroken() throws Exception {
        ECKey next = key("k2");
        assertRefused(signed(next, claims()));
        write(next);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(2)));
        assertTrue(tokens.identity(signed(next, claims())).isPresent());
        assertRefused(signed(key, claims()));
        Files.writeString(file, "{");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(4)));
        assertTrue(tokens.identity(signed(next, claims())).isPresent());
        Files.delete(file);
        assertTrue(tokens.identity(signed(next, claims())).isPresent());
    }

    /** Anybody may ask for a login as often as he likes, and each looks whether the keys have changed. */
    @Test
    void logsUnreadableKeysOnce() throws Exception {
        try (KeptLog log = new KeptLog(Level.INFO, SignedTokens.class.getName())) {
            Files.delete(file);
            assertSaysOnceInTenLogins(log, Level.WARNING);
            Files.writeString(file, "{");
            assertSaysOnceInTenLogins(log, Level.WARNING);
            write(key);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(2)));
            assertSaysOnceInTenLogins(log, Level.INFO);
        }
    }

    private void assertSaysOnceInTenLogins(KeptLog log, Level level) throws JOSEException {
        for (int i = 0; i < 10; i++) {
            assertTrue(tokens.identity(signed(key, claims())).isPresent());
        }
        assertEquals(
                List.of(level), log.take().stream().map(LogRecord::getLevel).toList());
    }

    @Test
    void unreadableKeysFailTheStart() {
        var config = new IdentityConfig.Tokens(directory.resolve("missing.json"), "i", "a");
        var why = assertThrows(IllegalStateException.class, () -> new SignedTokens(config));
        assertTrue(why.getMessage().startsWith("Set framegate.identity.token-keys"), why.getMessage());
    }

    private void assertRefused(String token) {
        assertEquals(Optional.empty(), tokens.identity(token));
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer("https://id.example")
                .audience("framegate")
                .subject("ann")
                .claim("groups", List.of("editor"))
                .expirationTime(Date.from(Instant.now().plusSeconds(60)));
    }

    private static String signed(ECKey by, JWTClaimsSet.Builder claims) throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(by.getKeyID()).build(), claims.build());
        token.sign(new ECDSASigner(by));
        return token.serialize();
    }

    private static ECKey key(String id) throws JOSEException {
        return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    }

    private void write(ECKey one) throws IOException {
        Files.writeString(file, new JWKSet(one.toPublicJWK()).toString());
    }
}
