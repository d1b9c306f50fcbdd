package io.framegate.ops.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.ops.http.RequestCounts.Outcome;
import org.junit.jupiter.api.Test;

/** How many requests may be under way. */
class RequestCountsTest {

    private final RequestCounts counts = new RequestCounts();

    @Test
    void boundsRequestsInAllAndPerAddress() {
        assertEquals(Outcome.BEGUN, counts.begin("192.0.2.1", 3, 2));
        assertEquals(Outcome.BEGUN, counts.begin("192.0.2.1", 3, 2));
        assertEquals(Outcome.TOO_MANY_OF_ADDRESS, counts.begin("192.0.2.1", 3, 2));
        assertEquals(Outcome.BEGUN, counts.begin("192.0.2.2", 3, 2));
        assertEquals(Outcome.TOO_MANY, counts.begin("192.0.2.3", 3, 2));
        counts.end("192.0.2.1");
        assertEquals(Outcome.BEGUN, counts.begin("192.0.2.3", 3, 2));
        assertEquals(3, counts.all());
    }

    @Test
    void remembersNoAddressThatHasNoneUnderWay() {
        for (int i = 0; i < 1_000; i++) {
            String address = "192.0.2." + i;
            assertEquals(Outcome.BEGUN, counts.begin(address, 1, 1));
            counts.end(address);
        }
        assertEquals(0, counts.addresses());
        assertEquals(0, counts.all());
    }
}
