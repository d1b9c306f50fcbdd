package io.framegate.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that their authorities have revoked, by the lists (CRLs) of a file. A client is not let in with a certificate that
 * a list has, and neither with one about which no list of its authority is in force: where no list speaks, nothing says that the
 * certificate is good.
 *
 * <p>A full handshake has the whole path looked at, by the JDK. Connections that are open when the lists change have no path any
 * more: of those the certificates that were shown are looked up.
 *
 * <p><b>Threads.</b> Any; it does not change.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280#section-5">RFC 5280, section 5</a>
 */
final class RevocationLists {

    /** Room for most of a million certificates; each one on a list is kept in memory. */
    static final int MAX_FILE_BYTES = 32 * 1024 * 1024;

    /** The gate's clock and the authority's may differ by so much; the JDK allows the same. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(15);

    private static final Pattern PEM = Pattern.compile("-----BEGIN X509 CRL-----([^-]*)-----END X509 CRL-----");
    private static final byte DER_SEQUENCE = 0x30;
    private static final String DELTA = "2.5.29.27";
    private static final int MAX_NAME_CHARACTERS = 200;
    private static final int MAX_CAUSES = 100; // they may run in a circle

    private final Path file;
    private final List<X509CRL> lists;
    private final List<X509Certificate> authorities;

    private RevocationLists(Path file, List<X509CRL> lists, List<X509Certificate> authorities) {
        this.file = file;
        this.lists = lists;
        this.authorities = authorities;
    }

    /**
     * Takes the lists out of the bytes of a file: any number in PEM, or in DER one after the other.
     *
     * @param authorities who signs clients' certificates; a list that has one's name must have been signed by that one
     * @throws TlsFileException if there is no list, or one that is broken, not in force, a delta, or signed by somebody else
     */
    static RevocationLists of(Path file, byte[] content, List<X509Certificate> authorities) throws TlsFileException {
        List<X509CRL> lists = parse(file, content);
        for (X509CRL list : lists) {
            check(file, list, authorities);
        }
        return new RevocationLists(file, lists, authorities);
    }

