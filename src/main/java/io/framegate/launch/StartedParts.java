package io.framegate.launch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;

/**
 * What was started, to be stopped in the reverse order; once, whoever asks first, the end of the run or Ctrl-C.
 *
 * <p><b>Threads.</b> Starting and stopping exclude each other: a stop waits for the part that is being started, and no
 * part is started after it.
 */
final class StartedParts implements AutoCloseable {

    private final Deque<AutoCloseable> parts = new ArrayDeque<>(); // guarded by this
    private boolean stopped; // guarded by this

    /**
     * Starts a part.
     *
     * @throws LaunchFailure if all was stopped in the meantime, or what {@code start} throws
     */
    synchronized <T extends AutoCloseable> T start(Callable<T> start) throws LaunchFailure {
        if (stopped) {
            throw new LaunchFailure("Stopped before it was ready.");
        }
        try {
            T part = start.call();
            parts.push(part);
            return part;
        } catch (LaunchFailure e) {
            throw e;
        } catch (Exception e) {
            throw new LaunchFailure(String.valueOf(e.getMessage()), e);
        }
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    @Override
    public synchronized void close() {
        stopped = true;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                // The others must be stopped all the same.
                Terminal.ERR.println("framegate: " + e.getMessage());
            }
        }
    }
}
