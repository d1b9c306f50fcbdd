package io.framegate.ops;

import io.framegate.gate.GateInstance;
import jakarta.annotation.Priority;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.SecurityContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * Stands before everything under {@code /admin}, the guests' resources included. A resource is for administrators unless it,
 * or its class, says {@link PermitAll}; a guest needs nothing of the gate for that.
 *
 * <ul>
 *   <li>A client that is not on this machine, or that asks by a name that is not the loopback interface's, is refused unless
 *       {@code framegate.admin.hosts} has that name: a web page may have a name of its own point to this machine.
 *   <li>A request that changes something and has an {@code Origin} that is not this server's is refused: another page asks.
 *   <li>Whoever is not in the role {@value AdminLogin#ADMIN} is refused.
 * </ul>
 *
 * Only reading what everybody may read passes without any of this; where {@code framegate.identity.required} is on, for whoever
 * has logged in, by the accounts and tokens of the TCP port. By which names it is read says
 * {@link io.framegate.ops.http.RequestLimits}. Refusals are sentences as text, with status 401 or 403.
 */
@Provider
@Priority(Priorities.AUTHORIZATION)
@ApplicationScoped
public class AdminGuard implements ContainerRequestFilter {

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    /** By what the console page learns whom to ask for a password. */
    private static final String USER_HEADER = "Framegate-Admin-User";

    @Context
    private ResourceInfo resource;

    @Context
    private HttpServletRequest http;

    @Inject
    private GateInstance instance;

    @Inject
    private SecurityContext security;

    @Inject
    private ClientAddress addresses;

    /** For the container. */
    protected AdminGuard() {}

    @Override
    public void filter(ContainerRequestContext request) {
        boolean forAll = isForAll();
        if (forAll && READING.contains(request.getMethod())) {
            requireWhatThePortRequires(request);
            return;
        }
        String host = request.getHeaderString(HttpHeaders.HOST);
        String origin = request.getHeaderString("Origin");
        if (host == null || !isOurs(HostName.of(host))) {
            refuse(
                    request,
                    Response.Status.FORBIDDEN,
                    "This is done on the server's own machine only: by localhost, 127.0.0.1 or [::1], or by a name that"
                            + " framegate.admin.hosts has.");
        } else if (!READING.contains(request.getMethod()) && origin != null && !isSame(origin, host)) {
            refuse(request, Response.Status.FORBIDDEN, "This is not done for pages of other servers.");
        } else if (!forAll && !security.isCallerInRole(AdminLogin.ADMIN)) {
            refuse(
                    request,
                    Response.Status.UNAUTHORIZED,
                    "This is for administrators: sign in as "
                            + instance.config().admin().user() + ".");
        }
    }

    /** What everybody may read is for those alone who are known, where the TCP port answers nobody else. */
    private void requireWhatThePortRequires(ContainerRequestContext request) {
        if (instance.config().gate().identity().required() && http.getUserPrincipal() == null) {
            refuse(
                    request,
                    Response.Status.UNAUTHORIZED,
                    "This is for those who log in (framegate.identity.required): by an account's name and password, or by a"
                            + " token.");
        }
    }

    private boolean isForAll() {
        return resource.getResourceMethod().isAnnotationPresent(PermitAll.class)
                || resource.getResourceClass().isAnnotationPresent(PermitAll.class);
    }

    private boolean isOurs(Optional<String> host) {
        return host.filter(name -> HostName.isOurs(
                        name, addresses.of(http), instance.config().admin().hosts()))
                .isPresent();
    }

    private static boolean isSame(String origin, String host) {
        return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
    }

    private void refuse(ContainerRequestContext request, Response.Status status, String sentence) {
        Response.ResponseBuilder response = ErrorBody.of(status.getStatusCode(), sentence);
        // A browser would ask by a window of its own, which the console page does better.
        String mode = request.getHeaderString("Sec-Fetch-Mode");
        if (status == Response.Status.UNAUTHORIZED) {
            boolean script = mode != null && !mode.equals("navigate");
            response.header(
                    USER_HEADER, URLEncoder.encode(instance.config().admin().user(), StandardCharsets.UTF_8));
            response.header(HttpHeaders.WWW_AUTHENTICATE, (script ? "Session" : "Basic") + " realm=\"Framegate\"");
        }
        request.abortWith(response.build());
    }
}
