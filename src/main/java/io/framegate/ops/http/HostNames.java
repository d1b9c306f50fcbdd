package io.framegate.ops.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names by which this server may be asked for what it shows. A page from elsewhere can have a name of its own point to this
 * machine (DNS rebinding) and then read what the browser takes for the page's own; the {@code Host} header tells.
 */
final class HostNames {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern HOST = Pattern.compile("([\\w.-]{1,253}|\\[[0-9a-fA-F:.%]{2,60}])(:\\d{1,5})?");
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[.*]");

    private HostNames() {}

    /**
     * Whether a request names this server: by a name of the loopback interface on the same machine, by the address that its
     * connection has come to, which no name can stand for, or by a name that the configuration has.
     *
     * @param configured {@code framegate.admin.hosts}
     */
    static boolean nameThisServer(HttpServletRequest request, List<String> configured) {
        Matcher host = HOST.matcher(String.valueOf(request.getHeader("Host")));
        if (!host.matches()) {
            return false;
        }
        String name = host.group(1);
        return configured.stream().anyMatch(name::equalsIgnoreCase)
                || LOOPBACK.stream().anyMatch(name::equalsIgnoreCase) && isLoopback(request.getRemoteAddr())
                || ADDRESS.matcher(name).matches() && isSame(name, request.getLocalAddr());
    }

    private static boolean isLoopback(@Nullable String address) {
        try {
            return address != null && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean isSame(String name, @Nullable String address) {
        try {
            return address != null && InetAddress.getByName(name).equals(InetAddress.getByName(address));
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
