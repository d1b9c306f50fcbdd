package io.framegate.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys and certificates out of the bytes of files: PEM (RFC 7468) and PKCS #12. Whatever is wrong is told as a sentence with
 * the file's name, and without anything of what is in it.
 */
final class KeyFiles {

    /** No certificate chain is as long as this. */
    private static final int MAX_FILE_BYTES = 1024 * 1024;

    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final byte[] PROBE = "framegate".getBytes(StandardCharsets.US_ASCII);

    /**
     * A private key and what belongs to it.
     *
     * @param chain its own certificate first
     */
    record Identity(PrivateKey key, List<X509Certificate> chain) {

        X509Certificate own() {
            return chain.get(0);
        }
    }

    private KeyFiles() {}

    /** @throws TlsFileException if the file can't be read or is much too large */
    static byte[] read(Path file) throws TlsFileException {
        return read(file, MAX_FILE_BYTES, "it is no key file");
    }

    /** @throws TlsFileException if the file can't be read or has more bytes than that; then it says the last words */
    static byte[] read(Path file, int maxBytes, String whyNot) throws TlsFileException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new TlsFileException(file + " has more than " + maxBytes + " bytes; " + whyNot + ".");
            }
            return bytes;
        } catch (IOException e) {
            throw new TlsFileException(
                    file + " can't be read; the server's account must be allowed to, and it must exist.");
        }
    }

    /**
     * The identity in these bytes.
     *
     * @param contents of the source's files, in their order
     * @throws TlsFileException if they hold none, or the key and the certificate do not belong together
     */
    static Identity identity(KeySource source, List<byte[]> contents) throws TlsFileException {
        Identity identity;
        Path file = source.files().get(0);
        if (source instanceof KeySource.Pem pem) {
            List<X509Certificate> chain = pemCertificates(file, contents.get(0));
            identity =
                    new Identity(pemKey(pem.key(), contents.get(1), chain.get(0).getPublicKey()), chain);
        } else if (source instanceof KeySource.Pkcs12 store) {
            identity = storedIdentity(file, store.password(), contents.get(0));
        } else {
            throw new IllegalArgumentException(source.toString());
        }
        check(file, identity);
        return identity;
    }

    /**
     * The authorities in these bytes, at least one.
     *
     * @throws TlsFileException if they hold none
     */
    static List<X509Certificate> authorities(TrustSource source, byte[] content) throws TlsFileException {
        if (source instanceof TrustSource.Pkcs12 file) {
            List<X509Certificate> found = new ArrayList<>();
            KeyStore store = open(file.file(), file.password(), content);
            try {
                for (String alias : Collections.list(store.aliases())) {
                    if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                        found.add(certificate);
                    }
                }
            } catch (GeneralSecurityException e) {
                throw new TlsFileException(file.file() + " can't be read as PKCS #12.");
            }
            if (found.isEmpty()) {
                throw new TlsFileException(file.file() + " holds no certificate.");
            }
            return found;
        }
        return pemCertificates(source.file(), content);
    }

    private static List<X509Certificate> pemCertificates(Path file, byte[] content) throws TlsFileException {
        List<X509Certificate> found = new ArrayList<>();
        Matcher blocks = PEM.matcher(new String(content, StandardCharsets.ISO_8859_1));
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            while (blocks.find()) {
                if (blocks.group(1).equals("CERTIFICATE")) {
                    InputStream der = new ByteArrayInputStream(decoded(blocks.group(2)));
                    found.add((X509Certificate) factory.generateCertificate(der));
                }
            }
        } catch (CertificateException | IllegalArgumentException e) {
            throw new TlsFileException(file + " has a certificate, number " + (found.size() + 1) + ", that is broken.");
        }
        if (found.isEmpty()) {
            throw new TlsFileException(file + " has no certificate in PEM, from -----BEGIN CERTIFICATE----- on.");
        }
        return found;
    }

    private static PrivateKey pemKey(Path file, byte[] content, PublicKey belongsTo) throws TlsFileException {
        Matcher blocks = PEM.matcher(new String(content, StandardCharsets.ISO_8859_1));
        while (blocks.find()) {
            switch (blocks.group(1)) {
                case "PRIVATE KEY":
                    try {
                        return KeyFactory.getInstance(belongsTo.getAlgorithm())
                                .generatePrivate(new PKCS8EncodedKeySpec(decoded(blocks.group(2))));
                    } catch (GeneralSecurityException | IllegalArgumentException e) {
                        throw new TlsFileException(file + " has no key of the certificate's kind, which is "
                                + belongsTo.getAlgorithm() + ".");
                    }
                case "ENCRYPTED PRIVATE KEY":
                    throw new TlsFileException(file + " is encrypted; give it without a password, readable by the"
                            + " server's account alone, or as PKCS #12.");
                case "RSA PRIVATE KEY", "EC PRIVATE KEY":
                    throw new TlsFileException(
                            file + " is not PKCS #8; convert it by: openssl pkcs8 -topk8 -nocrypt -in "
                                    + file.getFileName() + " -out key.pem");
                default:
                    // Parameters and certificates may stand beside it.
            }
        }
        throw new TlsFileException(file + " has no key in PEM, from -----BEGIN PRIVATE KEY----- on.");
    }

    private static Identity storedIdentity(Path file, Secret password, byte[] content) throws TlsFileException {
        KeyStore store = open(file, password, content);
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)
                        && store.getKey(alias, password.value().toCharArray()) instanceof PrivateKey key) {
                    List<X509Certificate> chain = new ArrayList<>();
                    for (Certificate certificate : store.getCertificateChain(alias)) {
                        chain.add((X509Certificate) certificate);
                    }
                    return new Identity(key, List.copyOf(chain));
                }
            }
        } catch (GeneralSecurityException | ClassCastException e) {
            throw new TlsFileException(file + " has a key that can't be read.");
        }
        throw new TlsFileException(file + " holds no private key.");
    }

    private static KeyStore open(Path file, Secret password, byte[] content) throws TlsFileException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(content), password.value().toCharArray());
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFileException(file + " can't be opened: it is no PKCS #12, or the password is another.");
        }
    }

    private static void check(Path file, Identity identity) throws TlsFileException {
        X509Certificate own = identity.own();
        try {
            own.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new TlsFileException(file + " has a certificate that ended on "
                    + own.getNotAfter().toInstant() + ".");
        } catch (CertificateNotYetValidException e) {
            throw new TlsFileException(file + " has a certificate that begins only on "
                    + own.getNotBefore().toInstant() + ".");
        }
        if (!belongTogether(identity.key(), own.getPublicKey())) {
            throw new TlsFileException(file + " has a certificate of another key than the private key that is given.");
        }
        List<X509Certificate> chain = identity.chain();
        for (int i = 0; i + 1 < chain.size(); i++) {
            try {
                chain.get(i).verify(chain.get(i + 1).getPublicKey());
            } catch (GeneralSecurityException e) {
                throw new TlsFileException(file + " has its certificates in another order than each one before the one"
                        + " that has signed it, beginning with the server's own.");
            }
        }
    }

    private static boolean belongTogether(PrivateKey key, PublicKey certified) {
        String algorithm = key.getAlgorithm();
        String signing = algorithm.equals("RSA") || algorithm.equals("EC")
                ? "SHA256with" + (algorithm.equals("EC") ? "ECDSA" : "RSA")
                : algorithm;
        try {
            Signature signature = Signature.getInstance(signing);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static byte[] decoded(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }
}
