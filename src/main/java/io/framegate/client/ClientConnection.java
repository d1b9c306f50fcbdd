package io.framegate.client;

import io.framegate.client.ClientException.Kind;
import io.framegate.codec.Codec;
import io.framegate.message.Compression;
import io.framegate.message.Thrown;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.tls.Contexts;
import io.framegate.tls.TlsChannel;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * One socket to the server, from the wish to connect to its end. It is never opened again: the client makes a new one.
 *
 * <p><b>Order.</b> A request waits in {@code waiting} until there is a place among {@code inFlight}; it moves there with
 * its first byte. Answers come in the order of {@code inFlight}, or say which request they are for once the hello has been
 * answered, before which nothing else leaves. A request that timed out keeps its place there, so that
 * its late answer is taken for what it is.
 *
 * <p><b>Threads.</b> Any thread offers; at most one read and one write are under way, each on an I/O thread, and what they
 * fill belongs to them. Both queues and the flags are guarded by {@code lock}. No future is completed and no channel is
 * used under the lock: what depends on a future may well send the next request.
 *
 * <p><b>Limits.</b> {@code maxInFlight} requests sent and not answered. Requests are copied into one buffer, so many
 * small ones leave in one write and large ones in pieces.
 */
final class ClientConnection implements FrameAssembler.Receiver {

    private static final int BUFFER_BYTES = 32 * 1024;

    private static final byte[] NOTHING = {};

    /** A PROXY protocol header of version 2 that speaks of nobody: the command LOCAL, and no addresses. */
    private static final byte[] PROXY_LOCAL = {
        0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 'Q', 'U', 'I', 'T', 0x0A, 0x20, 0, 0, 0
    };

    private final ClientSettings settings;
    private final ClientThreads threads;
    private final Envelope envelope;
    private final Backoff backoff;
    private final LongAdder receivedBytes;

    private final Object lock = new Object();
    private final ArrayDeque<PendingCall<?>> waiting = new ArrayDeque<>(); // guarded by lock
    private final Map<Integer, PendingCall<?>> inFlight = new LinkedHashMap<>(); // by request ids; guarded by lock
    private @Nullable AsynchronousByteChannel channel; // guarded by lock
    private @Nullable TimeLimit connectLimit; // guarded by lock
    private @Nullable TimeLimit nextSweep; // guarded by lock
    private boolean connected; // guarded by lock: what waits may leave
    private boolean requestIds; // guarded by lock: they are sent
    private @Nullable String helloRefusal; // guarded by lock: what was said to the hello, until anything else is said
    private int lastRequestId; // guarded by lock
    private boolean writing; // guarded by lock: while it is set, out belongs to the write
    private boolean broken; // guarded by lock
    private long silentSinceNanos = System.nanoTime(); // guarded by lock: while answers are due

