package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.ErrorResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a recording of Java Flight Recorder has of the gate. */
@Timeout(60)
class FlightRecordingTest {

    @Test
    void hasARequestsMessageAndAConnectionsEnd(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("gate.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("io.framegate.Request").withThreshold(Duration.ZERO);
            recording.enable("io.framegate.Connection").withThreshold(Duration.ZERO);
            recording.start();
            try (Gate gate = Gate.builder().start()) {
                try (RawClient client = gate.connect()) {
                    client.send(Frames.of(new WelcomeRequest(7)));
                    client.receive(WelcomeResponse.class);
                    client.send(Frames.frame(100101, (byte) 'N', (byte) 1));
                    client.receive(ErrorResponse.class);
                    client.halfClose();
                    assertTrue(client.isAtEnd());
                }
            }
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        List<RecordedEvent> requests = named(events, "io.framegate.Request");
        assertEquals(2, requests.size());
        assertEquals("WelcomeRequest", requests.get(0).getString("message"));
        assertEquals(
                1,
                requests.stream()
                        .filter(request -> request.getBoolean("failed"))
                        .count());
        assertTrue(requests.stream().allMatch(request -> request.getInt("replyBytes") > 8));
        List<RecordedEvent> connections = named(events, "io.framegate.Connection");
        assertEquals(1, connections.size());
        assertEquals("CLIENT_DONE", connections.get(0).getString("reason"));
        assertEquals(2, connections.get(0).getLong("requests"));
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }
}
