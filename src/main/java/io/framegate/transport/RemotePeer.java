package io.framegate.transport;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Who is at the other end of a connection, as far as the transport knows before the first frame.
 *
 * @param address the client's own address and port: the socket's, or the one that a trusted proxy told
 * @param certificate what the client showed and proved to own by TLS, verified up to a trusted authority
 */
public record RemotePeer(InetSocketAddress address, Optional<X509Certificate> certificate) {

    /** The subject of the certificate, by RFC 2253; empty where there is none. */
    public String principal() {
        return certificate
                .map(shown -> shown.getSubjectX500Principal().getName())
                .orElse("");
    }
}
