package io.framegate.map.admin;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages of others from changing the map through the browser of somebody who may.
 *
 * <ul>
 *   <li>An {@code Origin} that is not this server's is refused: another page asks.
 *   <li>A {@code Host} that is not a loopback name is refused: a page may have its own name point to this machine.
 * </ul>
 *
 * It is no login. Whoever lets others reach this by a proxy decides there who may.
 */
@LocalOnly
@Provider
public class LocalGuard implements ContainerRequestFilter {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    @Override
    public void filter(ContainerRequestContext request) {
        String host = request.getHeaderString(HttpHeaders.HOST);
        String origin = request.getHeaderString("Origin");
        if (host == null || !LOOPBACK.contains(hostOf("http://" + host))) {
            refuse(request, "This is done on the server's own machine only: by localhost, 127.0.0.1 or [::1].");
        } else if (origin != null && !isSame(origin, host)) {
            refuse(request, "This is not done for pages of other servers.");
        }
    }

    private static boolean isSame(String origin, String host) {
        return origin.equals("http://" + host) || origin.equals("https://" + host);
    }

    private static @Nullable String hostOf(String address) {
        try {
            return new URI(address).getHost();
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static void refuse(ContainerRequestContext request, String sentence) {
        request.abortWith(Sentences.response(Response.Status.FORBIDDEN.getStatusCode(), sentence));
    }
}
