package io.framegate.client;

import io.framegate.message.Compression;
import io.framegate.wire.FrameHeader;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a client keeps to; see {@link FramegateClient.Builder} for each.
 *
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
        boolean proxyProtocol) {

    ClientSettings {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host is empty");
        }
        atLeast("port", port, 1);
        if (port > 65535) {
            throw new IllegalArgumentException("port=" + port + ": at most 65535");
        }
        if (compression == Compression.ZSTD) {
            throw new IllegalArgumentException("compression=ZSTD: servers only send it");
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
