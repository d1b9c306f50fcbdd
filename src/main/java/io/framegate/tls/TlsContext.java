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
 * <p>With revocation lists, clients are looked up in them at the handshake, see {@link RevocationLists}; {@link #revoked} looks
 * once more, for connections that were there before. Where a list ends and no new one has come, sessions of before are resumed
 * no more, since that would let clients in without a look.
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
        /** The files can't be used: {@link State#failure} says why. */
        REFUSED
    }

    /**
     * What is in use.
     *
     * @param subject of the server's own certificate
     * @param serial its serial number, in hexadecimal digits
     * @param validUntil its last moment
     * @param loadedAt when it was taken
     * @param revocationsUntil when the first of the revocation lists ends; empty without such lists
     * @param failure what is wrong with the files as they are now, if they are others, or with revocation lists in use
     */
    public record State(
            String subject,
            String serial,
            Instant validUntil,
            Instant loadedAt,
            Optional<Instant> revocationsUntil,
            Optional<String> failure) {}

    private record Loaded(
            SSLContext context,
            KeyFiles.Identity identity,
            ClientTrust trust,
            Optional<RevocationLists> revocations,
            String fingerprint,
            Instant at) {

        /** The same, and no session of before can be resumed. */
        Loaded withoutSessions() {
            SSLContext fresh = Contexts.of(Optional.of(identity), new TrustManager[] {trust});
            return new Loaded(fresh, identity, trust, revocations, fingerprint, at);
        }
    }

    private record Failure(String sentence, String fingerprint) {}

    private final TlsSettings settings;
    private volatile Loaded loaded; // written under this
    private volatile @Nullable Failure failure; // written under this
    private @Nullable RevocationLists toldOver; // guarded by this: those of which it is logged that one has ended

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
        Loaded loaded = loaded(settings, contents);
        logRevocations(loaded);
        return new TlsContext(settings, loaded);
    }

    /** Takes what is in the files now, if that has changed and can be used. */
    public synchronized Reload reload() {
        Reload outcome = reloadFiles();
        lookAtEndOfLists();
        return outcome;
    }

    private Reload reloadFiles() {
        String fingerprint = "unreadable";
        try {
            Contents contents = Contents.read(settings);
            fingerprint = contents.fingerprint();
            if (fingerprint.equals(loaded.fingerprint())) {
                failure = null;
                return Reload.UNCHANGED;
            }
            Failure before = failure;
            if (before != null && fingerprint.equals(before.fingerprint())) {
                return Reload.REFUSED;
            }
            Loaded taken = loaded(settings, contents);
            boolean sameCertificate =
                    taken.identity().own().equals(loaded.identity().own());
            loaded = taken;
            failure = null;
            LOG.log(
                    Level.INFO,
                    sameCertificate
                            ? "Whom the port trusts is read anew; the TLS certificate is still {0}, until {1}"
                            : "The TLS certificate is a new one: {0}, until {1}",
                    taken.identity().own().getSubjectX500Principal(),
                    taken.identity().own().getNotAfter().toInstant());
            logRevocations(taken);
            return Reload.TAKEN;
        } catch (TlsFileException e) {
            Failure before = failure;
            Failure now = new Failure(String.valueOf(e.getMessage()), fingerprint);
            if (!now.equals(before)) {
                LOG.log(
                        Level.WARNING,
                        "The TLS files have changed and are not taken: {0} The certificate in use is valid until {1}",
                        now.sentence(),
                        loaded.identity().own().getNotAfter().toInstant());
            }
            failure = now;
            return Reload.REFUSED;
        }
    }

    private static void logRevocations(Loaded taken) {
        taken.revocations().ifPresent(lists -> {
            LOG.log(
                    Level.INFO,
                    "{0} certificates are revoked, by lists that are in force until {1}",
                    Integer.toString(lists.size()),
                    lists.until());
            lists.missing().ifPresent(sentence -> LOG.log(Level.WARNING, sentence));
        });
    }

    /** A list that has ended: full handshakes fail by themselves, and resumed ones would not. */
    private void lookAtEndOfLists() {
        RevocationLists lists = loaded.revocations().orElse(null);
        if (lists != null && !lists.equals(toldOver)) {
            lists.over().ifPresent(sentence -> {
                toldOver = lists;
                loaded = loaded.withoutSessions();
                LOG.log(Level.WARNING, sentence);
            });
        }
    }

    /**
     * Why a client that is connected would not be let in now: one of its certificates has been revoked.
     *
     * @param shown by the client, its own certificate first
     * @return a sentence for the log; nothing for a client that may stay
     */
    public Optional<String> revoked(List<X509Certificate> shown) {
        Loaded now = loaded;
        if (shown.isEmpty() || shown.get(0).equals(now.identity().own())) {
            return Optional.empty();
        }
        return now.revocations().flatMap(lists -> lists.revoked(shown));
    }

    /**
     * Whether a certificate of a client that has resumed a session has expired since: only full handshakes look at that.
     *
     * @param shown by the client, its own certificate first
     */
    public boolean hasExpired(List<X509Certificate> shown) {
        if (shown.isEmpty() || shown.get(0).equals(loaded.identity().own())) {
            return false;
        }
        Instant now = Instant.now();
        return shown.stream()
                .anyMatch(certificate -> certificate.getNotAfter().toInstant().isBefore(now));
    }

    /** Whether clients' certificates are looked up in revocation lists. */
    public boolean hasRevocations() {
        return settings.revocationLists().isPresent();
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
                now.revocations().map(RevocationLists::until),
                Optional.ofNullable(failure)
                        .map(Failure::sentence)
                        .or(() -> now.revocations().flatMap(RevocationLists::over))
                        .or(() -> now.revocations().flatMap(RevocationLists::missing)));
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
        Contexts.ruleOutBrokenSignatures(parameters);
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
        Optional<RevocationLists> revocations = Optional.empty();
        if (settings.revocationLists().isPresent()) {
            revocations = Optional.of(
                    RevocationLists.of(settings.revocationLists().get(), contents.revocations(), authorities));
        }
        X509ExtendedTrustManager signed =
                revocations.isPresent() ? revocations.get().trust() : Contexts.trust(authorities);
        ClientTrust trust = new ClientTrust(identity.own(), signed);
        SSLContext context = Contexts.of(Optional.of(identity), new TrustManager[] {trust});
        return new Loaded(context, identity, trust, revocations, contents.fingerprint(), Instant.now());
    }

    /** The bytes of all files, each read once, so that what is checked is what is used. */
    private record Contents(List<byte[]> identity, byte[] trust, byte[] revocations, String fingerprint) {

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
                byte[] revocations = {};
                if (settings.revocationLists().isPresent()) {
                    revocations = KeyFiles.read(
                            settings.revocationLists().get(),
                            RevocationLists.MAX_FILE_BYTES,
                            "its certificate revocation lists are too large");
                }
                for (byte[] content : identity) {
                    digest.update(MessageDigest.getInstance("SHA-256").digest(content));
                }
                digest.update(MessageDigest.getInstance("SHA-256").digest(trust));
                digest.update(revocations);
                return new Contents(identity, trust, revocations, HexFormat.of().formatHex(digest.digest()));
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
