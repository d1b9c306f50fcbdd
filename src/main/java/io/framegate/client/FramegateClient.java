package io.framegate.client;

import io.framegate.client.ClientException.Kind;
import io.framegate.codec.Codec;
import io.framegate.codec.WireWriter;
import io.framegate.message.Compressed;
import io.framegate.message.Compression;
import io.framegate.message.Refusal;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends records to a Framegate and promises their answers.
 *
 * <pre>
 * try (FramegateClient client = FramegateClient.builder().port(7400).build()) {
 *     WelcomeResponse answer = client.send(new WelcomeRequest(7), WelcomeResponse.class).join();
 * }
 * </pre>
 *
 * <p>All requests share one connection and are pipelined: none waits for the answer of the one before it. The connection
 * is made when the first request needs it. Where it breaks, the requests on it fail with a {@link ClientException}, and
 * the next request makes another, with a growing pause between tries that fail. <b>Nothing is ever sent twice</b>: a
 * request whose answer was lost may have been applied, and only its sender knows whether it may be repeated.
 *
 * <p><b>Threads.</b> Any thread may send. What depends on a future runs on an I/O thread of this client, or on its timer's
 * for a timeout: it must not block there; {@code thenApplyAsync} and its like move long work elsewhere.
 *
 * <p><b>Limits.</b> At most {@code maxInFlight} requests are sent and not answered; those beyond it wait in the client's
 * memory, and the time they wait counts.
 */
public final class FramegateClient implements AutoCloseable {

    /** Bytes before a payload that is not compressed: the header and the letter. */
    private static final int BEFORE_PAYLOAD_BYTES = FrameHeader.BYTES + 1;

    private static final int ZLIB_LEVEL = 6;

    // Static, and yet no leak: a value lives in its class, and is gone with it.
    private static final ClassValue<Codec<?>> CODECS = new ClassValue<>() {
        @Override
        protected Codec<?> computeValue(Class<?> type) {
            return Codec.of(type.asSubclass(Record.class));
        }
    };

    private final ClientSettings settings;
    private final ClientThreads threads;
    private final boolean threadsAreOwn;
    private final Envelope envelope;
    private final Backoff backoff = new Backoff();
    private final LongAdder receivedBytes = new LongAdder();

    private final Object lock = new Object();
    private @Nullable ClientConnection connection; // guarded by lock
    private boolean closed; // guarded by lock

    private FramegateClient(ClientSettings settings, @Nullable ClientThreads shared) {
        this.settings = settings;
        this.threadsAreOwn = shared == null;
        this.threads = shared == null ? ClientThreads.start(1) : shared;
        this.envelope = new Envelope(settings.maxReplyBytes(), ZLIB_LEVEL, true);
    }

    /** Begins the settings of a client; each has a default. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Sends a request.
     *
     * @param answer the record that answers it
     * @return the answer, or a {@link ClientException} as the cause of its failure. Cancelling it discards the answer, and
     *     the request where it has not left yet.
     * @throws IllegalArgumentException for a record that is no message
     */
    public <A extends Record> CompletableFuture<A> send(Record request, Class<A> answer) {
        Codec<A> codec = codec(answer);
        return send(request, codec, (id, payload, bodyBytes) -> codec.decode(PendingCall.reader(codec.id(), payload)));
    }

    /**
     * Sends a request whose answer is handed on and not looked into: its payload is expanded, and stays bytes.
     *
     * @param answer the record that answers it
     * @return as {@link #send}
     * @throws IllegalArgumentException for a record that is no message
     */
    public CompletableFuture<EncodedResponse> sendForBytes(Record request, Class<? extends Record> answer) {
        Codec<?> codec = codec(answer);
        return send(
                request,
                codec,
                (id, payload, bodyBytes) -> new EncodedResponse(
                        codec.id(),
                        FrameHeader.BYTES + bodyBytes,
                        Arrays.copyOfRange(payload.bytes(), payload.offset(), payload.offset() + payload.length())));
    }

