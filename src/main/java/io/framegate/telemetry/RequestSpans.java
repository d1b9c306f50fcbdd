package io.framegate.telemetry;

import io.framegate.dispatch.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;

/**
 * A span for each request, from its decoding to the finished frame, by MicroProfile Telemetry. It is current while the worker
 * works, so that what the worker traces hangs below it.
 *
 * <pre>
 *  name       of the message
 *  kind       server
 *  attributes framegate.connection, framegate.request.size, framegate.response.size (bytes)
 *  status     error, where it was answered by one
 * </pre>
 *
 * Of the client no more is told than the number of its connection, and of the request no more than its size.
 */
public final class RequestSpans implements Tracing {

    private final Tracer tracer;

    /** Makes spans by this tracer. */
    public RequestSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public Traced begin(String message, long connection, int bytes) {
        Span span = tracer.spanBuilder(message)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("framegate.connection", connection)
                .setAttribute("framegate.request.size", bytes)
                .startSpan();
        Scope scope = span.makeCurrent();
        return (failed, answered) -> {
            scope.close();
            span.setAttribute("framegate.response.size", answered);
            if (failed) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        };
    }
}
