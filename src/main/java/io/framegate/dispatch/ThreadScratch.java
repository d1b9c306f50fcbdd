package io.framegate.dispatch;

import io.framegate.codec.WireReader;
import io.framegate.metrics.MessageMetrics;
import org.jspecify.annotations.Nullable;

/**
 * Per-thread scratch: a reused {@link WireReader}, and counters not yet flushed to the shared metrics.
 *
 * <p>An update of shared counters costs as much as a small request's codec. Fast requests are therefore counted here, and flushed
 * together before this thread writes their replies. A client that has its reply finds it counted, except for a moment if another thread
 * was already writing. A request that blocks although its kind was fast so far is counted when it ends.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class ThreadScratch {

    /** Reused by every call; empty between calls. */
    final WireReader reader = new WireReader();

    /** The heap that the request in work has taken. */
    final RequestHeap heap = new RequestHeap();

    // RequestBoundary's: the owning thread, and its state before its first request.
    @Nullable
    Thread thread;

    String threadName = "";
    int threadPriority;

    @Nullable
    ClassLoader contextClassLoader;

    @Nullable
    Object ofContainer;

    private @Nullable MessageMetrics counted;
    private int received;
    private int answered;
    private long bytesIn;
    private long bytesOut;

    /** Counts a received request. */
    void received(MessageMetrics info, int bodyBytes) {
        if (info != counted) {
            flush();
            counted = info;
        }
        received++;
        bytesIn += bodyBytes;
    }

    /** Counts the answer to the request that was received last. */
    void answered(int frameBytes) {
        answered++;
        bytesOut += frameBytes;
    }

    /** Flushes the counters to the shared metrics. */
    void flush() {
        MessageMetrics info = counted;
        if (info != null && received > 0) {
            info.received(received, bytesIn);
            info.answered(answered, bytesOut);
            received = 0;
            answered = 0;
            bytesIn = 0;
            bytesOut = 0;
        }
    }
}
