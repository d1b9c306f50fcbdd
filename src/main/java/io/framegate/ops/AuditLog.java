package io.framegate.ops;

import io.framegate.dispatch.LogText;
import jakarta.enterprise.context.ApplicationScoped;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Who has signed in and what administrators have done, whichever way they came, and what was refused to whom. Each is one line of the
 * logger {@value #LOGGER}:
 *
 * <pre>
 *  act="PUT config/framegate.workers.threads" by="admin" from="10.0.0.7" outcome="done" detail="framegate.workers.threads: 16 -&gt; 64"
 * </pre>
 *
 * <pre>
 *  act      what it was: method and path below /admin, sign-in, sign-out, or JMX's bean and operation
 *  by       the name of who did it; what was given for one where a sign-in failed; empty where nobody was signed in
 *  from     the client's address, with "through" and the gate where an order came by the Data Grid; JMX
 *  outcome  done, or refused or failed with HTTP's status
 *  detail   what was changed, from what to what; may be empty. Never a password, token or key
 * </pre>
 *
 * Text from elsewhere is escaped and clipped, and a quotation mark in it is an apostrophe.
 *
 * <p><b>Limits.</b> The last {@value #KEPT} are kept for the console. Of what is refused, which strangers can cause as often as they
 * like, at most {@value #REFUSED_PER_SECOND} a second are written; the next line says how many were not.
 *
 * <p><b>Threads.</b> Any.
 */
@ApplicationScoped
public class AuditLog {

    /** The name of the logger, of its own so that its lines can be sent elsewhere. */
    public static final String LOGGER = "io.framegate.audit";

    static final int KEPT = 100;
    static final int REFUSED_PER_SECOND = 20;

    /** The outcome of what was done. */
    static final String DONE = "done";

    private static final Logger LOG = System.getLogger(LOGGER);

    // Guarded by this.
    private final Deque<Entry> last = new ArrayDeque<>();
    private long second;
    private int refusedInSecond;
    private long leftOut;

    /**
     * One act.
     *
     * @param time when
     * @param act what
     * @param by whose name; may be empty
     * @param from which address
     * @param outcome done, or how it failed
     * @param detail may be empty
     */
    record Entry(Instant time, String act, String by, String from, String outcome, String detail) {

        Entry {
            act = plain(act);
            by = plain(by);
            from = plain(from);
            outcome = plain(outcome);
            detail = plain(detail);
        }

        private static String plain(String text) {
            return LogText.clipped(text).replace('"', '\'');
        }

        @Override
        public String toString() {
            return "act=\"" + act + "\" by=\"" + by + "\" from=\"" + from + "\" outcome=\"" + outcome + "\" detail=\""
                    + detail + "\"";
        }
    }

    /** For the container. */
    protected AuditLog() {}

    /** Takes what was done from threads that the container does not know. */
    @FunctionalInterface
    interface Acts {

        void done(String act, String by, String from, String detail);
    }

    /** This log without the container's proxy, which puts itself in the place of a bean that a method returns. */
    Acts acts() {
        return this::done;
    }

    /** Tells of something that was done. */
    void done(String act, String by, String from, String detail) {
        tell(new Entry(Instant.now(), act, by, from, DONE, detail));
    }

    /** Tells of something that was refused, or failed. */
    void refused(String act, String by, String from, int status, String detail) {
        String outcome = (status < 500 ? "refused " : "failed ") + status;
        Entry entry = new Entry(Instant.now(), act, by, from, outcome, detail);
        synchronized (this) {
            long now = entry.time().getEpochSecond();
            if (now != second) {
                second = now;
                refusedInSecond = 0;
            }
            if (refusedInSecond++ >= REFUSED_PER_SECOND) {
                leftOut++;
                return;
            }
        }
        tell(entry);
    }

    /** The last ones, the newest first. */
    synchronized List<Entry> last() {
        return List.copyOf(last);
    }

    private void tell(Entry entry) {
        long others;
        synchronized (this) {
            others = leftOut;
            leftOut = 0;
            last.addFirst(entry);
            if (last.size() > KEPT) {
                last.removeLast();
            }
        }
        LOG.log(Level.INFO, "{0}{1}", entry, others == 0 ? "" : " (" + others + " refused before it are not told)");
    }
}
