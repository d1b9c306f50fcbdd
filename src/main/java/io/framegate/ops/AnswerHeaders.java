package io.framegate.ops;

import io.framegate.dispatch.LogText;
import io.framegate.metrics.LogRateLimiter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;

/**
 * The headers of every answer of this application, whoever gives it: pages, files, {@code /protocol}, {@code /admin}, errors.
 *
 * <pre>
 *  Content-Security-Policy  scripts, styles, pictures and requests from here alone; in no other page's frame
 *  X-Content-Type-Options   nosniff: an answer is what its type says
 *  Referrer-Policy          other sites are not told where their visitors come from
 *  Cache-Control            no-store for /admin and for errors; no-cache for the rest, which is asked for again after an
 *                           update. What an answer says itself stays
 * </pre>
 *
 * It comes before all other filters, so none of them answers without. What the server answers by itself, such as a request that is
 * none, and {@code /health}, {@code /metrics} and {@code /openapi}, which are its own, have no such headers.
 */
public final class AnswerHeaders extends HttpFilter {

    private static final long serialVersionUID = 1L;

    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final Logger LOG = System.getLogger(AnswerHeaders.class.getName());
    private static final LogRateLimiter FAILURES = new LogRateLimiter();

    private static final String CACHE_CONTROL = "Cache-Control";
    private static final String NO_STORE = "no-store";
    private static final String ADMINISTRATION = "/admin";

    /** For the container. */
    public AnswerHeaders() {}

    /** Puts it before all filters that are declared. */
    static void register(ServletContext context) {
        var filter = context.addFilter(AnswerHeaders.class.getName(), AnswerHeaders.class);
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR), false, "/*");
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = request.getServletPath();
        boolean administration = path.equals(ADMINISTRATION) || path.startsWith(ADMINISTRATION + "/");
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader(CACHE_CONTROL, administration ? NO_STORE : "no-cache");
        ErrorsUnkept unkept = new ErrorsUnkept(response);
        try {
            chain.doFilter(request, unkept);
        } catch (ServletException | RuntimeException e) {
            // Some say that they have failed, and throw nevertheless.
            if (response.isCommitted() && !unkept.toldError) {
                throw e;
            }
            log(request, e);
            if (!unkept.toldError) {
                unkept.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            }
        }
    }

    private static void log(HttpServletRequest request, Exception e) {
        FAILURES.log(others -> LOG.log(
                Level.ERROR,
                request.getMethod() + " " + LogText.clipped(request.getRequestURI()) + " failed" + others,
                e));
    }

    /**
     * Errors are answered here, in a sentence: the server's own page for them comes without these headers. They are kept by
     * nobody, as an error may be over in a moment.
     */
    private static final class ErrorsUnkept extends HttpServletResponseWrapper {

        private boolean toldError; // of the request's thread

        ErrorsUnkept(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void setStatus(int status) {
            if (status >= HttpServletResponse.SC_BAD_REQUEST) {
                setHeader(CACHE_CONTROL, NO_STORE);
            }
            super.setStatus(status);
        }

        @Override
        public void sendError(int status, String message) throws IOException {
            // The message may have been made of what somebody sent.
            sendError(status);
        }

        @Override
        public void sendError(int status) throws IOException {
            resetBuffer();
            toldError = true;
            setStatus(status);
            setContentType("text/plain;charset=UTF-8");
            byte[] sentence = sentence(status).getBytes(StandardCharsets.UTF_8);
            setContentLength(sentence.length);
            try {
                getOutputStream().write(sentence);
            } catch (IOException e) {
                // The container would log each with its stack trace, as many as clients like to cause.
                LOG.log(Level.DEBUG, "an error was not told: {0}", e.getMessage());
            }
        }

        private static String sentence(int status) {
            return switch (status) {
                case HttpServletResponse.SC_BAD_REQUEST -> "The request is none that can be understood.";
                case HttpServletResponse.SC_NOT_FOUND -> "There is nothing at this address.";
                case HttpServletResponse.SC_METHOD_NOT_ALLOWED -> "This can't be done at this address.";
                case HttpServletResponse.SC_NOT_ACCEPTABLE -> "There is no answer of a type that the request accepts.";
                case HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE ->
                    "What was sent is of a content type that is not taken at this address.";
                case HttpServletResponse.SC_INTERNAL_SERVER_ERROR -> "The server made a mistake; its log says which.";
                default -> "The server answers with status " + status + ".";
            };
        }
    }
}
