package io.framegate.config;

import io.framegate.message.Compression;
import io.framegate.transport.TransportLimits;
import java.time.Duration;

/**
 * The gate's settings, validated. The table in the README says what each is for; their names, with the prefix
 * {@code framegate.}, are in {@link ConfigReader}.
 *
 * @param address where to listen: an address of this machine, or a name of one
 * @param port 0 takes any free one
 * @param backlog connections that the kernel keeps until they are accepted
 * @param ioThreads threads that read and write
 * @param limits what each connection, and all of them, may do
 * @param drainTimeout for the last replies when the server stops
 * @param workerThreads long-lived tasks on the managed executor, each with one request at a time
 * @param queueCapacity requests that may be waiting or in work
 * @param quickWhereRead whether workers that have lately been quick are worked on the threads that read
 * @param compression for payloads above the threshold
 * @param compressionThresholdBytes payloads of more bytes than this are compressed
 * @param zlibLevel 1 (fast) … 9 (small)
 * @param maxPayloadBytes the largest request after decompression
 * @param identity who may ask
 * @param keptAnswerBytes of answers that are kept to be given again; 0 for none
 * @param logResponses whether every answer gets a line in the log
 * @param admin who may administer
 */
public record GateConfig(
        String address,
        int port,
        int backlog,
        int ioThreads,
        TransportLimits limits,
        Duration drainTimeout,
        int workerThreads,
        int queueCapacity,
        boolean quickWhereRead,
        Compression compression,
        int compressionThresholdBytes,
        int zlibLevel,
        int maxPayloadBytes,
        IdentityConfig identity,
        int keptAnswerBytes,
        boolean logResponses,
        AdminConfig admin) {}
