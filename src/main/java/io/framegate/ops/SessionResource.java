package io.framegate.ops;

import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.SecurityContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The administrator's session: {@code /admin/session}.
 *
 * <pre>
 *  GET     the name of who is logged in; 401 if nobody is
 *  POST    form fields user and password: begins one, by a cookie. 204; 401 for a wrong name or password, 429 after too
 *          many of those from the same address, with the seconds to wait in Retry-After
 *  DELETE  ends it. 204
 * </pre>
 */
@Path("/session")
@RequestScoped
public class SessionResource {

    private static final int TOO_MANY_REQUESTS = 429;

    @Inject
    private AdminLogin login;

    @Inject
    private SecurityContext security;

    @Context
    private HttpServletRequest request;

    /** Who is logged in. */
    @GET
    @Produces(MediaType.TEXT_PLAIN)
    @Operation(summary = "Who is logged in")
    public String user() {
        return security.getCallerPrincipal().getName();
    }

    /** Logs in. */
    @POST
    @PermitAll
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Operation(summary = "Log in: form fields user and password, answered by a cookie")
    public Response begin(
            @FormParam("user") @DefaultValue("") String user,
            @FormParam("password") @DefaultValue("") String password) {
        Duration wait = login.waitFor(request);
        if (!wait.isZero()) {
            long seconds = wait.plusMillis(999).toSeconds();
            return Sentence.of(
                            TOO_MANY_REQUESTS,
                            "Too many wrong passwords came from your address; try again in " + seconds + " s.")
                    .header(HttpHeaders.RETRY_AFTER, seconds)
                    .build();
        }
        return login.login(request, user, password)
                ? Response.noContent().build()
                : Sentence.of(Response.Status.UNAUTHORIZED.getStatusCode(), "The name or the password is wrong.")
                        .build();
    }

    /** Logs out. */
    @DELETE
    @Operation(summary = "Log out")
    public void end() {
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.invalidate();
        }
    }
}
