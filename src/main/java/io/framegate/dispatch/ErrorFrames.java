package io.framegate.dispatch;

import io.framegate.codec.Codec;
import io.framegate.codec.WireWriter;
import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Refusal;
import io.framegate.metrics.GateMetrics;
import io.framegate.metrics.LogRateLimiter;
import io.framegate.session.Capability;
import io.framegate.session.Session;
import io.framegate.wire.FrameHeader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The error frames, each counted. Nothing here throws: if a frame cannot be made, one that was made at the start is sent.
 *
 * <p><b>Threads.</b> Any.
 */
final class ErrorFrames {

    private static final Logger LOG = System.getLogger(ErrorFrames.class.getName());

    /** When to retry if the refusal itself does not say; codes that are missing here are never retried. */
    private static final Map<Refusal.Code, Integer> RETRY_MILLIS =
            Map.of(Refusal.Code.BUSY, 200, Refusal.Code.DRAINING, 1000, Refusal.Code.UNAVAILABLE, 1000);

    private static final Duration LONGEST_RETRY = Duration.ofMillis(Integer.MAX_VALUE);

    private final GateMetrics info;
    private final Codec<ErrorResponse> plain = Codec.of(ErrorResponse.class);
    private final Codec<ErrorResponseV2> typed = Codec.of(ErrorResponseV2.class);
    private final LogRateLimiter unforeseen = new LogRateLimiter();

    // Nobody changes a frame that is sent, so any number of replies may be the same one.
    private final byte[] plainLastResort = lastResort(false);
    private final byte[] typedLastResort = lastResort(true);

    ErrorFrames(GateMetrics info) {
        this.info = info;
    }

    /** Does now what else the first refusal would do, when there may be no classes and no files any more. */
    void prepare() {
        plain.prepare();
        typed.prepare();
        // A class that could not be loaded once is missing for ever after.
        Exception rehearsed = new IllegalStateException();
        ExceptionMapping.refusalFor("", rehearsed);
        LoggableException.of(rehearsed);
    }

    /** A refusal as version 1 encodes it. */
    byte[] of(Refusal refusal) {
        try {
            info.refused(refusal.code().name());
            return RequestProcessor.encode(plain, new ErrorResponse(refusal.sentence()));
        } catch (Throwable failure) {
            return lastResort(null, failure);
        }
    }

    /** A refusal as this client has asked for it. */
    byte[] of(Session session, Refusal refusal) {
        if (!session.has(Capability.TYPED_ERRORS)) {
            return of(refusal);
        }
        try {
            info.refused(refusal.code().name());
            return RequestProcessor.encode(
                    typed, new ErrorResponseV2(refusal.code(), retryAfterMillis(refusal), refusal.sentence()));
        } catch (Throwable failure) {
            return lastResort(session, failure);
        }
    }

    /** A request that failed. */
    byte[] failed(Route<?, ?> route, Session session, Throwable cause) {
        try {
            return counted(route, of(session, refusalFor(route, session.connectionId(), cause)));
        } catch (Throwable failure) {
            return lastResort(session, failure);
        }
    }

    /** A request that was read, but not run. */
    byte[] refused(Route<?, ?> route, Session session, int bodyBytes, Refusal refusal) {
        try {
            route.info().received(bodyBytes);
            return counted(route, of(session, refusal));
        } catch (Throwable failure) {
            return lastResort(session, failure);
        }
    }

    /** Logs a failure that no answer reports, at most once a second. */
    void unforeseen(String what, Throwable failure) {
        try {
            unforeseen.log(others -> LOG.log(Level.ERROR, what + others, LoggableException.of(failure)));
        } catch (OutOfMemoryError e) {
            // There is no memory for a log line either.
        }
    }

    private static byte[] counted(Route<?, ?> route, byte[] frame) {
        route.info().failed(FrameHeader.frameBytes(frame));
        return frame;
    }

    private byte[] lastResort(@Nullable Session session, Throwable failure) {
        unforeseen("an error could not be told as what it is", failure);
        return session != null && session.has(Capability.TYPED_ERRORS) ? typedLastResort : plainLastResort;
    }

    /** Without a codec: codecs are made for the first error, not at the start. */
    private static byte[] lastResort(boolean typed) {
        WireWriter out = new WireWriter(RequestProcessor.RESERVED, FrameHeader.MAX_BODY_BYTES - 1);
        if (typed) {
            out.int32("code", Refusal.Code.FAILED.code());
            out.int32("retryAfterMillis", ErrorResponseV2.NEVER);
        }
        out.text("text", "The server made a mistake on this request.");
        return RequestProcessor.finish(typed ? ErrorResponseV2.ID : ErrorResponse.ID, out);
    }

    /** In milliseconds, as far as the message can hold them; a negative time is 0, not never. */
    private static int retryAfterMillis(Refusal refusal) {
        Duration time = refusal.retryAfter().orElse(null);
        if (time == null) {
            return RETRY_MILLIS.getOrDefault(refusal.code(), ErrorResponseV2.NEVER);
        }
        if (time.isNegative()) {
            return 0;
        }
        return time.compareTo(LONGEST_RETRY) < 0 ? (int) time.toMillis() : Integer.MAX_VALUE;
    }

    private Refusal refusalFor(Route<?, ?> route, long connectionId, Throwable cause) {
        Refusal refusal = ExceptionMapping.refusalFor(route.request().name(), cause);
        if (refusal != null) {
            logRefusal(route, connectionId, refusal);
            return refusal;
        }
        logFault(route, connectionId, cause);
        return new Refusal(
                Refusal.Code.FAILED,
                "The server made a mistake on this " + route.request().name()
                        + "; it is in the server's log, under connection " + connectionId + ".");
    }

    private void logRefusal(Route<?, ?> route, long connectionId, Refusal refusal) {
        try {
            LOG.log(
                    Level.DEBUG,
                    () -> "connection " + connectionId + ": " + route.request().name() + " refused: "
                            + LogText.clipped(refusal.sentence()));
        } catch (Throwable failure) {
            unforeseen("a refusal could not be logged", failure);
        }
    }

    /** A bug: with its stack trace, at most once a second for each kind of request, the others counted. */
    void logFault(Route<?, ?> route, long connectionId, Throwable fault) {
        route.faults()
                .log(others -> LOG.log(
                        Level.ERROR,
                        "connection " + connectionId + ": the worker of "
                                + route.request().name() + " failed" + others,
                        LoggableException.of(fault)));
    }
}