    /**
     * Sends a frame that was made elsewhere, and gives the frame that answers it: whichever it is, an error too, with its
     * body as it came. For tools that have no records.
     *
     * @param frame header and body; the header's size must be that of the body
     * @return a {@link ClientException} is the cause of its failure where no frame came
     */
    public CompletableFuture<byte[]> exchange(byte[] frame) {
        return submitted(frame.clone(), null, (id, payload, bodyBytes) -> {
            byte[] reply = new byte[FrameHeader.BYTES + bodyBytes];
            FrameHeader.put(reply, 0, id, bodyBytes);
            System.arraycopy(payload.bytes(), payload.offset(), reply, FrameHeader.BYTES, bodyBytes);
            return reply;
        });
    }

    private <A> CompletableFuture<A> send(Record request, Codec<?> answer, PendingCall.Reading<A> reading) {
        byte[] frame;
        try {
            frame = frame(request);
        } catch (Refusal e) {
            return CompletableFuture.failedFuture(
                    new ClientException(Kind.NOT_SENT, "The request is too large to be sent.", e));
        }
        return submitted(frame, answer, reading);
    }

    private <A> CompletableFuture<A> submitted(
            byte[] frame, @Nullable Codec<?> answer, PendingCall.Reading<A> reading) {
        long deadline = System.nanoTime() + settings.requestTimeout().toNanos();
        var exchange = new PendingCall<>(frame, answer, reading, new CompletableFuture<>(), deadline);
        submit(exchange);
        return exchange.future();
    }

    /** Bytes read from the server so far, frames and all. */
    public long receivedBytes() {
        return receivedBytes.sum();
    }

