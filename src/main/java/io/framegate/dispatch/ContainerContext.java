package io.framegate.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * What a container adds to the {@link RequestBoundary}: the request scope, and that no transaction outlives its request.
 *
 * <p><b>Threads.</b> Any; each call is about the thread that makes it.
 */
public interface ContainerContext {

    /** Without a container: there are no scopes and no transactions. */
    ContainerContext NONE = new ContainerContext() {
        @Override
        public Object ofThread() {
            return this;
        }

        @Override
        public void begin(Object ofThread) {}

        @Override
        public @Nullable String end(Object ofThread) {
            return null;
        }

        @Override
        public boolean isThreadEnding() {
            return false;
        }
    };

    /** What the container knows about the calling thread; kept, so that it is not looked up for every request. */
    Object ofThread();

    /**
     * A request begins: its scope becomes active.
     *
     * @param ofThread of the calling thread
     */
    void begin(Object ofThread);

    /**
     * The request has ended: so does its scope, and what its worker has left open is undone. It does not throw.
     *
     * @param ofThread of the calling thread
     * @return what was left open, for the log; null where nothing was
     */
    @Nullable
    String end(Object ofThread);

    /** Whether the thread's owner is ending it: only then its interrupt flag is kept. */
    boolean isThreadEnding();
}
