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
 * <p><b>Limits.</b> As many direct buffers as the pool has slots; if more connections write at the same time, the
 * others get a heap buffer, which is garbage afterwards.
 */
final class WriteBuffers {

    /** Bytes of one buffer. */
    static final int BYTES = 64 * 1024;

    /** Slots are so far apart that they lie on different cache lines. */
    private static final int APART = 16;

    private final int slots;
    private final AtomicReferenceArray<@Nullable ByteBuffer> idle;

    WriteBuffers(int direct) {
        slots = direct;
        idle = new AtomicReferenceArray<>(direct * APART);
        for (int i = 0; i < direct; i++) {
            idle.set(i * APART, ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    ByteBuffer take() {
        int first = first();
        for (int i = 0; i < slots; i++) {
            int slot = (first + i) % slots * APART;
            ByteBuffer buffer = idle.get(slot) == null ? null : idle.getAndSet(slot, null);
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
        // There are as many slots as direct buffers, so one is free.
        for (int i = first(); !idle.compareAndSet(i % slots * APART, null, buffer); i++) {
            Thread.onSpinWait();
        }
    }

    /** The slot that a thread tries first: one of its own, as long as there are not too many threads. */
    private int first() {
        return (int) (Thread.currentThread().getId() % slots);
    }
}
