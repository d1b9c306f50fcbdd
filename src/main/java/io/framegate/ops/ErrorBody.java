package io.framegate.ops;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** A sentence for a person as an HTTP answer. */
final class ErrorBody {

    private ErrorBody() {}

    static Response.ResponseBuilder of(int status, String sentence) {
        return Response.status(status)
                .type(MediaType.TEXT_PLAIN_TYPE.withCharset("UTF-8"))
                .entity(sentence);
    }
}
