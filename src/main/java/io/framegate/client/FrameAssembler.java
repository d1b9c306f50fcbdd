package io.framegate.client;

import io.framegate.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes frames of what a socket gives, wherever it was split. A body is given memory as it arrives, never as it is
 * announced, and one over the limit is skipped without being kept, so that the frames after it can still be read.
 *
 * <p>For one thread at a time.
 */
final class FrameAssembler {

    private static final int FIRST_BODY_BYTES = 64 * 1024;

    private final int maxBodyBytes;
    private final Receiver receiver;
    private final byte[] header = new byte[FrameHeader.WITH_REQUEST_ID_BYTES];
    private int headerBytes = FrameHeader.BYTES;
    private int headerFilled;
    private byte[] body = {};
    private int bodyFilled;

    FrameAssembler(int maxBodyBytes, Receiver receiver) {
        this.maxBodyBytes = maxBodyBytes;
        this.receiver = receiver;
    }

    /**
     * Takes all bytes of a buffer.
     *
     * @throws ClientException for a body size out of the protocol's range: framing is lost
     */
    void accept(ByteBuffer in) {
        while (in.hasRemaining()) {
            if (headerFilled < headerBytes) {
                int taken = Math.min(in.remaining(), headerBytes - headerFilled);
                in.get(header, headerFilled, taken);
                headerFilled += taken;
                if (headerFilled == headerBytes) {
                    begin();
                }
            } else {
                body(in);
            }
        }
    }

    /** From the next frame on headers have request ids. */
    void expectRequestIds() {
        headerBytes = FrameHeader.WITH_REQUEST_ID_BYTES;
    }

    /** Whether bytes of a frame are there that is not complete. */
    boolean isWithinFrame() {
        return headerFilled > 0;
    }

    private void begin() {
        int size = FrameHeader.bodySize(header, 0);
        if (!FrameHeader.isBodySizeValid(size, FrameHeader.MAX_BODY_BYTES)) {
            throw new ClientException(
                    ClientException.Kind.BAD_REPLY,
                    "The server announced an answer of " + size
                            + " bytes, so this is no Framegate or framing is lost.");
        }
        body = new byte[size > maxBodyBytes ? 0 : Math.min(size, FIRST_BODY_BYTES)];
        bodyFilled = 0;
    }

    private void body(ByteBuffer in) {
        int size = FrameHeader.bodySize(header, 0);
        int taken = Math.min(in.remaining(), size - bodyFilled);
        boolean skipped = size > maxBodyBytes;
        if (skipped) {
            in.position(in.position() + taken);
        } else {
            if (bodyFilled + taken > body.length) {
                body = Arrays.copyOf(body, (int) Math.min(size, Math.max(bodyFilled + taken, body.length * 2L)));
            }
            in.get(body, bodyFilled, taken);
        }
        bodyFilled += taken;
        if (bodyFilled == size) {
            byte[] complete = body;
            body = new byte[0];
            headerFilled = 0;
            int requestId = headerBytes == FrameHeader.BYTES ? 0 : FrameHeader.requestId(header, 0);
            if (skipped) {
                receiver.frameSkipped(requestId, size);
            } else {
                receiver.frameRead(FrameHeader.id(header, 0), requestId, complete);
            }
        }
    }

    /** Where the frames go, in their order; the request id is 0 where headers have none. */
    interface Receiver {

        void frameRead(int id, int requestId, byte[] body);

        void frameSkipped(int requestId, int bodyBytes);
    }
}
