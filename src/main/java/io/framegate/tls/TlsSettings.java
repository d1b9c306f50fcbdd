package io.framegate.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * TLS on a server's port.
 *
 * @param identity the server's key and certificates
 * @param trust who signs clients' certificates; there must be some if these are asked for
 * @param clientCertificate whether clients are asked for one
 * @param minVersion 1.2 or 1.3
 * @param handshakeTimeout from the first byte that is due to the end of the handshake
 * @param maxHandshakes under way at a time; one more ends the oldest
 * @param handshakeThreads that sign and verify
 * @param reloadInterval between two looks at the files
 * @param revocationLists the file with what the authorities have revoked of clients' certificates (CRLs); none: nothing is
 */
public record TlsSettings(
        KeySource identity,
        Optional<TrustSource> trust,
        ClientCertificate clientCertificate,
        Version minVersion,
        Duration handshakeTimeout,
        int maxHandshakes,
        int handshakeThreads,
        Duration reloadInterval,
        Optional<Path> revocationLists) {

    /** Whether clients are asked for a certificate. */
    public enum ClientCertificate {
        /** Not asked. */
        NONE,
        /** Asked; a client may have none, but not a wrong one. */
        WANT,
        /** A client without one is not let in. */
        NEED
    }

    /** The oldest TLS that is spoken. */
    public enum Version {
        TLS_1_2("TLSv1.3", "TLSv1.2"),
        TLS_1_3("TLSv1.3");

        private final String[] protocols;

        Version(String... protocols) {
            this.protocols = protocols;
        }

        String[] protocols() {
            return protocols.clone();
        }
    }

    /** Without revocation lists. */
    public TlsSettings(
            KeySource identity,
            Optional<TrustSource> trust,
            ClientCertificate clientCertificate,
            Version minVersion,
            Duration handshakeTimeout,
            int maxHandshakes,
            int handshakeThreads,
            Duration reloadInterval) {
        this(
                identity,
                trust,
                clientCertificate,
                minVersion,
                handshakeTimeout,
                maxHandshakes,
                handshakeThreads,
                reloadInterval,
                Optional.empty());
    }

    public TlsSettings {
        if (revocationLists.isPresent() && clientCertificate == ClientCertificate.NONE) {
            throw new IllegalArgumentException("clients are not asked for certificates that could be revoked");
        }
        if (clientCertificate != ClientCertificate.NONE && trust.isEmpty()) {
            throw new IllegalArgumentException("clients are asked for certificates, and there is nobody to trust");
        }
        if (maxHandshakes < 1 || handshakeThreads < 1) {
            throw new IllegalArgumentException(
                    "maxHandshakes=" + maxHandshakes + " handshakeThreads=" + handshakeThreads + ": at least 1");
        }
    }
}
