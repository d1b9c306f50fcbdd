package io.framegate.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.KeptLog;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** A read that ends with a failure: of the network, which is the client's end, or of the process, which an operator is told of. */
class FailedReadTest {

    private final FuzzedConnection connections = new FuzzedConnection(new ConnectionFuzz.Sinks());

    @Test
    void networkFailuresEndTheClient() {
        try (KeptLog log = new KeptLog(Level.INFO, Listener.class.getName())) {
            IOException cause = new IOException("Connection reset");
            assertEquals(Map.of(CloseReason.CLIENT_GONE.name(), 1L), connections.fail(cause));
            assertFalse(connections.failEntrance(cause));
            assertEquals(List.of(), log.take());
        }
    }

    @Test
    void lackOfMemoryIsLogged() {
        try (KeptLog log = new KeptLog(Level.INFO, Listener.class.getName())) {
            OutOfMemoryError cause = new OutOfMemoryError("Cannot reserve 65536 bytes of direct buffer memory");
            assertEquals(Map.of(CloseReason.INTERNAL_ERROR.name(), 1L), connections.fail(cause));
            assertTold(cause, log);
        }
    }

    @Test
    void soIsOneBeforeTheFirstFrame() {
        try (KeptLog log = new KeptLog(Level.INFO, Listener.class.getName())) {
            OutOfMemoryError cause = new OutOfMemoryError("Cannot reserve 512 bytes of direct buffer memory");
            assertFalse(connections.failEntrance(cause));
            assertTold(cause, log);
        }
    }

    private static void assertTold(Throwable cause, KeptLog log) {
        LogRecord told = log.take().get(0);
        assertTrue(told.getMessage().contains("closed for a fault of the gate"), told.getMessage());
        assertEquals(cause, told.getThrown());
    }
}
