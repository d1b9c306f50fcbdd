package io.framegate.map.admin;

import io.framegate.message.Refusal;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** A refusal as an HTTP answer: its sentence as text, and the status that goes with its code. */
@Provider
public class Sentences implements ExceptionMapper<Refusal> {

    private static final int UNPROCESSABLE = 422;

    @Override
    public Response toResponse(Refusal refusal) {
        return Response.status(status(refusal.code()))
                .type(MediaType.TEXT_PLAIN_TYPE.withCharset("UTF-8"))
                .entity(refusal.sentence())
                .build();
    }

    private static int status(Refusal.Code code) {
        return switch (code) {
            case MALFORMED, INVALID -> Response.Status.BAD_REQUEST.getStatusCode();
            case NOT_FOUND, UNKNOWN_MESSAGE -> Response.Status.NOT_FOUND.getStatusCode();
            case CONFLICT, BUSY -> Response.Status.CONFLICT.getStatusCode();
            case UNAUTHENTICATED -> Response.Status.UNAUTHORIZED.getStatusCode();
            case FORBIDDEN -> Response.Status.FORBIDDEN.getStatusCode();
            case DRAINING, UNAVAILABLE, OUTCOME_UNKNOWN -> Response.Status.SERVICE_UNAVAILABLE.getStatusCode();
            case TOO_LARGE -> UNPROCESSABLE;
            case FAILED -> Response.Status.INTERNAL_SERVER_ERROR.getStatusCode();
        };
    }
}
