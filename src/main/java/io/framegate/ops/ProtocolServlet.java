package io.framegate.ops;

import io.framegate.contract.generate.Output;
import io.framegate.contract.page.HtmlPage;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The contract of this gate, guests' messages included: the page at {@code /protocol}, and every {@link Output} below it, by
 * its file name: {@code /protocol/framegate.py}.
 */
@WebServlet({"/protocol", "/protocol/*"})
public class ProtocolServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Inject
    private transient ServedContract contract;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = Optional.ofNullable(request.getPathInfo()).orElse("");
        String name = path.replaceFirst("^/", "");
        if (path.equals("/")) {
            // A relative link must mean the same with the slash and without.
            response.sendRedirect(request.getContextPath() + "/protocol");
        } else if (name.isEmpty()) {
            send(response, "text/html", HtmlPage.served(contract.get(), "protocol/", "try/#", links()));
        } else if (HtmlPage.RESOURCES.contains(name)) {
            send(response, name.endsWith(".css") ? "text/css" : "text/javascript", HtmlPage.resource(name));
        } else {
            Optional<Output> output = Arrays.stream(Output.values())
                    .filter(one -> one.fileName().equals(name))
                    .findFirst();
            if (output.isPresent()) {
                send(response, output.get().mediaType(), output.get().of(contract.get()));
            } else {
                response.sendError(HttpServletResponse.SC_NOT_FOUND);
            }
        }
    }

    private static void send(HttpServletResponse response, String mediaType, String text) throws IOException {
        response.setContentType(mediaType);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader("Cache-Control", "no-cache");
        response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String links() {
        return Arrays.stream(Output.values())
                .filter(output -> output != Output.HTML)
                .map(output -> "<a href=\"protocol/" + output.fileName() + "\" title=\"" + output.description() + "\">"
                        + output.fileName() + "</a>")
                .collect(Collectors.joining(" ", "<nav><a href=\"./\">Console</a> ", "</nav>\n"));
    }
}
