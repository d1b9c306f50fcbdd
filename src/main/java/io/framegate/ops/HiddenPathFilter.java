package io.framegate.ops;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Keeps the empty folders out of sight that the WAR has for its libraries (see the {@code pom.xml}): their names tell the
 * libraries' versions. To the server they are files like any others, since they are beside {@code WEB-INF}.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public class HiddenPathFilter extends HttpFilter {

    private static final String BESIDE = "/WEB-INF_";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getServletPath().startsWith(BESIDE)) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else {
            chain.doFilter(request, response);
        }
    }
}
