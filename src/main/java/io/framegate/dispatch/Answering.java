package io.framegate.dispatch;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Refusal;
import io.framegate.message.Restartable;
import io.framegate.message.VersionedWorker;
import io.framegate.metrics.Limit;
import io.framegate.metrics.RunningInfo;
import io.framegate.session.DrainNotice;
import io.framegate.session.Feature;
import io.framegate.session.Sender;
import io.framegate.session.Session;
import io.framegate.transport.ByteBudget;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body in, a frame out: decode, work, encode, compress. Whatever goes wrong on the way becomes an
 * {@link ErrorResponse}; this is the one place that catches everything. What gives the frame of a request, {@link #answer},
 * {@link #failed} and what refuses, throws nothing: where even the error cannot be told there is a frame that was made at the start.
 *
 * <p><b>Threads.</b> Any, all at once; it holds no state of a request.
 */
final class Answering {

    /** The log of responses: name, text, time of compression, size. At DEBUG, off unless switched on. */
    private static final Logger RESPONSES = System.getLogger("io.framegate.response");

    // Static, and yet no leak: a value lives in its class, and is gone with it.
    private static final ClassValue<Codec<?>> NOTICES = new ClassValue<>() {
        @Override
        protected Codec<?> computeValue(Class<?> type) {
            return Codec.of(type.asSubclass(Record.class));
        }
    };

    /** Kept free before a payload. */
    static final int RESERVED = FrameHeader.BYTES + 1;

    private final Envelope envelope;
    private final ByteBudget requestMemory = new ByteBudget();
    private final RunningInfo info;
    private final KeptAnswers kept;
    private final RequestBoundary boundary;
    private final ErrorFrames errors;
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
        this.errors = new ErrorFrames(info);
    }

    /** Does now what else the first refusal and the end would do, when there may be no classes and no files any more. */
    void prepare() {
        errors.prepare();
        NOTICES.get(DrainNotice.class).prepare();
    }

    /**
     * Answers one request. Throws nothing.
     *
     * @param sender who sent it
     * @param desk the thread's own; what was counted on it is to be told before the answer is written
     * @param bytes holds the body; read only during the call
     * @return the frame of the answer, or of the error; the array may be longer than its header says, and nobody changes it
     */
    <Q extends Record, A extends Record> byte[] answer(
            Route<Q, A> route, Sender sender, Desk desk, byte[] bytes, int offset, int length) {
        try {
            return answerTraced(route, sender, desk, bytes, offset, length);
        } catch (Throwable fault) {
            return failed(route, sender.session(), fault);
        }
    }

    private <Q extends Record, A extends Record> byte[] answerTraced(
            Route<Q, A> route, Sender sender, Desk desk, byte[] bytes, int offset, int length) {
        Session session = sender.session();
        // What may take its time is counted when it comes.
        boolean countedOnDesk = route.isNonBlocking() || route.pace().isQuick();
        if (countedOnDesk) {
            desk.received(route.info(), length);
        } else {
            route.info().received(length);
        }
        Tracing.Traced traced = tracing == null ? null : begin(tracing, route, session, length);
        RequestEvent event = new RequestEvent();
        event.begin();
        byte[] frame;
        boolean entered = false;
        try {
            boundary.enter(desk);
            entered = true;
            int timedFor = route.timedFor(period);
            long begun = timedFor > 0 ? System.nanoTime() : 0;
            Q request = decode(route, desk.reader, desk.heap, bytes, offset, length);
            long decoded = timedFor > 0 ? System.nanoTime() : 0;
            KeptAnswers.Request asked = keptFor(route, session, bytes, offset, length);
            Object version = asked == null ? null : version(route, request);
            byte[] again = asked == null ? null : find(route, session, asked, version);
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
                    keep(route, session, asked, version, frame);
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
        } finally {
            desk.heap.end();
        }
        commit(event, route, session, length, frame);
        if (traced != null) {
            end(traced, event.failed, frame);
        }
        return frame;
    }

    private void commit(RequestEvent event, Route<?, ?> route, Session session, int length, byte[] frame) {
        try {
            if (event.shouldCommit()) {
                event.message = route.request().name();
                event.connection = session.connectionId();
                event.requestBytes = length;
                event.replyBytes = FrameHeader.frameBytes(frame);
                event.commit();
            }
        } catch (Throwable failure) {
            errors.unforeseen("a request could not be recorded", failure);
        }
    }

    private Tracing.@Nullable Traced begin(Tracing by, Route<?, ?> route, Session session, int length) {
        try {
            return by.begin(route.request().name(), session.connectionId(), length);
        } catch (Throwable failure) {
            traceFailed(failure);
            return null;
        }
    }

    /** Ends the trace of a request that has its frame. A trace that fails is no failure of the request. */
    void end(Tracing.Traced traced, boolean failed, byte[] frame) {
        try {
            traced.end(failed, FrameHeader.frameBytes(frame));
        } catch (Throwable failure) {
            traceFailed(failure);
        }
    }

    void traceFailed(Throwable failure) {
        unforeseen("a trace failed", failure);
    }

    /** Tells the log what no answer tells of, at most once a second. Throws nothing. */
    void unforeseen(String what, Throwable failure) {
        errors.unforeseen(what, failure);
    }

    /** About a tenth of a second is over. By one thread. */
    void tick() {
        period++;
    }

    /** What traces a batch; null where nothing is traced. */
    Tracing.@Nullable Batch tracedBatch(Route<?, ?> route, int requests) {
        try {
            return tracing == null ? null : tracing.beginBatch(route.request().name(), requests);
        } catch (Throwable failure) {
            traceFailed(failure);
            return null;
        }
    }

    /** From now on every request is traced. */
    void trace(Tracing by) {
        tracing = by;
    }

    /** Whether every answer gets a line in the log; else only if its logger is at DEBUG. */
    void logResponses(boolean wanted) {
        logResponses = wanted;
    }

    /**
     * The request that a body is.
     *
     * @param heap what it takes is taken of it; the caller gives it back
     */
    <Q extends Record> Q decode(
            Route<Q, ?> route, WireReader reader, RequestHeap heap, byte[] bytes, int offset, int length) {
        Limit limit = Limit.PAYLOAD_BYTES;
        heap.begin(requestMemory);
        try {
            int mostOpened = route.maxPayloadBytes();
            int toOpen = Envelope.isToOpen(bytes, offset) ? envelope.bytesToOpen(bytes, offset, length, mostOpened) : 0;
            if (toOpen > 0) {
                heap.take(toOpen);
            }
            Envelope.Payload payload = envelope.open(bytes, offset, length, route.maxPlainBytes(), mostOpened);
            limit = Limit.ELEMENTS;
            reader.begin(route.id(), payload.bytes(), payload.offset(), payload.length(), maxElements, heap);
            Q request = route.request().decode(reader);
            if (toOpen > 0) {
                heap.giveBack(toOpen);
            }
            return request;
        } catch (Refusal refusal) {
            if (heap.hasRefused()) {
                info.reached(Limit.REQUEST_MEMORY);
            } else if (refusal.code() == Refusal.Code.TOO_LARGE) {
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

    /** A version that fails to compare is another one, and its worker at fault. */
    private byte @Nullable [] find(Route<?, ?> route, Session session, KeptAnswers.Request asked, Object version) {
        try {
            return kept.find(asked, version);
        } catch (Throwable fault) {
            errors.logFault(route, session.connectionId(), fault);
            return null;
        }
    }

    /** Keeps an answer, which is good though it may not be kept. */
    private void keep(Route<?, ?> route, Session session, KeptAnswers.Request asked, Object version, byte[] frame) {
        try {
            kept.keep(asked, version, frame);
        } catch (Throwable fault) {
            errors.logFault(route, session.connectionId(), fault);
        }
    }

    private byte[] givenAgain(Route<?, ?> route, byte[] frame, int timedFor, long begun, long decoded) {
        if (timedFor > 0) {
            long finished = System.nanoTime();
            route.info().timed(timedFor, decoded - begun, finished - decoded, 0, 0);
            route.pace().took(finished - begun);
        }
        if (isResponseLogged()) {
            logResponse(
                    "{0}, given again, body {1} B",
                    route.answer().name(), Integer.toString(FrameHeader.bodySize(frame, 0)));
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
        WireWriter out = new WireWriter(RESERVED, FrameHeader.MAX_BODY_BYTES - 1, route.usualAnswerBytes()).mendTexts();
        route.answer().encode(answer, out);
        route.encoded(out.length());
        return out;
    }

    /** The error frame of a request that something went wrong with, which is counted. Throws nothing, whatever it was. */
    byte[] failed(Route<?, ?> route, Session session, Throwable trouble) {
        return errors.failed(route, session, trouble);
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

    /** What all requests in work may take of the heap, and take. */
    ByteBudget requestMemory() {
        return requestMemory;
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

    /** The error frame for a refusal, which is counted, in the form of version 1. Throws nothing. */
    byte[] error(Refusal refusal) {
        return errors.of(refusal);
    }

    /** The error frame for a refusal, which is counted, in the form that this client has asked for. Throws nothing. */
    byte[] error(Session session, Refusal refusal) {
        return errors.of(session, refusal);
    }

    /**
     * The frame of a message that nobody asked for.
     *
     * @throws IllegalArgumentException for a record that is no message, or that cannot be encoded
     */
    <T extends Record> byte[] notice(T notice) {
        @SuppressWarnings("unchecked") // a record's class has no subclass, so this is the class of T
        Codec<T> codec = (Codec<T>) NOTICES.get(notice.getClass());
        try {
            return encode(codec, notice);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalArgumentException("this " + codec.name() + " cannot be encoded", e);
        }
    }

    /** A request that was read, but not worked: its error frame. Throws nothing. */
    byte[] refuse(Route<?, ?> route, Session session, int bodyBytes, Refusal refusal) {
        return errors.refused(route, session, bodyBytes, refusal);
    }

    /** Makes a frame of an encoded answer, compressed if it is to be. */
    private <A extends Record> byte[] finish(Route<?, A> route, Session session, A answer, WireWriter out) {
        Compression compression = route.compressionOf(out.originalBytes());
        if (compression == Compression.ZLIB && session.has(Feature.ZSTD) && !out.hasDeflated()) {
            compression = Compression.ZSTD;
        }
        boolean logged = isResponseLogged();
        long begun = logged ? System.nanoTime() : 0;
        byte[] frame = frame(route.answer().id(), out, compression);
        if (logged) {
            logResponse(
                    "{0} {1}, payload {2} B, body {3} B, compressed in {4} µs",
                    LogText.of(answer),
                    compression,
                    Integer.toString(out.originalBytes()),
                    Integer.toString(FrameHeader.bodySize(frame, 0)),
                    Long.toString(compression == Compression.NONE ? 0 : (System.nanoTime() - begun) / 1000));
        }
        return frame;
    }

    private boolean isResponseLogged() {
        return logResponses || RESPONSES.isLoggable(Level.DEBUG);
    }

    /** A log that fails is no failure of the answer. */
    private void logResponse(String format, Object... parameters) {
        try {
            RESPONSES.log(logResponses ? Level.INFO : Level.DEBUG, format, parameters);
        } catch (Throwable failure) {
            errors.unforeseen("a response could not be logged", failure);
        }
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

    static <T extends Record> byte[] encode(Codec<T> codec, T message) {
        WireWriter out = new WireWriter(RESERVED, FrameHeader.MAX_BODY_BYTES - 1).mendTexts();
        codec.encode(message, out);
        return finish(codec.id(), out);
    }

    static byte[] finish(int id, WireWriter out) {
        byte[] frame = out.array();
        FrameHeader.put(frame, 0, id, 1 + out.length());
        frame[FrameHeader.BYTES] = Compression.NONE.code();
        return frame;
    }
}
