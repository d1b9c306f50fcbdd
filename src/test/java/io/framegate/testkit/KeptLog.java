package io.framegate.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Keeps what some loggers log from now on, in place of whoever else would write it, until it is closed. */
public final class KeptLog extends Handler implements AutoCloseable {

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    // Kept here, or the log manager may forget them and their handlers.
    private final List<Logger> loggers;

    /** @param names of the loggers, which let everything of this level pass */
    public KeptLog(Level level, String... names) {
        loggers = Stream.of(names).map(Logger::getLogger).toList();
        for (Logger logger : loggers) {
            logger.setLevel(level);
            logger.setUseParentHandlers(false);
            logger.addHandler(this);
        }
    }

    /** What was logged since it was taken last. */
    public List<LogRecord> take() {
        List<LogRecord> taken = List.copyOf(records);
        records.removeAll(taken);
        return taken;
    }

    @Override
    public void publish(LogRecord entry) {
        records.add(entry);
    }

    @Override
    public void flush() {
        // It is kept already.
    }

    @Override
    public void close() {
        for (Logger logger : loggers) {
            logger.setLevel(null);
            logger.setUseParentHandlers(true);
            logger.removeHandler(this);
        }
    }
}
