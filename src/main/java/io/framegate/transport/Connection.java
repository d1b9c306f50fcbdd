package io.framegate.transport;

import io.framegate.message.Refusal;
import io.framegate.metrics.GateMetrics;
import io.framegate.metrics.LimitKind;
import io.framegate.tls.TlsChannel;
import io.framegate.tls.TruncatedStreamException;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One socket: reads bytes, cuts them into frames, and writes replies in the order of the requests.
 *
 * <p><b>Threads.</b> One thread at a time is the <em>reader</em>: the completion of a read makes it so; the next read, or a
 * pause, ends it. The fields under "reader" belong to it. One thread at a time is the <em>writer</em>, see
 * {@link ReplyPipeline}; the fields under "writer" belong to it. Both roles are passed on through the channel's and the
 * pipeline's locks, which make the fields visible to the next owner.
 *
 * <p><b>Order.</b> A frame claims a slot of the pipeline when it is cut, so replies leave in that order, whichever thread fills
 * the slots. While the pipeline is empty, the reader writes replies of inline requests itself, bypassing the pipeline: it becomes the
 * writer as well, puts them straight into the write buffer, and writes when it has cut all that it has read, or when a request
 * has to go to a worker thread.
 *
 * <p><b>Limits.</b> The read buffer grows as bytes arrive, never to the size that a header announces, and shrinks when the
 * frame is done. A read has at most {@link #MAX_READ_BYTES}, since the JDK keeps a direct buffer of a read's size with
 * every I/O thread. A full pipeline pauses reading; the writer resumes it once there is room.
 */
final class Connection implements FrameHandler.Replies {

    private static final Logger LOG = System.getLogger(Connection.class.getName());

    /** The request id of a frame that answers no request. */
    private static final int NO_REQUEST = 0;

    private static final int FIRST_READ_BYTES = 512;
    private static final int MAX_READ_BYTES = 64 * 1024;
    private static final int GROWTH_WHILE_SMALL = 4;
    private static final int SMALL_READS_BEFORE_SHRINKING = 64;
    private static final int TLS_HANDSHAKE = 22;
    private static final int TLS_MAJOR_VERSION = 3;

    private final long id;
    private final AsynchronousByteChannel channel;
    private final RemotePeer peer;
    private final Instant since = Instant.now();
    private final long sinceNanos; // as all times of limits, by the clock
    private final ConnectionJfrEvent event = new ConnectionJfrEvent();
    private final Listener listener;
    private final ProcessClock clock;
    private final GateMetrics info;
    private final ReplyPipeline pipeline;
    private final FrameHandler sink;
    private final @Nullable IoThreads ioThreads; // null with TLS, whose channel has more to do after a read's handler

    // Reader.
    private byte[] in = new byte[FIRST_READ_BYTES];
    private int consumed; // the first byte that belongs to no cut frame
    private int filled; // where the next byte goes
    private long toSkip; // remaining bytes of a body that is not accepted
    private long paceFrom; // bytesRead when the present window of the read timeout began
    private int smallReads; // in a row, for which a smaller buffer would have been enough
    private boolean noMoreFrames;
    private boolean
            inlineWrite; // the reader is the writer too, and bypasses the pipeline; other threads may see it late
    private boolean inlineWithId; // of the request that runs inline now
    private int inlineId;
    private long requests; // other threads may see it late
    private int lastMessageId; // likewise

    // Writer.
    private @Nullable ByteBuffer out;
    private byte @Nullable [] current; // the reply that is partly in out
    private int currentFrom;
    private int currentBytes;
    private int inlineBytes; // bytes in out that bypassed the pipeline
    private long bytesWritten; // other threads may see it late

    // Of both, and of the deadline check.
    private final AtomicBoolean paused = new AtomicBoolean();
    private final AtomicReference<@Nullable CloseReason> endReason =
            new AtomicReference<>(); // close when all is written
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger takenBytes = new AtomicInteger(); // of the shared budget, for a large buffer
    private volatile TransportLimits limits;
    private volatile boolean requestIds; // set by the reader before the first request with an id
    private volatile boolean inputEnded;
    private volatile boolean lingering;
    private volatile long bytesRead;
    private volatile long readNanos;
    private final StallTimer restOfFrame = new StallTimer(); // since the present window for it began
    private final StallTimer restOfWrite = new StallTimer(); // since the socket last took bytes
    private volatile boolean withinHeader; // of the frame whose rest is pending
    private volatile long lingerNanos;
    private volatile @Nullable Future<Integer> pendingWrite;
    private volatile @Nullable FlightRecorder recorder; // null where nothing is recorded

    private final CompletionHandler<Integer, ReadCall> readCompletion = new CompletionHandler<>() {
        @Override
        public void completed(Integer bytes, ReadCall call) {
            long begun = System.nanoTime();
            IoThreads threads = ioThreads;
            if (threads == null) {
                guarded(() -> readCompleted(bytes, begun));
                return;
            }
            threads.begin();
            guarded(() -> readCompleted(bytes, begun));
            // The caller of the read has more to do, such as accepting the next connection.
            threads.end(System.nanoTime() - begun, !call.isUnderWay());
        }

        @Override
        public void failed(Throwable cause, ReadCall call) {
            guarded(() -> readFailed(cause));
        }
    };

    /** A call of the channel's read: the JDK may complete it before it returns, on the same thread. */
    private static final class ReadCall {

        private @Nullable Thread caller = Thread.currentThread();

        boolean isUnderWay() {
            return caller == Thread.currentThread();
        }
    }

    private final CompletionHandler<Integer, Void> writeCompletion = new CompletionHandler<>() {
        @Override
        public void completed(Integer bytes, Void attachment) {
            long begun = System.nanoTime();
            guarded(() -> written(bytes));
            // Nested completions are counted twice: better a thread too many.
            listener.ioThreads().record(System.nanoTime() - begun);
        }

        @Override
        public void failed(Throwable cause, Void attachment) {
            guarded(() -> writeFailed(cause));
        }
    };

    Connection(
            long id,
            AsynchronousByteChannel channel,
            RemotePeer peer,
            Listener listener,
            TransportLimits limits,
            GateMetrics info,
            FrameHandler.Factory sinks) {
        this.id = id;
        this.channel = channel;
        this.peer = peer;
        this.listener = listener;
        this.clock = listener.clock();
        this.sinceNanos = clock.nanos();
        this.readNanos = sinceNanos;
        this.limits = limits;
        this.info = info;
        this.pipeline = new ReplyPipeline(limits.maxPipelined(), limits.maxPendingReplyBytes(), listener.replyBytes());
        this.ioThreads = channel instanceof AsynchronousSocketChannel ? listener.ioThreads() : null;
        this.sink = sinks.connectionOpened(id, peer, this);
        this.recorder = FlightRecorder.of(limits.recordedBytes(), true);
    }

    /** Loads what the end of a connection needs. */
    static void preloadClose() {
        new ConnectionJfrEvent().shouldCommit();
        LOG.log(Level.DEBUG, "the reasons why connections end: {0}", List.of(CloseReason.values()));
    }

    /** Begins to read. */
    void start() {
        event.begin();
        guarded(this::read);
    }

    // ---------------------------------------------------------------- reading

    private void read() {
        if (in.length - filled < in.length / 2) {
            makeRoom();
        }
        ByteBuffer target = ByteBuffer.wrap(in, filled, Math.min(in.length - filled, MAX_READ_BYTES));
        if (!closed.get()) {
            ReadCall call = new ReadCall();
            channel.read(target, call, readCompletion);
            call.caller = null;
        }
    }

    /** The bytes of a read are in the buffer: here they become frames. */
    private void readCompleted(int bytes, long nowNanos) {
        if (bytes < 0) {
            inputEnded();
            return;
        }
        readNanos = clock.at(nowNanos);
        bytesRead += bytes;
        info.bytesRead(bytes);
        if (noMoreFrames || lingering) {
            consumed = filled;
            fitBuffer();
            read();
            return;
        }
        filled += bytes;
        smallReads = bytes <= in.length / (2 * GROWTH_WHILE_SMALL) ? smallReads + 1 : 0;
        pump();
    }

    /** Cuts frames until the buffer has no complete one, then reads; or until the pipeline is full, then pauses. */
    private void pump() {
        do {
            boolean full;
            try {
                full = cutFrames();
            } finally {
                sink.readCompleted();
            }
            if (inlineWrite) {
                endInlineWrite();
            } else {
                flush();
            }
            if (!full) {
                watchUnfinishedFrame();
                read();
                return;
            }
            info.readPaused();
            info.reached(pipeline.limit());
            // The client is not slow while the gate pauses.
            restOfFrame.end();
            paused.set(true);
            // The writer may have made room before it saw the pause.
        } while (pipeline.hasRoom() && paused.compareAndSet(true, false));
    }

    /** The writer made room: the thread that ends the pause is the reader now. */
    private void resume() {
        if (paused.get() && pipeline.hasRoom() && paused.compareAndSet(true, false)) {
            pump();
        }
    }

    /**
     * Cuts every complete frame out of the buffer.
     *
     * @return whether it stopped because the pipeline is full
     */
    private boolean cutFrames() {
        while (!noMoreFrames && !closed.get()) {
            if (toSkip > 0) {
                long skipped = Math.min(toSkip, filled - consumed);
                consumed += (int) skipped;
                toSkip -= skipped;
                if (toSkip > 0) {
                    break;
                }
            }
            int available = filled - consumed;
            boolean withIds = requestIds;
            int headerBytes = FrameHeader.headerBytes(withIds);
            if (available < headerBytes) {
                break;
            }
            int messageId = FrameHeader.id(in, consumed);
            int bodySize = FrameHeader.bodySize(in, consumed);
            int requestId = withIds ? FrameHeader.requestId(in, consumed) : NO_REQUEST;
            boolean isValid = FrameHeader.isBodySizeValid(bodySize, limits.maxBodyBytes());
            if (isValid && available - headerBytes >= bodySize && sink.accepts(messageId, bodySize)) {
                int body = consumed + headerBytes;
                long slot = sink.runsInline(messageId, in, body, bodySize) && beginInlineWrite() ? INLINE : claimSlot();
                if (slot == ReplyPipeline.FULL) {
                    return true;
                }
                if (slot == ReplyPipeline.NONE) {
                    noMoreFrames = true;
                    break;
                }
                FlightRecorder recording = recorder;
                if (recording != null && !sink.isSecret(messageId) && recording.takes(headerBytes + bodySize)) {
                    recording.add(true, withIds, Arrays.copyOfRange(in, consumed, body + bodySize));
                }
                consumed = body + bodySize;
                restOfFrame.end();
                requests++;
                lastMessageId = messageId;
                if (slot == INLINE) {
                    inlineWithId = withIds;
                    inlineId = requestId;
                    byte[] reply = sink.answer(messageId, in, body, bodySize);
                    if (reply != null) {
                        writeInline(reply);
                    }
                } else {
                    sink.frameRead(withIds ? requestId : slot, messageId, in, body, bodySize);
                }
                frameCut();
            } else if (pipeline.isFull()) {
                return true;
            } else if (!isValid) {
                framingLost(messageId, bodySize);
            } else if (!sink.accepts(messageId, bodySize)) {
                if (isTlsHello()) {
                    close(CloseReason.TLS_UNEXPECTED);
                    break;
                }
                replyInline(requestId, sink.reject(messageId, bodySize));
                consumed += headerBytes;
                toSkip = bodySize;
                restOfFrame.end();
                frameCut();
            } else {
                break;
            }
        }
        if (consumed == filled) {
            fitBuffer();
        }
        return false;
    }

    /** Resizes the buffer, which is empty, by the sizes of the last reads. */
    private void fitBuffer() {
        if (in.length > MAX_READ_BYTES) {
            listener.requestBytes().giveBack(takenBytes.getAndSet(0));
            in = new byte[FIRST_READ_BYTES];
        } else if (filled == in.length && in.length < MAX_READ_BYTES) {
            in = new byte[Math.min(in.length * GROWTH_WHILE_SMALL, MAX_READ_BYTES)];
        } else if (smallReads >= SMALL_READS_BEFORE_SHRINKING && in.length > FIRST_READ_BYTES) {
            in = new byte[in.length / GROWTH_WHILE_SMALL];
            smallReads = 0;
        }
        consumed = 0;
        filled = 0;
    }

    private void frameCut() {
        if (limits.closeAfterResponse()) {
            endAfterReplies(CloseReason.RESPONSE_SENT);
        }
    }

    /** Whether the stream begins with a TLS hello; such a client could read no answer in plain text. */
    private boolean isTlsHello() {
        return consumed == 0 && bytesRead == filled && in[0] == TLS_HANDSHAKE && in[1] == TLS_MAJOR_VERSION;
    }

    private void framingLost(int messageId, int bodySize) {
        if (isTlsHello()) {
            close(CloseReason.TLS_UNEXPECTED);
            return;
        }
        Refusal refusal = new Refusal(
                Refusal.Code.MALFORMED,
                "The header is malformed: id=" + messageId + " announces a body of " + bodySize
                        + " bytes, which must be 1 to " + limits.maxBodyBytes()
                        + ". Where the next frame begins is lost, so the connection ends here (FRAMING_LOST).");
        if (bodySize > limits.maxBodyBytes()) {
            info.reached(LimitKind.BODY_BYTES);
        }
        replyInline(NO_REQUEST, sink.refused(refusal));
        endAfterReplies(CloseReason.FRAMING_LOST);
    }

    private void replyInline(int requestId, byte[] frame) {
        toLine();
        long slot = pipeline.take();
        if (slot == ReplyPipeline.NONE) {
            noMoreFrames = true;
        } else {
            fill(requestIds ? requestId : slot, frame);
        }
    }

    /** Cuts no more frames; reads and discards what still arrives, until the replies are written. */
    private void endAfterReplies(CloseReason reason) {
        noMoreFrames = true;
        restOfFrame.end();
        consumed = 0;
        filled = 0;
        endReason.compareAndSet(null, reason);
    }

    private void inputEnded() {
        inputEnded = true;
        restOfFrame.end();
        boolean complete = consumed == filled && toSkip == 0;
        endReason.compareAndSet(null, complete ? CloseReason.CLIENT_DONE : CloseReason.CLIENT_GONE);
        closeIfDone();
    }

    private void readFailed(Throwable cause) {
        CloseReason wanted = endReason.get();
        if (lingering && wanted != null) {
            close(wanted);
        } else if (cause instanceof TruncatedStreamException) {
            close(CloseReason.TLS_TRUNCATED);
        } else if (cause instanceof SSLException) {
            LOG.log(Level.DEBUG, "connection {0}: {1}", Long.toString(id), cause.getMessage());
            close(CloseReason.TLS_BROKEN);
        } else {
            closeFor(cause);
        }
    }

    /** Moves the remaining bytes to the front, or enlarges the buffer, never beyond its frame. */
    private void makeRoom() {
        int left = filled - consumed;
        int size = in.length;
        if (left > in.length / 2) {
            // A buffer above the size of a read holds the beginning of one frame only.
            size = in.length < MAX_READ_BYTES
                    ? Math.min(in.length * GROWTH_WHILE_SMALL, MAX_READ_BYTES)
                    : (int) Math.max(in.length, Math.min(2L * in.length, unfinishedFrameBytes()));
        }
        if (size == in.length) {
            if (consumed > 0) {
                System.arraycopy(in, consumed, in, 0, left);
            }
        } else if (size > MAX_READ_BYTES && !takeBytes(size - takenBytes.get())) {
            skipFrame(left);
            return;
        } else {
            byte[] larger = new byte[size];
            System.arraycopy(in, consumed, larger, 0, left);
            in = larger;
        }
        consumed = 0;
        filled = left;
    }

    private int unfinishedFrameBytes() {
        return FrameHeader.bodySize(in, consumed) + FrameHeader.headerBytes(requestIds);
    }

    /** Takes memory from the shared budget. */
    private boolean takeBytes(int bytes) {
        if (!listener.requestBytes().take(bytes)) {
            return false;
        }
        takenBytes.addAndGet(bytes);
        if (closed.get()) {
            listener.requestBytes().giveBack(takenBytes.getAndSet(0));
        }
        return true;
    }

    /** There is no memory for the frame that begins in the buffer: refuses it and skips its rest. */
    private void skipFrame(int left) {
        info.reached(LimitKind.REQUEST_BYTES);
        boolean withIds = requestIds;
        int messageId = FrameHeader.id(in, consumed);
        int bodySize = FrameHeader.bodySize(in, consumed);
        int requestId = withIds ? FrameHeader.requestId(in, consumed) : NO_REQUEST;
        Refusal refusal = new Refusal(Refusal.Code.BUSY, ByteBudget.REQUESTS_SPENT);
        replyInline(requestId, sink.refused(messageId, bodySize, refusal));
        toSkip = bodySize - (left - FrameHeader.headerBytes(withIds));
        consumed = filled;
        restOfFrame.end();
        fitBuffer();
        frameCut();
        flush();
    }

    private void watchUnfinishedFrame() {
        if (consumed == filled && toSkip == 0 || noMoreFrames) {
            restOfFrame.end();
            return;
        }
        withinHeader = toSkip == 0 && filled - consumed < FrameHeader.headerBytes(requestIds);
        if (!restOfFrame.isPending()) {
            paceFrom = bytesRead;
            restOfFrame.begin(readNanos);
        }
    }

    // ---------------------------------------------------------------- writing

    @Override
    public void fill(long slot, byte[] frame) {
        if (slot == INLINE) {
            writeInlineForReader(frame);
        } else if (requestIds) {
            pipeline.fill((int) slot, frame, FrameHeader.frameBytes(frame));
        } else {
            pipeline.fill(slot, frame, FrameHeader.frameBytes(frame));
        }
    }

    @Override
    public void useRequestIds() {
        pipeline.useRequestIds();
        requestIds = true;
    }

    @Override
    public void beginBlocking() {
        listener.ioThreads().beginBlocking();
    }

    @Override
    public void endBlocking() {
        listener.ioThreads().endBlocking();
    }

    @Override
    public boolean isAboveHighWatermark() {
        return pipeline.isAboveHighWatermarkNow();
    }

    @Override
    public boolean defer(long slot, Runnable work) {
        if (!pipeline.defer(slot, work)) {
            return false;
        }
        // All requests may have been read already, so that no pause counts this limit.
        info.reached(pipeline.replyLimit());
        return true;
    }

    @Override
    public boolean push(byte[] frame) {
        boolean pushed = pipeline.push(frame, FrameHeader.frameBytes(frame));
        if (pushed) {
            flush();
        }
        return pushed;
    }

    @Override
    public void flush() {
        guarded(() -> {
            if (pipeline.beginWrite()) {
                write(gather());
            }
        });
    }

    /**
     * Makes the reader the writer: replies bypass the pipeline from now on.
     *
     * @return false if the pipeline is not empty, so that the next reply has to go there too
     */
    private boolean beginInlineWrite() {
        inlineWrite = inlineWrite || pipeline.beginWriteIfEmpty();
        return inlineWrite;
    }

    /** Claims a slot of the pipeline, behind all replies that bypassed it. */
    private long claimSlot() {
        toLine();
        return pipeline.takeIfRoom();
    }

    /** Ends the bypass: the next reply goes into the pipeline. */
    private void toLine() {
        if (inlineWrite) {
            sink.readCompleted();
            endInlineWrite();
        }
    }

    /** Puts a reply into the write buffer, behind those that bypassed the pipeline before. */
    private void writeInline(byte[] frame) {
        if (!copyInline(frame)) {
            toLine();
        }
    }

    /** Does so, and writes, instead of the reader, whose worker is past its deadline. */
    private void writeInlineForReader(byte[] frame) {
        guarded(() -> {
            copyInline(frame);
            endInlineWrite();
        });
    }

    /** @return whether all of it went into the buffer, and there is room for another */
    private boolean copyInline(byte[] frame) {
        ByteBuffer buffer = out;
        if (buffer == null) {
            buffer = listener.writeBuffers().take();
            out = buffer;
        }
        startFrame(frame, inlineWithId, inlineId, buffer);
        inlineBytes += currentBytes + (inlineWithId ? Integer.BYTES : 0);
        copyFrame(buffer);
        return current == null && buffer.remaining() >= FrameHeader.WITH_REQUEST_ID_BYTES;
    }

    /** Writes what bypassed the pipeline, then what was filled in meanwhile. */
    private void endInlineWrite() {
        inlineWrite = false;
        ByteBuffer buffer = out;
        write(buffer == null ? null : buffer.flip());
    }

    /**
     * Writes a buffer, then filled slots from the head of the pipeline until there is none. For the writer; it is the writer no more
     * when this returns.
     *
     * @param first null if there is none
     */
    private void write(@Nullable ByteBuffer first) {
        ByteBuffer buffer = first;
        while (buffer == null || send(buffer)) {
            releaseBuffer();
            if (closed.get()) {
                return;
            }
            restOfWrite.end();
            if (pipeline.endWrite()) {
                resume();
                closeIfDone();
                return;
            }
            buffer = gather();
        }
    }

    /**
     * Writes a buffer. For the writer.
     *
     * <p>What fits into one buffer is written by {@link Future}: on a thread outside the channel's group the JDK then
     * writes synchronously, while a write with a handler would wake a thread of the group, and that wake-up is
     * the most expensive part of a small reply. But a future notifies nobody when it is done. So what is more than one buffer, and is
     * likely to fill the socket's, is written with the handler, as is the rest of any reply once the socket's buffer is full.
     *
     * @return whether all of it is written; if not, the caller is no longer the writer, and the completion goes on
     */
    private boolean send(ByteBuffer buffer) {
        if (closed.get()) {
            releaseBuffer();
            return false;
        }
        if (current != null) {
            inlineBytesWait();
            sendRest(buffer);
            return false;
        }
        Future<Integer> write = channel.write(buffer);
        if (!write.isDone()) {
            inlineBytesWait();
            restOfWrite.begin(clock.nanos());
            pendingWrite = write;
            listener.writePending(this);
            return false;
        }
        int bytes;
        try {
            bytes = write.get();
        } catch (ExecutionException e) {
            writeFailed(e.getCause());
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException("a future that is done does not wait", e);
        }
        if (buffer.hasRemaining()) {
            inlineBytesWait();
            taken(bytes);
            sendRest(buffer);
            return false;
        }
        taken(bytes);
        return true;
    }

    private void sendRest(ByteBuffer buffer) {
        restOfWrite.begin(clock.nanos());
        channel.write(buffer, null, writeCompletion);
    }

    /** Replies that bypassed the pipeline are not written at once: counts them as if they were in it. */
    private void inlineBytesWait() {
        if (inlineBytes > 0) {
            pipeline.pending(inlineBytes);
            inlineBytes = 0;
        }
    }

    private void written(int bytes) {
        ByteBuffer buffer = out;
        taken(bytes);
        if (buffer != null && buffer.hasRemaining() && !closed.get()) {
            sendRest(buffer);
        } else {
            write(gather());
        }
    }

    /**
     * Polls a write that was not done at once.
     *
     * @return whether it is done, so that it needs no further poll
     */
    boolean isWriteSettled() {
        Future<Integer> write = pendingWrite;
        if (write == null || !write.isDone()) {
            return write == null;
        }
        pendingWrite = null;
        guarded(() -> {
            try {
                written(write.get());
            } catch (ExecutionException e) {
                writeFailed(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return true;
    }

    private void writeFailed(Throwable cause) {
        closeFor(cause);
        releaseBuffer();
    }

    private void taken(int bytes) {
        if (bytes > inlineBytes) {
            pipeline.written(bytes - inlineBytes);
        }
        inlineBytes = 0;
        bytesWritten += bytes;
        info.bytesWritten(bytes);
        runDeferred();
    }

    private void runDeferred() {
        for (Runnable work = pipeline.nextDeferred(); work != null; work = pipeline.nextDeferred()) {
            work.run();
        }
    }

    /** Fills the buffer from the head of the pipeline; null, and the buffer released, if there is nothing. */
    private @Nullable ByteBuffer gather() {
        ByteBuffer buffer = out;
        if (buffer == null) {
            buffer = listener.writeBuffers().take();
            out = buffer;
        }
        buffer.clear();
        while (buffer.hasRemaining()) {
            if (current == null) {
                if (buffer.remaining() < FrameHeader.WITH_REQUEST_ID_BYTES) {
                    break;
                }
                byte[] frame = pipeline.poll();
                if (frame == null) {
                    break;
                }
                boolean withId = requestIds && pipeline.hasRequestId();
                startFrame(frame, withId, withId ? pipeline.requestId() : NO_REQUEST, buffer);
            }
            copyFrame(buffer);
        }
        if (buffer.flip().hasRemaining()) {
            return buffer;
        }
        releaseBuffer();
        return null;
    }

    /** Starts a reply. For the writer; its header fits into the buffer. */
    private void startFrame(byte[] frame, boolean withId, int requestId, ByteBuffer buffer) {
        current = frame;
        currentFrom = 0;
        currentBytes = FrameHeader.frameBytes(frame);
        if (withId) {
            // The id goes between header and body.
            buffer.put(frame, 0, FrameHeader.BYTES).putInt(requestId);
            currentFrom = FrameHeader.BYTES;
        }
        FlightRecorder recording = recorder;
        if (recording != null && recording.takes(currentBytes)) {
            byte[] copy = Arrays.copyOf(frame, currentBytes);
            recording.add(false, withId, withId ? FrameHeader.withRequestId(copy, requestId) : copy);
        }
    }

    /** Copies the current reply, as far as there is room. */
    private void copyFrame(ByteBuffer buffer) {
        int piece = Math.min(buffer.remaining(), currentBytes - currentFrom);
        buffer.put(current, currentFrom, piece);
        currentFrom += piece;
        if (currentFrom == currentBytes) {
            current = null;
        }
    }

    private void releaseBuffer() {
        ByteBuffer buffer = out;
        out = null;
        current = null;
        if (buffer != null) {
            listener.writeBuffers().giveBack(buffer);
        }
    }

    // ---------------------------------------------------------------- ending

    /** Applies other limits; this may end a pause. */
    void changeLimits(TransportLimits changed) {
        limits = changed;
        FlightRecorder recording = recorder;
        if (changed.recordedBytes() != (recording == null ? 0 : recording.maxBytes())) {
            recorder = FlightRecorder.of(changed.recordedBytes(), false);
        }
        pipeline.limit(changed.maxPipelined(), changed.maxPendingReplyBytes());
        guarded(() -> {
            runDeferred();
            resume();
        });
    }

    /** Reads no more requests, answers those that were read, then closes. */
    void drain() {
        endReason.compareAndSet(null, CloseReason.DRAINED);
        guarded(this::closeIfDone);
    }

    /** Closes if the connection is ending and every reply is written. */
    private void closeIfDone() {
        CloseReason reason = endReason.get();
        if (reason == null || !pipeline.endIfEmpty()) {
            return;
        }
        if (inputEnded) {
            close(reason);
            return;
        }
        if (lingering) {
            return;
        }
        // Closing with bytes unread makes the kernel send a reset, which can overtake the last reply. So the client
        // sees the end of the stream first, and what it still sends is discarded until its own end, or for a short
        // time.
        lingerNanos = clock.nanos();
        lingering = true;
        try {
            if (channel instanceof TlsChannel tls) {
                tls.shutdownOutput();
            } else {
                ((AsynchronousSocketChannel) channel).shutdownOutput();
            }
        } catch (IOException e) {
            close(reason);
        }
    }

    /** The client's TLS certificates, its own first; empty without TLS, or if it has presented none. */
    List<X509Certificate> shownCertificates() {
        return channel instanceof TlsChannel tls ? tls.peerCertificates() : List.of();
    }

    /** Closes at once, whatever is in flight. */
    void close(CloseReason reason) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        pipeline.abandon();
        runDeferred();
        listener.requestBytes().giveBack(takenBytes.getAndSet(0));
        sink.connectionClosed();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "connection {0}: closing failed: {1}", Long.toString(id), e.getMessage());
        }
        info.connectionClosed(reason.name());
        record(reason);
        LOG.log(Level.DEBUG, "connection {0}: closed, {1}", Long.toString(id), reason);
        listener.connectionClosed(this);
    }

    private void record(CloseReason reason) {
        if (event.shouldCommit()) {
            event.connection = id;
            event.client = peer.address().toString();
            event.reason = reason.name();
            event.requests = requests;
            event.bytesRead = bytesRead;
            event.bytesWritten = bytesWritten;
            event.commit();
        }
    }

    /** Closes if a deadline has passed by the {@link ProcessClock}. Called periodically, by the listener's watchdog. */
    void checkDeadlines(long now) {
        if (lingering && now - lingerNanos > limits.lingerTimeout().toNanos()) {
            CloseReason reason = endReason.get();
            close(reason == null ? CloseReason.DRAINED : reason);
        } else if (restOfWrite.isOver(limits.writeTimeout().toNanos(), now)) {
            info.reached(LimitKind.WRITE_TIME);
            close(CloseReason.WRITE_STALLED);
        } else if (restOfFrame.isPending() && !paused.get()) {
            checkPace(now);
        } else if (!lingering && now - sinceNanos > limits.loginTimeout().toNanos() && sink.awaitsLogin()) {
            loginTimedOut();
        } else if (pipeline.isEmpty()
                && !lingering
                && now - readNanos > limits.idleTimeout().toNanos()) {
            info.reached(LimitKind.IDLE_TIME);
            // Without an error frame: the client would take it for the answer to its next request.
            close(CloseReason.IDLE);
        }
    }

    private void checkPace(long now) {
        boolean headerOnly = withinHeader;
        if (!restOfFrame.renewIfOver(limits.readTimeout().toNanos(), now)) {
            return;
        }
        long expected = limits.readTimeout().toMillis() * limits.minBodyBytesPerSecond() / 1000;
        if (headerOnly || bytesRead - paceFrom < expected) {
            readTimedOut(headerOnly);
        } else {
            paceFrom = bytesRead;
        }
    }

    /** Sends an error behind the replies that are still due; the client has the linger timeout to read it. */
    private void readTimedOut(boolean headerOnly) {
        restOfFrame.end();
        if (!endReason.compareAndSet(null, CloseReason.READ_TIMEOUT)) {
            return;
        }
        info.reached(headerOnly ? LimitKind.HEADER_TIME : LimitKind.BODY_RATE);
        String sentence = headerOnly
                ? "A header was begun and not complete after "
                        + limits.readTimeout().toMillis() + " ms"
                : "A body came at less than " + limits.minBodyBytesPerSecond() + " bytes a second";
        push(sink.refused(new Refusal(
                Refusal.Code.INVALID, sentence + ", so the connection ends here (" + CloseReason.READ_TIMEOUT + ").")));
        guarded(this::closeIfDone);
    }

    /** Sends an error, as {@link #readTimedOut} does. */
    private void loginTimedOut() {
        if (!endReason.compareAndSet(null, CloseReason.LOGIN_TIMEOUT)) {
            return;
        }
        info.reached(LimitKind.LOGIN_TIME);
        push(sink.refused(new Refusal(
                Refusal.Code.UNAUTHENTICATED,
                "No login came within " + limits.loginTimeout().toMillis() + " ms, so the connection ends here ("
                        + CloseReason.LOGIN_TIMEOUT + ").")));
        guarded(this::closeIfDone);
    }

    /** Closes after a failed read or write. Anything but an {@link IOException} is a fault of the gate, or a lack of memory. */
    private void closeFor(Throwable cause) {
        if (cause instanceof IOException) {
            LOG.log(Level.DEBUG, "connection {0}: {1}", Long.toString(id), cause.getMessage());
            close(CloseReason.CLIENT_GONE);
        } else {
            closeForFault(cause);
        }
    }

    /** Lets no throwable escape from a completion handler: it would end a thread of the group. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable bug) {
            closeForFault(bug);
        }
    }

    private void closeForFault(Throwable bug) {
        boolean first = !closed.get();
        close(CloseReason.INTERNAL_ERROR);
        if (first) {
            listener.logFault("connection " + id + ": closed for a fault of the gate", bug);
        }
    }

    // ---------------------------------------------------------------- views

    RemotePeer peer() {
        return peer;
    }

    long id() {
        return id;
    }

    /** Its last frames; empty if nothing is recorded. */
    Optional<CapturedFrames> recording() {
        return Optional.ofNullable(recorder).map(recording -> recording.recording(peer.address(), listener.address()));
    }

    /** A snapshot for operators; its numbers need not be of exactly the same moment. */
    Listener.View view() {
        return new Listener.View(
                id,
                peer,
                sink.principal(),
                since,
                bytesRead,
                bytesWritten,
                requests,
                pipeline.inFlight() + (inlineWrite ? 1 : 0),
                paused.get(),
                lastMessageId);
    }
}
