package io.framegate.dispatch;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Refusal;
import io.framegate.message.Restartable;
import io.framegate.message.VersionedWorker;
import io.framegate.metrics.GateMetrics;
import io.framegate.metrics.LimitKind;
import io.framegate.session.Capability;
import io.framegate.session.DrainNotice;
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
 * Turns a request's body into its answer's frame: decode, call the worker, encode, compress. This is the one place that catches
 * everything; each failure becomes an {@link ErrorResponse}. {@link #answer}, {@link #failed} and the methods that refuse throw
 * nothing: if even the error cannot be encoded, they return a frame that was made at the start.
 *
 * <p><b>Threads.</b> Any, concurrently; it holds no state of a request.
 */
final class RequestProcessor {

    /** The log of responses: name, text, time of compression, size. At DEBUG, off unless switched on. */
    private static final Logger RESPONSES = System.getLogger("io.framegate.response");

    // Static, and yet no leak: a value lives in its class, and is gone with it.
    private static final ClassValue<Codec<?>> NOTICES = new ClassValue<>() {
        @Override
        protected Codec<?> computeValue(Class<?> type) {
            return Codec.of(type.asSubclass(Record.class));
        }
    };

    /** Bytes reserved before a payload. */
    static final int RESERVED = FrameHeader.BYTES + 1;

    private final Envelope envelope;
    private final ByteBudget requestMemory = new ByteBudget();
    private final GateMetrics info;
    private final ResponseCache kept;
    private final RequestBoundary boundary;
    private final ErrorFrames errors;
    private volatile int maxElements = WireReader.DEFAULT_OBJECT_BUDGET;
    private volatile boolean logResponses;
    private volatile int period;
    private @Nullable Tracing tracing; // set before the first request

    RequestProcessor(Envelope envelope, ResponseCache kept, GateMetrics info, ContainerContext container) {
        this.envelope = envelope;
        this.kept = kept;
        this.boundary = new RequestBoundary(container);
        // Now, since it is sent at shutdown: a class loader that is stopping loads no classes.
        NOTICES.get(DrainNotice.class);
        this.info = info;
        this.errors = new ErrorFrames(info);
    }

    /** Loads what the first refusal and the shutdown need, while classes and files can still be opened. */
    void prepare() {
        errors.prepare();
        NOTICES.get(DrainNotice.class).prepare();
    }

    /**
     * Answers one request. Throws nothing.
     *
     * @param sender who sent it
     * @param scratch the thread's own; the caller flushes it before it writes the answer
     * @param bytes holds the body; read only during the call
     * @return the frame of the answer, or of the error; the array may be longer than its header says, and nobody changes it
     */
    <Q extends Record, A extends Record> byte[] answer(
            Route<Q, A> route, Sender sender, ThreadScratch scratch, byte[] bytes, int offset, int length) {
        try {
            return answerTraced(route, sender, scratch, bytes, offset, length);
        } catch (Throwable fault) {
            return failed(route, sender.session(), fault);
        }
    }

    private <Q extends Record, A extends Record> byte[] answerTraced(
            Route<Q, A> route, Sender sender, ThreadScratch scratch, byte[] bytes, int offset, int length) {
        Session session = sender.session();
        // A slow request is counted when it arrives.
        boolean countedOnDesk = route.isNonBlocking() || route.serviceTime().isFast();
        if (countedOnDesk) {
            scratch.received(route.info(), length);
        } else {
            route.info().received(length);
        }
        Tracing.Traced traced = tracing == null ? null : begin(tracing, route, session, length);
        RequestJfrEvent event = new RequestJfrEvent();
        event.begin();
        byte[] frame;
        boolean entered = false;
        try {
            boundary.enter(scratch);
            entered = true;
            int timedFor = route.timedFor(period);
            long begun = timedFor > 0 ? System.nanoTime() : 0;
            Q request = decode(route, scratch.reader, scratch.heap, bytes, offset, length);
            long decoded = timedFor > 0 ? System.nanoTime() : 0;
            ResponseCache.Request asked = keptFor(route, session, bytes, offset, length);
            Object version = asked == null ? null : version(route, request);
            byte[] again = asked == null ? null : find(route, session, asked, version);
            if (again == null) {
                A answer = work(route, sender, scratch, request);
                long worked = timedFor > 0 ? System.nanoTime() : 0;
                WireWriter out = written(route, answer);
                long encoded = timedFor > 0 ? System.nanoTime() : 0;
                frame = finish(route, session, answer, out);
                entered = false;
                boundary.exit(scratch, route);
                if (timedFor > 0) {
                    long finished = System.nanoTime();
                    route.info()
                            .timed(timedFor, decoded - begun, worked - decoded, encoded - worked, finished - encoded);
                    route.serviceTime().record(finished - begun);
                }
                if (asked != null) {
                    keep(route, session, asked, version, frame);
                }
            } else {
                frame = givenAgain(route, again, timedFor, begun, decoded);
                entered = false;
                boundary.exit(scratch, route);
            }
            if (countedOnDesk) {
                scratch.answered(FrameHeader.frameBytes(frame));
            } else {
                route.info().answered(FrameHeader.frameBytes(frame));
            }
        } catch (Throwable cause) {
            if (entered) {
                boundary.leave(scratch, route);
            }
            event.failed = true;
            frame = failed(route, session, cause);
        } finally {
            scratch.heap.end();
        }
        commit(event, route, session, length, frame);
        if (traced != null) {
            end(traced, event.failed, frame);
        }
        return frame;
    }

    private void commit(RequestJfrEvent event, Route<?, ?> route, Session session, int length, byte[] frame) {
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

    /** Ends the trace of a request that has its frame. A failing trace does not fail the request. */
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

    /** Logs a failure that no answer reports, at most once a second. Throws nothing. */
    void unforeseen(String what, Throwable failure) {
        errors.unforeseen(what, failure);
    }

    /** Begins another period of about a tenth of a second. By one thread. */
    void tick() {
        period++;
    }

    /** Traces a batch; null if nothing is traced. */
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

    /** Whether each answer is logged at INFO; otherwise only if its logger is at DEBUG. */
    void logResponses(boolean wanted) {
        logResponses = wanted;
    }

    /**
     * Decodes a body.
     *
     * @param heap is charged for what the request takes; the caller releases it
     */
    <Q extends Record> Q decode(
            Route<Q, ?> route, WireReader reader, RequestHeap heap, byte[] bytes, int offset, int length) {
        LimitKind limit = LimitKind.PAYLOAD_BYTES;
        heap.begin(requestMemory);
        try {
            int mostOpened = route.maxPayloadBytes();
            int toOpen = Envelope.isToOpen(bytes, offset) ? envelope.bytesToOpen(bytes, offset, length, mostOpened) : 0;
            if (toOpen > 0) {
                heap.take(toOpen);
            }
            Envelope.Payload payload = envelope.open(bytes, offset, length, route.maxPlainBytes(), mostOpened);
            limit = LimitKind.ELEMENTS;
            reader.begin(route.id(), payload.bytes(), payload.offset(), payload.length(), maxElements, heap);
            Q request = route.request().decode(reader);
            if (toOpen > 0) {
                heap.giveBack(toOpen);
            }
            return request;
        } catch (Refusal refusal) {
            if (heap.hasRefused()) {
                info.reached(LimitKind.REQUEST_MEMORY);
            } else if (refusal.code() == Refusal.Code.TOO_LARGE) {
                info.reached(limit);
            }
            throw refusal;
        } finally {
            reader.release();
        }
    }

    /** The cache key of a versioned worker's request; null if its answer is not cached. */
    private ResponseCache.@Nullable Request keptFor(
            Route<?, ?> route, Session session, byte[] bytes, int offset, int length) {
        return route.versioned() != null && kept.mayKeep(length)
                ? new ResponseCache.Request(
                        route.id(), session.has(Capability.ZSTD), Arrays.copyOfRange(bytes, offset, offset + length))
                : null;
    }

    private static <Q extends Record> Object version(Route<Q, ?> route, Q request) throws Exception {
        VersionedWorker<Q, ?> worker = Objects.requireNonNull(route.versioned());
        return Objects.requireNonNull(worker.version(request), "the worker gave null for a version");
    }

    /** A version that fails to compare is a cache miss, and logged as the worker's fault. */
    private byte @Nullable [] find(Route<?, ?> route, Session session, ResponseCache.Request asked, Object version) {
        try {
            return kept.find(asked, version);
        } catch (Throwable fault) {
            errors.logFault(route, session.connectionId(), fault);
            return null;
        }
    }

    /** Caches an answer. A failure to cache does not fail the request. */
    private void keep(Route<?, ?> route, Session session, ResponseCache.Request asked, Object version, byte[] frame) {
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
            route.serviceTime().record(finished - begun);
        }
        if (isResponseLogged()) {
            logResponse(
                    "{0}, given again, body {1} B",
                    route.answer().name(), Integer.toString(FrameHeader.bodySize(frame, 0)));
        }
        return frame;
    }

    private <Q extends Record, A extends Record> A work(
            Route<Q, A> route, Sender sender, ThreadScratch scratch, Q request) throws Exception {
        for (int again = 0; ; again++) {
            try {
                return Objects.requireNonNull(route.work(request, sender), "the worker gave null");
            } catch (Exception e) {
                if (!route.isRestartable()
                        || again == Restartable.TIMES
                        || !ExceptionMapping.isSerializationFailure(e)) {
                    throw e;
                }
                boundary.leave(scratch, route);
                boundary.enter(scratch);
            }
        }
    }

    /** Surrounds every call of a worker. */
    RequestBoundary boundary() {
        return boundary;
    }

    /** Encodes an answer, and counts it. */
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

    /** The error frame of a failed request, which is counted. Throws nothing. */
    byte[] failed(Route<?, ?> route, Session session, Throwable cause) {
        return errors.failed(route, session, cause);
    }

    /** The error frame of a request whose worker missed its deadline, which is counted. */
    byte[] expired(Route<?, ?> route, Session session, long limitNanos) {
        info.reached(LimitKind.WORKER_TIME);
        return failed(
                route,
                session,
                new Refusal(
                        Refusal.Code.OUTCOME_UNKNOWN,
                        "Outcome unknown: this " + route.request().name() + " was not done within "
                                + TimeUnit.NANOSECONDS.toMillis(limitNanos)
                                + " ms, and its worker was told to stop; what it was to store may be stored or not."));
    }

    /** Uncounts a frame that is not sent: an error frame was sent after the deadline. */
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

    void reached(LimitKind limit) {
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
        if (compression == Compression.ZLIB && session.has(Capability.ZSTD) && !out.hasDeflated()) {
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
