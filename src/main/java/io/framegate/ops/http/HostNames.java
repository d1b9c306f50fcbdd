package io.framegate.ops.http;

import io.framegate.ops.HostName;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names by which this server may be asked for what it shows. A page from elsewhere can have a name of its own point to this
 * machine (DNS rebinding) and then read what the browser takes for the page's own; the {@code Host} header tells.
 */
final class HostNames {

    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[.*]");

    private HostNames() {}

    /**
     * Whether a request names this server: by a {@linkplain HostName#isOurs name of its own}, or by the address that its
     * connection has come to, which no name can stand for.
     *
     * @param client the address of who asks, in digits
     * @param configured {@code framegate.admin.hosts}
     */
    static boolean nameThisServer(HttpServletRequest request, String client, List<String> configured) {
        Optional<String> host = HostName.of(String.valueOf(request.getHeader("Host")));
        return host.filter(name -> HostName.isOurs(name, client, configured)
                        || ADDRESS.matcher(name).matches() && isSame(name, request.getLocalAddr()))
                .isPresent();
    }

    private static boolean isSame(String name, @Nullable String address) {
        try {
            return address != null && InetAddress.getByName(name).equals(InetAddress.getByName(address));
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
