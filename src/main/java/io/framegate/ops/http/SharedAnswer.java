package io.framegate.ops.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is made for all who ask for it at the same time. Whoever asks is given one whose making began after that, so nobody
 * is told what was true before; beyond {@value #MOST_WAITING} who wait, or {@value #PATIENCE_SECONDS} s of it, the last one is
 * good enough where it is not older than that.
 *
 * <p><b>Threads.</b> Any.
 */
final class SharedAnswer {

    static final int MOST_WAITING = 16;
    static final int PATIENCE_SECONDS = 5;

    private static final CollectedAnswer BUSY = CollectedAnswer.sentence(
            HttpServletResponse.SC_SERVICE_UNAVAILABLE,
            "What this asks for has not been found out in time: try again.");

    private final Semaphore places = new Semaphore(MOST_WAITING);
    private final ReentrantLock making = new ReentrantLock();

    private volatile @Nullable Made last;

    /** Makes an answer. */
    @FunctionalInterface
    interface Maker {

        CollectedAnswer make() throws IOException, ServletException;
    }

    private record Made(CollectedAnswer answer, long begunNanos) {

        boolean isRecent() {
            return System.nanoTime() - begunNanos <= TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        }
    }

    /** An answer, made by this thread or by another. */
    CollectedAnswer get(Maker maker) throws IOException, ServletException {
        long asked = System.nanoTime();
        if (!places.tryAcquire()) {
            return recent();
        }
        try {
            if (!making.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return recent();
            }
            try {
                Made made = last;
                if (made == null || made.begunNanos - asked < 0) {
                    long begun = System.nanoTime();
                    made = new Made(maker.make(), begun);
                    last = made;
                }
                return made.answer;
            } finally {
                making.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return BUSY;
        } finally {
            places.release();
        }
    }

    /** How many wait for others. */
    int waiting() {
        return making.getQueueLength();
    }

    private CollectedAnswer recent() {
        Made made = last;
        return made != null && made.isRecent() ? made.answer : BUSY;
    }
}
