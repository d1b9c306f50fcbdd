package io.framegate.dispatch;

import io.framegate.message.Refusal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Surrounds every request on the thread that runs it. Each request finds the thread as the application made it, whatever the
 * worker before has left there: no interrupt flag, the application's context class loader, the thread's name, priority and identity, no
 * transaction, and a request scope of its own.
 *
 * <p>If a worker begins a transaction and does not end it, the boundary rolls it back, so what the worker acknowledged is not stored. Its
 * request is answered by an error, as for a stateless bean.
 *
 * <p><b>Threads.</b> Any. The thread's original state is kept in its {@link ThreadScratch}.
 */
final class RequestBoundary {

    private static final Logger LOG = System.getLogger(RequestBoundary.class.getName());

    private final ContainerContext container;

    RequestBoundary(ContainerContext container) {
        this.container = container;
    }

    /** Whether the owner of this thread is ending it; any other interrupt is a worker's. */
    boolean isThreadEnding() {
        return container.isThreadEnding();
    }

    /** A request begins on this thread. */
    void enter(ThreadScratch scratch) {
        Thread thread = Thread.currentThread();
        Object ofContainer = scratch.ofContainer;
        if (ofContainer == null || scratch.thread != thread) {
            ofContainer = learn(scratch, thread);
        }
        container.begin(ofContainer);
    }

    /** Remembers the thread's state, which each request is to find. */
    private Object learn(ThreadScratch scratch, Thread thread) {
        scratch.thread = thread;
        scratch.threadName = thread.getName();
        scratch.threadPriority = thread.getPriority();
        scratch.contextClassLoader = thread.getContextClassLoader();
        Object ofContainer = container.ofThread();
        scratch.ofContainer = ofContainer;
        return ofContainer;
    }

    /**
     * The request has its answer.
     *
     * @throws Refusal instead of the answer, if the worker has left a transaction open
     */
    void exit(ThreadScratch scratch, Route<?, ?> route) {
        if (leave(scratch, route)) {
            throw new Refusal(
                    Refusal.Code.FAILED,
                    "The server made a mistake on this " + route.request().name()
                            + ": its transaction was not ended, and was rolled back. Nothing that it held is stored.");
        }
    }

    /**
     * The request has failed, or is run again.
     *
     * @return whether a transaction was left open
     */
    boolean leave(ThreadScratch scratch, Route<?, ?> route) {
        String open = container.end(Objects.requireNonNull(scratch.ofContainer, "no request was begun"));
        if (open != null) {
            route.leftOpen()
                    .log(others -> LOG.log(
                            Level.ERROR, route.workerName() + " left " + open + " open; it was rolled back" + others));
        }
        restore(Thread.currentThread(), scratch.threadName, scratch.threadPriority, scratch.contextClassLoader);
        return open != null;
    }

    private void restore(Thread thread, String name, int priority, @Nullable ClassLoader loader) {
        if (Thread.interrupted() && container.isThreadEnding()) {
            thread.interrupt();
        }
        if (thread.getContextClassLoader() != loader) {
            thread.setContextClassLoader(loader);
        }
        // The same object, unless it was set.
        if (!thread.getName().equals(name)) {
            thread.setName(name);
        }
        if (thread.getPriority() != priority) {
            thread.setPriority(priority);
        }
    }
}
