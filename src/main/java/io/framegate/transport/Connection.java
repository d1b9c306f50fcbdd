package io.framegate.transport;

import io.framegate.message.Refusal;
import io.framegate.metrics.Limit;
import io.framegate.metrics.RunningInfo;
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
 * One socket: reads what it has, cuts frames out of it, and writes replies in the order of the requests.
 *
 * <p><b>Threads.</b> One thread at a time is the <em>reader</em>: the completion of a read makes it so, and the next read,
 * or a pause, ends it. All fields under "reader" are its own. One thread at a time is the <em>writer</em>, see
 * {@link ReplyPipeline}; the fields under "writer" are its own. The roles go from thread to thread through the channel's
 * and the pipeline's locks, which order what they see.
 *
 * <p><b>Order.</b> A frame takes its place in the pipeline when it is cut, so replies leave in that order whoever fills
 * them when. While the line is empty, a reader whose frames are answered on the spot has no use for it: it becomes the writer as
 * well, puts the replies straight into the buffer that will be written (they <em>pass</em> the line), and writes when all that it
 * has read is cut, or when a frame comes that is answered elsewhere.
 *
 * <p><b>Limits.</b> The read buffer grows as bytes arrive, never to what a header announces, and is small again when the
 * frame is done. Reads are of at most {@link #MAX_READ_BYTES}, since the JDK keeps a direct buffer of a read's size with
 * every thread that reads. A full pipeline pauses reading, and what the writer frees resumes it.
 */
final class Connection implements FrameSink.Replies {

    private static final Logger LOG = System.getLogger(Connection.class.getName());

    /** The request id of what answers no request. */
    private static final int NO_REQUEST = 0;

    private static final int FIRST_READ_BYTES = 512;
    private static final int MAX_READ_BYTES = 64 * 1024;
    private static final int GROWTH_WHILE_SMALL = 4;
    private static final int SMALL_READS_BEFORE_SHRINKING = 64;
    private static final int TLS_HANDSHAKE = 22;
    private static final int TLS_MAJOR_VERSION = 3;

    private final long id;
    private final AsynchronousByteChannel channel;
    private final Peer peer;
    private final Instant since = Instant.now();
    private final long sinceNanos; // as all times of limits, by the clock
    private final ConnectionEvent event = new ConnectionEvent();
    private final Listener listener;
    private final ProcessClock clock;
    private final RunningInfo info;
    private final ReplyPipeline pipeline;
    private final FrameSink sink;
    private final @Nullable ReadingThreads
            plainThreads; // null where a TLS channel has still to go on after a read's handler

    // Reader.
    private byte[] in = new byte[FIRST_READ_BYTES];
    private int consumed; // where the first byte that is no part of a cut frame is
    private int filled; // where the next byte goes
    private long toSkip; // what is left of a body that nobody wants
    private long paceFrom; // bytes read when the present window of the read timeout began
    private int smallReads; // in a row, which a smaller buffer would have served
    private boolean noMoreFrames;
    private boolean passing; // it is the writer too, and replies pass the line; seen by others when they see it
    private boolean passingWithId; // the request that is answered now
    private int passingId;
    private long requests; // seen by others when they see it
    private int lastMessageId; // likewise

    // Writer.
    private @Nullable ByteBuffer out;
    private byte @Nullable [] leaving; // the reply that is partly in out
    private int leavingFrom;
    private int leavingBytes;
    private int passed; // bytes in out that have never been in the line
    private long bytesWritten; // seen by others when they see it

    // Of both, and of the deadline check.
    private final AtomicBoolean paused = new AtomicBoolean();
    private final AtomicReference<@Nullable CloseReason> endReason =
            new AtomicReference<>(); // close when all is written
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger takenBytes = new AtomicInteger(); // of what all connections share, for a large buffer
    private volatile TransportLimits limits;
    private volatile boolean requestIds; // set by the reader, before there is a request of which it would matter
    private volatile boolean inputEnded;
    private volatile boolean lingering;
    private volatile long bytesRead;
    private volatile long readNanos;
    private final PendingSince restOfFrame = new PendingSince(); // since the present window for it began
    private final PendingSince restOfWrite = new PendingSince(); // since the socket last took bytes
    private volatile boolean withinHeader; // of the frame whose rest is pending
    private volatile long lingerNanos;
    private volatile @Nullable Future<Integer> pendingWrite;
    private volatile @Nullable FlightRecorder recorder; // null where nothing is recorded

    private final CompletionHandler<Integer, ReadCall> readCompletion = new CompletionHandler<>() {
        @Override
        public void completed(Integer bytes, ReadCall call) {
            long begun = System.nanoTime();
            ReadingThreads threads = plainThreads;
            if (threads == null) {
                guarded(() -> readCompleted(bytes, begun));
                return;
            }
            threads.begin();
            guarded(() -> readCompleted(bytes, begun));
            // Whoever called has more to do, such as to accept the next.
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
            // One that completes within another is counted twice: rather a thread too many.
            listener.readingThreads().took(System.nanoTime() - begun);
        }

        @Override
        public void failed(Throwable cause, Void attachment) {
            guarded(() -> writeFailed(cause));
        }
    };

    Connection(
            long id,
            AsynchronousByteChannel channel,
            Peer peer,
            Listener listener,
            TransportLimits limits,
            RunningInfo info,
            FrameSink.Factory sinks) {
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
        this.plainThreads = channel instanceof AsynchronousSocketChannel ? listener.readingThreads() : null;
        this.sink = sinks.connectionOpened(id, peer, this);
        this.recorder = FlightRecorder.of(limits.recordedBytes(), true);
    }

    /** Loads what the end of a connection needs. */
    static void rehearseEnd() {
        new ConnectionEvent().shouldCommit();
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

    /** What the socket had is in the buffer: here bytes become frames. */
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
            if (passing) {
                endPass();
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
            // Our own pause must not count as the client's slowness.
            restOfFrame.end();
            paused.set(true);
            // The writer may have made room before it could see the pause.
        } while (pipeline.hasRoom() && paused.compareAndSet(true, false));
    }

    /** The writer made room: whoever turns the pause off is the reader now. */
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
            if (isValid && available - headerBytes >= bodySize && sink.isWanted(messageId, bodySize)) {
                int body = consumed + headerBytes;
                long place = sink.answersAtOnce(messageId, in, body, bodySize) && beginPass() ? AT_ONCE : takePlace();
                if (place == ReplyPipeline.FULL) {
                    return true;
                }
                if (place == ReplyPipeline.NONE) {
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
                if (place == AT_ONCE) {
                    passingWithId = withIds;
                    passingId = requestId;
                    byte[] reply = sink.answer(messageId, in, body, bodySize);
                    if (reply != null) {
                        pass(reply);
                    }
                } else {
                    sink.frameRead(withIds ? requestId : place, messageId, in, body, bodySize);
                }
                frameCut();
            } else if (pipeline.isFull()) {
                return true;
            } else if (!isValid) {
                framingLost(messageId, bodySize);
            } else if (!sink.isWanted(messageId, bodySize)) {
                if (isTlsHello()) {
                    close(CloseReason.TLS_UNEXPECTED);
                    break;
                }
                replyAtOnce(requestId, sink.unwanted(messageId, bodySize));
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

    /** Fits the buffer, which has nothing in it, to what the last reads were like. */
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

    /** Whether the first bytes of the stream are those of a TLS hello, which no answer of ours could be read by. */
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
            info.reached(Limit.BODY_BYTES);
        }
        replyAtOnce(NO_REQUEST, sink.refused(refusal));
        endAfterReplies(CloseReason.FRAMING_LOST);
    }

    private void replyAtOnce(int requestId, byte[] frame) {
        toLine();
        long place = pipeline.take();
        if (place == ReplyPipeline.NONE) {
            noMoreFrames = true;
        } else {
            fill(requestIds ? requestId : place, frame);
        }
    }

    /** No frame is cut any more; what still comes is read and thrown away, until the replies are out. */
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

    /** Moves what is left to the front, or takes more memory now that it is really needed, never more than its frame. */
    private void makeRoom() {
        int left = filled - consumed;
        int size = in.length;
        if (left > in.length / 2) {
            // Above the size of a read there is no frame but the one whose beginning this is.
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

    /** Takes memory out of what all connections share. */
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

    /** There is no memory for the frame whose beginning is in the buffer: it is refused, and its rest skipped. */
    private void skipFrame(int left) {
        info.reached(Limit.REQUEST_BYTES);
        boolean withIds = requestIds;
        int messageId = FrameHeader.id(in, consumed);
        int bodySize = FrameHeader.bodySize(in, consumed);
        int requestId = withIds ? FrameHeader.requestId(in, consumed) : NO_REQUEST;
        Refusal refusal = new Refusal(Refusal.Code.BUSY, ByteBudget.REQUESTS_SPENT);
        replyAtOnce(requestId, sink.refused(messageId, bodySize, refusal));
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
    public void fill(long place, byte[] frame) {
        if (place == AT_ONCE) {
            passForReader(frame);
        } else if (requestIds) {
            pipeline.fill((int) place, frame, FrameHeader.frameBytes(frame));
        } else {
            pipeline.fill(place, frame, FrameHeader.frameBytes(frame));
        }
    }

    @Override
    public void useRequestIds() {
        pipeline.useRequestIds();
        requestIds = true;
    }

    @Override
    public void mayWait() {
        listener.readingThreads().lend();
    }

    @Override
    public void waitsNoMore() {
        listener.readingThreads().giveBack();
    }

    @Override
    public boolean isOverfull() {
        return pipeline.isOverfullNow();
    }

    @Override
    public boolean postpone(long place, Runnable work) {
        if (!pipeline.postpone(place, work)) {
            return false;
        }
        // All may have been read already, so that no pause in reading tells of it.
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
     * From now on replies pass the line.
     *
     * @return false where something is in it, so that the next reply must go there too
     */
    private boolean beginPass() {
        passing = passing || pipeline.beginWriteIfEmpty();
        return passing;
    }

    /** A place in the line, behind all that passed it. */
    private long takePlace() {
        toLine();
        return pipeline.takeIfRoom();
    }

    /** What comes next goes into the line. */
    private void toLine() {
        if (passing) {
            sink.readCompleted();
            endPass();
        }
    }

    /** Puts a reply behind those that passed the line before. */
    private void pass(byte[] frame) {
        if (!putPassing(frame)) {
            toLine();
        }
    }

    /** Does so, and writes, in place of the reader, which waits in the sink for its worker. */
    private void passForReader(byte[] frame) {
        guarded(() -> {
            putPassing(frame);
            endPass();
        });
    }

    /** @return whether all of it went into the buffer, and there is room for another */
    private boolean putPassing(byte[] frame) {
        ByteBuffer buffer = out;
        if (buffer == null) {
            buffer = listener.writeBuffers().take();
            out = buffer;
        }
        leave(frame, passingWithId, passingId, buffer);
        passed += leavingBytes + (passingWithId ? Integer.BYTES : 0);
        putLeaving(buffer);
        return leaving == null && buffer.remaining() >= FrameHeader.WITH_REQUEST_ID_BYTES;
    }

    /** Writes what passed the line, then what came into it meanwhile: the reader was the writer, too. */
    private void endPass() {
        passing = false;
        ByteBuffer buffer = out;
        write(buffer == null ? null : buffer.flip());
    }

    /**
     * Writes a buffer, and then what is filled at the head of the line, until nothing is. For the writer, who is none any more after
     * it.
     *
     * @param first null where there is nothing to be written before
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
     * writes at once, while a write with a handler would only wake a thread of the group to do it, and that wake-up is
     * the dearest part of a small reply. But nobody is told when a future is done, so what is more than one buffer, and is
     * likely to fill the socket's, goes by the handler, as does the rest of any reply once the socket's buffer is full.
     *
     * @return whether all of it is written; where not, the caller is no longer the writer, and who is will go on
     */
    private boolean send(ByteBuffer buffer) {
        if (closed.get()) {
            releaseBuffer();
            return false;
        }
        if (leaving != null) {
            passedWaits();
            sendRest(buffer);
            return false;
        }
        Future<Integer> write = channel.write(buffer);
        if (!write.isDone()) {
            passedWaits();
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
            passedWaits();
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

    /** What passed the line does not leave at once, and counts from now on as if it were in it. */
    private void passedWaits() {
        if (passed > 0) {
            pipeline.pending(passed);
            passed = 0;
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
     * Looks whether a write that did not go through at once has gone through by now.
     *
     * @return whether it has, so that nobody needs to look again
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
        if (bytes > passed) {
            pipeline.written(bytes - passed);
        }
        passed = 0;
        bytesWritten += bytes;
        info.bytesWritten(bytes);
        workPostponed();
    }

    private void workPostponed() {
        for (Runnable work = pipeline.nextPostponed(); work != null; work = pipeline.nextPostponed()) {
            work.run();
        }
    }

    /** Fills the buffer from the head of the line; null and no buffer where there is nothing. */
    private @Nullable ByteBuffer gather() {
        ByteBuffer buffer = out;
        if (buffer == null) {
            buffer = listener.writeBuffers().take();
            out = buffer;
        }
        buffer.clear();
        while (buffer.hasRemaining()) {
            if (leaving == null) {
                if (buffer.remaining() < FrameHeader.WITH_REQUEST_ID_BYTES) {
                    break;
                }
                byte[] frame = pipeline.poll();
                if (frame == null) {
                    break;
                }
                boolean withId = requestIds && pipeline.hasRequestId();
                leave(frame, withId, withId ? pipeline.requestId() : NO_REQUEST, buffer);
            }
            putLeaving(buffer);
        }
        if (buffer.flip().hasRemaining()) {
            return buffer;
        }
        releaseBuffer();
        return null;
    }

    /** Begins with a reply. For the writer; its header fits. */
    private void leave(byte[] frame, boolean withId, int requestId, ByteBuffer buffer) {
        leaving = frame;
        leavingFrom = 0;
        leavingBytes = FrameHeader.frameBytes(frame);
        if (withId) {
            // The id goes between the header and the body that the reply was made with.
            buffer.put(frame, 0, FrameHeader.BYTES).putInt(requestId);
            leavingFrom = FrameHeader.BYTES;
        }
        FlightRecorder recording = recorder;
        if (recording != null && recording.takes(leavingBytes)) {
            byte[] copy = Arrays.copyOf(frame, leavingBytes);
            recording.add(false, withId, withId ? FrameHeader.withRequestId(copy, requestId) : copy);
        }
    }

    /** Goes on with a reply, as far as there is room. */
    private void putLeaving(ByteBuffer buffer) {
        int piece = Math.min(buffer.remaining(), leavingBytes - leavingFrom);
        buffer.put(leaving, leavingFrom, piece);
        leavingFrom += piece;
        if (leavingFrom == leavingBytes) {
            leaving = null;
        }
    }

    private void releaseBuffer() {
        ByteBuffer buffer = out;
        out = null;
        leaving = null;
        if (buffer != null) {
            listener.writeBuffers().giveBack(buffer);
        }
    }

    // ---------------------------------------------------------------- ending

    /** Goes on with other limits; one that paused reading may resume it. */
    void changeLimits(TransportLimits changed) {
        limits = changed;
        FlightRecorder recording = recorder;
        if (changed.recordedBytes() != (recording == null ? 0 : recording.maxBytes())) {
            recorder = FlightRecorder.of(changed.recordedBytes(), false);
        }
        pipeline.limit(changed.maxPipelined(), changed.maxPendingReplyBytes());
        guarded(() -> {
            workPostponed();
            resume();
        });
    }

    /** Reads no further request, answers those that were read, then closes. */
    void drain() {
        endReason.compareAndSet(null, CloseReason.DRAINED);
        guarded(this::closeIfDone);
    }

    /** Closes when an end is wanted and every reply is written. */
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
        // sees our end first, and what it still sends is thrown away until its own end, or for a short time.
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

    /** What its client has shown by TLS, its own certificate first; nothing without TLS or where it has shown none. */
    List<X509Certificate> shownCertificates() {
        return channel instanceof TlsChannel tls ? tls.peerCertificates() : List.of();
    }

    /** Closes at once, whatever is in flight. */
    void close(CloseReason reason) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        pipeline.abandon();
        workPostponed();
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

    /** Closes where a limit in time has passed by the {@link ProcessClock}. Called from time to time, by the listener's own thread. */
    void checkDeadlines(long now) {
        if (lingering && now - lingerNanos > limits.lingerTimeout().toNanos()) {
            CloseReason reason = endReason.get();
            close(reason == null ? CloseReason.DRAINED : reason);
        } else if (restOfWrite.isOver(limits.writeTimeout().toNanos(), now)) {
            info.reached(Limit.WRITE_TIME);
            close(CloseReason.WRITE_STALLED);
        } else if (restOfFrame.isPending() && !paused.get()) {
            checkPace(now);
        } else if (!lingering && now - sinceNanos > limits.loginTimeout().toNanos() && sink.awaitsLogin()) {
            loginTimedOut();
        } else if (pipeline.isEmpty()
                && !lingering
                && now - readNanos > limits.idleTimeout().toNanos()) {
            info.reached(Limit.IDLE_TIME);
            // Without a sentence: nobody reads between requests, and it would be taken for the answer to the next one.
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

    /** The client is told, behind the replies that it still gets, and has the linger timeout to read it. */
    private void readTimedOut(boolean headerOnly) {
        restOfFrame.end();
        if (!endReason.compareAndSet(null, CloseReason.READ_TIMEOUT)) {
            return;
        }
        info.reached(headerOnly ? Limit.HEADER_TIME : Limit.BODY_RATE);
        String sentence = headerOnly
                ? "A header was begun and not complete after "
                        + limits.readTimeout().toMillis() + " ms"
                : "A body came at less than " + limits.minBodyBytesPerSecond() + " bytes a second";
        push(sink.refused(new Refusal(
                Refusal.Code.INVALID, sentence + ", so the connection ends here (" + CloseReason.READ_TIMEOUT + ").")));
        guarded(this::closeIfDone);
    }

    /** The client is told, as {@link #readTimedOut} does: whatever it asks would be refused anyway. */
    private void loginTimedOut() {
        if (!endReason.compareAndSet(null, CloseReason.LOGIN_TIMEOUT)) {
            return;
        }
        info.reached(Limit.LOGIN_TIME);
        push(sink.refused(new Refusal(
                Refusal.Code.UNAUTHENTICATED,
                "No login came within " + limits.loginTimeout().toMillis() + " ms, so the connection ends here ("
                        + CloseReason.LOGIN_TIMEOUT + ").")));
        guarded(this::closeIfDone);
    }

    /** Closes for what ended a read or a write: where it is not the stream's end, the gate has no memory, or has made a mistake. */
    private void closeFor(Throwable cause) {
        if (cause instanceof IOException) {
            LOG.log(Level.DEBUG, "connection {0}: {1}", Long.toString(id), cause.getMessage());
            close(CloseReason.CLIENT_GONE);
        } else {
            closeForFault(cause);
        }
    }

    /** A completion handler lets no throwable escape: it would end a thread of the group. */
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

    Peer peer() {
        return peer;
    }

    long id() {
        return id;
    }

    /** What is kept of its last frames; empty where nothing is recorded. */
    Optional<Recording> recording() {
        return Optional.ofNullable(recorder).map(recording -> recording.recording(peer.address(), listener.address()));
    }

    /** What an operator sees of it. Its numbers are those of about this moment. */
    Listener.View view() {
        return new Listener.View(
                id,
                peer,
                sink.principal(),
                since,
                bytesRead,
                bytesWritten,
                requests,
                pipeline.inFlight() + (passing ? 1 : 0),
                paused.get(),
                lastMessageId);
    }
}
