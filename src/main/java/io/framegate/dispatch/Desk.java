package io.framegate.dispatch;

import io.framegate.codec.WireReader;
import io.framegate.metrics.MessageInfo;
import org.jspecify.annotations.Nullable;

/**
 * What one thread has at hand while it answers requests: a reader, and counts that nobody has been told of yet.
 *
 * <p>Counters that all threads share cost as much as a small request's codec. So requests that take next to nothing are counted
 * here, and told together, before this thread writes the replies of what was read at once. So who has a reply finds it counted, but
 * for a moment where another thread was writing already; and one that hangs, though its kind was quick so far, is counted when it ends.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class Desk {

    /** Of nothing, but during a call. */
    final WireReader reader = new WireReader();

    /** Of what is in hand. */
    final RequestHeap heap = new RequestHeap();

    // Of the RequestBoundary: the thread that has this at present, and what it was like when it began its first
    // request.
    @Nullable
    Thread thread;

    String threadName = "";
    int threadPriority;

    @Nullable
    ClassLoader contextClassLoader;

    @Nullable
    Object ofContainer;

    private @Nullable MessageInfo counted;
    private int received;
    private int answered;
    private long bytesIn;
    private long bytesOut;

    /** A request of a kind came. */
    void received(MessageInfo info, int bodyBytes) {
        if (info != counted) {
            tell();
            counted = info;
        }
        received++;
        bytesIn += bodyBytes;
    }

    /** The request that was received last was answered. */
    void answered(int frameBytes) {
        answered++;
        bytesOut += frameBytes;
    }

    /** Tells what was counted. */
    void tell() {
        MessageInfo info = counted;
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
