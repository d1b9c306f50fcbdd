package io.framegate.config;

import java.time.Duration;

/**
 * What is taken over HTTP.
 *
 * @param maxRequests under way at a time
 * @param maxRequestsPerAddress likewise, of one client address
 * @param bodyTimeout until a body must be whole, except a map file's
 * @param metricsLogin whether the metrics are for those who have logged in, where {@link IdentityConfig#required} is on
 */
public record HttpConfig(int maxRequests, int maxRequestsPerAddress, Duration bodyTimeout, boolean metricsLogin) {

    /** What holds where nobody says otherwise. Fewer requests than the container's HTTP threads, so that some are left. */
    public static final HttpConfig DEFAULTS = new HttpConfig(128, 16, Duration.ofSeconds(10), true);
}
