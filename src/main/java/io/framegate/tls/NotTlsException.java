package io.framegate.tls;

import javax.net.ssl.SSLException;

/** The first byte of the stream begins no TLS record: the peer does not speak TLS. */
public final class NotTlsException extends SSLException {

    private static final long serialVersionUID = 1L;

    NotTlsException() {
        super("the other end does not speak TLS");
    }
}
