package io.framegate.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * The buffers that replies are gathered in before a write: small replies share one system call, large ones go out piece
 * by piece. Direct ones, as the JDK would otherwise copy into a direct buffer of its own, of the reply's whole size, and
 * keep it for the thread's life.
 *
 * <p><b>Limits.</b> As many direct buffers as fit the pool; where more connections than that write at the same time, the
 * others get a heap buffer, which the collector takes back.
 */
final class WriteBuffers {

    /** Bytes of one buffer. */
    static final int BYTES = 64 * 1024;

    private final ArrayBlockingQueue<ByteBuffer> idle;

    WriteBuffers(int direct) {
        idle = new ArrayBlockingQueue<>(direct);
        for (int i = 0; i < direct; i++) {
            idle.add(ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    ByteBuffer take() {
        ByteBuffer buffer = idle.poll();
        return buffer != null ? buffer : ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    void giveBack(ByteBuffer buffer) {
        if (buffer.isDirect()) {
            idle.add(buffer.clear());
        }
    }
}
