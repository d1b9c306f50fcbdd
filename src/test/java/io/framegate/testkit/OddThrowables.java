package io.framegate.testkit;

import io.framegate.message.Refusal;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

/** Exceptions and errors as nobody should make them, none of which is a refusal or tells of a database. */
public final class OddThrowables {

    /** How many kinds there are. */
    public static final int KINDS = 30;

    private static final String HUGE = "x".repeat(30_000_000);

    private OddThrowables() {}

    /** Fails when it is looked at, in one way or another. */
    private static final class Fragile extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final int how;

        Fragile(int how, String text) {
            super(text);
            this.how = how;
        }

        @Override
        public String getMessage() {
            return switch (how) {
                case 1 -> throw new IllegalStateException("getMessage");
                case 2 -> throw new StackOverflowError("getMessage");
                case 3 -> null;
                case 4 -> throw this;
                default -> super.getMessage();
            };
        }

        @Override
        public String toString() {
            return switch (how) {
                case 5 -> throw new IllegalStateException("toString");
                case 6 -> null;
                case 7 -> HUGE;
                default -> super.toString();
            };
        }

        @Override
        public Throwable getCause() {
            return switch (how) {
                case 8 -> throw new IllegalStateException("getCause");
                case 9 -> this;
                case 10 -> throw new OutOfMemoryError("getCause");
                case 11 -> new Fragile(11, "again");
                default -> super.getCause();
            };
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            return switch (how) {
                case 12 -> null;
                case 13 -> throw new IllegalStateException("getStackTrace");
                case 14 -> new StackTraceElement[] {null, new StackTraceElement("a\nb", "\u001b[2J", null, -7)};
                default -> super.getStackTrace();
            };
        }

        @Override
        public boolean equals(Object other) {
            throw new IllegalStateException("equals");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("hashCode");
        }
    }

    private static final class FragileOfDatabase extends SQLException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getSQLState() {
            throw new IllegalStateException("getSQLState");
        }

        @Override
        public SQLException getNextException() {
            throw new IllegalStateException("getNextException");
        }
    }

    /** Each of its causes is a new one. */
    public static Throwable endlessCauses() {
        return new Fragile(11, "endless");
    }

    /**
     * Makes one.
     *
     * @param how from 0 to {@link #KINDS} - 1
     * @param text of it, where it has one of its own
     */
    public static Throwable made(int how, String text) {
        return switch (how) {
            case 15 -> causesInACircle(text);
            case 16 -> nextInACircle(text);
            case 17 -> suppressedInACircle(text);
            case 18 -> new FragileOfDatabase();
            case 19 -> new RuntimeException(HUGE);
            case 20 -> new RuntimeException("half \ud800 and nul \u0000 " + text);
            case 21 -> deep(text);
            case 22 -> new StackOverflowError(text);
            case 23 -> new OutOfMemoryError(text);
            case 24 -> new ThreadDeath();
            case 25 -> new InternalError(text);
            case 26 -> new NoClassDefFoundError(text);
            case 27 -> new IOException((String) null);
            case 28 ->
                new Throwable(text, null, false, false) {
                    private static final long serialVersionUID = 1L;
                };
            case 29 -> manySuppressed(text);
            default -> new Fragile(how, text);
        };
    }

    private static Throwable causesInACircle(String text) {
        RuntimeException first = new RuntimeException(text);
        RuntimeException second = new RuntimeException(text, first);
        first.initCause(second);
        return first;
    }

    private static Throwable nextInACircle(String text) {
        SQLException first = new SQLException(text, "XX000");
        SQLException second = new SQLException(text, "XX000");
        first.setNextException(second);
        second.setNextException(first);
        return first;
    }

    private static Throwable suppressedInACircle(String text) {
        RuntimeException first = new RuntimeException(text);
        RuntimeException second = new RuntimeException(text);
        first.addSuppressed(second);
        second.addSuppressed(first);
        second.initCause(first);
        return first;
    }

    private static Throwable deep(String text) {
        Throwable deep = new RuntimeException(text, null);
        for (int i = 0; i < 1000; i++) {
            deep = new Shallow(deep);
        }
        return deep;
    }

    private static Throwable manySuppressed(String text) {
        Throwable all = new RuntimeException(text);
        for (int i = 0; i < 200; i++) {
            all.addSuppressed(new Shallow(all));
        }
        return all;
    }

    /** Without a stack trace, which takes its time. */
    private static final class Shallow extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Shallow(Throwable cause) {
            super("shallow", cause, false, false);
        }
    }

    /** A refusal that a worker should not make. @param how 0 to 5 */
    public static Refusal refusal(int how, String text) {
        Refusal refusal = new Refusal(
                Refusal.Code.BUSY,
                switch (how) {
                    case 4 -> text + " half \ud800 and nul \u0000 end";
                    case 5 -> text + HUGE;
                    default -> text;
                });
        return switch (how) {
            case 0 -> refusal.retryAfter(Duration.ofSeconds(Long.MAX_VALUE));
            case 1 -> refusal.retryAfter(Duration.ofSeconds(Long.MIN_VALUE));
            case 2 -> refusal.retryAfter(Duration.ofMillis(-1));
            case 3 -> refusal.retryAfter(Duration.ofDays(60));
            default -> refusal;
        };
    }
}
