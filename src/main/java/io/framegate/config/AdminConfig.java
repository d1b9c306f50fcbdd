package io.framegate.config;

import io.framegate.transport.AddressRanges;
import java.util.List;
import java.util.Optional;

/**
 * Who may administer the gate, and from where.
 *
 * @param user the administrator's name
 * @param password the password itself, if it is given so
 * @param passwordHash what is kept of it instead, as the server prints it
 * @param passwordFile where a password that the server makes at its first start is kept, hashed
 * @param hosts names that the pages may be asked by, besides those of the loopback interface
 * @param proxies who may tell the client's own address
 */
public record AdminConfig(
        String user,
        Optional<String> password,
        Optional<String> passwordHash,
        Optional<String> passwordFile,
        List<String> hosts,
        Proxies proxies) {

    public AdminConfig {
        hosts = List.copyOf(hosts);
    }

    /** Without what nobody should read. */
    @Override
    public String toString() {
        return "AdminConfig[user=" + user + ", hosts=" + hosts + ", proxies=" + proxies + "]";
    }

    /** The header by which a proxy tells whom it asks for. */
    public enum Header {
        /** A list of addresses, each proxy appending the one that has asked it. */
        X_FORWARDED_FOR,
        /** The same by RFC 7239. */
        FORWARDED
    }

    /**
     * Proxies between clients and the HTTP port.
     *
     * @param trusted whose headers are believed
     * @param header what they write; the other one may come from a client through them
     */
    public record Proxies(AddressRanges trusted, Header header) {

        /** None. */
        public static final Proxies NONE = new Proxies(AddressRanges.NONE, Header.X_FORWARDED_FOR);
    }
}
