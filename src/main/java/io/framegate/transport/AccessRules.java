package io.framegate.transport;

import io.framegate.tls.TlsContext;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who gets in, and by which way.
 *
 * @param allow clients' addresses; where there are none, all that are not denied
 * @param deny clients' addresses that never get in
 * @param proxyProtocol whether every connection begins with a PROXY protocol header
 * @param trustedProxies whose headers are believed
 * @param tls the port speaks TLS by it; null: it does not
 */
public record AccessRules(
        AddressRanges allow,
        AddressRanges deny,
        boolean proxyProtocol,
        AddressRanges trustedProxies,
        @Nullable TlsContext tls) {

    /** Everybody, at once. */
    public static final AccessRules NONE =
            new AccessRules(AddressRanges.NONE, AddressRanges.NONE, false, AddressRanges.NONE, null);

    /** Whether a connection begins with its first frame, with nothing before. */
    boolean isPlain() {
        return !proxyProtocol && tls == null;
    }

    boolean admits(InetAddress client) {
        return (allow.isEmpty() || allow.contains(client)) && !deny.contains(client);
    }
}
