package io.framegate.map.start;

import io.framegate.map.store.DatabaseProbe;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks the database once a second whether it is there and takes changes, so that whoever wants to know needs not wait for it. The log
 * has a line when it is lost, one when the reason is another, and one when it is back.
 *
 * <p><b>Threads.</b> One managed thread of its own, which ends with the application. {@link #failure} may be asked by any.
 */
@ApplicationScoped
public class DatabaseWatch {

    private static final Logger LOG = System.getLogger(DatabaseWatch.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** One that takes longer says by that that all is not well. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

    private static final String NOT_ASKED = "The database was not asked yet.";
    private static final String NO_ANSWER = "The database does not answer.";

    // Set by the container before the first call, and never after.
    private DatabaseProbe probe;

    @Resource
    private ManagedThreadFactory threads;

    private final MapThread thread = new MapThread();

    // Written by its thread; read by all.
    private volatile Optional<String> found = Optional.of(NOT_ASKED);
    private volatile long askedNanos;
    private volatile boolean asking;

    // Of its thread.
    private Optional<String> told = Optional.of(NOT_ASKED);
    private long lostNanos;

    /** For the container's proxy. */
    protected DatabaseWatch() {}

    @Inject
    DatabaseWatch(DatabaseProbe probe) {
        this.probe = probe;
    }

    void applicationStarted(@Observes @Initialized(ApplicationScoped.class) Object event) {
        start(threads, probe::failure, PERIOD);
    }

    void start(ThreadFactory threadFactory, Supplier<Optional<String>> question, Duration period) {
        thread.start(threadFactory, "framegate-database-watch", () -> run(question, period));
    }

    /** Ends it, and waits for its end for some seconds. */
    @PreDestroy
    public void stop() {
        thread.stop();
    }

    /**
     * What is wrong with the database, as of a second ago or of an answer that is waited for.
     *
     * @return a sentence for whoever may see health pages; empty if all is well
     */
    public Optional<String> failure() {
        return asking && System.nanoTime() - askedNanos > ANSWER_LIMIT.toNanos() ? Optional.of(NO_ANSWER) : found;
    }

    private void run(Supplier<Optional<String>> question, Duration period) {
        try {
            while (!thread.isStopped()) {
                askedNanos = System.nanoTime();
                asking = true;
                found = ask(question);
                asking = false;
                if (!thread.isStopped()) {
                    tell(found);
                }
                TimeUnit.NANOSECONDS.sleep(period.toNanos());
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "The database is watched no more.");
        }
    }

    private Optional<String> ask(Supplier<Optional<String>> question) {
        try {
            return question.get();
        } catch (RuntimeException | Error e) {
            // The next one may be answered; without this thread nobody would ask again.
            LOG.log(Level.DEBUG, "The database could not be asked", e);
            return Optional.of("The database could not be asked.");
        }
    }

    /** Until it is there for the first time, the start of the map tells that it waits. */
    private void tell(Optional<String> now) {
        if (now.equals(told)) {
            return;
        }
        boolean known = !told.equals(Optional.of(NOT_ASKED));
        if (now.isEmpty()) {
            if (known) {
                LOG.log(
                        Level.INFO,
                        "The map''s database is as it should be again, after {0} s.",
                        String.valueOf(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lostNanos)));
            }
            told = now;
        } else if (known) {
            if (told.isEmpty()) {
                lostNanos = askedNanos;
            }
            LOG.log(Level.WARNING, "The map''s database is not as it should be: {0}", now.get());
            told = now;
        }
    }
}
