package io.framegate.dispatch;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Refusal;
import io.framegate.message.Restartable;
import io.framegate.message.VersionedWorker;
import io.framegate.metrics.Limit;
import io.framegate.metrics.RunningInfo;
import io.framegate.session.DrainNotice;
import io.framegate.session.Feature;
import io.framegate.session.Sender;
import io.framegate.session.Session;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body in, a frame out: decode, work, encode, compress. Whatever goes wrong on the way becomes an
 * {@link ErrorResponse}; this is the one place that catches everything.
 *
 * <p><b>Threads.</b> Any, all at once; it holds no state of a request.
 */
final class Answering {

    private static final Logger LOG = System.getLogger(Answering.class.getName());

    /** The log of responses: name, text, time of compression, size. At DEBUG, off unless switched on. */
    private static final Logger RESPONSES = System.getLogger("io.framegate.response");

    /** When to try again where the refusal itself does not say; where nothing stands here, never. */
    private static final Map<Refusal.Code, Long> RETRY_MILLIS =
            Map.of(Refusal.Code.BUSY, 200L, Refusal.Code.DRAINING, 1000L, Refusal.Code.UNAVAILABLE, 1000L);

    // Static, and yet no leak: a value lives in its class, and is gone with it.
    private static final ClassValue<Codec<?>> NOTICES = new ClassValue<>() {
        @Override
        protected Codec<?> computeValue(Class<?> type) {
            return Codec.of(type.asSubclass(Record.class));
        }
    };

    private static final int RESERVED = FrameHeader.BYTES + 1;

    private final Envelope envelope;
    private final RunningInfo info;
    private final KeptAnswers kept;
    private final RequestBoundary boundary;
    private final Codec<ErrorResponse> errors = Codec.of(ErrorResponse.class);
    private final Codec<ErrorResponseV2> typedErrors = Codec.of(ErrorResponseV2.class);
    private volatile int maxElements = WireReader.DEFAULT_OBJECT_BUDGET;
    private volatile boolean logResponses;
    private volatile int period;
    private @Nullable Tracing tracing; // set before the first request

    Answering(Envelope envelope, KeptAnswers kept, RunningInfo info, ContainerContext container) {
        this.envelope = envelope;
        this.kept = kept;
        this.boundary = new RequestBoundary(container);
        // Now, since it is sent at the end: a class loader that is stopping gives no new classes.
        NOTICES.get(DrainNotice.class);
        this.info = info;
    }

    /** Does now what else the first refusal and the end would do, when there may be no classes and no files any more. */
    void prepare() {
        errors.prepare();
        typedErrors.prepare();
        NOTICES.get(DrainNotice.class).prepare();
        // A class that could not be loaded once is missing for ever after.
        Exception rehearsed = new IllegalStateException();
        Failures.refusalFor("", rehearsed);
        LoggedFault.of(rehearsed);
    }

