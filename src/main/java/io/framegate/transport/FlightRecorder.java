package io.framegate.transport;

import io.framegate.transport.CapturedFrames.Frame;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last frames of one connection, in both directions and without TLS, so that an operator sees what was sent before
 * something went wrong. The first frame of each direction is kept as long as the connection, since a hello determines how the others
 * are decoded.
 *
 * <p><b>Threads.</b> The reader and the writer add, an operator reads.
 *
 * <p><b>Limits.</b> A fixed number of bytes, the overhead of each frame included; the oldest are dropped first. A frame that is
 * larger than that is not recorded.
 */
final class FlightRecorder {

    private static final int OVERHEAD_BYTES = 64;

    private final int maxBytes;
    private final boolean fromTheBeginning;

    // All guarded by this.
    private final List<Frame> first = new ArrayList<>();
    private final Deque<Frame> last = new ArrayDeque<>();
    private int bytes;
    private boolean requestSeen;
    private boolean replySeen;
    private boolean leftOut;

    private FlightRecorder(int maxBytes, boolean fromTheBeginning) {
        this.maxBytes = maxBytes;
        this.fromTheBeginning = fromTheBeginning;
        requestSeen = !fromTheBeginning;
        replySeen = !fromTheBeginning;
    }

    /** Null for no bytes: then nothing is kept, and nothing costs more than looking whether there is a recorder. */
    static @Nullable FlightRecorder of(int maxBytes, boolean fromTheBeginning) {
        return maxBytes == 0 ? null : new FlightRecorder(maxBytes, fromTheBeginning);
    }

    int maxBytes() {
        return maxBytes;
    }

    /** Whether a frame of so many bytes can be kept at all; if not, it is noted that one is missing. */
    synchronized boolean takes(int frameBytes) {
        boolean takes = frameBytes + OVERHEAD_BYTES <= maxBytes;
        leftOut |= !takes;
        return takes;
    }

    /** Keeps a frame that {@link #takes} has said yes to and that nobody changes any more. */
    synchronized void add(boolean fromClient, boolean withRequestId, byte[] frame) {
        boolean opening = fromClient ? !requestSeen : !replySeen;
        requestSeen |= fromClient;
        replySeen |= !fromClient;
        int needed = frame.length + OVERHEAD_BYTES;
        while (!last.isEmpty() && bytes + needed > maxBytes) {
            bytes -= last.removeFirst().bytes().length + OVERHEAD_BYTES;
            leftOut = true;
        }
        if (bytes + needed > maxBytes) {
            // What the first ones leave is too little for it.
            leftOut = true;
            return;
        }
        bytes += needed;
        (opening ? first : last).add(new Frame(Instant.now(), fromClient, withRequestId, frame));
    }

    /** All that is kept. */
    synchronized CapturedFrames recording(InetSocketAddress client, InetSocketAddress server) {
        List<Frame> all = new ArrayList<>(first);
        all.addAll(last);
        return new CapturedFrames(client, server, fromTheBeginning, leftOut ? first.size() : all.size(), all);
    }
}
