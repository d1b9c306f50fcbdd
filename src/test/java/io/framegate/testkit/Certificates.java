package io.framegate.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** An authority that signs certificates for a test, and files with what it has signed. */
public final class Certificates {

    private static final AtomicLong SERIALS = new AtomicLong(1000);

    private final KeyPair keys;
    private final X509Certificate certificate;

    /** A key with its certificate, and the authority's. */
    public record Issued(PrivateKey key, X509Certificate certificate, X509Certificate authority) {

        /** Writes the chain in PEM, all at once as a careful operator does. */
        public Path chain(Path file) throws IOException, GeneralSecurityException {
            return replace(
                    file, pem("CERTIFICATE", certificate.getEncoded()) + pem("CERTIFICATE", authority.getEncoded()));
        }

        /** Writes the key in PEM. */
        public Path key(Path file) throws IOException {
            return replace(file, pem("PRIVATE KEY", key.getEncoded()));
        }

        /** Writes key and chain as PKCS #12. */
        public Path pkcs12(Path file, String password) throws IOException, GeneralSecurityException {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("gate", key, password.toCharArray(), new X509Certificate[] {certificate, authority});
            try (OutputStream out = Files.newOutputStream(file)) {
                store.store(out, password.toCharArray());
            }
            return file;
        }
    }

    private Certificates(String name) {
        try {
            keys = keys("EC");
            certificate = sign(name, keys, name, keys, true, Instant.now().plus(Duration.ofDays(1)), null);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Certificates(String name, Certificates signer) {
        try {
            keys = keys("EC");
            certificate = sign(
                    name,
                    keys,
                    signer.certificate.getSubjectX500Principal().getName(),
                    signer.keys,
                    true,
                    Instant.now().plus(Duration.ofDays(1)),
                    null);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An authority of this name. */
    public static Certificates authority(String name) {
        return new Certificates("CN=" + name);
    }

    /** A certificate for localhost and 127.0.0.1, valid for a day. */
    public Issued issue(String name, String algorithm) {
        return issue(name, algorithm, Instant.now().plus(Duration.ofDays(1)));
    }

    /** The same, up to a moment that may be over. */
    public Issued issue(String name, String algorithm, Instant validUntil) {
        return issue(name, algorithm, validUntil, null);
    }

    /** The same, with the address of the revocation list that may have it. */
    public Issued issue(String name, String algorithm, Instant validUntil, @Nullable String lists) {
        try {
            KeyPair own = keys(algorithm);
            X509Certificate signed = sign(
                    "CN=" + name, own, certificate.getSubjectX500Principal().getName(), keys, false, validUntil, lists);
            return new Issued(own.getPrivate(), signed, certificate);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A list of what the authority has revoked.
     *
     * @param until when it ends, a moment that may be over
     * @param revoked by key compromise, a minute ago
     */
    public X509CRL revocations(Instant until, X509Certificate... revoked) {
        Instant now = Instant.now();
        try {
            var builder = new X509v2CRLBuilder(
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                    Date.from(now.minus(Duration.ofDays(3))));
            builder.setNextUpdate(Date.from(until));
            for (X509Certificate one : revoked) {
                builder.addCRLEntry(one.getSerialNumber(), Date.from(now.minusSeconds(60)), CRLReason.keyCompromise);
            }
            return new JcaX509CRLConverter()
                    .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes lists in PEM, one after the other. */
    public static Path revocations(Path file, X509CRL... lists) throws IOException, GeneralSecurityException {
        StringBuilder text = new StringBuilder("Lists of what is revoked, with a word on them.\n");
        for (X509CRL list : lists) {
            text.append(pem("X509 CRL", list.getEncoded()));
        }
        return replace(file, text.toString());
    }

    /** An authority whose own certificate this one has signed. */
    public Certificates intermediate(String name) {
        return new Certificates("CN=" + name, this);
    }

    /** Writes the authority's own key in PEM. */
    public Path key(Path file) throws IOException {
        return replace(file, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    /** Writes the authority's own certificate in PEM. */
    public Path trust(Path file) throws IOException, GeneralSecurityException {
        return replace(file, pem("CERTIFICATE", certificate.getEncoded()));
    }

    /** Writes the authority's own certificate as PKCS #12. */
    public Path trustPkcs12(Path file, String password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", certificate);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
        return file;
    }

    /** Puts a text into the place of a file, which is never seen half written. */
    public static Path replace(Path file, String text) throws IOException {
        Path fresh = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
        return Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static KeyPair keys(String algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(algorithm.equals("EC") ? 256 : 2048);
        return generator.generateKeyPair();
    }

    private static X509Certificate sign(
            String subject,
            KeyPair own,
            String issuer,
            KeyPair signer,
            boolean authority,
            Instant validUntil,
            @Nullable String lists)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        var builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                BigInteger.valueOf(SERIALS.incrementAndGet()),
                Date.from(Instant.now().minus(Duration.ofDays(2))),
                Date.from(validUntil),
                new X500Name(subject),
                own.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (lists != null) {
            DistributionPointName name = new DistributionPointName(
                    new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, lists)));
            builder.addExtension(Extension.cRLDistributionPoints, false, new CRLDistPoint(new DistributionPoint[] {
                new DistributionPoint(name, null, null)
            }));
        }
        if (!authority) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(List.of(
                                    new GeneralName(GeneralName.dNSName, "localhost"),
                                    new GeneralName(GeneralName.iPAddress, "127.0.0.1"))
                            .toArray(GeneralName[]::new)));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + kind + "-----\n";
    }
}
