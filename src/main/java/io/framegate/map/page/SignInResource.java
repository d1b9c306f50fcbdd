package io.framegate.map.page;

import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/**
 * Where the map's page sends who has to log in: {@code GET /admin/map/sign-in}. The browser asks for an account's name and password, as
 * for anything below {@code /admin} that is opened as a page, sends them with the page's requests from then on, and is sent back to
 * the map. Where nobody has to log in it is sent back at once.
 */
@Path("/map/sign-in")
public class SignInResource {

    /** Back to the map. */
    @GET
    @PermitAll
    public Response back() {
        return Response.status(Response.Status.SEE_OTHER)
                .header(HttpHeaders.LOCATION, "../../map/")
                .build();
    }
}
