package io.framegate.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SignInLinksTest {

    private static final Duration ALMOST =
            Duration.ofMinutes(SignInLinks.MINUTES).minusMillis(1);

    // From which ten minutes lead past zero.
    private final AtomicLong now = new AtomicLong(-Duration.ofMinutes(5).toNanos());
    private final SignInLinks links = new SignInLinks(now::get);
    private final AdminSession session = new AdminSession("admin", 1);

    @Test
    void worksOnce() {
        String token = links.make(session);
        assertTrue(token.matches("[\\w-]{43}"), token);
        assertEquals(Optional.of(session), links.take(token));
        assertEquals(Optional.empty(), links.take(token));
        assertEquals(Optional.empty(), links.take(""));
    }

    @Test
    void worksForTenMinutes() {
        String first = links.make(session);
        String second = links.make(session);
        now.addAndGet(ALMOST.toNanos());
        assertEquals(Optional.of(session), links.take(first));
        now.addAndGet(Duration.ofMillis(2).toNanos());
        assertEquals(Optional.empty(), links.take(second));
    }

    @Test
    void givesUpTheOldestForOneMore() {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i <= SignInLinks.MAX_OPEN; i++) {
            tokens.add(links.make(session));
        }
        assertEquals(Optional.empty(), links.take(tokens.get(0)));
        assertFalse(tokens.subList(1, tokens.size()).stream().map(links::take).anyMatch(Optional::isEmpty));
    }

    @Test
    void signsInOnceIfOpenedConcurrently() throws Exception {
        String token = links.make(session);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            int signedIn = 0;
            Callable<Boolean> open = () -> links.take(token).isPresent();
            for (Future<Boolean> one : threads.invokeAll(Collections.nCopies(16, open))) {
                signedIn += one.get() ? 1 : 0;
            }
            assertEquals(1, signedIn);
        } finally {
            threads.shutdownNow();
        }
    }
}
