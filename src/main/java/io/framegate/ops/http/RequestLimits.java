package io.framegate.ops.http;

import io.framegate.config.HttpConfig;
import io.framegate.config.ServerConfig;
import io.framegate.gate.GateInstance;
import io.framegate.ops.AdminLogin;
import io.framegate.ops.ClientAddress;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Stands before the pages, the administration and the metrics, where these are the application's own; an application's other
 * paths are not looked at, and {@code /health} is {@linkplain HealthAnswers a matter of its own}.
 *
 * <ul>
 *   <li><b>Name.</b> A request by a name that is not {@linkplain HostNames this server's} is refused, for reading too: 403.
 *   <li><b>Number.</b> So many requests are under way in all, so many of one client address: 503 and 429, at once. A request
 *       whose answer is made while no thread waits, a page's events say, is no longer counted; these have a bound of their own.
 *   <li><b>Size.</b> A body is read here, whole, before anybody parses it: 413 where it is too large, by what is announced or by
 *       what has come; 408 where it takes too long. Of those who have not logged in it has at
 *       most {@value #UNKNOWN_BYTES} bytes, of an administrator {@value #ADMIN_BYTES}, or {@value #TRIED_BYTES} for a message to
 *       be tried. A map file is read by whoever loads it, who has limits for it.
 *   <li><b>Pace.</b> An answer that is {@linkplain PacedResponse hardly taken} ends.
 *   <li><b>Login.</b> Where {@code framegate.identity.required} is on, the metrics are for those who have logged in.
 * </ul>
 *
 * Refusals are sentences as text, and end their connection.
 */
@WebFilter(
        urlPatterns = {
            "/admin/*",
            "/metrics/*",
            "/openapi/*",
            "/protocol/*",
            "/map/*",
            "/try/*",
            "",
            "/index.html",
            "/console.js",
            "/console.css",
            "/numbers.js"
        },
        asyncSupported = true)
public class RequestLimits extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = System.getLogger(RequestLimits.class.getName());

    static final int UNKNOWN_BYTES = 4 * 1024;
    static final int ADMIN_BYTES = 64 * 1024;
    static final int TRIED_BYTES = 1024 * 1024;

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int RETRY_SECONDS = 1;
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "OPTIONS", "DELETE", "TRACE");

    private final transient RequestCounts counts = new RequestCounts();

    @Inject
    private transient GateInstance instance;

    @Inject
    private transient ClientAddress addresses;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        ServerConfig config = instance.config();
        String path = request.getRequestURI().substring(request.getContextPath().length());
        String address = addresses.of(request);
        if (!HostNames.nameThisServer(request, address, config.admin().hosts())) {
            refuse(
                    request,
                    response,
                    HttpServletResponse.SC_FORBIDDEN,
                    "This is shown by localhost, 127.0.0.1 or [::1] on the server's own machine, by the server's address, or by a"
                            + " name that framegate.admin.hosts has.");
            return;
        }
        if (isIn(path, "/metrics")
                && config.gate().identity().required()
                && config.http().metricsLogin()
                && request.getUserPrincipal() == null) {
            response.setHeader("WWW-Authenticate", "Basic realm=\"Framegate\"");
            refuse(
                    request,
                    response,
                    HttpServletResponse.SC_UNAUTHORIZED,
                    "The metrics are for those who log in (framegate.identity.required, framegate.http.metrics-login).");
            return;
        }
        HttpConfig limits = config.http();
        switch (counts.begin(address, limits.maxRequests(), limits.maxRequestsPerAddress())) {
            case BEGUN -> {
                PacedResponse paced = new PacedResponse(response);
                try {
                    admitted(request, paced, chain, path, limits);
                } catch (IOException e) {
                    // The container would log each with its stack trace, as many as clients like to cause.
                    if (!paced.isNotTaken()) {
                        throw e;
                    }
                    LOG.log(Level.DEBUG, "an answer to {0} was not taken: {1}", address, e.getMessage());
                } finally {
                    counts.end(address);
                }
            }
            case TOO_MANY_OF_ADDRESS ->
                busy(
                        request,
                        response,
                        TOO_MANY_REQUESTS,
                        limits.maxRequestsPerAddress()
                                + " requests from your address are under way, and no more may be"
                                + " (framegate.http.max-requests-per-address): try again later.");
            case TOO_MANY ->
                busy(
                        request,
                        response,
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        limits.maxRequests()
                                + " requests are under way, and no more may be (framegate.http.max-requests): try again later.");
        }
    }

    private static void admitted(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, String path, HttpConfig limits)
            throws IOException, ServletException {
        long length = request.getContentLengthLong();
        boolean mayHaveOne = length < 0
                && (request.getHeader("Transfer-Encoding") != null || !WITHOUT_BODY.contains(request.getMethod()));
        if (length == 0 || length < 0 && !mayHaveOne || isMapFile(request, path)) {
            chain.doFilter(request, response);
            return;
        }
        int limit = limit(request, path);
        if (length > limit) {
            tooLarge(request, response, limit);
            return;
        }
        HttpServletRequest collected;
        try {
            collected = CollectedBody.of(request, limit, limits.bodyTimeout());
        } catch (CollectedBody.TooLargeException e) {
            tooLarge(request, response, limit);
            return;
        } catch (IOException e) {
            // Also where the client has gone, and needs no sentence.
            refuse(
                    request,
                    response,
                    HttpServletResponse.SC_REQUEST_TIMEOUT,
                    "The body did not come whole in time (framegate.http.body-timeout).");
            return;
        }
        chain.doFilter(collected, response);
    }

    private static boolean isMapFile(HttpServletRequest request, String path) {
        String type = String.valueOf(request.getContentType());
        return path.startsWith("/admin/map/load/") && type.startsWith("application/octet-stream");
    }

    private static int limit(HttpServletRequest request, String path) {
        if (!request.isUserInRole(AdminLogin.ADMIN) || path.equals("/admin/session")) {
            return UNKNOWN_BYTES;
        }
        return isIn(path, "/admin/try") ? TRIED_BYTES : ADMIN_BYTES;
    }

    private static boolean isIn(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder + "/");
    }

    private static void tooLarge(HttpServletRequest request, HttpServletResponse response, int limit)
            throws IOException {
        refuse(
                request,
                response,
                HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                "The body has more than the " + limit + " bytes that are taken here.");
    }

    private static void busy(HttpServletRequest request, HttpServletResponse response, int status, String sentence)
            throws IOException {
        response.setIntHeader("Retry-After", RETRY_SECONDS);
        refuse(request, response, status, sentence);
    }

    /** Ends the connection too: what else comes on it is not read. */
    private static void refuse(HttpServletRequest request, HttpServletResponse response, int status, String sentence)
            throws IOException {
        byte[] text = sentence.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        if (request.getProtocol().startsWith("HTTP/1")) {
            response.setHeader("Connection", "close");
        }
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setContentType("text/plain;charset=UTF-8");
        response.setContentLength(text.length);
        try {
            response.getOutputStream().write(text);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a refusal of {0} was not taken: {1}", request.getRemoteAddr(), e.getMessage());
        }
    }
}
