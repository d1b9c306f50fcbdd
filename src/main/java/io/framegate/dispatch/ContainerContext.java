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
        public @Nullable Object begin() {
            return null;
        }

        @Override
        public @Nullable String end(@Nullable Object begun) {
            return null;
        }

        @Override
        public boolean isThreadEnding() {
            return false;
        }
    };

    /**
     * A request begins: its scope becomes active.
     *
     * @return what {@link #end} is to be given: as whom the thread works, say
     */
    @Nullable
    Object begin();

    /**
     * The request has ended: so does its scope, and what its worker has left open is undone. It does not throw.
     *
     * @param begun what {@link #begin} returned
     * @return what was left open, for the log; null where nothing was
     */
    @Nullable
    String end(@Nullable Object begun);

    /** Whether the thread's owner has told it to end: only then its interrupt flag is kept. */
    boolean isThreadEnding();
}
