package io.framegate.config;

import io.framegate.message.Compression;
import io.framegate.tls.TlsSettings;
import io.framegate.transport.TransportLimits;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The gate's settings, validated. The table in the README says what each is for; their names, with the prefix
 * {@code framegate.}, are in {@link ConfigReader}.
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
 * @param quickWhereRead whether workers that have lately been quick are worked on the threads that read
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
 * @param admin who may administer
 * @param http what is taken over HTTP
 * @param entrance whose addresses get in, and whether proxies tell them
 * @param insecureRemote whether the port may be reached from elsewhere without TLS
 * @param tls what the port speaks TLS by, if it does
 * @param executor the JNDI name of the managed executor that workers run on
 * @param instanceName what this gate is called among those of a Data Grid; its host's name and port where nobody says
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
        boolean quickWhereRead,
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
        AdminConfig admin,
        HttpConfig http,
        Entrance entrance,
        boolean insecureRemote,
        Optional<TlsSettings> tls,
        String executor,
        Optional<String> instanceName) {

    /** The threads that the application declares itself. */
    public static final String OWN_EXECUTOR = "java:app/concurrent/framegate-workers";

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
     * Whose addresses get in: ranges as written, which are valid.
     *
     * @param allow clients; where there are none, all that are not denied
     * @param deny clients that never get in
     * @param proxyProtocol whether every connection begins with a PROXY protocol header
     * @param trustedProxies whose headers are believed
     */
    public record Entrance(List<String> allow, List<String> deny, boolean proxyProtocol, List<String> trustedProxies) {

        /** Everybody, without proxies. */
        public static final Entrance OPEN = new Entrance(List.of(), List.of(), false, List.of());

        public Entrance {
            allow = List.copyOf(allow);
            deny = List.copyOf(deny);
            trustedProxies = List.copyOf(trustedProxies);
        }
    }
}
