package io.framegate.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.WritePendingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.2 and 1.3 over a socket channel, by an {@link SSLEngine}. Before its first read or write comes {@link #handshake}.
 *
 * <p><b>Threads.</b> As the socket's: at most one read and one write at a time, from any threads. The fields under
 * "reader" belong to the read under way. Sending belongs to one at a time: whoever sets {@code sending}; what comes
 * meanwhile (an answer to a key update, a write, the end) waits and is begun by whoever ends it. The engine has a lock of
 * its own. Slow steps of the handshake run on the given executor, everything else on the thread that calls or that the
 * socket's completion brings.
 *
 * <p><b>Order.</b> A read that is asked for within the completion of another is served after that one has returned, so
 * that many small pieces of one record do not pile up on the stack.
 *
 * <p><b>The end.</b> A close_notify ends the stream, as -1; the socket's end without one is a
 * {@link TruncatedStreamException}. Under TLS 1.3 one direction may end and the other go on; under 1.2 the engine ends both.
 *
 * <p><b>Limits.</b> Input waits in one buffer that grows up to {@link #MAX_INPUT_BYTES} while the peer sends that much, and
 * is small again later; output is in one of {@link TlsBuffers} while it is sent. Renegotiation (TLS 1.2) is refused.
 *
 * <p>What answers a key update waits for what is being sent, and reading goes on meanwhile: two ends that both send, and did not
 * read before their answer is out, would wait for each other for ever. {@link #MAX_UNANSWERED} of them wait at most, each with a
 * cipher of its own; then nothing is read. It is as many as two ends that take new keys every 128 KiB can have on their way.
 *
 * <p>Records that carry nothing, key updates among them, may be as many as those with data, of both directions together, and
 * {@link #MAX_RECORDS_WITHOUT_DATA} more; one more ends the connection. So whoever only sends or only receives takes new keys as
 * often as the two ends like, and whoever does nothing else is ended.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8446">RFC 8446</a>, RFC 5246
 */
public final class TlsChannel implements AsynchronousByteChannel {

    private static final int FIRST_INPUT_BYTES = 2 * 1024;
    private static final int MAX_INPUT_BYTES = 64 * 1024;
    private static final int SMALL_READS_BEFORE_SHRINKING = 64;
    private static final int MAX_RECORDS_WITHOUT_DATA = 32;
    private static final int MAX_UNANSWERED = 128;
    private static final int MAX_WRAPS_OF_AN_ALERT = 4;
    private static final int MAX_RECORD_BYTES = 5 + 16 * 1024 + 2048; // as RFC 5246 has it; RFC 8446 allows less
    private static final int RECORD_HEADER_BYTES = 5;
    private static final int RECORD_LENGTH_OFFSET = 3;
    private static final int ALERT_RECORD = 21;
    private static final int HANDSHAKE_RECORD = 22;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final Runnable NOTHING_MORE = () -> {};

    // What a step of reading may come to, besides a number of bytes.
    private static final int END = -1;
    private static final int NEEDS_INPUT = -2;
    private static final int NEEDS_SENDING = -3;

    private final AsynchronousSocketChannel socket;
    private final SSLEngine engine;
    private final Executor tasks;
    private final TlsBuffers buffers;
    private final CompletableFuture<Void> handshake = new CompletableFuture<>();
    private @Nullable ByteBuffer handshakeOut; // of the one step of the handshake under way
    private boolean first = true; // the same
    private int packetBytes; // what a record may take; set at the end of the handshake

    // Reader.
    private ByteBuffer in = ByteBuffer.allocate(FIRST_INPUT_BYTES).limit(0); // from position to limit: records to come
    private @Nullable ByteBuffer clear; // data of a record that was larger than the reader's buffer
    private boolean inputEnded;
    private boolean answerDue; // the engine has something to say, and nobody has been told
    private int unanswered; // key updates of the other end since the engine last had nothing to say
    private long receivedRecords; // with data
    private long recordsWithoutData;
    private long recordsPermitted = MAX_RECORDS_WITHOUT_DATA; // without data, as far as it was last looked at
    private boolean filled; // the last read took all the room there was
    private int smallReads; // in a row
    private final AtomicReference<@Nullable Delivery> delivery = new AtomicReference<>();

    private final Object lock = new Object();
    private boolean sending; // guarded by lock
    private boolean ended; // guarded by lock: close_notify is sent, or is not to be sent any more
    private boolean endWanted; // guarded by lock
    private long sentRecords; // guarded by lock: with data
    private @Nullable Runnable answerWaiting; // guarded by lock: what comes after the answer
    private @Nullable Write writeWaiting; // guarded by lock

    /**
     * Makes the channel; nothing is sent before {@link #handshake}.
     *
     * @param socket connected
     * @param engine its mode, protocols and wishes for certificates are set
     * @param tasks runs the slow steps of the handshake
     */
    public TlsChannel(AsynchronousSocketChannel socket, SSLEngine engine, Executor tasks, TlsBuffers buffers) {
        this.socket = socket;
        this.engine = engine;
        this.tasks = tasks;
        this.buffers = buffers;
    }

    /** What the other end has shown and proved to own, once the handshake is done. */
    public Optional<X509Certificate> peerCertificate() {
        return peerCertificates().stream().findFirst();
    }

    /** What the other end has shown, its own certificate first; nothing where it has shown none. */
    public List<X509Certificate> peerCertificates() {
        try {
            return Arrays.stream(engine.getSession().getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    // ---------------------------------------------------------------- handshake

    /**
     * Shakes hands, once. It has no limit in time of its own: closing the channel ends it.
     *
     * @return fails by {@link NotTlsException}, by an {@link SSLException} after the peer was sent the alert, or as the
     *     socket fails
     */
    public CompletableFuture<Void> handshake() {
        try {
            engine.beginHandshake();
            shake();
        } catch (SSLException e) {
            handshake.completeExceptionally(e);
        }
        return handshake;
    }

    private void shake() {
        try {
            while (shakeOnce()) {
                // The step that waits for something says no, and goes on when that has come.
            }
        } catch (SSLException | RuntimeException e) {
            shakeFailed(e);
        }
    }

    /** @return whether the next step can follow at once */
    private boolean shakeOnce() throws SSLException {
        HandshakeStatus status = engine.getHandshakeStatus();
        ByteBuffer out = handshakeOut;
        if (out != null && out.position() > 0 && status != HandshakeStatus.NEED_WRAP) {
            send(out.flip(), failure -> {
                if (failure == null) {
                    out.clear();
                    shake();
                } else {
                    shaken(failure);
                }
            });
            return false;
        }
        switch (status) {
            case NEED_TASK:
                tasks.execute(() -> {
                    // In a queue of many it may have been closed long before its turn.
                    if (socket.isOpen()) {
                        shakeAfterTasks();
                    } else {
                        shaken(new AsynchronousCloseException());
                    }
                });
                return false;
            case NEED_WRAP:
                shakeOut();
                return true;
            case NEED_UNWRAP:
            case NEED_UNWRAP_AGAIN:
                return shakeIn();
            default:
                shaken(null);
                return false;
        }
    }

    private void shakeOut() throws SSLException {
        if (handshakeOut == null) {
            handshakeOut = buffers.take();
        }
        if (engine.wrap(NOTHING, handshakeOut).getStatus() != SSLEngineResult.Status.OK) {
            throw new SSLException("the handshake ended early");
        }
    }

    private boolean shakeIn() throws SSLException {
        if (in.hasRemaining() && first) {
            int kind = in.get(in.position());
            first = false;
            if (kind != HANDSHAKE_RECORD && !(engine.getUseClientMode() && kind == ALERT_RECORD)) {
                throw new NotTlsException();
            }
        }
        switch (engine.unwrap(in, NOTHING).getStatus()) {
            case OK:
                return true;
            case BUFFER_UNDERFLOW:
                receive(failure -> {
                    if (failure == null) {
                        shake();
                    } else {
                        shaken(failure);
                    }
                });
                return false;
            default:
                throw new SSLException("the other end closed in the handshake");
        }
    }

    private void shakeAfterTasks() {
        try {
            runTasks();
        } catch (RuntimeException e) {
            shakeFailed(e);
            return;
        }
        shake();
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** Tells the other end why, as far as it listens. */
    private void shakeFailed(Exception cause) {
        ByteBuffer out = handshakeOut == null ? buffers.take() : handshakeOut;
        handshakeOut = out;
        if (cause instanceof NotTlsException || cause instanceof RejectedExecutionException) {
            shaken(cause);
            return;
        }
        wrapAlert(out);
        send(out.flip(), failure -> shaken(cause));
    }

    private void wrapAlert(ByteBuffer out) {
        // The first wrap may throw once more what a task has thrown; the alert comes after that.
        for (int i = 0; i < MAX_WRAPS_OF_AN_ALERT; i++) {
            try {
                if (engine.wrap(NOTHING, out).bytesProduced() == 0) {
                    return;
                }
            } catch (SSLException e) {
                // Told by whoever asks for the alert.
            }
        }
    }

    private void shaken(@Nullable Throwable failure) {
        ByteBuffer out = handshakeOut;
        handshakeOut = null;
        if (out != null) {
            buffers.giveBack(out);
        }
        if (failure == null) {
            packetBytes = engine.getSession().getPacketBufferSize();
            handshake.complete(null);
        } else {
            synchronized (lock) {
                ended = true;
            }
            handshake.completeExceptionally(failure);
        }
    }

    // ---------------------------------------------------------------- reading

    /** A read that somebody waits for. */
    private final class Read<A> {

        final ByteBuffer target;
        final A attachment;
        final CompletionHandler<Integer, ? super A> handler;

        Read(ByteBuffer target, A attachment, CompletionHandler<Integer, ? super A> handler) {
            this.target = target;
            this.attachment = attachment;
            this.handler = handler;
        }
    }

    /** The completion of a read that a thread is in; a read asked for within it is left here. */
    private static final class Delivery {

        final Thread thread = Thread.currentThread();
        TlsChannel.@Nullable Read<?> next;
    }

    @Override
    public <A> void read(ByteBuffer target, A attachment, CompletionHandler<Integer, ? super A> handler) {
        Read<A> read = new Read<>(target, attachment, handler);
        Delivery current = delivery.get();
        if (current != null && current.thread == Thread.currentThread()) {
            current.next = read;
        } else {
            serve(read);
        }
    }

    @Override
    public Future<Integer> read(ByteBuffer target) {
        CompletableFuture<Integer> promise = new CompletableFuture<>();
        read(target, promise, new CompletionHandler<Integer, CompletableFuture<Integer>>() {
            @Override
            public void completed(Integer bytes, CompletableFuture<Integer> waiting) {
                waiting.complete(bytes);
            }

            @Override
            public void failed(Throwable cause, CompletableFuture<Integer> waiting) {
                waiting.completeExceptionally(cause);
            }
        });
        return promise;
    }

    private void serve(Read<?> asked) {
        Read<?> read = asked;
        Delivery mine = new Delivery();
        while (read != null) {
            int got = END;
            Throwable failure = null;
            try {
                got = decrypt(read.target);
            } catch (SSLException | RuntimeException e) {
                failure = e;
            }
            Read<?> waiting = read;
            if (got == NEEDS_SENDING) {
                answerDue = false;
                answer(() -> {
                    unanswered = 0;
                    serve(waiting);
                });
                return;
            }
            if (answerDue) {
                answerDue = false;
                answer(NOTHING_MORE);
            }
            if (got == NEEDS_INPUT) {
                receive(cause -> received(waiting, cause));
                return;
            }
            if (failure != null) {
                sendAlert();
            }
            read = deliver(waiting, got, failure, mine);
        }
    }

    /** Tells of a read's end. @return the read that was asked for meanwhile by the same thread */
    private <A> @Nullable Read<?> deliver(Read<A> read, int got, @Nullable Throwable failure, Delivery mine) {
        mine.next = null;
        delivery.set(mine);
        try {
            if (failure == null) {
                read.handler.completed(got, read.attachment);
            } else {
                read.handler.failed(failure, read.attachment);
            }
        } finally {
            // Another thread may be the reader by now.
            delivery.compareAndSet(mine, null);
        }
        return mine.next;
    }

    private void received(Read<?> read, @Nullable Throwable failure) {
        if (failure == null) {
            serve(read);
            return;
        }
        Delivery mine = new Delivery();
        Read<?> next = deliver(read, END, failure, mine);
        if (next != null) {
            serve(next);
        }
    }

    /** Fills the target from what is there. @return bytes, or one of the constants */
    private int decrypt(ByteBuffer target) throws SSLException {
        if (!target.hasRemaining()) {
            return 0;
        }
        if (clear != null) {
            return takeClear(target);
        }
        int got = 0;
        while (!inputEnded && unanswered < MAX_UNANSWERED && target.hasRemaining() && isRecordComplete()) {
            SSLEngineResult result = engine.unwrap(in, target);
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                if (got > 0) {
                    break;
                }
                ByteBuffer record = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
                result = engine.unwrap(in, record);
                clear = record.flip();
                got += takeClear(target);
            } else {
                got += result.bytesProduced();
            }
            afterRecord(result);
        }
        if (got > 0) {
            return got;
        }
        if (inputEnded) {
            return END;
        }
        return unanswered < MAX_UNANSWERED ? NEEDS_INPUT : NEEDS_SENDING;
    }

    /** The engine itself looks at the target's room first, and would ask for more of it before the record is there. */
    private boolean isRecordComplete() throws SSLException {
        if (in.remaining() < RECORD_HEADER_BYTES) {
            return false;
        }
        int bytes = RECORD_HEADER_BYTES + Short.toUnsignedInt(in.getShort(in.position() + RECORD_LENGTH_OFFSET));
        if (bytes > MAX_RECORD_BYTES) {
            throw new SSLException("a record announces " + bytes + " bytes");
        }
        return in.remaining() >= bytes;
    }

    private int takeClear(ByteBuffer target) {
        ByteBuffer from = clear;
        if (from == null) {
            return 0;
        }
        int bytes = Math.min(from.remaining(), target.remaining());
        target.put(target.position(), from, from.position(), bytes);
        target.position(target.position() + bytes);
        from.position(from.position() + bytes);
        if (!from.hasRemaining()) {
            clear = null;
        }
        return bytes;
    }

    private void afterRecord(SSLEngineResult result) throws SSLException {
        if (result.bytesProduced() > 0) {
            receivedRecords++;
        } else if (++recordsWithoutData > recordsPermitted) {
            synchronized (lock) {
                recordsPermitted = MAX_RECORDS_WITHOUT_DATA + receivedRecords + sentRecords;
            }
            if (recordsWithoutData > recordsPermitted) {
                throw new SSLException("too many records carry no data");
            }
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            inputEnded = true;
            sendAnswer(); // TLS 1.2 answers a close_notify by one
            return;
        }
        HandshakeStatus status = result.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
                throw new SSLException("renegotiation is refused");
            }
            runTasks();
            status = engine.getHandshakeStatus();
        }
        if (status != HandshakeStatus.NEED_WRAP) {
            unanswered = 0;
            return;
        }
        answerDue = true;
        if (result.bytesProduced() == 0) {
            unanswered++;
        }
    }

    /** Reads from the socket once. */
    private void receive(Consumer<@Nullable Throwable> then) {
        makeRoom();
        int room = in.remaining();
        socket.read(in, null, new CompletionHandler<Integer, @Nullable Void>() {
            @Override
            public void completed(Integer bytes, @Nullable Void attachment) {
                in.flip();
                if (bytes < 0) {
                    then.accept(new TruncatedStreamException());
                    return;
                }
                filled = bytes == room;
                smallReads = bytes <= FIRST_INPUT_BYTES ? smallReads + 1 : 0;
                then.accept(null);
            }

            @Override
            public void failed(Throwable cause, @Nullable Void attachment) {
                in.flip();
                then.accept(cause);
            }
        });
    }

    private void makeRoom() {
        int size = in.capacity();
        if (filled || in.remaining() == size) {
            size = Math.min(2 * size, MAX_INPUT_BYTES);
        } else if (smallReads > SMALL_READS_BEFORE_SHRINKING && !in.hasRemaining()) {
            size = FIRST_INPUT_BYTES;
            smallReads = 0;
        }
        if (size == in.capacity()) {
            in.compact();
        } else {
            in = ByteBuffer.allocate(size).put(in);
        }
    }

    // ---------------------------------------------------------------- writing

    /** Bytes on their way: encrypted at once, as many as fit, and done when the socket has taken all records. */
    private final class Write extends CompletableFuture<Integer> {

        private final ByteBuffer source;
        private final boolean byHandler;
        private int taken;
        private int recordsWithData;
        private @Nullable ByteBuffer out;
        private @Nullable Future<Integer> firstAttempt; // guarded by this

        Write(ByteBuffer source, boolean byHandler) {
            this.source = source;
            this.byHandler = byHandler;
        }

        /** For whoever has set {@code sending}. */
        void begin(boolean atOnce) {
            ByteBuffer records = buffers.take();
            out = records;
            try {
                encrypt(records);
            } catch (IOException | RuntimeException e) {
                sent(e);
                return;
            }
            records.flip();
            if (byHandler || !atOnce) {
                send(records, this::sent);
                return;
            }
            Future<Integer> attempt;
            try {
                attempt = socket.write(records);
            } catch (RuntimeException e) {
                sent(e);
                return;
            }
            if (attempt.isDone()) {
                attempted(attempt);
            } else {
                synchronized (this) {
                    firstAttempt = attempt;
                }
            }
        }

        private void encrypt(ByteBuffer records) throws IOException {
            while (source.hasRemaining() && records.remaining() >= packetBytes) {
                SSLEngineResult result = engine.wrap(source, records);
                if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                    throw new ClosedChannelException();
                }
                if (result.bytesProduced() == 0) {
                    throw new SSLException("the engine sends nothing: " + result.getHandshakeStatus());
                }
                if (result.bytesConsumed() > 0) {
                    recordsWithData++;
                    taken += result.bytesConsumed();
                }
            }
        }

        private void attempted(Future<Integer> attempt) {
            ByteBuffer records = out;
            try {
                attempt.get();
            } catch (ExecutionException e) {
                sent(e.getCause());
                return;
            } catch (InterruptedException e) {
                throw new IllegalStateException("a future that is done does not wait", e);
            }
            if (records != null && records.hasRemaining()) {
                send(records, this::sent);
            } else {
                sent(null);
            }
        }

        private void sent(@Nullable Throwable failure) {
            ByteBuffer records = out;
            out = null;
            Runnable next = sendingEnded(records, recordsWithData);
            if (failure == null) {
                complete(taken);
            } else {
                completeExceptionally(failure);
            }
            next.run();
        }

        /** The socket's own future tells nobody when it is done, so whoever looks takes the next step. */
        @Override
        public boolean isDone() {
            Future<Integer> attempt;
            synchronized (this) {
                attempt = firstAttempt;
                if (attempt != null && attempt.isDone()) {
                    firstAttempt = null;
                } else {
                    attempt = null;
                }
            }
            if (attempt != null) {
                attempted(attempt);
            }
            return super.isDone();
        }

        @Override
        public Integer get() throws InterruptedException, ExecutionException {
            awaitFirstAttempt(Long.MAX_VALUE);
            return super.get();
        }

        @Override
        public Integer get(long timeout, TimeUnit unit)
                throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
            long deadline = System.nanoTime() + unit.toNanos(timeout);
            awaitFirstAttempt(unit.toNanos(timeout));
            return super.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        }

        private void awaitFirstAttempt(long nanos) throws InterruptedException {
            Future<Integer> attempt;
            synchronized (this) {
                attempt = firstAttempt;
            }
            if (attempt != null) {
                try {
                    attempt.get(nanos, TimeUnit.NANOSECONDS);
                } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
                    // Told by the step that isDone takes, or by the caller's own wait.
                }
            }
            isDone();
        }
    }

    @Override
    public Future<Integer> write(ByteBuffer source) {
        return write(new Write(source, false));
    }

    @Override
    public <A> void write(ByteBuffer source, A attachment, CompletionHandler<Integer, ? super A> handler) {
        Write write = new Write(source, true);
        write.whenComplete((bytes, failure) -> {
            if (failure == null) {
                handler.completed(bytes, attachment);
            } else {
                handler.failed(failure, attachment);
            }
        });
        write(write);
    }

    private Future<Integer> write(Write write) {
        synchronized (lock) {
            if (writeWaiting != null) {
                throw new WritePendingException();
            }
            if (sending) {
                writeWaiting = write;
                return write;
            }
            sending = true;
        }
        write.begin(true);
        return write;
    }

    /** Sends what the engine has to say of itself, then goes on with reading. */
    private void answer(Runnable then) {
        synchronized (lock) {
            if (sending) {
                // Whatever waits already has nothing to go on with: there is one reader.
                answerWaiting = then;
                return;
            }
            sending = true;
        }
        answerNow(then);
    }

    /** For whoever has set {@code sending}. */
    private void answerNow(Runnable then) {
        ByteBuffer out = buffers.take();
        try {
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                    && out.remaining() >= packetBytes
                    && engine.wrap(NOTHING, out).bytesProduced() > 0) {
                // A record each.
            }
        } catch (SSLException e) {
            // Reading, which goes on, finds the engine closed.
        }
        send(out.flip(), failure -> {
            Runnable next = sendingEnded(out, 0);
            then.run();
            next.run();
        });
    }

    private void sendAnswer() {
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            answer(NOTHING_MORE);
        }
    }

    /** After a broken record: the engine has an alert for the other end, which is sent if nothing else is. */
    private void sendAlert() {
        synchronized (lock) {
            if (sending || ended) {
                return;
            }
            ended = true;
            sending = true;
        }
        sendAtOnce();
    }

    /** Makes way for the next who wants to send. @return what that is, to be run when the caller is done */
    private Runnable sendingEnded(@Nullable ByteBuffer out, int recordsWithData) {
        if (out != null) {
            buffers.giveBack(out);
        }
        synchronized (lock) {
            sentRecords += recordsWithData;
            Runnable answer = answerWaiting;
            if (answer != null) {
                answerWaiting = null;
                return () -> answerNow(answer);
            }
            Write write = writeWaiting;
            if (write != null) {
                writeWaiting = null;
                return () -> write.begin(false);
            }
            if (endWanted) {
                endWanted = false;
                return this::endNow;
            }
            sending = false;
            return () -> {};
        }
    }

    /** Sends all of the buffer. Where the socket refuses at once, that is told like any failure. */
    private void send(ByteBuffer out, Consumer<@Nullable Throwable> then) {
        if (!out.hasRemaining()) {
            then.accept(null);
            return;
        }
        try {
            socket.write(out, null, new CompletionHandler<Integer, @Nullable Void>() {
                @Override
                public void completed(Integer bytes, @Nullable Void attachment) {
                    send(out, then);
                }

                @Override
                public void failed(Throwable cause, @Nullable Void attachment) {
                    then.accept(cause);
                }
            });
        } catch (RuntimeException e) {
            then.accept(e);
        }
    }

    // ---------------------------------------------------------------- the end

    /** Sends the close_notify after what is being sent, then ends the socket's output; reading goes on. */
    public void shutdownOutput() {
        synchronized (lock) {
            if (ended) {
                return;
            }
            ended = true;
            if (sending) {
                endWanted = true;
                return;
            }
            sending = true;
        }
        endNow();
    }

    /** For whoever has set {@code sending}; it stays set. */
    private void endNow() {
        engine.closeOutbound();
        ByteBuffer out = buffers.take();
        wrapAlert(out);
        send(out.flip(), failure -> {
            buffers.giveBack(out);
            try {
                socket.shutdownOutput();
            } catch (IOException e) {
                // It is closed, which the reader sees.
            }
        });
    }

    /** Closes the socket at once, with a close_notify before if nothing else is being sent. */
    @Override
    public void close() throws IOException {
        Write waiting;
        boolean sendEnd;
        synchronized (lock) {
            sendEnd = !sending && !ended && handshake.isDone();
            ended = true;
            sending = true;
            waiting = writeWaiting;
            writeWaiting = null;
        }
        if (sendEnd) {
            engine.closeOutbound();
            sendAtOnce();
        }
        socket.close();
        if (waiting != null) {
            waiting.completeExceptionally(new AsynchronousCloseException());
        }
    }

    /** Into what room the socket's buffer has; the rest, if any, is lost. For whoever has set {@code sending}. */
    private void sendAtOnce() {
        ByteBuffer out = buffers.take();
        wrapAlert(out);
        try {
            if (socket.write(out.flip()).isDone()) {
                buffers.giveBack(out);
            }
        } catch (RuntimeException e) {
            buffers.giveBack(out);
        }
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }
}
