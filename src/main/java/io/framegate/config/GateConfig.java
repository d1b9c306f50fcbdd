package io.framegate.config;

import io.framegate.message.Compression;
import io.framegate.message.MaxPayload;
import io.framegate.tls.TlsSettings;
import io.framegate.transport.AddressRanges;
import io.framegate.transport.TransportLimits;
import io.framegate.wire.FrameHeader;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings of one port, validated. {@link GateSettings} has the name of each, and says what it is for.
 *
 * @param address where to listen: an address of this machine, or a name of one
 * @param port 0 takes any free one
 * @param backlog connections that the kernel keeps until they are accepted
 * @param ioThreads threads that read and write
 * @param limits what each connection, and all of them, may do
 * @param drainDelay how long a gate that is told to drain goes on as before, while it says that it is not ready
 * @param drainTimeout for the last replies when the server stops
 * @param workerThreads long-lived tasks on the managed executor, each with one request at a time
 * @param queueCapacity requests that may be waiting or in work
 * @param inlineFast whether workers that have lately been quick are worked on the threads that read
 * @param workerDeadline what a worker may take for one request, or for one batch
 * @param maxElements elements of all lists of one request
 * @param sizes what requests may take
 * @param compression for payloads above the threshold
 * @param compressionThresholdBytes payloads of more bytes than this are compressed
 * @param zlibLevel 1 (fast) … 9 (small)
 * @param maxPayloadBytes the largest request after decompression
 * @param identity who may ask
 * @param keptAnswerBytes of answers that are kept to be given again; 0 for none
 * @param logResponses whether every answer gets a line in the log
 * @param entrance whose addresses get in, and whether proxies tell them
 * @param insecureRemote whether the port may be reached from elsewhere without TLS
 * @param tls what the port speaks TLS by, if it does
 */
