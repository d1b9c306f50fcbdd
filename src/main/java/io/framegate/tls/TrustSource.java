package io.framegate.tls;

import java.nio.file.Path;

/** Where the certificates of the authorities are that the other end is trusted by. */
public sealed interface TrustSource {

    /** A PEM file with any number of certificates. */
    record Pem(Path file) implements TrustSource {}

    /** A PKCS #12 file; every certificate in it is trusted. */
    record Pkcs12(Path file, Secret password) implements TrustSource {}

    /** The file. */
    Path file();
}
