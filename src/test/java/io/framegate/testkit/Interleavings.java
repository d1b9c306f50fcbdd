package io.framegate.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.Lincheck;

/**
 * Runs a few threads again and again, each time in another order of their reads, writes and locks, by Lincheck's model
 * checker. It tells the order in which something went wrong, and ends where all threads wait for each other.
 *
 * <p>{@code -Dframegate.test.interleavings=5000} tries more orders of each; one takes some ten milliseconds.
 */
public final class Interleavings {

    private static final int TRIED = Integer.getInteger("framegate.test.interleavings", 25);

    static {
        // Else it warns of each lambda, in which it can't tell fields apart.
        System.setProperty("lincheck.logLevel", "ERROR");
    }

    private Interleavings() {}

    /** Something that threads do, from its beginning. */
    public interface Story {

        /** What each thread does. */
        List<Runnable> threads();

        /** Checks what has become of it when all of them have ended. */
        void check();
    }

    /** Makes a story anew for each order. */
    public interface Stories {
        Story begin();
    }

    public static void of(Stories stories) {
        Lincheck.runConcurrentTest(TRIED, () -> {
            Story story = stories.begin();
            List<Thread> threads = new ArrayList<>();
            for (Runnable work : story.threads()) {
                threads.add(new Thread(work));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            story.check();
        });
    }
}
