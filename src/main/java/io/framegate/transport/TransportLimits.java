package io.framegate.transport;

import io.framegate.wire.FrameHeader;
import java.time.Duration;

/**
 * What one listener allows.
 *
 * @param maxConnections open at a time; one more is refused
 * @param maxConnectionsPerAddress likewise, of one client address
 * @param maxBodyBytes the largest body of a request, at most {@link FrameHeader#MAX_BODY_BYTES}
 * @param maxPipelined requests of one connection that may be without a reply; then reading pauses
 * @param maxPendingReplyBytes bytes of replies that one connection may leave unread; then reading pauses
 * @param maxRequestBytes bytes of all requests that are read in part, wait or are in work; a larger one is busy
 * @param maxReplyBytes bytes of replies that all connections may leave unread; then reading from who holds some pauses
 * @param readTimeout for a header from its first byte on; then again and again for as much body as
 *     {@code minBodyBytesPerSecond} makes in that time
 * @param minBodyBytesPerSecond the slowest body
 * @param writeTimeout without a byte taken by the client while a reply waits
 * @param idleTimeout without a byte from the client while nothing is in flight
 * @param loginTimeout from the beginning of a connection until its client is known, where it has to be
 * @param lingerTimeout after the last reply of a connection that the server closes, for the client to take it
 * @param closeAfterResponse shuts down the sending side after the first response, for the oldest clients
 * @param recordedBytes of the last frames of each connection, kept for an operator; 0 keeps none
 */
