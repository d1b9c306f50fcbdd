package io.framegate.map.admin;

import io.framegate.message.DatabaseTrouble;
import jakarta.persistence.PersistenceException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** What the database says stays in the log; the client gets a sentence. */
@Provider
public class DatabaseFailures implements ExceptionMapper<PersistenceException> {

    private static final Logger LOG = System.getLogger(DatabaseFailures.class.getName());

    @Override
    public Response toResponse(PersistenceException exception) {
        if (DatabaseTrouble.isIn(exception)) {
            return Sentences.response(
                    Response.Status.SERVICE_UNAVAILABLE.getStatusCode(),
                    "The map's database cannot be reached now; try again later.");
        }
        LOG.log(Level.ERROR, "A request about the map's data sets failed", exception);
        return Sentences.response(
                Response.Status.INTERNAL_SERVER_ERROR.getStatusCode(),
                "The server made a mistake on this request; its log says more.");
    }
}
