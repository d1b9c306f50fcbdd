package io.framegate.testkit;

import io.framegate.transport.TransportLimits;
import java.time.Duration;

/** The default limits of a listener, but for what a test sets. */
public final class Limits {

    private int maxConnections = TransportLimits.DEFAULTS.maxConnections();
    private int maxConnectionsPerAddress = TransportLimits.DEFAULTS.maxConnectionsPerAddress();
    private int maxBodyBytes = TransportLimits.DEFAULTS.maxBodyBytes();
    private int maxPipelined = TransportLimits.DEFAULTS.maxPipelined();
    private int maxPendingReplyBytes = TransportLimits.DEFAULTS.maxPendingReplyBytes();
    private int maxRequestBytes = TransportLimits.DEFAULTS.maxRequestBytes();
    private int maxReplyBytes = TransportLimits.DEFAULTS.maxReplyBytes();
    private Duration readTimeout = TransportLimits.DEFAULTS.readTimeout();
    private int minBodyBytesPerSecond = TransportLimits.DEFAULTS.minBodyBytesPerSecond();
    private Duration writeTimeout = TransportLimits.DEFAULTS.writeTimeout();
    private Duration idleTimeout = TransportLimits.DEFAULTS.idleTimeout();
    private Duration loginTimeout = TransportLimits.DEFAULTS.loginTimeout();
    private Duration lingerTimeout = TransportLimits.DEFAULTS.lingerTimeout();
    private boolean closeAfterResponse = TransportLimits.DEFAULTS.closeAfterResponse();
    private int recordedBytes = TransportLimits.DEFAULTS.recordedBytes();

    public Limits maxConnections(int value) {
        maxConnections = value;
        return this;
    }

    public Limits maxConnectionsPerAddress(int value) {
        maxConnectionsPerAddress = value;
        return this;
    }

    public Limits maxBodyBytes(int value) {
        maxBodyBytes = value;
        return this;
    }

    public Limits maxPipelined(int value) {
        maxPipelined = value;
        return this;
    }

    public Limits maxPendingReplyBytes(int value) {
        maxPendingReplyBytes = value;
        return this;
    }

    public Limits maxRequestBytes(int value) {
        maxRequestBytes = value;
        return this;
    }

    public Limits maxReplyBytes(int value) {
        maxReplyBytes = value;
        return this;
    }

    public Limits readTimeout(Duration value) {
        readTimeout = value;
        return this;
    }

    public Limits minBodyBytesPerSecond(int value) {
        minBodyBytesPerSecond = value;
        return this;
    }

    public Limits writeTimeout(Duration value) {
        writeTimeout = value;
        return this;
    }

    public Limits idleTimeout(Duration value) {
        idleTimeout = value;
        return this;
    }

    public Limits loginTimeout(Duration value) {
        loginTimeout = value;
        return this;
    }

    public Limits lingerTimeout(Duration value) {
        lingerTimeout = value;
        return this;
    }

    public Limits closeAfterResponse(boolean value) {
        closeAfterResponse = value;
        return this;
    }

    public Limits recordedBytes(int value) {
        recordedBytes = value;
        return this;
    }

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
