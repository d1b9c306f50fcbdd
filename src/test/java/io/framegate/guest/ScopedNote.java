package io.framegate.guest;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.RequestScoped;
import java.util.concurrent.atomic.AtomicInteger;

/** Lives as long as a request. */
@RequestScoped
public class ScopedNote {

    private static final AtomicInteger DESTROYED = new AtomicInteger();

    private String text = "";

    static int destroyed() {
        return DESTROYED.get();
    }

    String text() {
        return text;
    }

    void put(String other) {
        text = other;
    }

    @PreDestroy
    void end() {
        DESTROYED.incrementAndGet();
    }
}
