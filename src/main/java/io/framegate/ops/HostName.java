package io.framegate.ops;

import io.framegate.transport.AddressRanges;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a host as a header or a setting has it, in one form: in small letters, without a port, without the dot of the root at its
 * end. One of IP version 6 keeps its brackets. Names with {@code _} are none of the DNS, but of containers.
 */
public final class HostName {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(?::\\d{0,5})?");

    private HostName() {}

    /** That one form; empty for what is no host's name. */
    public static Optional<String> of(String text) {
        Matcher host = HOST.matcher(text.strip());
        return host.matches()
                ? Optional.of(host.group(1).toLowerCase(Locale.ROOT).replaceFirst("(?<=.)[.]$", ""))
                : Optional.empty();
    }

    /** Whether a host, in that one form, is among names as they are configured. */
    static boolean isAmong(String host, List<String> names) {
        return names.stream().flatMap(name -> of(name).stream()).anyMatch(host::equals);
    }

    /**
     * Whether a host, in that one form, is a name of this server: one that the configuration has, or, for a client on this machine,
     * one of the loopback interface.
     *
     * @param client the address of who asks, in digits
     * @param configured {@code framegate.admin.hosts}
     */
    public static boolean isOurs(String host, String client, List<String> configured) {
        return isAmong(host, configured) || LOOPBACK.contains(host) && isNear(client);
    }

    private static boolean isNear(String address) {
        try {
            return AddressRanges.literal(address).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
