package io.framegate.tls;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The buffers that records are made in on their way out. A channel has one only while it sends, so idle connections cost
 * none.
 *
 * <p><b>Limits.</b> As many direct ones as the pool keeps, made when they are first needed; where more channels send at a
 * time, the others get a heap buffer, which the collector takes back.
 */
public final class TlsBuffers {

    /** Room for 64 KiB of data in four records: what one write of the transport brings. */
    static final int BYTES = 4 * 17 * 1024;

    private final int kept;
    private final AtomicInteger made = new AtomicInteger();
    private final ArrayBlockingQueue<ByteBuffer> idle;

    /** Keeps at most so many. */
    public TlsBuffers(int kept) {
        this.kept = kept;
        this.idle = new ArrayBlockingQueue<>(kept);
    }

    ByteBuffer take() {
        ByteBuffer buffer = idle.poll();
        if (buffer != null) {
            return buffer;
        }
        boolean direct = made.get() < kept && made.incrementAndGet() <= kept;
        return direct ? ByteBuffer.allocateDirect(BYTES) : ByteBuffer.allocate(BYTES);
    }

    void giveBack(ByteBuffer buffer) {
        if (buffer.isDirect()) {
            idle.offer(buffer.clear());
        }
    }
}
