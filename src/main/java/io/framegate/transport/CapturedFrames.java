package io.framegate.transport;

import io.framegate.wire.FrameHeader;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;

/**
 * The last frames of a connection.
 *
 * @param client who is connected
 * @param server where the port is
 * @param fromTheBeginning whether the connection's first frames are among them; otherwise there may have been a hello
 * @param gapAt the frame before which some are not kept any more; their number if there is no gap between them
 * @param frames in the order of their times
 */
public record CapturedFrames(
        InetSocketAddress client, InetSocketAddress server, boolean fromTheBeginning, int gapAt, List<Frame> frames) {

    public CapturedFrames {
        frames = List.copyOf(frames);
    }

    /**
     * A frame as it went over the connection, without TLS.
     *
     * @param time when it was read, or began to be written
     * @param fromClient whether it is a request
     * @param withRequestId whether its header has a request id
     * @param bytes header and body
     */
    public record Frame(Instant time, boolean fromClient, boolean withRequestId, byte[] bytes) {

        /** The request id, where its header has one. */
        public int requestId() {
            return FrameHeader.requestId(bytes, 0);
        }

        /** The bytes of a frame whose header has a request id, as they would be without. */
        public byte[] withoutRequestId() {
            return FrameHeader.withoutRequestId(bytes);
        }
    }
}
