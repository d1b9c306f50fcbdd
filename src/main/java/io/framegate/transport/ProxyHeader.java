package io.framegate.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a proxy says of the client before it passes the client's first byte on: the PROXY protocol of HAProxy, versions 1
 * and 2.
 * <pre>
 *  version 1: one line of ASCII, at most 107 bytes
 *    PROXY TCP4|TCP6 source destination source-port destination-port CR LF
 *    PROXY UNKNOWN … CR LF
 *
 *  version 2, big-endian
 *  offset size field
 *       0   12 signature  0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A
 *      12    1 version and command  20 LOCAL, 21 PROXY
 *      13    1 family    00 not known, 11 TCP over IPv4, 21 TCP over IPv6
 *      14    2 length    of what follows, here at most 4096
 *      16      source, destination (4 or 16 bytes each), source port, destination port (2 each), then anything
 * </pre>
 * LOCAL and UNKNOWN speak of no client: the proxy itself has connected, to see whether the server lives.
 *
 * @param client where the client has connected from, if the header tells
 * @see <a href="https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt">The PROXY protocol</a>
 */
record ProxyHeader(Optional<InetSocketAddress> client) {

    /** The largest header. */
    static final int MAX_BYTES = 16 + 4096;

    private static final byte[] SIGNATURE_1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SIGNATURE_2 = {0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 'Q', 'U', 'I', 'T', 0x0A};
    private static final int LEAST_BYTES_1 = "PROXY UNKNOWN\r\n".length();
    private static final int MAX_BYTES_1 = 107;
    private static final int COMMAND_OFFSET = 12;
    private static final int FAMILY_OFFSET = 13;
    private static final int LENGTH_OFFSET = 14;
    private static final int FIXED_BYTES_2 = 16;
    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int UNSPECIFIED = 0x00;
    private static final int TCP_4 = 0x11;
    private static final int TCP_6 = 0x21;

    /** Bytes that can't be a header, or not one of TCP. */
    static final class MalformedException extends IOException {

        private static final long serialVersionUID = 1L;

        MalformedException(String why) {
            super(why);
        }
    }

    /**
     * How many bytes may be read without touching what follows the header; 0 when it is complete.
     *
     * @param bytes what has come, from index 0 on
     * @throws MalformedException at the first byte that can't belong to a header
     */
    static int bytesWanted(byte[] bytes, int length) throws MalformedException {
        if (length == 0) {
            return LEAST_BYTES_1;
        }
        boolean second = bytes[0] == SIGNATURE_2[0];
        byte[] signature = second ? SIGNATURE_2 : SIGNATURE_1;
        int common = Math.min(length, signature.length);
        if (!Arrays.equals(bytes, 0, common, signature, 0, common)) {
            throw new MalformedException("it does not begin with a PROXY protocol header");
        }
        return second ? bytesWanted2(bytes, length) : bytesWanted1(bytes, length);
    }

    private static int bytesWanted1(byte[] bytes, int length) throws MalformedException {
        if (length < LEAST_BYTES_1) {
            return LEAST_BYTES_1 - length;
        }
        if (bytes[length - 1] == '\n') {
            return 0;
        }
        if (length >= MAX_BYTES_1) {
            throw new MalformedException("a header of version 1 has no end within " + MAX_BYTES_1 + " bytes");
        }
        // The end is two bytes long, so two never reach beyond it.
        return bytes[length - 1] == '\r' ? 1 : Math.min(2, MAX_BYTES_1 - length);
    }

    private static int bytesWanted2(byte[] bytes, int length) throws MalformedException {
        if (length < FIXED_BYTES_2) {
            return FIXED_BYTES_2 - length;
        }
        int command = bytes[COMMAND_OFFSET] & 0xFF;
        if (command != LOCAL && command != PROXY) {
            throw new MalformedException("a header of version 2 has the version and command " + command);
        }
        int more = unsignedShort(bytes, LENGTH_OFFSET);
        if (more > MAX_BYTES - FIXED_BYTES_2) {
            throw new MalformedException("a header of version 2 announces " + more + " bytes");
        }
        return FIXED_BYTES_2 + more - length;
    }

    /**
     * A complete header.
     *
     * @throws MalformedException if it is none
     */
    static ProxyHeader parse(byte[] bytes, int length) throws MalformedException {
        return bytes[0] == SIGNATURE_2[0] ? parse2(bytes, length) : parse1(bytes, length);
    }

    private static ProxyHeader parse1(byte[] bytes, int length) throws MalformedException {
        String line = new String(bytes, 0, length, StandardCharsets.US_ASCII);
        if (!line.endsWith("\r\n") || line.indexOf('\n') != length - 1) {
            throw new MalformedException("a header of version 1 does not end in CR LF");
        }
        String[] fields = line.substring(0, length - 2).split(" ", -1);
        if (fields[1].equals("UNKNOWN")) {
            return new ProxyHeader(Optional.empty());
        }
        boolean four = fields[1].equals("TCP4");
        if (!four && !fields[1].equals("TCP6") || fields.length != 6) {
            throw new MalformedException("a header of version 1 has other fields than family, addresses and ports");
        }
        address(fields[3], four);
        port(fields[5]);
        return new ProxyHeader(Optional.of(new InetSocketAddress(address(fields[2], four), port(fields[4]))));
    }

    private static InetAddress address(String text, boolean four) throws MalformedException {
        if (text.contains(":") != four) {
            try {
                return AddressRanges.literal(text);
            } catch (IllegalArgumentException e) {
                // Told below.
            }
        }
        throw new MalformedException("a header of version 1 has an address that is none of its family");
    }

    private static int port(String text) throws MalformedException {
        if (text.matches("0|[1-9]\\d{0,4}")) {
            int port = Integer.parseInt(text);
            if (port <= 0xFFFF) {
                return port;
            }
        }
        throw new MalformedException("a header of version 1 has a port that is none");
    }

    private static ProxyHeader parse2(byte[] bytes, int length) throws MalformedException {
        if ((bytes[COMMAND_OFFSET] & 0xFF) == LOCAL) {
            return new ProxyHeader(Optional.empty());
        }
        int family = bytes[FAMILY_OFFSET] & 0xFF;
        if (family == UNSPECIFIED) {
            return new ProxyHeader(Optional.empty());
        }
        int addressBytes = family == TCP_4 ? 4 : 16;
        if (family != TCP_4 && family != TCP_6 || length < FIXED_BYTES_2 + 2 * (addressBytes + 2)) {
            throw new MalformedException("a header of version 2 has no TCP addresses: family " + family);
        }
        try {
            InetAddress address =
                    InetAddress.getByAddress(Arrays.copyOfRange(bytes, FIXED_BYTES_2, FIXED_BYTES_2 + addressBytes));
            int port = unsignedShort(bytes, FIXED_BYTES_2 + 2 * addressBytes);
            return new ProxyHeader(Optional.of(new InetSocketAddress(address, port)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    private static int unsignedShort(byte[] bytes, int offset) {
        return (bytes[offset] & 0xFF) << Byte.SIZE | bytes[offset + 1] & 0xFF;
    }
}
