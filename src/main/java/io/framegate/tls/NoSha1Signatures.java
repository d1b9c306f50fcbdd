package io.framegate.tls;

import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rules out signatures over SHA-1 and MD5 on one engine, without the JVM's own settings, which are the application server's as well:
 * TLS 1.2 still knows them for the handshake and for certificates, and takes SHA-1 where a client does not say what it can.
 */
final class NoSha1Signatures implements AlgorithmConstraints {

    static final NoSha1Signatures INSTANCE = new NoSha1Signatures();

    private NoSha1Signatures() {}

    @Override
    public boolean permits(Set<CryptoPrimitive> uses, String algorithm, @Nullable AlgorithmParameters parameters) {
        return !isBroken(uses, algorithm);
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> uses, Key key) {
        return true;
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> uses, String algorithm, Key key, @Nullable AlgorithmParameters parameters) {
        return !isBroken(uses, algorithm);
    }

    /** By the names of the JDK (SHA1withRSA) and those of TLS (rsa_pkcs1_sha1, ecdsa_sha1). */
    private static boolean isBroken(Set<CryptoPrimitive> uses, String algorithm) {
        String name = algorithm.toUpperCase(Locale.ROOT);
        return uses.contains(CryptoPrimitive.SIGNATURE)
                && (name.startsWith("SHA1WITH") || name.startsWith("MD5WITH") || name.endsWith("_SHA1"));
    }
}
