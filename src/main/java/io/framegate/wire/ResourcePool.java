package io.framegate.wire;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps a few things that hold native memory for their next use. Thread-locals would do as well, but those of a
 * container's threads outlive the application.
 */
final class ResourcePool<T> implements AutoCloseable {

    private final ArrayBlockingQueue<T> idle;
    private final Supplier<T> make;
    private final Consumer<T> release;
    private volatile boolean closed;

    ResourcePool(int capacity, Supplier<T> make, Consumer<T> release) {
        this.idle = new ArrayBlockingQueue<>(capacity);
        this.make = make;
        this.release = release;
    }

    T take() {
        T pooled = idle.poll();
        return pooled != null ? pooled : make.get();
    }

    /** Takes a thing back; one that is not usable any more, or one too many, is released. */
    void giveBack(T thing, boolean usable) {
        if (!usable || closed || !idle.offer(thing)) {
            release.accept(thing);
        } else if (closed) {
            close();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (T thing = idle.poll(); thing != null; thing = idle.poll()) {
            release.accept(thing);
        }
    }
}
