package io.framegate.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of IP addresses in CIDR notation (RFC 4632): {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address alone.
 * An IPv4 address that comes in the form of IPv6 ({@code ::ffff:10.0.0.1}) is the IPv4 address.
 */
public final class AddressRanges {

    /** No address at all. */
    public static final AddressRanges NONE = of(List.of());

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private final List<String> written;
    private final List<Range> ranges;

    private record Range(byte[] prefix, int bits) {

        boolean contains(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            int rest = bits % Byte.SIZE;
            return Arrays.equals(address, 0, whole, prefix, 0, whole)
                    && (rest == 0 || (address[whole] ^ prefix[whole]) >> Byte.SIZE - rest == 0);
        }
    }

    private AddressRanges(List<String> written) {
        this.written = List.copyOf(written);
        this.ranges = written.stream().map(AddressRanges::range).toList();
    }

    /**
     * Ranges as written.
     *
     * @throws IllegalArgumentException naming the first that is none
     */
    public static AddressRanges of(List<String> written) {
        return new AddressRanges(written);
    }

    /** Whether the address is in one of them. */
    public boolean contains(InetAddress address) {
        if (ranges.isEmpty()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        for (Range range : ranges) {
            if (range.contains(bytes)) {
                return true;
            }
        }
        return false;
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /**
     * An address as written in digits; names are not looked up.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static InetAddress literal(String text) {
        if (IPV4.matcher(text).matches() || IPV6.matcher(text).matches()) {
            try {
                return InetAddress.getByName(text);
            } catch (UnknownHostException e) {
                // Told below.
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is no IP address");
    }

    /** Whether they are written alike. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddressRanges ranges && ranges.written.equals(written);
    }

    @Override
    public int hashCode() {
        return written.hashCode();
    }

    /** As they are written. */
    @Override
    public String toString() {
        return written.toString();
    }

    private static Range range(String text) {
        int slash = text.indexOf('/');
        byte[] address = literal(slash < 0 ? text : text.substring(0, slash)).getAddress();
        int most = address.length * Byte.SIZE;
        int bits = most;
        if (slash >= 0) {
            String digits = text.substring(slash + 1);
            bits = digits.matches("\\d{1,3}") ? Integer.parseInt(digits) : -1;
        }
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("\"" + text + "\" is no range: 0 to " + most + " bits follow the slash");
        }
        return new Range(address, bits);
    }
}
