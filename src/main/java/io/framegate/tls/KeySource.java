package io.framegate.tls;

import java.nio.file.Path;
import java.util.List;

/** Where a private key and its certificates are. */
public sealed interface KeySource {

    /**
     * Two PEM files.
     *
     * @param certificates the key's own certificate first, then the intermediate ones in order
     * @param key PKCS #8, not encrypted
     */
    record Pem(Path certificates, Path key) implements KeySource {
        @Override
        public List<Path> files() {
            return List.of(certificates, key);
        }
    }

    /** A PKCS #12 file; the first private key in it is taken. */
    record Pkcs12(Path file, Secret password) implements KeySource {
        @Override
        public List<Path> files() {
            return List.of(file);
        }
    }

    /** The files, in the order in which they are read. */
    List<Path> files();
}
