package io.framegate.tls;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a server shows and whom it trusts, read from files, and read again when they change: connections that are made from
 * then on get the new certificate, those that are open keep what they have. Files that can't be used change nothing; that is
 * told once for each content of theirs.
 *
 * <p>Whether files have changed is seen by what is in them, so it does not matter how they are replaced. While one of
 * two is new and the other is old they do not belong together; the next look finds both.
 *
 * <p><b>Threads.</b> Any.
 */
public final class TlsContext {

    private static final Logger LOG = System.getLogger(TlsContext.class.getName());
    private static final String ALIAS = "gate";

    /** What {@link #reload} has come to. */
    public enum Reload {
        /** New connections get what is in the files now. */
        TAKEN,
        /** The files are as they were. */
        UNCHANGED,
        /** The files can't be used: {@link State#trouble} says why. */
        REFUSED
    }

    /**
     * What is in use.
     *
     * @param subject of the server's own certificate
     * @param serial its serial number, in hexadecimal digits
     * @param validUntil its last moment
     * @param loadedAt when it was taken
     * @param trouble what is wrong with the files as they are now, if they are others
     */
    public record State(
            String subject, String serial, Instant validUntil, Instant loadedAt, Optional<String> trouble) {}

    private record Loaded(SSLContext context, KeyFiles.Identity identity, String fingerprint, Instant at) {}

    private record Trouble(String sentence, String fingerprint) {}

    private final TlsSettings settings;
    private volatile Loaded loaded; // written under this
    private volatile @Nullable Trouble trouble; // written under this

    private TlsContext(TlsSettings settings, Loaded loaded) {
        this.settings = settings;
        this.loaded = loaded;
    }

    /**
     * Reads the files.
     *
     * @throws TlsFileException if they can't be used
     */
    public static TlsContext load(TlsSettings settings) throws TlsFileException {
        Contents contents = Contents.read(settings);
        return new TlsContext(settings, loaded(settings, contents));
    }

    /** Takes what is in the files now, if that has changed and can be used. */
    public synchronized Reload reload() {
        String fingerprint = "unreadable";
        try {
            Contents contents = Contents.read(settings);
            fingerprint = contents.fingerprint();
            if (fingerprint.equals(loaded.fingerprint())) {
                trouble = null;
                return Reload.UNCHANGED;
            }
            Trouble before = trouble;
            if (before != null && fingerprint.equals(before.fingerprint())) {
                return Reload.REFUSED;
            }
            loaded = loaded(settings, contents);
            trouble = null;
            LOG.log(
                    Level.INFO,
                    "The TLS certificate is a new one: {0}, until {1}",
                    loaded.identity().own().getSubjectX500Principal(),
                    loaded.identity().own().getNotAfter().toInstant());
            return Reload.TAKEN;
        } catch (TlsFileException e) {
            Trouble before = trouble;
            Trouble now = new Trouble(String.valueOf(e.getMessage()), fingerprint);
            if (!now.equals(before)) {
                LOG.log(
                        Level.WARNING,
                        "The TLS files have changed and are not taken: {0} The certificate in use is valid until {1}",
                        now.sentence(),
                        loaded.identity().own().getNotAfter().toInstant());
            }
            trouble = now;
            return Reload.REFUSED;
        }
    }

    /** What is in use. */
    public State state() {
        Loaded now = loaded;
        X509Certificate own = now.identity().own();
        return new State(
                own.getSubjectX500Principal().getName(),
                own.getSerialNumber().toString(16),
                own.getNotAfter().toInstant(),
                now.at(),
                Optional.ofNullable(trouble).map(Trouble::sentence));
    }

    /** The settings that it was made from. */
    public TlsSettings settings() {
        return settings;
    }

