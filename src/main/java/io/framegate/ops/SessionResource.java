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
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The administrator's session: {@code /admin/session}.
 *
 * <pre>
 *  GET     the name of who is logged in; 401 if nobody is
 *  POST    form fields user and password, or token: begins one, by a cookie. 204; 401 for a wrong name or password, or a token
 *          that was used or is too old, 429 after too many of those from the same address, with the seconds to wait in
 *          Retry-After
 *  DELETE  ends it, and the events that its pages are sent. 204
 *  POST /link   a token that begins a session for who asks, once and within ten minutes: behind {@code #sign-in=} in the console's
 *          address it signs in who opens that
 * </pre>
 */
@Path("/session")
@RequestScoped
public class SessionResource {

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
    @Operation(summary = "Log in: form fields user and password, or a link's token, answered by a cookie")
    public Response begin(
            @FormParam("user") @DefaultValue("") String user,
            @FormParam("password") @DefaultValue("") String password,
            @FormParam("token") @DefaultValue("") String token) {
        AdminLogin.Outcome outcome =
                token.isEmpty() ? login.login(request, user, password) : login.login(request, token);
        if (outcome == AdminLogin.Outcome.TOO_EARLY) {
            long seconds = Math.max(1, login.waitFor(request).plusMillis(999).toSeconds());
            return ErrorBody.of(
                            Response.Status.TOO_MANY_REQUESTS.getStatusCode(),
                            "Too many wrong passwords came from your address; try again in " + seconds + " s.")
                    .header(HttpHeaders.RETRY_AFTER, seconds)
                    .build();
        }
        return outcome == AdminLogin.Outcome.DONE
                ? Response.noContent().build()
                : ErrorBody.of(
                                Response.Status.UNAUTHORIZED.getStatusCode(),
                                token.isEmpty()
                                        ? "The name or the password is wrong."
                                        : "This link was used before, or is older than " + SignInLinks.MINUTES
                                                + " minutes: sign in by name and password.")
                        .build();
    }

    /** A token to sign in by. */
    @POST
    @Path("/link")
    @Produces(MediaType.TEXT_PLAIN)
    @Operation(summary = "A token that signs in once, within ten minutes")
    public String link() {
        return login.link(security.getCallerPrincipal().getName());
    }

    /** Logs out. */
    @DELETE
    @Operation(summary = "Log out")
    public void end() {
        AuditFilter.act(request, "sign-out", user(), "");
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.invalidate();
        }
    }
}
