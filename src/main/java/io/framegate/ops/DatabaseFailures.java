package io.framegate.ops;

import io.framegate.dispatch.LoggableException;
import io.framegate.message.DatabaseErrors;
import io.framegate.metrics.LogRateLimiter;
import jakarta.persistence.PersistenceException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Failures of a database under what applications have below {@code /admin}: what the database says stays in the log, at most
 * once a second; the client gets a sentence.
 */
@Provider
public class DatabaseFailures implements ExceptionMapper<PersistenceException> {

    private static final Logger LOG = System.getLogger(DatabaseFailures.class.getName());

    private final LogRateLimiter faults = new LogRateLimiter();

    @Override
    public Response toResponse(PersistenceException exception) {
        if (DatabaseErrors.isIn(exception)) {
            return ErrorBody.of(
                            Response.Status.SERVICE_UNAVAILABLE.getStatusCode(),
                            "The database cannot be reached now; try again later.")
                    .build();
        }
        faults.log(others -> LOG.log(
                Level.ERROR,
                "A request of the administrator failed in the database" + others,
                LoggableException.of(exception)));
        return ErrorBody.of(
                        Response.Status.INTERNAL_SERVER_ERROR.getStatusCode(),
                        "The server made a mistake on this request; its log says more.")
                .build();
    }
}
