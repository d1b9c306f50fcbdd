package io.framegate.ops.http;

import java.util.HashMap;
import java.util.Map;

/** How many requests are under way: in all, and of each client address. Safe for several threads. */
final class RequestCounts {

    /** Whether one more may begin. */
    enum Outcome {
        BEGUN,
        TOO_MANY,
        TOO_MANY_OF_ADDRESS
    }

    private final Map<String, Integer> byAddress = new HashMap<>(); // guarded by this; none is 0
    private int all; // guarded by this

    /** Counts one more, which has to {@link #end}, unless there are so many. */
    synchronized Outcome begin(String address, int most, int mostOfAddress) {
        if (byAddress.getOrDefault(address, 0) >= mostOfAddress) {
            return Outcome.TOO_MANY_OF_ADDRESS;
        }
        if (all >= most) {
            return Outcome.TOO_MANY;
        }
        all++;
        byAddress.merge(address, 1, Integer::sum);
        return Outcome.BEGUN;
    }

    /** Counts one less. */
    synchronized void end(String address) {
        all--;
        byAddress.computeIfPresent(address, (of, count) -> count == 1 ? null : count - 1);
    }

    /** Requests under way. */
    synchronized int all() {
        return all;
    }

    /** Addresses that have some under way. */
    synchronized int addresses() {
        return byAddress.size();
    }
}