    /** The end of a new connection that a client has made. */
    public SSLEngine serverEngine() {
        SSLEngine engine = loaded.context().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(settings.minVersion().protocols());
        parameters.setCipherSuites(suites(parameters.getCipherSuites()));
        parameters.setUseCipherSuitesOrder(true);
        switch (settings.clientCertificate()) {
            case NEED -> parameters.setNeedClientAuth(true);
            case WANT -> parameters.setWantClientAuth(true);
            case NONE -> parameters.setNeedClientAuth(false);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /**
     * For a client within this server: it trusts the server's own certificate and nothing else, whatever name it is
     * reached by, and shows that same certificate, which the server takes from whoever has its key. It follows reloads.
     */
    public SSLContext ownClient() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new OwnKey()}, new TrustManager[] {new OwnCertificate()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS is not there in this JVM", e);
        }
    }

    /** Forward secret and authenticated ones only; the JVM's own order, which has the strongest first. */
    static String[] suites(String[] enabled) {
        return Arrays.stream(enabled)
                .filter(name -> name.startsWith("TLS_AES_")
                        || name.startsWith("TLS_CHACHA20_")
                        || name.startsWith("TLS_ECDHE_") && (name.contains("_GCM_") || name.contains("_CHACHA20_")))
                .toArray(String[]::new);
    }

    private static Loaded loaded(TlsSettings settings, Contents contents) throws TlsFileException {
        KeyFiles.Identity identity = KeyFiles.identity(settings.identity(), contents.identity());
        List<X509Certificate> authorities = List.of();
        if (settings.trust().isPresent()) {
            authorities = KeyFiles.authorities(settings.trust().get(), contents.trust());
        }
        SSLContext context = Contexts.of(
                Optional.of(identity),
                new TrustManager[] {new ClientTrust(identity.own(), Contexts.trust(authorities))});
        return new Loaded(context, identity, contents.fingerprint(), Instant.now());
    }

    /** The bytes of all files, each read once, so that what is checked is what is used. */
    private record Contents(List<byte[]> identity, byte[] trust, String fingerprint) {

        static Contents read(TlsSettings settings) throws TlsFileException {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                List<byte[]> identity = new ArrayList<>();
                for (Path file : settings.identity().files()) {
                    identity.add(KeyFiles.read(file));
                }
                byte[] trust = {};
                if (settings.trust().isPresent()) {
                    trust = KeyFiles.read(settings.trust().get().file());
                }
                for (byte[] content : identity) {
                    digest.update(MessageDigest.getInstance("SHA-256").digest(content));
                }
                digest.update(trust);
                return new Contents(identity, trust, HexFormat.of().formatHex(digest.digest()));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("SHA-256 is not there in this JVM", e);
            }
        }
    }

    /** The authorities' word on clients, and the server's own certificate, which needs none. */
    private static final class ClientTrust extends EngineTrust {

        private final X509Certificate own;
        private final X509ExtendedTrustManager authorities;

        ClientTrust(X509Certificate own, X509ExtendedTrustManager authorities) {
            this.own = own;
            this.authorities = authorities;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            if (!chain[0].equals(own)) {
                authorities.checkClientTrusted(chain, kind, engine);
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return authorities.getAcceptedIssuers();
        }
    }

    /** Trusts the server that shows the certificate in use. */
    private final class OwnCertificate extends EngineTrust {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            if (!chain[0].equals(loaded.identity().own())) {
                throw new CertificateException("it is not the server's own certificate");
            }
        }
    }

    /** Shows the certificate in use, whoever is asked for. */
    private final class OwnKey extends X509ExtendedKeyManager {

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] kinds, Principal @Nullable [] issuers, SSLEngine engine) {
            return Arrays.asList(kinds).contains(loaded.identity().key().getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseClientAlias(String[] kinds, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return loaded.identity().chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return loaded.identity().key();
        }

        @Override
        public String[] getClientAliases(String kind, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String @Nullable [] getServerAliases(String kind, Principal[] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(String kind, Principal[] issuers, Socket socket) {
            return null;
        }
    }
}