public record GateConfig(
        String address,
        int port,
        int backlog,
        int ioThreads,
        TransportLimits limits,
        Duration drainDelay,
        Duration drainTimeout,
        int workerThreads,
        int queueCapacity,
        boolean inlineFast,
        Duration workerDeadline,
        int maxElements,
        RequestSizes sizes,
        Compression compression,
        int compressionThresholdBytes,
        int zlibLevel,
        int maxPayloadBytes,
        IdentityConfig identity,
        int keptAnswerBytes,
        boolean logResponses,
        Entrance entrance,
        boolean insecureRemote,
        Optional<TlsSettings> tls) {

    private static final int MEBI = 1 << 20;

    /** What holds where nobody says otherwise. */
    public static final GateConfig DEFAULTS = new Builder().build();

    /** Begins with {@link #DEFAULTS}. */
    public static Builder builder() {
        return DEFAULTS.toBuilder();
    }

    /** Begins with these. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** One part in so many of the heap, in whole MiB. */
    private static int partOfHeap(int parts) {
        return (int) Math.min(Math.max(1, Runtime.getRuntime().maxMemory() / parts / MEBI), Integer.MAX_VALUE / MEBI)
                * MEBI;
    }

    /**
     * Makes sure that the port is protected, or reached from this machine alone, or meant to be open.
     *
     * @param bound the address to listen on
     * @throws InvalidConfigException if it is neither
     */
    public void requireProtection(InetAddress bound) {
        if (tls.isEmpty() && !insecureRemote && !bound.isLoopbackAddress()) {
            throw new InvalidConfigException(
                    List.of(
                            "Set framegate.tls.certificate and framegate.tls.key: the port would"
                                    + " listen on " + address + ", where others can reach it, without TLS. Or set"
                                    + " framegate.listener.address to 127.0.0.1; or framegate.listener.insecure-remote to true, where the"
                                    + " network itself is trusted and everybody who reaches the port may ask what it answers."));
        }
    }

    /**
     * What requests may take.
     *
     * @param payloadBytes the largest payload of one that neither its components nor an annotation bound
     * @param memoryBytes of the heap that all in work may take together, decompressed and decoded
     */
    public record RequestSizes(int payloadBytes, int memoryBytes) {}

    /**
     * Whose addresses get in.
     *
     * @param allow clients; where there are none, all that are not denied
     * @param deny clients that never get in
     * @param proxyProtocol whether every connection begins with a PROXY protocol header
     * @param trustedProxies whose headers are believed
     */
    public record Entrance(
            AddressRanges allow, AddressRanges deny, boolean proxyProtocol, AddressRanges trustedProxies) {

        /** Everybody, without proxies. */
        public static final Entrance OPEN =
                new Entrance(AddressRanges.NONE, AddressRanges.NONE, false, AddressRanges.NONE);
    }

    /** Settings in the making. What each is, is told at the {@linkplain GateConfig component} of its name. */
    public static final class Builder {

        private String address = "127.0.0.1";
        private int port = 7400;
        private int backlog = 1024;
        private int ioThreads = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
        private TransportLimits limits = TransportLimits.builder()
                .maxRequestBytes(Math.min(TransportLimits.DEFAULTS.maxRequestBytes(), partOfHeap(4)))
                .build();
        private Duration drainDelay = Duration.ZERO;
        private Duration drainTimeout = Duration.ofSeconds(20);
        private int workerThreads = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());
        private int queueCapacity = 10_000;
        private boolean inlineFast = true;
        private Duration workerDeadline = Duration.ofSeconds(60);
        private int maxElements = 4_000_000;
        private RequestSizes sizes = new RequestSizes(MaxPayload.DEFAULT_BYTES, partOfHeap(8));
        private Compression compression = Compression.ZLIB;
        private int compressionThresholdBytes = 8 * 1024;
        private int zlibLevel = 1;
        private int maxPayloadBytes = FrameHeader.MAX_BODY_BYTES;
        private IdentityConfig identity = IdentityConfig.OPEN;
        private int keptAnswerBytes = 64 * MEBI;
        private boolean logResponses = false;
        private Entrance entrance = Entrance.OPEN;
        private boolean insecureRemote = false;
        private Optional<TlsSettings> tls = Optional.empty();

        private Builder() {}

        private Builder(GateConfig config) {
            address = config.address;
            port = config.port;
            backlog = config.backlog;
            ioThreads = config.ioThreads;
            limits = config.limits;
            drainDelay = config.drainDelay;
            drainTimeout = config.drainTimeout;
            workerThreads = config.workerThreads;
            queueCapacity = config.queueCapacity;
            inlineFast = config.inlineFast;
            workerDeadline = config.workerDeadline;
            maxElements = config.maxElements;
            sizes = config.sizes;
            compression = config.compression;
            compressionThresholdBytes = config.compressionThresholdBytes;
            zlibLevel = config.zlibLevel;
            maxPayloadBytes = config.maxPayloadBytes;
            identity = config.identity;
            keptAnswerBytes = config.keptAnswerBytes;
            logResponses = config.logResponses;
            entrance = config.entrance;
            insecureRemote = config.insecureRemote;
            tls = config.tls;
        }

        /** See {@link GateConfig#address}. */
        public Builder address(String value) {
            address = value;
            return this;
        }

        /** See {@link GateConfig#port}. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** See {@link GateConfig#backlog}. */
        public Builder backlog(int value) {
            backlog = value;
            return this;
        }

        /** See {@link GateConfig#ioThreads}. */
        public Builder ioThreads(int value) {
            ioThreads = value;
            return this;
        }

        /** See {@link GateConfig#limits}. */
        public Builder limits(TransportLimits value) {
            limits = value;
            return this;
        }

        /** See {@link GateConfig#drainDelay}. */
        public Builder drainDelay(Duration value) {
            drainDelay = value;
            return this;
        }

        /** See {@link GateConfig#drainTimeout}. */
        public Builder drainTimeout(Duration value) {
            drainTimeout = value;
            return this;
        }

        /** See {@link GateConfig#workerThreads}. */
        public Builder workerThreads(int value) {
            workerThreads = value;
            return this;
        }

        /** See {@link GateConfig#queueCapacity}. */
        public Builder queueCapacity(int value) {
            queueCapacity = value;
            return this;
        }

        /** See {@link GateConfig#inlineFast}. */
        public Builder inlineFast(boolean value) {
            inlineFast = value;
            return this;
        }

        /** See {@link GateConfig#workerDeadline}. */
        public Builder workerDeadline(Duration value) {
            workerDeadline = value;
            return this;
        }

        /** See {@link GateConfig#maxElements}. */
        public Builder maxElements(int value) {
            maxElements = value;
            return this;
        }

        /** See {@link GateConfig#sizes}. */
        public Builder sizes(RequestSizes value) {
            sizes = value;
            return this;
        }

        /** See {@link GateConfig#compression}. */
        public Builder compression(Compression value) {
            compression = value;
            return this;
        }

        /** See {@link GateConfig#compressionThresholdBytes}. */
        public Builder compressionThresholdBytes(int value) {
            compressionThresholdBytes = value;
            return this;
        }

        /** See {@link GateConfig#zlibLevel}. */
        public Builder zlibLevel(int value) {
            zlibLevel = value;
            return this;
        }

        /** See {@link GateConfig#maxPayloadBytes}. */
        public Builder maxPayloadBytes(int value) {
            maxPayloadBytes = value;
            return this;
        }

        /** See {@link GateConfig#identity}. */
        public Builder identity(IdentityConfig value) {
            identity = value;
            return this;
        }

        /** See {@link GateConfig#keptAnswerBytes}. */
        public Builder keptAnswerBytes(int value) {
            keptAnswerBytes = value;
            return this;
        }

        /** See {@link GateConfig#logResponses}. */
        public Builder logResponses(boolean value) {
            logResponses = value;
            return this;
        }

        /** See {@link GateConfig#entrance}. */
        public Builder entrance(Entrance value) {
            entrance = value;
            return this;
        }

        /** See {@link GateConfig#insecureRemote}. */
        public Builder insecureRemote(boolean value) {
            insecureRemote = value;
            return this;
        }

        /** See {@link GateConfig#tls}. */
        public Builder tls(Optional<TlsSettings> value) {
            tls = value;
            return this;
        }

        /** Settings of these values. */
        public GateConfig build() {
            return new GateConfig(
                    address,
                    port,
                    backlog,
                    ioThreads,
                    limits,
                    drainDelay,
                    drainTimeout,
                    workerThreads,
                    queueCapacity,
                    inlineFast,
                    workerDeadline,
                    maxElements,
                    sizes,
                    compression,
                    compressionThresholdBytes,
                    zlibLevel,
                    maxPayloadBytes,
                    identity,
                    keptAnswerBytes,
                    logResponses,
                    entrance,
                    insecureRemote,
                    tls);
        }
    }
}
