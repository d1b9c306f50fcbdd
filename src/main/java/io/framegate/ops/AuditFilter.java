package io.framegate.ops;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Optional;
import java.util.Set;

/**
 * Has the {@link AuditLog} tell of every request below {@code /admin} that may change something, whichever resource it is for, those of
 * applications included, and of what a resource gives a {@linkplain #detail detail} to.
 */
@WebFilter(urlPatterns = "/admin/*", asyncSupported = true)
public class AuditFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final String ACT = "framegate.audit.act";
    private static final String BY = "framegate.audit.by";

    /** The request's attribute with the detail; applications' resources can set it too. */
    private static final String DETAIL = "framegate.audit.detail";

    @Inject
    private transient AuditLog log;

    @Inject
    private transient ClientAddress addresses;

    /** For the container. */
    public AuditFilter() {}

    /** What a request changes, in words; by this also one that changes nothing is told of. */
    static void detail(HttpServletRequest request, String words) {
        request.setAttribute(DETAIL, words);
    }

    /** What a request is, where its method and path say it badly, and who has sent it, where the request does not know. */
    static void act(HttpServletRequest request, String act, String by, String words) {
        request.setAttribute(ACT, act);
        request.setAttribute(BY, by);
        request.setAttribute(DETAIL, words);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean answered = false;
        try {
            chain.doFilter(request, response);
            answered = true;
        } finally {
            Object detail = request.getAttribute(DETAIL);
            if (!READING.contains(request.getMethod()) || detail != null) {
                tell(request, answered ? response.getStatus() : HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            }
        }
    }

    private void tell(HttpServletRequest request, int status) {
        String path = Optional.ofNullable(request.getPathInfo())
                .orElse(request.getServletPath())
                .replaceFirst("^/(admin/)?", "");
        String act = text(request, ACT).orElse(request.getMethod() + " " + path);
        String by = text(request, BY)
                .or(() -> Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName))
                .orElse("");
        String from = addresses.of(request);
        String detail = text(request, DETAIL).orElse("");
        if (status < HttpServletResponse.SC_BAD_REQUEST) {
            log.done(act, by, from, detail);
        } else {
            log.refused(act, by, from, status, detail);
        }
    }

    private static Optional<String> text(HttpServletRequest request, String attribute) {
        return Optional.ofNullable(request.getAttribute(attribute)).map(String::valueOf);
    }
}