    private static List<X509CRL> parse(Path file, byte[] content) throws TlsFileException {
        List<X509CRL> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            if (content.length > 0 && content[0] == DER_SEQUENCE) {
                for (CRL list : factory.generateCRLs(new ByteArrayInputStream(content))) {
                    found.add((X509CRL) list);
                }
            } else {
                Matcher blocks = PEM.matcher(new String(content, StandardCharsets.ISO_8859_1));
                while (blocks.find()) {
                    byte[] der = KeyFiles.decoded(blocks.group(1));
                    found.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(der)));
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TlsFileException(
                    file + " has a certificate revocation list, number " + (found.size() + 1) + ", that is broken.");
        }
        if (found.isEmpty()) {
            throw new TlsFileException(
                    file + " has no certificate revocation list, neither in PEM, from -----BEGIN X509"
                            + " CRL----- on, nor in DER.");
        }
        return List.copyOf(found);
    }

    private static void check(Path file, X509CRL list, List<X509Certificate> authorities) throws TlsFileException {
        String whose = file + " has a certificate revocation list of " + issuer(list);
        if (list.getNextUpdate() == null) {
            throw new TlsFileException(whose + " that does not say until when it is in force.");
        }
        if (!isInForce(list)) {
            throw new TlsFileException(whose + " that is in force only from "
                    + list.getThisUpdate().toInstant() + " to "
                    + list.getNextUpdate().toInstant() + ".");
        }
        if (list.getExtensionValue(DELTA) != null) {
            throw new TlsFileException(whose + " that has only what is new; give the complete one.");
        }
        List<X509Certificate> signers = authorities.stream()
                .filter(authority -> authority.getSubjectX500Principal().equals(list.getIssuerX500Principal()))
                .toList();
        if (!signers.isEmpty() && signers.stream().noneMatch(signer -> isSignedBy(list, signer))) {
            throw new TlsFileException(whose + " that is not signed by the key of the authority of that name.");
        }
    }

    private static boolean isSignedBy(X509CRL list, X509Certificate signer) {
        try {
            list.verify(signer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean isInForce(X509CRL list) {
        Instant now = Instant.now();
        return list.getThisUpdate().toInstant().minus(CLOCKS_DIFFER).isBefore(now)
                && list.getNextUpdate().toInstant().plus(CLOCKS_DIFFER).isAfter(now);
    }

    /** When the first of the lists has to be replaced. */
    Instant until() {
        return lists.stream()
                .map(list -> list.getNextUpdate().toInstant())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** How many certificates are revoked, by all lists. */
    int size() {
        return lists.stream()
                .map(X509CRL::getRevokedCertificates)
                .mapToInt(revoked -> revoked == null ? 0 : revoked.size())
                .sum();
    }

    /** Whose clients are not let in since no list is of that authority; a sentence, if there is any such. */
    Optional<String> missing() {
        String names = authorities.stream()
                .map(X509Certificate::getSubjectX500Principal)
                .filter(authority -> lists.stream()
                        .noneMatch(list -> list.getIssuerX500Principal().equals(authority)))
                .map(authority -> clipped(authority.getName()))
                .collect(Collectors.joining("; "));
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(file + " has no certificate revocation list of " + names
                        + ": no client with a certificate of that authority is let in.");
    }

    /** Whose clients are not let in any more since the list of that authority is over; a sentence, if there is any such. */
    Optional<String> over() {
        return lists.stream()
                .filter(list -> !isInForce(list))
                .map(list -> file + " has a certificate revocation list of " + issuer(list) + " that ended on "
                        + list.getNextUpdate().toInstant()
                        + ": no client with a certificate of that authority is let in.")
                .findFirst();
    }

    /** Which of these certificates is revoked, in words for a log. */
    Optional<String> revoked(List<X509Certificate> shown) {
        for (X509Certificate certificate : shown) {
            for (X509CRL list : lists) {
                X509CRLEntry entry = list.getRevokedCertificate(certificate);
                if (entry != null) {
                    return Optional.of("the certificate "
                            + clipped(certificate.getSubjectX500Principal().getName())
                            + " with the serial number "
                            + certificate.getSerialNumber().toString(16) + " is revoked since "
                            + entry.getRevocationDate().toInstant());
                }
            }
        }
        return Optional.empty();
    }

    private static String issuer(X509CRL list) {
        return clipped(list.getIssuerX500Principal().getName());
    }

    /** A name may have been chosen by whoever asked for the certificate. */
    private static String clipped(String name) {
        String line = name.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
        return line.length() > MAX_NAME_CHARACTERS ? line.substring(0, MAX_NAME_CHARACTERS) + "…" : line;
    }

    /** Trusts clients whose certificates the authorities have signed, and of whose whole path a list says that it is not revoked. */
    X509ExtendedTrustManager trust() {
        try {
            Set<TrustAnchor> anchors = authorities.stream()
                    .map(authority -> new TrustAnchor(authority, null))
                    .collect(Collectors.toSet());
            var parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
            var checker =
                    (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
            // Nobody else is asked over the network.
            checker.setOptions(
                    EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
            parameters.addCertPathChecker(checker);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return new Trust((X509ExtendedTrustManager) factory.getTrustManagers()[0]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("PKIX is not there in this JVM", e);
        }
    }

    /** The JDK's word, and a reason that says what it is. */
    private final class Trust extends EngineTrust {

        private final X509ExtendedTrustManager path;

        Trust(X509ExtendedTrustManager path) {
            this.path = path;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            try {
                path.checkClientTrusted(chain, kind, engine);
            } catch (CertificateException e) {
                if (hasReason(e, BasicReason.REVOKED)) {
                    throw new RevokedCertificateException(
                            revoked(List.of(chain)).orElse("a certificate of its path is revoked"));
                }
                if (hasReason(e, BasicReason.UNDETERMINED_REVOCATION_STATUS)) {
                    throw new CertificateException("no certificate revocation list in force is of its authority", e);
                }
                throw e;
            }
            // One that is itself among the authorities has no path that the JDK would look at.
            Optional<String> revoked = revoked(List.of(chain));
            if (revoked.isPresent()) {
                throw new RevokedCertificateException(revoked.get());
            }
        }

        private boolean hasReason(Throwable failure, BasicReason reason) {
            return Stream.<@Nullable Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
                    .limit(MAX_CAUSES)
                    .anyMatch(cause ->
                            cause instanceof CertPathValidatorException invalid && invalid.getReason() == reason);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return path.getAcceptedIssuers();
        }
    }
}