    /**
     * Answers one request.
     *
     * @param sender who sent it
     * @param desk the thread's own; what was counted on it is to be told before the answer is written
     * @param bytes holds the body; read only during the call
     * @return the frame of the answer, or of the error; the array may be longer than its header says
     */
    <Q extends Record, A extends Record> byte[] answer(
            Route<Q, A> route, Sender sender, Desk desk, byte[] bytes, int offset, int length) {
        Session session = sender.session();
        // What may take its time is counted when it comes.
        boolean countedOnDesk = route.isNonBlocking() || route.pace().isQuick();
        if (countedOnDesk) {
            desk.received(route.info(), length);
        } else {
            route.info().received(length);
        }
        Tracing.Traced traced =
                tracing == null ? null : tracing.begin(route.request().name(), session.connectionId(), length);
        RequestEvent event = new RequestEvent();
        event.begin();
        byte[] frame;
        boolean entered = false;
        try {
            boundary.enter(desk);
            entered = true;
            int timedFor = route.timedFor(period);
            long begun = timedFor > 0 ? System.nanoTime() : 0;
            Q request = decode(route, desk.reader, bytes, offset, length);
            long decoded = timedFor > 0 ? System.nanoTime() : 0;
            KeptAnswers.Request asked = keptFor(route, session, bytes, offset, length);
            Object version = asked == null ? null : version(route, request);
            byte[] again = asked == null ? null : kept.find(asked, version);
            if (again == null) {
                A answer = work(route, sender, desk, request);
                long worked = timedFor > 0 ? System.nanoTime() : 0;
                WireWriter out = written(route, answer);
                long encoded = timedFor > 0 ? System.nanoTime() : 0;
                frame = finish(route, session, answer, out);
                entered = false;
                boundary.exit(desk, route);
                if (timedFor > 0) {
                    long finished = System.nanoTime();
                    route.info()
                            .timed(timedFor, decoded - begun, worked - decoded, encoded - worked, finished - encoded);
                    route.pace().took(finished - begun);
                }
                if (asked != null) {
                    kept.keep(asked, version, frame);
                }
            } else {
                frame = givenAgain(route, again, timedFor, begun, decoded);
                entered = false;
                boundary.exit(desk, route);
            }
            if (countedOnDesk) {
                desk.answered(FrameHeader.frameBytes(frame));
            } else {
                route.info().answered(FrameHeader.frameBytes(frame));
            }
        } catch (Throwable trouble) {
            if (entered) {
                boundary.leave(desk, route);
            }
            event.failed = true;
            frame = failed(route, session, trouble);
        }
        if (event.shouldCommit()) {
            event.message = route.request().name();
            event.connection = session.connectionId();
            event.requestBytes = length;
            event.replyBytes = FrameHeader.frameBytes(frame);
            event.commit();
        }
        if (traced != null) {
            traced.end(event.failed, FrameHeader.frameBytes(frame));
        }
        return frame;
    }

    /** About a tenth of a second is over. By one thread. */
    void tick() {
        period++;
    }

    /** What traces a batch; null where nothing is traced. */
    Tracing.@Nullable Batch tracedBatch(Route<?, ?> route, int requests) {
        return tracing == null ? null : tracing.beginBatch(route.request().name(), requests);
    }

    /** From now on every request is traced. */
    void trace(Tracing by) {
        tracing = by;
    }

    /** Whether every answer gets a line in the log; else only if its logger is at DEBUG. */
    void logResponses(boolean wanted) {
        logResponses = wanted;
    }

    /** The request that a body is. */
    <Q extends Record> Q decode(Route<Q, ?> route, WireReader reader, byte[] bytes, int offset, int length) {
        Limit limit = Limit.PAYLOAD_BYTES;
        try {
            Envelope.Payload payload = envelope.open(bytes, offset, length);
            limit = Limit.ELEMENTS;
            reader.begin(route.id(), payload.bytes(), payload.offset(), payload.length(), maxElements);
            return route.request().decode(reader);
        } catch (Refusal refusal) {
            if (refusal.code() == Refusal.Code.TOO_LARGE) {
                info.reached(limit);
            }
            throw refusal;
        } finally {
            reader.release();
        }
    }

    /** The request of a versioned worker, if its answer may be kept; otherwise null. */
    private KeptAnswers.@Nullable Request keptFor(
            Route<?, ?> route, Session session, byte[] bytes, int offset, int length) {
        return route.versioned() != null && kept.mayKeep(length)
                ? new KeptAnswers.Request(
                        route.id(), session.has(Feature.ZSTD), Arrays.copyOfRange(bytes, offset, offset + length))
                : null;
    }

    private static <Q extends Record> Object version(Route<Q, ?> route, Q request) throws Exception {
        VersionedWorker<Q, ?> worker = Objects.requireNonNull(route.versioned());
        return Objects.requireNonNull(worker.version(request), "the worker gave null for a version");
    }

