package io.framegate.ops.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has {@code /health} answered however many ask for it and however slowly they read, where that is below this application, that is at
 * the context root. The container makes each answer anew, by looking for its JSON library in all archives of the application under
 * a lock: a few hundred requests at a time keep all its threads waiting, those included that were to answer a probe.
 *
 * <ul>
 *   <li>Of those who ask at the same time for the same, one is let through; the others are {@linkplain SharedAnswer given} what
 *       was made after they had asked. Where nobody else asks, each has an answer of its own.
 *   <li>An answer is the last one of its connection, so none has more bytes on their way than fit into the socket's buffers, and no
 *       thread waits for a reader.
 *   <li>Other paths and methods than the container's there are none.
 * </ul>
 */
@WebFilter(urlPatterns = "/health/*", asyncSupported = true)
public class HealthAnswers extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = System.getLogger(HealthAnswers.class.getName());

    private static final Set<String> PATHS = Set.of("/health", "/health/live", "/health/ready", "/health/started");
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST"); // the container's

    private final transient Map<String, SharedAnswer> answers = new ConcurrentHashMap<>();

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        String named = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        if (!PATHS.contains(named)) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        if (!METHODS.contains(request.getMethod())) {
            response.setHeader("Allow", "GET, HEAD, POST");
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        boolean pretty = "pretty=true".equals(request.getQueryString());
        SharedAnswer answer = answers.computeIfAbsent(named + (pretty ? " pretty" : ""), key -> new SharedAnswer());
        HttpServletRequest get = new HttpServletRequestWrapper(request) {
            @Override
            public String getMethod() {
                return "GET";
            }
        };
        write(request, response, answer.get(() -> CollectedAnswer.of(response, taken -> chain.doFilter(get, taken))));
    }

    private static void write(HttpServletRequest request, HttpServletResponse response, CollectedAnswer answer)
            throws IOException {
        if (answer.body().length == 0) {
            response.sendError(answer.status());
            return;
        }
        response.setStatus(answer.status());
        response.setContentType(answer.contentType());
        response.setContentLength(answer.body().length);
        answer.headers().forEach(response::setHeader);
        if (request.getProtocol().startsWith("HTTP/1")) {
            response.setHeader("Connection", "close");
        }
        if (request.getMethod().equals("HEAD")) {
            return;
        }
        try {
            response.getOutputStream().write(answer.body());
        } catch (IOException e) {
            // The container would log each with its stack trace, and goes on with what a client that has gone sent
            // before.
            LOG.log(Level.DEBUG, "an answer to {0} was not taken: {1}", request.getRemoteAddr(), e.getMessage());
        }
    }
}
