package io.framegate.ops;

import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Addresses that sign in who opens them, by a token: each once, and for {@value #MINUTES} minutes. So one that stays in a terminal,
 * a history or a chat is worth nothing.
 *
 * <p><b>Limits.</b> {@value #MAX_OPEN} at a time; one more takes the place of the oldest.
 *
 * <p><b>Threads.</b> Any.
 */
@ApplicationScoped
public class SignInLinks {

    static final int MINUTES = 10;
    static final int MAX_OPEN = 16;

    private static final int TOKEN_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final LongSupplier nanoTime;

    // Guarded by this; by a hash of the token, in the order they were made.
    private final Map<String, Link> open = new LinkedHashMap<>(16, 0.75f, false) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Link> eldest) {
            return size() > MAX_OPEN;
        }
    };

    private record Link(AdminSession session, long madeNanos) {}

    /** For the container. */
    protected SignInLinks() {
        this(System::nanoTime);
    }

    /** @param nanoTime a clock as {@link System#nanoTime} */
    SignInLinks(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Makes one. @return its token */
    synchronized String make(AdminSession session) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        open.put(hash(token), new Link(session, nanoTime.getAsLong()));
        return token;
    }

    /** Takes a token, which is of no use afterwards. @return the session that it begins; empty for one that is used, too old or unknown */
    synchronized Optional<AdminSession> take(String token) {
        long oldest = nanoTime.getAsLong() - Duration.ofMinutes(MINUTES).toNanos();
        open.values().removeIf(link -> link.madeNanos() - oldest < 0);
        return Optional.ofNullable(open.remove(hash(token))).map(Link::session);
    }

    /** What is looked up is not the token itself: how long that takes tells nothing of it. */
    private static String hash(String token) {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