    private byte[] givenAgain(Route<?, ?> route, byte[] frame, int timedFor, long begun, long decoded) {
        if (timedFor > 0) {
            long finished = System.nanoTime();
            route.info().timed(timedFor, decoded - begun, finished - decoded, 0, 0);
            route.pace().took(finished - begun);
        }
        if (logResponses || RESPONSES.isLoggable(Level.DEBUG)) {
            RESPONSES.log(
                    logResponses ? Level.INFO : Level.DEBUG,
                    "{0}, given again, body {1,number,#} B",
                    route.answer().name(),
                    FrameHeader.bodySize(frame, 0));
        }
        return frame;
    }

    private <Q extends Record, A extends Record> A work(Route<Q, A> route, Sender sender, Desk desk, Q request)
            throws Exception {
        for (int again = 0; ; again++) {
            try {
                return Objects.requireNonNull(route.work(request, sender), "the worker gave null");
            } catch (Exception e) {
                if (!route.isRestartable() || again == Restartable.TIMES || !Failures.gaveWay(e)) {
                    throw e;
                }
                boundary.leave(desk, route);
                boundary.enter(desk);
            }
        }
    }

    /** What surrounds every call of a worker. */
    RequestBoundary boundary() {
        return boundary;
    }

    /** The frame of an answer, which is counted. */
    <A extends Record> byte[] encode(Route<?, A> route, Session session, A answer) {
        byte[] frame =
                finish(route, session, answer, written(route, Objects.requireNonNull(answer, "the worker gave null")));
        route.info().answered(FrameHeader.frameBytes(frame));
        return frame;
    }

    private static <A extends Record> WireWriter written(Route<?, A> route, A answer) {
        WireWriter out = new WireWriter(RESERVED, FrameHeader.MAX_BODY_BYTES - 1, route.usualAnswerBytes());
        route.answer().encode(answer, out);
        route.encoded(out.length());
        return out;
    }

    /** The error frame of a request that something went wrong with, which is counted. */
    byte[] failed(Route<?, ?> route, Session session, Throwable trouble) {
        byte[] frame = error(session, refusalFor(route, session.connectionId(), trouble));
        route.info().failed(FrameHeader.frameBytes(frame));
        return frame;
    }

    /** The error frame of a request whose worker has had its time, which is counted. */
    byte[] expired(Route<?, ?> route, Session session, long limitNanos) {
        info.reached(Limit.WORKER_TIME);
        return failed(
                route,
                session,
                new Refusal(
                        Refusal.Code.OUTCOME_UNKNOWN,
                        "Outcome unknown: this " + route.request().name() + " was not done within "
                                + TimeUnit.NANOSECONDS.toMillis(limitNanos)
                                + " ms, and its worker was told to stop; what it was to store may be stored or not."));
    }

    /** Counts a frame as not sent: its time was over, and another was sent in its place. */
    void drop(Route<?, ?> route, byte[] frame) {
        route.info().dropped(FrameHeader.id(frame, 0) == route.answer().id(), FrameHeader.frameBytes(frame));
    }

    /** So many elements of lists may be in one request, from now on. */
    void limitElements(int max) {
        maxElements = max;
    }

    void reached(Limit limit) {
        info.reached(limit);
    }

    /** So many requests waited so long for a thread. */
    void waited(long nanos, int requests) {
        info.waited(nanos, requests);
    }

    /** The error frame for a refusal, which is counted, in the form of version 1. */
    byte[] error(Refusal refusal) {
        info.refused(refusal.code().name());
        return encode(errors, new ErrorResponse(refusal.sentence()));
    }

    /** The error frame for a refusal, which is counted, in the form that this client has asked for. */
    byte[] error(Session session, Refusal refusal) {
        if (!session.has(Feature.TYPED_ERRORS)) {
            return error(refusal);
        }
        info.refused(refusal.code().name());
        long retryMillis = refusal.retryAfter()
                .map(Duration::toMillis)
                .orElseGet(() -> RETRY_MILLIS.getOrDefault(refusal.code(), (long) ErrorResponseV2.NEVER));
        return encode(
                typedErrors,
                new ErrorResponseV2(
                        refusal.code(), (int) Math.min(retryMillis, Integer.MAX_VALUE), refusal.sentence()));
    }

