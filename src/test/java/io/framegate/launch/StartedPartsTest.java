package io.framegate.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartedPartsTest {

    private final List<String> stopped = new ArrayList<>();
    private final StartedParts parts = new StartedParts();

    @Test
    void stopsInTheReverseOrderAndOnce() throws Exception {
        parts.start(() -> part("database"));
        parts.start(() -> part("server"));
        parts.close();
        parts.close();
        assertEquals(List.of("server", "database"), stopped);
    }

    @Test
    void stopsTheOthersWhenOneCannotBeStopped() throws Exception {
        parts.start(() -> part("database"));
        parts.start(() -> () -> {
            throw new IllegalStateException("expected in this test");
        });
        parts.close();
        assertEquals(List.of("database"), stopped);
    }

    @Test
    void startsNothingAfterAStop() {
        parts.close();
        assertThrows(LaunchFailure.class, () -> parts.start(() -> part("late")));
        assertEquals(List.of(), stopped);
    }

    @Test
    void tellsWhyAPartDidNotStart() {
        var e = assertThrows(
                LaunchFailure.class,
                () -> parts.start(() -> {
                    throw new java.io.IOException("no such program");
                }));
        assertEquals("no such program", e.getMessage());
    }

    private AutoCloseable part(String name) {
        return () -> stopped.add(name);
    }
}
