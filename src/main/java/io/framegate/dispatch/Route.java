package io.framegate.dispatch;

import io.framegate.codec.Codec;
import io.framegate.message.BatchLimits;
import io.framegate.message.BatchWorker;
import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import io.framegate.message.Compressed;
import io.framegate.message.Compression;
import io.framegate.message.MaxPayload;
import io.framegate.message.NonBlocking;
import io.framegate.message.Restartable;
import io.framegate.message.VersionedWorker;
import io.framegate.message.Worker;
import io.framegate.metrics.LogRateLimiter;
import io.framegate.metrics.MessageMetrics;
import io.framegate.wire.FrameHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One kind of request: its codecs, its worker and its limits.
 *
 * @param <Q> the request
 * @param <A> the answer
 */
final class Route<Q extends Record, A extends Record> {

    /** Arrays for answers begin with at most so many bytes and grow: else a large array would hold a small answer. */
    private static final int MAX_USUAL_BYTES = 4096;

    /**
     * One in so many fast requests is timed, and one in each period of the watchdog: five readings of the clock would cost
     * more than the request.
     */
    private static final int SAMPLE = 16;

    /** The same for requests that run inline: their service time is measured otherwise. */
    private static final int SPARSE_SAMPLE = 128;

    /** A body may be larger than its payload: compressors add a header, and make incompressible bytes a little longer. */
    private static final int BODY_ALLOWANCE = 1024;

    /** One part in so many. */
    private static final int GROWTH_PART = 16;

    private final Codec<Q> request;
    private final Codec<A> answer;
    private final Worker<Q, A> worker;
    private final @Nullable CallerWorker<Q, A> callerWorker;
    private final Access access;
    private final boolean nonBlocking;
    private final boolean restartable;
    private final @Nullable VersionedWorker<Q, A> versioned;
    private final @Nullable BatchQueue batches;
    private final MessageMetrics info;
    private final ServiceTime serviceTime = new ServiceTime();
    private final LogRateLimiter faults = new LogRateLimiter();
    private final LogRateLimiter leftOpen = new LogRateLimiter();
    private final String workerName;

    private volatile Compression compression;
    private volatile int maxPayloadBytes;
    private volatile int maxPlainBytes;
    private volatile int maxBodyBytes;
    private volatile int compressionThresholdBytes;

    // Only roughly every so many, and only roughly so large: a lost update does not matter.
    private int untimed;
    private int timedIn;
    private int usualAnswerBytes = MAX_USUAL_BYTES / 32;

    Route(
            Codec<Q> request,
            Codec<A> answer,
            Worker<Q, A> worker,
            Class<?> declaredOn,
            Compression compression,
            int compressionThresholdBytes,
            MessageMetrics info) {
        this.request = request;
        this.answer = answer;
        this.worker = worker;
        this.workerName = declaredOn.getName();
        this.callerWorker = worker instanceof CallerWorker<Q, A> wantsCaller ? wantsCaller : null;
        this.access = Access.of(declaredOn, request.type());
        this.nonBlocking = declaredOn.isAnnotationPresent(NonBlocking.class);
        this.restartable = declaredOn.isAnnotationPresent(Restartable.class);
        this.versioned = worker instanceof VersionedWorker<Q, A> it ? it : null;
        this.batches = worker instanceof BatchWorker ? batches(declaredOn) : null;
        if (versioned != null && callerWorker != null) {
            throw new IllegalArgumentException(
                    "it is both a VersionedWorker and a CallerWorker, and what one caller was told is given to others");
        }
        if (versioned != null && batches != null) {
            throw new IllegalArgumentException(
                    "it is both a VersionedWorker and a BatchWorker, whose answers are not kept");
        }
        if (nonBlocking && batches != null) {
            throw new IllegalArgumentException("it is both @NonBlocking and a BatchWorker, which waits for its batch");
        }
        this.compression = compressionOr(compression);
        this.compressionThresholdBytes = thresholdOr(compressionThresholdBytes);
        this.info = info;
        limitPayload(MaxPayload.DEFAULT_BYTES, FrameHeader.MAX_BODY_BYTES);
    }

    /**
     * How large a request may be from now on.
     *
     * @param unboundedBytes of payload, where neither its components nor an annotation bound it
     * @param mostBytes of payload, whatever these say
     */
    void limitPayload(int unboundedBytes, int mostBytes) {
        long own = request.mostBytes().orElse(unboundedBytes);
        int payload = (int) Math.min(own, mostBytes);
        int body = (int) Math.min((long) payload + payload / GROWTH_PART + BODY_ALLOWANCE, FrameHeader.MAX_BODY_BYTES);
        // Where the components bound it, the codec can tell better what is too much.
        boolean byComponents = own == request.layout().mostBytes() && own == payload;
        maxPayloadBytes = payload;
        maxPlainBytes = byComponents ? body : payload;
        maxBodyBytes = body;
    }

