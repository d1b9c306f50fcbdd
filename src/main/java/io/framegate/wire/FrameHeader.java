package io.framegate.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The eight bytes before every body, little-endian; the same for a request and its response.
 *
 * <pre>
 *  offset size field
 *       0    4 id         the message id
 *       4    4 bodySize   bytes of the body, 1 … {@link #MAX_BODY_BYTES}
 *       8    4 requestId  only where both sides have agreed on request ids: chosen by the client, the same in the answer;
 *                         0 in what answers no request
 * </pre>
 *
 * A size out of range means that framing is lost: the caller answers and closes. An unknown id does not: the body can
 * be skipped.
 */
public final class FrameHeader {

    /** Bytes of a header. */
    public static final int BYTES = 8;

    /** Bytes of a header with a request id. */
    public static final int WITH_REQUEST_ID_BYTES = 12;

    public static final int ID_OFFSET = 0;
    public static final int BODY_SIZE_OFFSET = 4;

    /** The protocol's own limit: a body is smaller than 100 MiB. */
    public static final int MAX_BODY_BYTES = 100 * 1024 * 1024 - 1;

    /** Messages from this id on are notices: the server sends them unasked. */
    public static final int FIRST_NOTICE_ID = 900_000;

    private static final VarHandle INT32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private FrameHeader() {}

    /** The id of the header that begins at {@code offset}. */
    public static int id(byte[] bytes, int offset) {
        return (int) INT32.get(bytes, offset + ID_OFFSET);
    }

    /** The body size of the header that begins at {@code offset}, unchecked. */
    public static int bodySize(byte[] bytes, int offset) {
        return (int) INT32.get(bytes, offset + BODY_SIZE_OFFSET);
    }

    /** The request id of the header that begins at {@code offset}, where both sides have agreed on them. */
    public static int requestId(byte[] bytes, int offset) {
        return (int) INT32.get(bytes, offset + BYTES);
    }

    /** A whole frame with a request id put into its header. */
    public static byte[] withRequestId(byte[] frame, int requestId) {
        byte[] longer = new byte[frame.length + Integer.BYTES];
        System.arraycopy(frame, 0, longer, 0, BYTES);
        INT32.set(longer, BYTES, requestId);
        System.arraycopy(frame, BYTES, longer, WITH_REQUEST_ID_BYTES, frame.length - BYTES);
        return longer;
    }

    /** The same frame as {@link #withRequestId} had it. */
    public static byte[] withoutRequestId(byte[] frame) {
        byte[] shorter = new byte[frame.length - Integer.BYTES];
        System.arraycopy(frame, 0, shorter, 0, BYTES);
        System.arraycopy(frame, WITH_REQUEST_ID_BYTES, shorter, BYTES, shorter.length - BYTES);
        return shorter;
    }

    /** The bytes of a header. */
    public static int headerBytes(boolean withRequestId) {
        return withRequestId ? WITH_REQUEST_ID_BYTES : BYTES;
    }

    /** Whether framing survives a header with this size, given a limit of at most {@link #MAX_BODY_BYTES}. */
    public static boolean isBodySizeValid(int bodySize, int maxBodyBytes) {
        return bodySize > 0 && bodySize <= maxBodyBytes;
    }

    /** The bytes of the frame that an array begins with, header included; the array may be longer. */
    public static int frameBytes(byte[] frame) {
        return BYTES + bodySize(frame, 0);
    }

    /** Writes a header at {@code offset}. */
    public static void put(byte[] bytes, int offset, int id, int bodySize) {
        INT32.set(bytes, offset + ID_OFFSET, id);
        INT32.set(bytes, offset + BODY_SIZE_OFFSET, bodySize);
    }
}
