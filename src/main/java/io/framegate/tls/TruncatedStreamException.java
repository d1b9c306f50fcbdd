package io.framegate.tls;

import java.io.IOException;

/**
 * The stream ended without the close_notify that ends a TLS stream: what was read may be cut short, by an attacker or by
 * a peer that just vanished.
 */
public final class TruncatedStreamException extends IOException {

    private static final long serialVersionUID = 1L;

    TruncatedStreamException() {
        super("the stream ended without a close_notify");
    }
}
