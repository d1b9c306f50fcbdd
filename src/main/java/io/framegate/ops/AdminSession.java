package io.framegate.ops;

import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import java.io.Serializable;
import java.time.Duration;

/**
 * That somebody has signed in: by a session, as whose attribute this ends with it, or by a request's own name and password.
 *
 * <p><b>Threads.</b> Any.
 */
final class AdminSession implements HttpSessionBindingListener, Serializable {

    private static final long serialVersionUID = 1L;

    /** Without a request; the container takes its time to notice. */
    static final Duration LONGEST_IDLE = Duration.ofHours(8);

    private final String name;
    private final long passwords;
    private volatile boolean ended;
    private volatile long lastSeenNanos = System.nanoTime();

    /** @param passwords which of the {@linkplain AdminSessions#passwords passwords} it was */
    AdminSession(String name, long passwords) {
        this.name = name;
        this.passwords = passwords;
    }

    String name() {
        return name;
    }

    /** It is used just now. */
    void seen() {
        lastSeenNanos = System.nanoTime();
    }

    /** Whether it is signed out, or forgotten for so long, or of a password of before. */
    boolean isOver(long passwordsNow) {
        return ended || passwords != passwordsNow || System.nanoTime() - lastSeenNanos > LONGEST_IDLE.toNanos();
    }

    @Override
    public void valueUnbound(HttpSessionBindingEvent event) {
        ended = true;
    }
}
