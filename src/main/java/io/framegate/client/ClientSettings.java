package io.framegate.client;

import io.framegate.message.Compression;
import io.framegate.wire.FrameHeader;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a client keeps to; see {@link FramegateClient.Builder} for each.
 *
 * @param helloAs the name for a hello; null to say none
 * @param notices who is told of a notice, by its id
 * @param silenceLimit a connection from which nothing comes for so long, while answers are due, is given up
 */
record ClientSettings(
        String host,
        int port,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration silenceLimit,
        int maxInFlight,
        Compression compression,
        int compressionThresholdBytes,
        int maxReplyBytes,
        @Nullable SSLContext tls,
        @Nullable String tlsName,
        boolean proxyProtocol,
        @Nullable String helloAs,
        Map<Integer, NoticeListener<?>> notices) {

    /** As many as servers keep. */
    private static final int MAX_NAME = 100;

    ClientSettings {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host is empty");
        }
        notices = Map.copyOf(notices);
        atLeast("port", port, 1);
        if (port > 65535) {
            throw new IllegalArgumentException("port=" + port + ": at most 65535");
        }
        if (compression == Compression.ZSTD) {
            throw new IllegalArgumentException("compression=ZSTD: servers only send it");
        }
        if (helloAs != null && helloAs.length() > MAX_NAME) {
            throw new IllegalArgumentException("hello: the client's name is longer than " + MAX_NAME + " characters");
        }
        positive("connectTimeout", connectTimeout);
        positive("requestTimeout", requestTimeout);
        positive("silenceLimit", silenceLimit);
        atLeast("maxInFlight", maxInFlight, 1);
        atLeast("compressionThresholdBytes", compressionThresholdBytes, 0);
        atLeast("maxReplyBytes", maxReplyBytes, 1);
    }

    /** The largest body that is kept: a compressed one is no larger than its payload and the letter and size before it. */
    int maxBodyBytes() {
        return (int) Math.min(FrameHeader.MAX_BODY_BYTES, maxReplyBytes + 64L);
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + "=" + value + ": at least " + least);
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + "=" + value + ": longer than nothing");
        }
    }
}
