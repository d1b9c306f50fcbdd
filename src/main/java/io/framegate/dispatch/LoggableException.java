package io.framegate.dispatch;

import io.framegate.message.Thrown;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exception of somebody else as it is logged: its stack trace is kept, its text is made fit for one line, since a worker may well
 * put what its client has sent into it. The same holds for its causes and suppressed exceptions, each of which is logged once. A
 * log handler calls no method of the exception itself, which may fail.
 */
public final class LoggableException extends Throwable {

    private static final long serialVersionUID = 1L;

    /** From an exception to the last of its causes. */
    private static final int MOST_DEEP = 10;

    /** Of exceptions, causes and suppressed ones included. */
    private static final int MOST = 30;

    /** What the JVM itself keeps of a stack. */
    private static final int MOST_FRAMES = 1024;

    private final String text;

    private LoggableException(String text, @Nullable Throwable cause, List<StackTraceElement> stack) {
        super(null, cause);
        this.text = text;
        setStackTrace(
                stack.stream().limit(MOST_FRAMES).map(LoggableException::fit).toArray(StackTraceElement[]::new));
    }

    /** The exception as it can be logged. */
    public static Throwable of(Throwable fault) {
        List<Throwable> told = new ArrayList<>();
        told.add(fault);
        return copy(fault, told, 1);
    }

    private static LoggableException copy(Throwable fault, List<Throwable> told, int depth) {
        LoggableException cause = Thrown.cause(fault)
                .filter(thrown -> isToBeTold(thrown, told, depth))
                .map(thrown -> copy(thrown, told, depth + 1))
                .orElse(null);
        LoggableException copy =
                new LoggableException(LogText.clipped(Thrown.text(fault)), cause, Thrown.stackTrace(fault));
        for (Throwable suppressed : Thrown.suppressed(fault)) {
            if (isToBeTold(suppressed, told, depth)) {
                copy.addSuppressed(copy(suppressed, told, depth + 1));
            }
        }
        return copy;
    }

    private static boolean isToBeTold(Throwable thrown, List<Throwable> told, int depth) {
        boolean isNew = depth < MOST_DEEP && told.size() < MOST && told.stream().noneMatch(before -> before == thrown);
        if (isNew) {
            told.add(thrown);
        }
        return isNew;
    }

    /** Anybody may make an element, of any texts. */
    private static StackTraceElement fit(StackTraceElement element) {
        if (LogText.isFit(element.toString())) {
            return element;
        }
        String file = element.getFileName();
        return new StackTraceElement(
                LogText.clipped(element.getClassName()),
                LogText.clipped(element.getMethodName()),
                file == null ? null : LogText.clipped(file),
                element.getLineNumber());
    }

    @Override
    public String toString() {
        return text;
    }
}
