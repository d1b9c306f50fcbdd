package io.framegate.tls;

import java.security.cert.CertificateException;

/** Somebody has shown a certificate that its authority has revoked; the sentence says which one. */
public final class RevokedCertificateException extends CertificateException {

    private static final long serialVersionUID = 1L;

    RevokedCertificateException(String sentence) {
        super(sentence);
    }
}