    /** Closes the connection at once; what is not answered yet fails as {@link Kind#CLOSED}. */
    @Override
    public void close() {
        ClientConnection last;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            last = connection;
            connection = null;
        }
        if (last != null) {
            last.close();
        }
        if (threadsAreOwn) {
            threads.close();
        }
        envelope.close();
    }

    private void submit(PendingCall<?> exchange) {
        while (true) {
            ClientConnection current;
            synchronized (lock) {
                current = connection;
            }
            // Not under the lock: offering may write, and a write that fails completes futures.
            if (current != null && current.offer(exchange)) {
                return;
            }
            ClientConnection fresh = null;
            synchronized (lock) {
                if (closed) {
                    break;
                }
                if (connection == current) {
                    fresh = new ClientConnection(settings, threads, envelope, backoff, receivedBytes);
                    fresh.offer(exchange);
                    connection = fresh;
                }
            }
            if (fresh != null) {
                fresh.open();
                return;
            }
        }
        exchange.fail(new ClientException(Kind.CLOSED, "The client is closed."));
    }

    private byte[] frame(Record request) {
        return frame(request, settings.compression(), settings.compressionThresholdBytes(), envelope);
    }

    /** A frame without a request id; a message with {@link Compressed} has its own way. */
    static <Q extends Record> byte[] frame(Q request, Compression usual, int usualThresholdBytes, Envelope envelope) {
        @SuppressWarnings("unchecked") // a record's class has no subclass, so this is the class of Q
        Codec<Q> codec = codec((Class<Q>) request.getClass());
        WireWriter out = new WireWriter(BEFORE_PAYLOAD_BYTES, Integer.MAX_VALUE - BEFORE_PAYLOAD_BYTES - 8);
        codec.encode(request, out);
        Optional<Compressed> wish = codec.compressed();
        Compression compression = wish.map(Compressed::value).orElse(usual);
        int threshold = wish.map(Compressed::thresholdBytes)
                .filter(bytes -> bytes != Compressed.SERVER_THRESHOLD)
                .orElse(usualThresholdBytes);
        return envelope.seal(
                codec.id(),
                out.array(),
                BEFORE_PAYLOAD_BYTES,
                out.length(),
                out.length() > threshold ? compression : Compression.NONE);
    }

    @SuppressWarnings("unchecked") // CODECS keeps, for each class, the codec of that class
    private static <T extends Record> Codec<T> codec(Class<T> type) {
        return (Codec<T>) CODECS.get(type);
    }

    /** The settings of a client. */
    public static final class Builder {

        private String host = "127.0.0.1";
        private int port = 7400;
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration requestTimeout = Duration.ofSeconds(30);
        private Duration silenceLimit = Duration.ofMinutes(1);
        private int maxInFlight = 256;
        private Compression compression = Compression.ZLIB;
        private int compressionThresholdBytes = 8 * 1024;
        private int maxReplyBytes = 256 * 1024 * 1024;
        private @Nullable ClientThreads threads;
        private @Nullable SSLContext tls;
        private @Nullable String tlsName;
        private boolean proxyProtocol;
        private @Nullable String helloAs;
        private final Map<Integer, NoticeListener<?>> notices = new HashMap<>();

        private Builder() {}

        /** The server's name or address; 127.0.0.1. It is looked up at each connection. */
        public Builder host(String host) {
            this.host = host;
            return this;
        }

        /** The server's TCP port; 7400. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** How long a connection may take to be made; 5 s. */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = connectTimeout;
            return this;
        }

        /** How long an answer may take, from {@link FramegateClient#send} on; 30 s. */
        public Builder requestTimeout(Duration requestTimeout) {
            this.requestTimeout = requestTimeout;
            return this;
        }

        /** A connection from which nothing comes for so long, while answers are due, is given up; 1 min. */
        public Builder silenceLimit(Duration silenceLimit) {
            this.silenceLimit = silenceLimit;
            return this;
        }

        /** Requests sent and not answered; 256. */
        public Builder maxInFlight(int maxInFlight) {
            this.maxInFlight = maxInFlight;
            return this;
        }

        /** How requests over the threshold are compressed; zlib. A request with {@link Compressed} has its own way. */
        public Builder compression(Compression compression) {
            this.compression = compression;
            return this;
        }

        /** Requests with a payload of more bytes are compressed; 8 KiB. */
        public Builder compressionThresholdBytes(int compressionThresholdBytes) {
            this.compressionThresholdBytes = compressionThresholdBytes;
            return this;
        }

        /** The largest answer, expanded; 256 MiB. */
        public Builder maxReplyBytes(int maxReplyBytes) {
            this.maxReplyBytes = maxReplyBytes;
            return this;
        }

        /** Threads to share with other clients. Whoever started them closes them, after the clients. */
        public Builder threads(ClientThreads threads) {
            this.threads = threads;
            return this;
        }

        /**
         * Speaks TLS 1.2 or 1.3 by this; without it, none. The server's certificate must be for the {@link #host}, or
         * for the {@link #tlsName} where one is given, unless the context trusts in a way of its own.
         */
        public Builder tls(SSLContext tls) {
            this.tls = tls;
            return this;
        }

        /** The name that the server's certificate must be for, where it is reached by another. */
        public Builder tlsName(String tlsName) {
            this.tlsName = tlsName;
            return this;
        }

        /**
         * Whether each connection begins with a PROXY protocol header that speaks of no other client; for a port that
         * wants one, from the server's own machine. Not by default.
         */
        public Builder proxyProtocol(boolean proxyProtocol) {
            this.proxyProtocol = proxyProtocol;
            return this;
        }

        /**
         * Begins each connection with a hello; without it, none. Where the server knows of it, refusals have a
         * {@linkplain ClientException#refusalCode code}, answers come as soon as they are made instead of in order, and are
         * compressed by Zstandard where they would be by zlib. With a server that does not, all is as without it.
         *
         * @param clientName what the server's logs and views call this client
         */
        public Builder hello(String clientName) {
            this.helloAs = clientName;
            return this;
        }

        /**
         * Takes messages that nobody asked for; with a {@link #hello} only.
         *
         * @param listener called on an I/O thread of this client, where it must not block
         * @throws IllegalArgumentException for a record that is no message
         */
        public <N extends Record> Builder onNotice(Class<N> notice, Consumer<? super N> listener) {
            Codec<N> codec = codec(notice);
            notices.put(codec.id(), new NoticeListener<>(codec, listener));
            return this;
        }

        /**
         * Makes the client. It connects when it has something to send.
         *
         * @throws IllegalArgumentException for a setting out of range, naming it
         */
        public FramegateClient build() {
            return new FramegateClient(
                    new ClientSettings(
                            host,
                            port,
                            connectTimeout,
                            requestTimeout,
                            silenceLimit,
                            maxInFlight,
                            compression,
                            compressionThresholdBytes,
                            maxReplyBytes,
                            tls,
                            tlsName,
                            proxyProtocol,
                            helloAs,
                            notices),
                    threads);
        }
    }
}