    /** The server's compression from now on, where the answer has none of its own. */
    void compress(Compression serverCompression, int serverThresholdBytes) {
        compression = compressionOr(serverCompression);
        compressionThresholdBytes = thresholdOr(serverThresholdBytes);
    }

    private Compression compressionOr(Compression serverCompression) {
        return answer.compressed().map(Compressed::value).orElse(serverCompression);
    }

    private int thresholdOr(int serverThresholdBytes) {
        return answer.compressed()
                .map(Compressed::thresholdBytes)
                .filter(threshold -> threshold != Compressed.SERVER_THRESHOLD)
                .orElse(serverThresholdBytes);
    }

    int id() {
        return request.id();
    }

    Codec<Q> request() {
        return request;
    }

    Codec<A> answer() {
        return answer;
    }

    /** The largest payload of a request: what a compressed body may become. */
    int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /** The largest payload of a request that is not compressed, which the codec may find to be too long. */
    int maxPlainBytes() {
        return maxPlainBytes;
    }

    /** The largest body of a request, however it is compressed. */
    int maxBodyBytes() {
        return maxBodyBytes;
    }

    /** Has the worker make the answer. */
    A work(Q message, Caller caller) throws Exception {
        return callerWorker == null ? worker.process(message) : callerWorker.process(message, caller);
    }

    /** Who may send it. */
    Access access() {
        return access;
    }

    /** Whether it is worked on the thread that read the frame. */
    boolean isNonBlocking() {
        return nonBlocking;
    }

    /** Whether it is called again after a serialization failure. */
    boolean isRestartable() {
        return restartable;
    }

    /** The worker, if it has versions; null for any other. */
    @Nullable
    VersionedWorker<Q, A> versioned() {
        return versioned;
    }

    /** Where the requests of a batch worker gather; null for any other. */
    @Nullable
    BatchQueue batches() {
        return batches;
    }

    /** Answers requests of a batch worker. @param worked is run once, when the next batch may be worked */
    void answer(RequestProcessor processor, List<Task> batch, Runnable worked) {
        new BatchProcessor<>(processor, this, (BatchWorker<Q, A>) worker).answer(batch, worked);
    }

    private static BatchQueue batches(Class<?> declaredOn) {
        BatchLimits limits = declaredOn.getAnnotation(BatchLimits.class);
        return limits == null
                ? new BatchQueue(BatchLimits.DEFAULT_REQUESTS, BatchLimits.DEFAULT_BYTES, 1)
                : new BatchQueue(limits.requests(), limits.bytes(), limits.atATime());
    }

    /** How an answer of so many bytes is sent. */
    Compression compressionOf(int payloadBytes) {
        return payloadBytes > compressionThresholdBytes ? compression : Compression.NONE;
    }

    MessageMetrics info() {
        return info;
    }

    /** Limits log lines about its worker's faults, by route: a worker that always fails must not hide another's fault. */
    LogRateLimiter faults() {
        return faults;
    }

    /** Limits log lines about transactions that its worker leaves open. */
    LogRateLimiter leftOpen() {
        return leftOpen;
    }

    /** The name of the worker's class, for the log. */
    String workerName() {
        return workerName;
    }

    /** How long its requests have taken lately. */
    ServiceTime serviceTime() {
        return serviceTime;
    }

    /** Room for what the last answers took, so that most are encoded into an array that fits. */
    int usualAnswerBytes() {
        return usualAnswerBytes;
    }

    /** An answer took so many bytes of payload. */
    void encoded(int bytes) {
        int usual = usualAnswerBytes;
        if (bytes > usual) {
            usualAnswerBytes = Math.min(bytes, MAX_USUAL_BYTES);
        } else {
            // Nothing where it is only a little smaller: to grow costs a small answer more than its codec does.
            usualAnswerBytes = usual - (usual - bytes) / 16;
        }
    }

    /**
     * For how many requests the times of the next one stand; 0 where it is not timed.
     *
     * @param period a number that is another one about every tenth of a second
     */
    int timedFor(int period) {
        if (!serviceTime.isFast()) {
            return 1;
        }
        int standsFor = untimed + 1;
        if (period == timedIn && standsFor < (nonBlocking || serviceTime.isInlineEligible() ? SPARSE_SAMPLE : SAMPLE)) {
            untimed = standsFor;
            return 0;
        }
        timedIn = period;
        untimed = 0;
        return standsFor;
    }
}