public record TransportLimits(
        int maxConnections,
        int maxConnectionsPerAddress,
        int maxBodyBytes,
        int maxPipelined,
        int maxPendingReplyBytes,
        int maxRequestBytes,
        int maxReplyBytes,
        Duration readTimeout,
        int minBodyBytesPerSecond,
        Duration writeTimeout,
        Duration idleTimeout,
        Duration loginTimeout,
        Duration lingerTimeout,
        boolean closeAfterResponse,
        int recordedBytes) {

    /** The defaults: those of the configuration. */
    public static final TransportLimits DEFAULTS = new TransportLimits(
            10_000,
            10_000,
            FrameHeader.MAX_BODY_BYTES,
            128,
            8 * 1024 * 1024,
            256 * 1024 * 1024,
            128 * 1024 * 1024,
            Duration.ofSeconds(10),
            1024,
            Duration.ofSeconds(30),
            Duration.ofMinutes(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            false,
            0);

    /** Begins with {@link #DEFAULTS}. */
    public static Builder builder() {
        return DEFAULTS.toBuilder();
    }

    /** Begins with these. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    public TransportLimits {
        atLeastOne("maxConnections", maxConnections);
        atLeastOne("maxConnectionsPerAddress", maxConnectionsPerAddress);
        atLeastOne("maxBodyBytes", maxBodyBytes);
        atLeastOne("maxPipelined", maxPipelined);
        atLeastOne("maxPendingReplyBytes", maxPendingReplyBytes);
        atLeastOne("maxRequestBytes", maxRequestBytes);
        atLeastOne("maxReplyBytes", maxReplyBytes);
        atLeastOne("minBodyBytesPerSecond", minBodyBytesPerSecond);
        if (recordedBytes < 0) {
            throw new IllegalArgumentException("recordedBytes=" + recordedBytes + ": at least 0");
        }
        if (maxBodyBytes > FrameHeader.MAX_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "maxBodyBytes=" + maxBodyBytes + ": the protocol allows " + FrameHeader.MAX_BODY_BYTES);
        }
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + "=" + value + ": at least 1");
        }
    }

    /** Limits in the making. What each is, is told at the {@linkplain TransportLimits component} of its name. */
    public static final class Builder {

        private int maxConnections;
        private int maxConnectionsPerAddress;
        private int maxBodyBytes;
        private int maxPipelined;
        private int maxPendingReplyBytes;
        private int maxRequestBytes;
        private int maxReplyBytes;
        private Duration readTimeout;
        private int minBodyBytesPerSecond;
        private Duration writeTimeout;
        private Duration idleTimeout;
        private Duration loginTimeout;
        private Duration lingerTimeout;
        private boolean closeAfterResponse;
        private int recordedBytes;

        private Builder(TransportLimits limits) {
            maxConnections = limits.maxConnections;
            maxConnectionsPerAddress = limits.maxConnectionsPerAddress;
            maxBodyBytes = limits.maxBodyBytes;
            maxPipelined = limits.maxPipelined;
            maxPendingReplyBytes = limits.maxPendingReplyBytes;
            maxRequestBytes = limits.maxRequestBytes;
            maxReplyBytes = limits.maxReplyBytes;
            readTimeout = limits.readTimeout;
            minBodyBytesPerSecond = limits.minBodyBytesPerSecond;
            writeTimeout = limits.writeTimeout;
            idleTimeout = limits.idleTimeout;
            loginTimeout = limits.loginTimeout;
            lingerTimeout = limits.lingerTimeout;
            closeAfterResponse = limits.closeAfterResponse;
            recordedBytes = limits.recordedBytes;
        }

        /** See {@link TransportLimits#maxConnections}. */
        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        /** See {@link TransportLimits#maxConnectionsPerAddress}. */
        public Builder maxConnectionsPerAddress(int value) {
            maxConnectionsPerAddress = value;
            return this;
        }

        /** See {@link TransportLimits#maxBodyBytes}. */
        public Builder maxBodyBytes(int value) {
            maxBodyBytes = value;
            return this;
        }

        /** See {@link TransportLimits#maxPipelined}. */
        public Builder maxPipelined(int value) {
            maxPipelined = value;
            return this;
        }

        /** See {@link TransportLimits#maxPendingReplyBytes}. */
        public Builder maxPendingReplyBytes(int value) {
            maxPendingReplyBytes = value;
            return this;
        }

        /** See {@link TransportLimits#maxRequestBytes}. */
        public Builder maxRequestBytes(int value) {
            maxRequestBytes = value;
            return this;
        }

        /** See {@link TransportLimits#maxReplyBytes}. */
        public Builder maxReplyBytes(int value) {
            maxReplyBytes = value;
            return this;
        }

        /** See {@link TransportLimits#readTimeout}. */
        public Builder readTimeout(Duration value) {
            readTimeout = value;
            return this;
        }

        /** See {@link TransportLimits#minBodyBytesPerSecond}. */
        public Builder minBodyBytesPerSecond(int value) {
            minBodyBytesPerSecond = value;
            return this;
        }

        /** See {@link TransportLimits#writeTimeout}. */
        public Builder writeTimeout(Duration value) {
            writeTimeout = value;
            return this;
        }

        /** See {@link TransportLimits#idleTimeout}. */
        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        /** See {@link TransportLimits#loginTimeout}. */
        public Builder loginTimeout(Duration value) {
            loginTimeout = value;
            return this;
        }

        /** See {@link TransportLimits#lingerTimeout}. */
        public Builder lingerTimeout(Duration value) {
            lingerTimeout = value;
            return this;
        }

        /** See {@link TransportLimits#closeAfterResponse}. */
        public Builder closeAfterResponse(boolean value) {
            closeAfterResponse = value;
            return this;
        }

        /** See {@link TransportLimits#recordedBytes}. */
        public Builder recordedBytes(int value) {
            recordedBytes = value;
            return this;
        }

        /**
         * Limits of these values.
         *
         * @throws IllegalArgumentException naming one that can't be
         */
        public TransportLimits build() {
            return new TransportLimits(
                    maxConnections,
                    maxConnectionsPerAddress,
                    maxBodyBytes,
                    maxPipelined,
                    maxPendingReplyBytes,
                    maxRequestBytes,
                    maxReplyBytes,
                    readTimeout,
                    minBodyBytesPerSecond,
                    writeTimeout,
                    idleTimeout,
                    loginTimeout,
                    lingerTimeout,
                    closeAfterResponse,
                    recordedBytes);
        }
    }
}
