package io.framegate.dispatch;

/**
 * A worker's exception as it is logged: its stack trace is kept, its text is made fit for one line, since a worker may well put
 * what its client has sent into it. The same holds for its causes and what it suppresses.
 */
final class LoggedFault extends Throwable {

    private static final long serialVersionUID = 1L;

    /** Of causes, and of what is suppressed; chains may be circles. */
    private static final int MOST = 10;

    private final String text;

    private LoggedFault(Throwable fault, int depth) {
        super(null, depth < MOST && fault.getCause() != null ? new LoggedFault(fault.getCause(), depth + 1) : null);
        text = LogText.clipped(String.valueOf(fault));
        setStackTrace(fault.getStackTrace());
        Throwable[] suppressed = fault.getSuppressed();
        for (int i = 0; i < suppressed.length && i + depth < MOST; i++) {
            addSuppressed(new LoggedFault(suppressed[i], MOST - 1));
        }
    }

    static Throwable of(Throwable fault) {
        return new LoggedFault(fault, 0);
    }

    @Override
    public String toString() {
        return text;
    }
}
