package io.framegate.telemetry;

import io.framegate.dispatch.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
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
 * Requests that a worker is given together share a span besides, and that one is current: named like the message with
 * {@value #BATCH} behind it, with the attribute framegate.batch.size, how many they are. Each request's own has a link to it, as
 * OpenTelemetry has it for batches, since none of them is the cause of the work for all.
 *
 * <p>Of the client no more is told than the number of its connection, and of the request no more than its size.
 */
public final class RequestSpans implements Tracing {

    private static final String BATCH = " batch";

    private final Tracer tracer;

    /** Makes spans by this tracer. */
    public RequestSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public Traced begin(String message, long connection, int bytes) {
        Span span = request(message, connection, bytes).startSpan();
        Scope scope = span.makeCurrent();
        return (failed, answered) -> {
            scope.close();
            end(span, failed, answered);
        };
    }

    @Override
    public Batch beginBatch(String message, int requests) {
        Span all = tracer.spanBuilder(message + BATCH)
                .setAttribute("framegate.batch.size", requests)
                .startSpan();
        Scope scope = all.makeCurrent();
        return new Batch() {
            @Override
            public Traced begin(long connection, int bytes) {
                Span span = request(message, connection, bytes)
                        .setNoParent()
                        .addLink(all.getSpanContext())
                        .startSpan();
                return (failed, answered) -> RequestSpans.end(span, failed, answered);
            }

            @Override
            public void end() {
                scope.close();
                all.end();
            }
        };
    }

    private SpanBuilder request(String message, long connection, int bytes) {
        return tracer.spanBuilder(message)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("framegate.connection", connection)
                .setAttribute("framegate.request.size", bytes);
    }

    private static void end(Span span, boolean failed, int answered) {
        span.setAttribute("framegate.response.size", answered);
        if (failed) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }
}
