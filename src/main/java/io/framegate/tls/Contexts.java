package io.framegate.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes {@link SSLContext}s out of keys and certificates that are in memory. */
public final class Contexts {

    private static final char[] NO_PASSWORD = {};

    private Contexts() {}

    /**
     * For a client.
     *
     * @param trust who signs servers' certificates; none: those that the JVM trusts
     * @param identity the client's own, where the server asks for it
     * @throws TlsFileException if a file can't be used
     */
    public static SSLContext client(Optional<TrustSource> trust, Optional<KeySource> identity) throws TlsFileException {
        Optional<KeyFiles.Identity> own = Optional.empty();
        if (identity.isPresent()) {
            List<byte[]> contents = new ArrayList<>();
            for (Path file : identity.get().files()) {
                contents.add(KeyFiles.read(file));
            }
            own = Optional.of(KeyFiles.identity(identity.get(), contents));
        }
        if (trust.isEmpty()) {
            return of(own, null);
        }
        List<X509Certificate> authorities =
                KeyFiles.authorities(trust.get(), KeyFiles.read(trust.get().file()));
        return of(own, new TrustManager[] {trust(authorities)});
    }

    /** Rules out what neither end of this port signs by, whatever the JVM as a whole allows: SHA-1 and MD5. */
    public static void ruleOutBrokenSignatures(SSLParameters parameters) {
        parameters.setAlgorithmConstraints(NoSha1Signatures.INSTANCE);
    }

    static SSLContext of(Optional<KeyFiles.Identity> identity, TrustManager @Nullable [] trust) {
        try {
            KeyManager[] keys = {};
            if (identity.isPresent()) {
                KeyStore store = empty();
                store.setKeyEntry(
                        "own",
                        identity.get().key(),
                        NO_PASSWORD,
                        identity.get().chain().toArray(X509Certificate[]::new));
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(store, NO_PASSWORD);
                keys = factory.getKeyManagers();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("TLS is not there in this JVM", e);
        }
    }

    static X509ExtendedTrustManager trust(List<X509Certificate> authorities) {
        if (authorities.isEmpty()) {
            return new EngineTrust();
        }
        try {
            KeyStore store = empty();
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("PKIX is not there in this JVM", e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }
}
