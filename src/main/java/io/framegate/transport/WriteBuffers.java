package io.framegate.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that replies are gathered in before a write: small replies share one system call, large ones go out piece
 * by piece. Direct ones, as the JDK would otherwise copy into a direct buffer of its own, of the reply's whole size, and
 * keep it for the thread's life.
 *
 * <p>A thread takes the buffer that it gave back last, if it can: that one is still in its core's cache.
 *
 * <p><b>Threads.</b> Any, without a lock.
 *
 * <p><b>Limits.</b> As many direct buffers as fit the pool; where more connections than that write at the same time, the
 * others get a heap buffer, which the collector takes back.
 */
final class WriteBuffers {

    /** Bytes of one buffer. */
    static final int BYTES = 64 * 1024;

    /** Buffers are so far apart that threads which use two of them write to different cache lines. */
    private static final int APART = 16;

    private final int places;
    private final AtomicReferenceArray<@Nullable ByteBuffer> idle;

    WriteBuffers(int direct) {
        places = direct;
        idle = new AtomicReferenceArray<>(direct * APART);
        for (int i = 0; i < direct; i++) {
            idle.set(i * APART, ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    ByteBuffer take() {
        int first = first();
        for (int i = 0; i < places; i++) {
            int place = (first + i) % places * APART;
            ByteBuffer buffer = idle.get(place) == null ? null : idle.getAndSet(place, null);
            if (buffer != null) {
                return buffer;
            }
        }
        return ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    void giveBack(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            return;
        }
        buffer.clear();
        // There are as many places as direct buffers, so one is free.
        for (int i = first(); !idle.compareAndSet(i % places * APART, null, buffer); i++) {
            Thread.onSpinWait();
        }
    }

    /** Where a thread looks first: in a place of its own, as long as there are not too many threads. */
    private int first() {
        return (int) (Thread.currentThread().getId() % places);
    }
}