    private final ByteBuffer out = ByteBuffer.allocate(BUFFER_BYTES); // guarded by lock unless writing
    private @Nullable PendingCall<?> leaving; // guarded by lock: the request of which a part has left
    private byte[] leavingBytes = NOTHING; // guarded by lock
    private int leftBytes; // guarded by lock

    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES); // of the one read under way
    private final FrameAssembler assembler; // of the one read under way

    ClientConnection(
            ClientSettings settings,
            ClientThreads threads,
            Envelope envelope,
            Backoff backoff,
            LongAdder receivedBytes) {
        this.settings = settings;
        this.threads = threads;
        this.envelope = envelope;
        this.backoff = backoff;
        this.receivedBytes = receivedBytes;
        this.assembler = new FrameAssembler(settings.maxBodyBytes(), this);
    }

    /** Takes a request to be sent. @return false if the connection is broken, and the request needs another */
    boolean offer(PendingCall<?> exchange) {
        synchronized (lock) {
            if (broken) {
                return false;
            }
            waiting.add(exchange);
            if (nextSweep == null) {
                long silence = System.nanoTime() + settings.silenceLimit().toNanos();
                sweepAt(Math.min(exchange.deadlineNanos(), silence));
            }
        }
        pump();
        return true;
    }

    /** Connects, after what the back-off asks for. */
    void open() {
        long delay = backoff.remainingNanos();
        if (delay == 0) {
            connect();
            return;
        }
        try {
            threads.timer().schedule(this::connect, delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            end(Kind.CLOSED, Kind.CLOSED, "The client is closed.", e);
        }
    }

    /** Ends the connection because its owner wants it so. */
    void close() {
        end(Kind.CLOSED, Kind.CLOSED, "The client was closed.", null);
    }

    private void connect() {
        try {
            var opened = AsynchronousSocketChannel.open(threads.group());
            synchronized (lock) {
                channel = opened;
                if (!broken) {
                    connectLimit = threads.limit(
                            () -> notConnected(
                                    "no connection within "
                                            + settings.connectTimeout().toMillis() + " ms",
                                    null),
                            settings.connectTimeout().toNanos());
                }
            }
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            opened.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            opened.connect(
                    new InetSocketAddress(settings.host(), settings.port()),
                    null,
                    completion(nothing -> begin(opened), this::notConnected));
        } catch (IOException | RuntimeException e) {
            notConnected(e);
        }
        closeIfBroken();
    }

    /** What comes before the first frame, as the server wants it. */
    private void begin(AsynchronousSocketChannel socket) {
        if (settings.proxyProtocol()) {
            ByteBuffer header = ByteBuffer.wrap(PROXY_LOCAL);
            // Into the empty buffer of a new socket all of it goes at once.
            socket.write(header, null, completion(bytes -> shakeHands(socket), this::notConnected));
        } else {
            shakeHands(socket);
        }
    }

    private void shakeHands(AsynchronousSocketChannel socket) {
        SSLContext tls = settings.tls();
        if (tls == null) {
            connected();
            return;
        }
        String name = settings.tlsName() == null ? settings.host() : settings.tlsName();
        SSLEngine engine = tls.createSSLEngine(name, settings.port());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        Contexts.ruleOutBrokenSignatures(parameters);
        // RFC 2818: the certificate is for the name that was asked for.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        // The slow steps are a few milliseconds, and nothing else happens on this connection meanwhile.
        TlsChannel secured = new TlsChannel(socket, engine, Runnable::run, threads.tlsBuffers());
        synchronized (lock) {
            channel = secured;
        }
        secured.handshake().whenComplete((nothing, failure) -> {
            if (failure == null) {
                connected();
            } else {
                notConnected(failure);
            }
        });
        closeIfBroken();
    }

    private void connected() {
        synchronized (lock) {
            if (broken) {
                return;
            }
            cancel(connectLimit);
            if (settings.helloAs() == null) {
                connected = true;
            } else {
                leaving(hello(settings.helloAs()));
                fillLeaving();
                out.flip();
                writing = true;
            }
        }
        read();
        if (settings.helloAs() == null) {
            pump();
        } else {
            write();
        }
    }

    private PendingCall<HelloResponse> hello(String name) {
        List<Capability> features =
                new ArrayList<>(List.of(Capability.TYPED_ERRORS, Capability.REQUEST_IDS, Capability.ZSTD));
        if (!settings.notices().isEmpty()) {
            features.add(Capability.NOTICES);
        }
        int[] codes = features.stream().mapToInt(Capability::code).toArray();
        Codec<HelloResponse> codec = Codec.of(HelloResponse.class);
        CompletableFuture<HelloResponse> answer = new CompletableFuture<>();
        answer.whenComplete(this::helloAnswered);
        return new PendingCall<>(
                FramegateClient.frame(new HelloRequest(1, name, codes), Compression.NONE, 0, envelope),
                codec,
                (id, payload, bodyBytes) -> codec.decode(PendingCall.reader(codec.id(), payload)),
                answer,
                System.nanoTime() + settings.requestTimeout().toNanos());
    }

    /** On the thread that reads: the next frame is in the form that was agreed on. */
    private void helloAnswered(@Nullable HelloResponse agreed, @Nullable Throwable failure) {
        // A server that is older than the hello refuses it, and goes on as it always did.
        if (agreed == null && !(failure instanceof ClientException no && no.kind() == Kind.REFUSED)) {
            lost("the hello was not answered: " + (failure == null ? "" : reason(failure)), failure);
            return;
        }
        String refusal = agreed == null && failure != null ? reason(failure) : null;
        boolean withRequestIds = agreed != null
                && Arrays.stream(agreed.features()).anyMatch(code -> code == Capability.REQUEST_IDS.code());
        if (withRequestIds) {
            assembler.expectRequestIds();
        }
        synchronized (lock) {
            requestIds = withRequestIds;
            helloRefusal = refusal;
            connected = true;
        }
    }

    private void notConnected(Throwable cause) {
        notConnected(cause instanceof UnresolvedAddressException ? "unknown host" : reason(cause), cause);
    }

    private void notConnected(String reason, @Nullable Throwable cause) {
        end(
                Kind.NOT_SENT,
                Kind.NOT_SENT,
                "Cannot connect to " + settings.host() + ":" + settings.port() + ": " + reason + ".",
                cause);
    }

    private void read() {
        AsynchronousByteChannel open = openChannel();
        if (open == null) {
            return;
        }
        try {
            open.read(in, null, completion(this::bytesRead, this::readFailed));
        } catch (RuntimeException e) {
            readFailed(e);
        }
    }

    private void bytesRead(int bytes) {
        if (bytes < 0) {
            lost(assembler.isWithinFrame() ? "it was closed in the midst of an answer" : "the server closed it", null);
            return;
        }
        receivedBytes.add(bytes);
        synchronized (lock) {
            silentSinceNanos = System.nanoTime();
        }
        in.flip();
        try {
            assembler.accept(in);
        } catch (ClientException framingLost) {
            end(Kind.BAD_REPLY, Kind.NOT_SENT, framingLost.getMessage(), framingLost);
            return;
        }
        in.clear();
        // Once for all answers of a read: the places they freed are filled by one write.
        pump();
        read();
    }

    private void readFailed(Throwable cause) {
        lost(reason(cause), cause);
    }

    @Override
    public void frameRead(int id, int requestId, byte[] body) {
        NoticeListener<?> listener = settings.notices().get(id);
        if (listener != null) {
            listener.told(body, envelope);
            return;
        }
        if (id >= FrameHeader.FIRST_NOTICE_ID) {
            return;
        }
        PendingCall<?> exchange = nextAnswered(requestId);
        if (exchange == null) {
            end(Kind.CONNECTION_LOST, Kind.REFUSED, PendingCall.unsolicitedSentence(id, body, envelope), null);
            return;
        }
        if (!exchange.answered(id, body, envelope)) {
            // The answers may be one off; going on would give each request the answer of another.
            lost("an answer of the wrong kind came", null);
        }
    }

    @Override
    public void frameSkipped(int requestId, int bodyBytes) {
        PendingCall<?> exchange = nextAnswered(requestId);
        if (exchange != null) {
            exchange.fail(new ClientException(
                    Kind.BAD_REPLY,
                    "The answer has " + bodyBytes + " bytes, this client takes " + settings.maxBodyBytes() + "."));
        }
    }

    private @Nullable PendingCall<?> nextAnswered(int requestId) {
        backoff.succeeded();
        synchronized (lock) {
            helloRefusal = null;
            if (requestIds) {
                return inFlight.remove(requestId);
            }
            Iterator<PendingCall<?>> inOrder = inFlight.values().iterator();
            if (!inOrder.hasNext()) {
                return null;
            }
            PendingCall<?> first = inOrder.next();
            inOrder.remove();
            return first;
        }
    }

    /** Writes what waits, unless a write is under way or the places are full. */
    private void pump() {
        synchronized (lock) {
            if (!connected || writing || broken) {
                return;
            }
            fill();
            if (out.position() == 0) {
                return;
            }
            out.flip();
            writing = true;
        }
        write();
    }

    private void fill() {
        while (out.hasRemaining()) {
            if (leaving == null) {
                PendingCall<?> next = inFlight.size() < settings.maxInFlight() ? nextWaiting() : null;
                if (next == null) {
                    return;
                }
                leaving(next);
            }
            fillLeaving();
        }
    }

    private void leaving(PendingCall<?> next) {
        if (inFlight.isEmpty()) {
            silentSinceNanos = System.nanoTime();
        }
        // 0 is of what answers no request.
        lastRequestId = lastRequestId == Integer.MAX_VALUE ? 1 : lastRequestId + 1;
        inFlight.put(lastRequestId, next);
        leaving = next;
        leavingBytes = requestIds ? FrameHeader.withRequestId(next.frame(), lastRequestId) : next.frame();
        leftBytes = 0;
    }

    private void fillLeaving() {
        int copied = Math.min(out.remaining(), leavingBytes.length - leftBytes);
        out.put(leavingBytes, leftBytes, copied);
        leftBytes += copied;
        if (leftBytes == leavingBytes.length) {
            leaving = null;
            leavingBytes = NOTHING;
        }
    }

    private @Nullable PendingCall<?> nextWaiting() {
        PendingCall<?> next = waiting.poll();
        while (next != null && !next.isAwaited()) {
            next = waiting.poll();
        }
        return next;
    }

    private void write() {
        AsynchronousByteChannel open = openChannel();
        if (open == null) {
            return;
        }
        try {
            open.write(out, null, completion(bytes -> written(), this::writeFailed));
        } catch (RuntimeException e) {
            writeFailed(e);
        }
    }

    private void written() {
        if (out.hasRemaining()) {
            write();
            return;
        }
        synchronized (lock) {
            out.clear();
            writing = false;
        }
        pump();
    }

    private void writeFailed(Throwable cause) {
        // The server may have said why before it closed: what can still be read comes first, and the read ends it all.
        if (!(cause instanceof IOException)) {
            lost(reason(cause), cause);
        }
    }

    /** Ends what is past its deadline, and plans the next look. */
    private void sweep() {
        List<PendingCall<?>> expired = new ArrayList<>();
        boolean silent;
        synchronized (lock) {
            nextSweep = null;
            long now = System.nanoTime();
            silent = !inFlight.isEmpty()
                    && now - silentSinceNanos > settings.silenceLimit().toNanos();
            long next = Math.min(expire(inFlight.values(), now, expired), expire(waiting, now, expired));
            if (!inFlight.isEmpty()) {
                next = Math.min(
                        next,
                        Math.max(0, silentSinceNanos + settings.silenceLimit().toNanos() - now));
            }
            if (!broken && !silent && next != Long.MAX_VALUE) {
                sweepAt(now + next + TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        String limit = settings.requestTimeout().toMillis() + " ms";
        for (PendingCall<?> exchange : expired) {
            exchange.fail(new ClientException(Kind.TIMED_OUT, "There was no answer within " + limit + "."));
        }
        if (silent) {
            lost("nothing came from the server for " + settings.silenceLimit().toMillis() + " ms", null);
        }
    }

    /** @return nanoseconds until the first deadline that is left */
    private static long expire(Collection<PendingCall<?>> exchanges, long now, List<PendingCall<?>> expired) {
        for (PendingCall<?> exchange : exchanges) {
            if (exchange.isAwaited()) {
                long left = exchange.deadlineNanos() - now;
                if (left > 0) {
                    // All have the same timeout, so those behind it end later.
                    return left;
                }
                expired.add(exchange);
            }
        }
        return Long.MAX_VALUE;
    }

    private void sweepAt(long nanoTime) {
        try {
            nextSweep = threads.limit(this::sweep, nanoTime - System.nanoTime());
        } catch (RejectedExecutionException closed) {
            // The threads are gone; whoever closed them ends this connection.
        }
    }

    private void lost(String reason, @Nullable Throwable cause) {
        String refusal;
        synchronized (lock) {
            refusal = helloRefusal;
        }
        if (refusal != null) {
            // No server that is older than the hello, but one that has no room for this connection.
            end(Kind.CONNECTION_LOST, Kind.REFUSED, refusal, cause);
            return;
        }
        end(
                Kind.CONNECTION_LOST,
                Kind.NOT_SENT,
                "The connection to " + settings.host() + ":" + settings.port() + " is lost: " + reason + ".",
                cause);
    }

    /** The end, once: requests that have left fail as {@code sentKind}, those that have not as {@code unsentKind}. */
    private void end(Kind sentKind, Kind unsentKind, String sentence, @Nullable Throwable cause) {
        List<PendingCall<?>> sent;
        List<PendingCall<?>> unsent;
        synchronized (lock) {
            if (broken) {
                return;
            }
            broken = true;
            sent = List.copyOf(inFlight.values());
            unsent = List.copyOf(waiting);
            inFlight.clear();
            waiting.clear();
            leaving = null;
            cancel(connectLimit);
            cancel(nextSweep);
        }
        if (sentKind != Kind.CLOSED) {
            backoff.failed();
        }
        closeIfBroken();
        sent.forEach(exchange -> exchange.fail(new ClientException(sentKind, sentence, cause)));
        unsent.forEach(exchange -> exchange.fail(new ClientException(unsentKind, sentence, cause)));
    }

    private void closeIfBroken() {
        AsynchronousByteChannel ended;
        synchronized (lock) {
            if (!broken || channel == null) {
                return;
            }
            ended = channel;
        }
        try {
            ended.close();
        } catch (IOException e) {
            // There is nothing left to be done with it.
        }
    }

    private @Nullable AsynchronousByteChannel openChannel() {
        synchronized (lock) {
            return broken ? null : channel;
        }
    }

    private static void cancel(@Nullable TimeLimit limit) {
        if (limit != null) {
            limit.cancel();
        }
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /** A handler that lets no throwable escape into the channel group, where it would end a thread. */
    private <V> CompletionHandler<V, @Nullable Void> completion(Consumer<V> completed, Consumer<Throwable> failed) {
        return new CompletionHandler<>() {
            @Override
            public void completed(V result, @Nullable Void attachment) {
                try {
                    completed.accept(result);
                } catch (RuntimeException | Error e) {
                    lost("a fault in the client: " + Thrown.text(e), e);
                }
            }

            @Override
            public void failed(Throwable cause, @Nullable Void attachment) {
                failed.accept(cause);
            }
        };
    }
}
