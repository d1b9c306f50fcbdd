package io.framegate.dispatch;

import io.framegate.message.Refusal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The edge of every request on the thread that works it. Each request finds the thread as the application gave it, whatever the
 * worker before it has left there: no interrupt flag, the application's context class loader, the thread's name, priority and identity, no
 * transaction, and a request scope of its own.
 *
 * <p>A transaction that a worker has begun and not ended is rolled back, so what it acknowledged is not stored: its request gets an
 * error in place of the answer, as a stateless bean's caller does.
 *
 * <p><b>Threads.</b> Any. What the thread was like is kept in the {@link Desk} of whoever works the request.
 */
final class RequestBoundary {

    private static final Logger LOG = System.getLogger(RequestBoundary.class.getName());

    private final ContainerContext container;

    RequestBoundary(ContainerContext container) {
        this.container = container;
    }

    /** Whether the owner of this thread has told it to end; any other interrupt is a worker's. */
    boolean isThreadEnding() {
        return container.isThreadEnding();
    }

    /** A request begins on this thread. */
    void enter(Desk desk) {
        Thread thread = Thread.currentThread();
        Object ofContainer = desk.ofContainer;
        if (ofContainer == null || desk.thread != thread) {
            ofContainer = learn(desk, thread);
        }
        container.begin(ofContainer);
    }

    /** What the thread is like now, it is to be like for each request. */
    private Object learn(Desk desk, Thread thread) {
        desk.thread = thread;
        desk.threadName = thread.getName();
        desk.threadPriority = thread.getPriority();
        desk.contextClassLoader = thread.getContextClassLoader();
        Object ofContainer = container.ofThread();
        desk.ofContainer = ofContainer;
        return ofContainer;
    }

    /**
     * The request has its answer.
     *
     * @throws Refusal in place of the answer, where the worker has left a transaction open
     */
    void exit(Desk desk, Route<?, ?> route) {
        if (leave(desk, route)) {
            throw new Refusal(
                    Refusal.Code.FAILED,
                    "The server made a mistake on this " + route.request().name()
                            + ": its transaction was not ended, and was rolled back. Nothing that it held is stored.");
        }
    }

    /**
     * The request has failed, or is worked anew.
     *
     * @return whether a transaction was left open
     */
    boolean leave(Desk desk, Route<?, ?> route) {
        String open = container.end(Objects.requireNonNull(desk.ofContainer, "no request was begun"));
        if (open != null) {
            route.leftOpen()
                    .tell(others -> LOG.log(
                            Level.ERROR, route.workerName() + " left " + open + " open; it was rolled back" + others));
        }
        restore(Thread.currentThread(), desk.threadName, desk.threadPriority, desk.contextClassLoader);
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