    /**
     * The frame of a message that nobody asked for.
     *
     * @throws IllegalArgumentException for a record that is no message
     */
    <T extends Record> byte[] notice(T notice) {
        @SuppressWarnings("unchecked") // a record's class has no subclass, so this is the class of T
        Codec<T> codec = (Codec<T>) NOTICES.get(notice.getClass());
        return encode(codec, notice);
    }

    /** A request that was read, but not worked: its error frame. */
    byte[] refuse(Route<?, ?> route, Session session, int bodyBytes, Refusal refusal) {
        route.info().received(bodyBytes);
        byte[] frame = error(session, refusal);
        route.info().failed(FrameHeader.frameBytes(frame));
        return frame;
    }

    /** Makes a frame of an encoded answer, compressed if it is to be. */
    private <A extends Record> byte[] finish(Route<?, A> route, Session session, A answer, WireWriter out) {
        Compression compression = route.compressionOf(out.originalBytes());
        if (compression == Compression.ZLIB && session.has(Feature.ZSTD) && !out.hasDeflated()) {
            compression = Compression.ZSTD;
        }
        boolean logged = logResponses || RESPONSES.isLoggable(Level.DEBUG);
        long begun = logged ? System.nanoTime() : 0;
        byte[] frame = frame(route.answer().id(), out, compression);
        if (logged) {
            RESPONSES.log(
                    logResponses ? Level.INFO : Level.DEBUG,
                    "{0} {1}, payload {2,number,#} B, body {3,number,#} B, compressed in {4,number,#} µs",
                    LogText.clipped(answer.toString()),
                    compression,
                    out.originalBytes(),
                    FrameHeader.bodySize(frame, 0),
                    compression == Compression.NONE ? 0 : (System.nanoTime() - begun) / 1000);
        }
        return frame;
    }

    private byte[] frame(int id, WireWriter out, Compression compression) {
        if (out.hasDeflated()) {
            return compression == Compression.ZLIB
                    ? envelope.seal(id, out.parts())
                    : frame(id, out.inflated(), compression);
        }
        return compression == Compression.NONE
                ? finish(id, out)
                : envelope.seal(id, out.array(), RESERVED, out.length(), compression);
    }

    private static <T extends Record> byte[] encode(Codec<T> codec, T message) {
        WireWriter out = new WireWriter(RESERVED, FrameHeader.MAX_BODY_BYTES - 1);
        codec.encode(message, out);
        return finish(codec.id(), out);
    }

    private static byte[] finish(int id, WireWriter out) {
        byte[] frame = out.array();
        FrameHeader.put(frame, 0, id, 1 + out.length());
        frame[FrameHeader.BYTES] = Compression.NONE.code();
        return frame;
    }

    private Refusal refusalFor(Route<?, ?> route, long connectionId, Throwable trouble) {
        Refusal refusal = Failures.refusalFor(route.request().name(), trouble);
        if (refusal != null) {
            LOG.log(
                    Level.DEBUG,
                    () -> "connection " + connectionId + ": " + route.request().name() + " refused: "
                            + LogText.clipped(refusal.sentence()));
            return refusal;
        }
        logFault(route, connectionId, trouble);
        return new Refusal(
                Refusal.Code.FAILED,
                "The server made a mistake on this " + route.request().name()
                        + "; it is in the server's log, under connection " + connectionId + ".");
    }

    /** A bug: with its stack trace, at most once a second for each kind of request, the others counted. */
    private static void logFault(Route<?, ?> route, long connectionId, Throwable fault) {
        route.faults()
                .tell(others -> LOG.log(
                        Level.ERROR,
                        "connection " + connectionId + ": the worker of "
                                + route.request().name() + " failed" + others,
                        LoggedFault.of(fault)));
    }
}
