package io.framegate.transport;

import io.framegate.message.Refusal;
import io.framegate.message.Thrown;
import io.framegate.metrics.LimitKind;
import io.framegate.tls.NotTlsException;
import io.framegate.tls.RevokedCertificateException;
import io.framegate.tls.TlsChannel;
import io.framegate.tls.TlsContext;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * An accepted socket on its way to being a {@link Connection}: the PROXY protocol header, then the TLS handshake, each
 * where the rules want it. No frame is read before both are done.
 *
 * <p><b>Threads.</b> One step after the other, on whatever thread the one before has ended on; {@link #close} and the
 * check of the deadline come from others.
 *
 * <p><b>Limits.</b> The header has the read timeout, the TLS handshake a timeout of its own. A client that is refused gets
 * an alert (or, if it speaks no TLS, an error frame), and has the linger timeout to read it.
 */
final class Handshake {

    private static final Logger LOG = System.getLogger(Handshake.class.getName());

    /** Longer headers of version 2 have many extensions. */
    private static final int FIRST_HEADER_BYTES = 128;

    private final long id;
    private final AsynchronousSocketChannel socket;
    private final Listener listener;
    private final AccessRules rules;
    private final TransportLimits limits;
    private final AtomicBoolean over = new AtomicBoolean(); // a connection by now, or closed
    private boolean rejected; // from the start
    private InetSocketAddress client; // of the step under way

    // For the check of the deadline.
    private volatile long deadlineNanos;
    private volatile CloseReason whenLate = CloseReason.READ_TIMEOUT;

    Handshake(
            long id,
            AsynchronousSocketChannel socket,
            InetSocketAddress remote,
            Listener listener,
            AccessRules rules,
            TransportLimits limits) {
        this.id = id;
        this.socket = socket;
        this.client = remote;
        this.listener = listener;
        this.rules = rules;
        this.limits = limits;
        this.deadlineNanos = listener.clock().nanos() + limits.readTimeout().toNanos();
    }

    /** Instead of {@link #start}: the client may read a sentence, and is gone. */
    void reject(CloseReason reason, Refusal.Code code, String sentence) {
        rejected = true;
        guarded(() -> tell(reason, code, sentence));
    }

    boolean isRejected() {
        return rejected;
    }

    void start() {
        guarded(() -> {
            if (rules.proxyProtocol()) {
                boolean trusted = rules.trustedProxies().contains(client.getAddress());
                if (trusted || isThisMachine()) {
                    readHeader(new byte[FIRST_HEADER_BYTES], 0, trusted);
                } else {
                    close(CloseReason.PROXY_UNTRUSTED);
                }
            } else {
                shakeHands();
            }
        });
    }

    /** The application's own clients come from here, without being a proxy for anybody. */
    private boolean isThisMachine() throws IOException {
        InetAddress from = client.getAddress();
        return from.isLoopbackAddress()
                || socket.getLocalAddress() instanceof InetSocketAddress local && from.equals(local.getAddress());
    }

    // ---------------------------------------------------------------- PROXY protocol

    private void readHeader(byte[] header, int got, boolean trusted) throws IOException {
        int wanted = ProxyHeader.bytesWanted(header, got);
        if (wanted == 0) {
            headerRead(ProxyHeader.parse(header, got), trusted);
            return;
        }
        byte[] room = got + wanted <= header.length ? header : Arrays.copyOf(header, got + wanted);
        socket.read(ByteBuffer.wrap(room, got, wanted), null, new CompletionHandler<Integer, @Nullable Void>() {
            @Override
            public void completed(Integer bytes, @Nullable Void attachment) {
                guarded(() -> {
                    if (bytes < 0) {
                        close(CloseReason.CLIENT_GONE);
                    } else {
                        readHeader(room, got + bytes, trusted);
                    }
                });
            }

            @Override
            public void failed(Throwable cause, @Nullable Void attachment) {
                closeFor(cause);
            }
        });
    }

    private void headerRead(ProxyHeader header, boolean trusted) {
        if (header.client().isPresent()) {
            if (!trusted) {
                close(CloseReason.PROXY_UNTRUSTED);
                return;
            }
            client = header.client().get();
            LOG.log(Level.DEBUG, "connection {0}: a proxy has it from {1}", Long.toString(id), client);
        }
        if (!rules.admits(client.getAddress())) {
            close(CloseReason.ADDRESS_DENIED);
        } else if (listener.isAddressLimitReached(client.getAddress())) {
            tell(CloseReason.ADDRESS_LIMIT, Refusal.Code.BUSY, listener.addressLimitSentence());
        } else {
            shakeHands();
        }
    }

    // ---------------------------------------------------------------- TLS

    private void shakeHands() {
        TlsContext tls = rules.tls();
        if (tls == null) {
            entered(null);
            return;
        }
        deadlineNanos =
                listener.clock().nanos() + tls.settings().handshakeTimeout().toNanos();
        whenLate = CloseReason.HANDSHAKE_TIMEOUT;
        listener.handshakeBegins(this, tls.settings().maxHandshakes());
        TlsChannel channel =
                new TlsChannel(socket, tls.serverEngine(), listener.handshakeExecutor(), listener.tlsBuffers());
        channel.handshake()
                .whenComplete((nothing, failure) -> guarded(() -> {
                    listener.handshakeEnds(this);
                    if (failure == null && tls.hasExpired(channel.peerCertificates())) {
                        LOG.log(
                                Level.DEBUG,
                                "connection {0}: resumes with a certificate that has expired",
                                Long.toString(id));
                        channel.shutdownOutput();
                        awaitEnd(CloseReason.HANDSHAKE_FAILED);
                    } else if (failure == null) {
                        entered(channel);
                    } else {
                        refused(failure);
                    }
                }));
    }

    private void refused(Throwable failure) {
        LOG.log(Level.DEBUG, "connection {0}: no handshake: {1}", Long.toString(id), failure.getMessage());
        if (failure instanceof NotTlsException) {
            write(CloseReason.NOT_TLS, Refusal.Code.MALFORMED, "This port speaks TLS, and what came is not TLS");
            linger(CloseReason.NOT_TLS);
        } else if (failure instanceof SSLException) {
            Optional<RevokedCertificateException> revoked = Thrown.find(failure, RevokedCertificateException.class);
            revoked.ifPresent(cause -> listener.logRevoked(id, client, cause.getMessage()));
            linger(revoked.isPresent() ? CloseReason.CERTIFICATE_REVOKED : CloseReason.HANDSHAKE_FAILED);
        } else {
            closeFor(failure);
        }
    }

    /** Ends with a sentence; a client that expects TLS could not read it, and sees the end alone. */
    private void tell(CloseReason reason, Refusal.Code code, String sentence) {
        if (rules.tls() == null) {
            write(reason, code, sentence);
        }
        linger(reason);
    }

    private void write(CloseReason reason, Refusal.Code code, String sentence) {
        byte[] frame =
                listener.refused(new Refusal(code, sentence + ". The connection ends here (" + reason.name() + ")."));
        // Into the empty buffer of a new socket this goes at once.
        socket.write(ByteBuffer.wrap(frame, 0, FrameHeader.frameBytes(frame)));
    }

    /** Lets the client read what was sent: closing with bytes unread would reset the connection, and overtake it. */
    private void linger(CloseReason reason) {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            close(reason);
            return;
        }
        awaitEnd(reason);
    }

    private void awaitEnd(CloseReason reason) {
        whenLate = reason;
        deadlineNanos = listener.clock().nanos() + limits.lingerTimeout().toNanos();
        discard(ByteBuffer.allocate(1024), reason);
    }

    private void discard(ByteBuffer bytes, CloseReason reason) {
        socket.read(bytes.clear(), null, new CompletionHandler<Integer, @Nullable Void>() {
            @Override
            public void completed(Integer read, @Nullable Void attachment) {
                if (read < 0) {
                    close(reason);
                } else {
                    guarded(() -> discard(bytes, reason));
                }
            }

            @Override
            public void failed(Throwable cause, @Nullable Void attachment) {
                close(reason);
            }
        });
    }

    private void entered(@Nullable TlsChannel channel) {
        if (over.compareAndSet(false, true)) {
            if (channel == null) {
                listener.entered(this, socket, new RemotePeer(client, Optional.empty()));
            } else {
                listener.entered(this, channel, new RemotePeer(client, channel.peerCertificate()));
            }
        }
    }

    // ---------------------------------------------------------------- ending

    void checkDeadline(long now) {
        if (now - deadlineNanos > 0) {
            if (whenLate == CloseReason.HANDSHAKE_TIMEOUT) {
                listener.reached(LimitKind.HANDSHAKE_TIME);
            } else if (whenLate == CloseReason.READ_TIMEOUT) {
                listener.reached(LimitKind.HEADER_TIME);
            }
            close(whenLate);
        }
    }

    /** Closes at once, unless it is a connection by now. */
    void close(CloseReason reason) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "connection {0}: closing failed: {1}", Long.toString(id), e.getMessage());
        }
        LOG.log(Level.DEBUG, "connection {0}: closed before its first frame, {1}", Long.toString(id), reason);
        listener.handshakeClosed(this, reason);
    }

    /** A step of the way in. */
    private interface Step {
        void take() throws IOException;
    }

    /** A completion handler lets no throwable escape: it would end a thread of the group. */
    private void guarded(Step step) {
        try {
            step.take();
        } catch (Throwable failure) {
            closeFor(failure);
        }
    }

    /** Closes after a failed step. Anything but an {@link IOException} is a fault of the gate, or a lack of memory. */
    private void closeFor(Throwable failure) {
        if (failure instanceof ProxyHeader.MalformedException) {
            LOG.log(Level.DEBUG, "connection {0}: {1}", Long.toString(id), failure.getMessage());
            close(CloseReason.PROXY_MALFORMED);
        } else if (failure instanceof IOException) {
            close(CloseReason.CLIENT_GONE);
        } else {
            if (!over.get()) {
                listener.logFault("connection " + id + ": closed for a fault of the gate", failure);
            }
            close(CloseReason.INTERNAL_ERROR);
        }
    }

    long id() {
        return id;
    }
}
