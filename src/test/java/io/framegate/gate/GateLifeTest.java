package io.framegate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.FramegateClient;
import io.framegate.config.GateConfig;
import io.framegate.gate.Gate.State;
import io.framegate.message.ErrorResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.welcome.WelcomeWorker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** A gate as somebody has it who has no container. */
@Timeout(60)
class GateLifeTest {

    private static GateConfig.Builder anyPort() {
        return GateConfig.builder().port(0).drainTimeout(Duration.ofMillis(500));
    }

    private static GateBuilder welcoming() {
        return Gate.builder().config(anyPort().build()).worker(new WelcomeWorker());
    }

    private static String welcome(Gate gate) {
        try (FramegateClient client =
                FramegateClient.builder().port(gate.address().getPort()).build()) {
            return client.send(new WelcomeRequest(7), WelcomeResponse.class)
                    .join()
                    .text();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("framegate-"))
                .count();
    }

    @Test
    void servesWithoutAContainerAndLeavesNoThread() {
        long before = threads();
        try (Gate gate = welcoming().open()) {
            assertEquals(State.SERVING, gate.state());
            assertTrue(gate.address().getAddress().isLoopbackAddress());
            assertEquals("welcome:7", welcome(gate));
        }
        io.framegate.testkit.Gate.await(() -> threads() <= before);
    }

    @Test
    void hasAStateAtEachMomentOfItsLife() throws IOException {
        Gate gate = welcoming().build();
        assertEquals(State.STARTING, gate.state());
        assertThrows(IllegalStateException.class, gate::address);
        assertThrows(IllegalStateException.class, gate::pause);
        gate.open();
        try (RawClient open = new RawClient(gate.address())) {
            open.send(Frames.of(new WelcomeRequest(0)));
            assertEquals("welcome:0", open.receive(WelcomeResponse.class).text());
            gate.pause();
            assertEquals(State.PAUSED, gate.state());
            // What is connected goes on; what comes is told to come later.
            open.send(Frames.of(new WelcomeRequest(1)));
            assertEquals("welcome:1", open.receive(WelcomeResponse.class).text());
            try (RawClient late = new RawClient(gate.address())) {
                assertTrue(late.receive(ErrorResponse.class).text().contains("again later"));
            }
            gate.drain();
            assertEquals(State.DRAINING, gate.state());
            gate.resume();
        }
        assertEquals("welcome:7", welcome(gate));
        gate.close();
        gate.close();
        assertEquals(State.CLOSED, gate.state());
        for (Executable late : List.<Executable>of(
                gate::pause,
                gate::drain,
                gate::resume,
                () -> gate.reconfigure(anyPort().workerThreads(3).build()))) {
            assertEquals(
                    "The gate is not open.",
                    assertThrows(IllegalStateException.class, late).getMessage());
        }
        assertNotEquals(3, gate.config().workerThreads());
        assertThrows(IllegalStateException.class, gate::open);
    }

    @Test
    void takesOtherSettingsWhileItIsOpen() {
        try (Gate gate = welcoming().open()) {
            gate.reconfigure(anyPort().workerThreads(3).queueCapacity(9).build());
            assertEquals(3, gate.queue().threads());
            assertEquals(9, gate.queue().capacity());
            assertEquals("welcome:7", welcome(gate));
        }
    }

    @Test
    void staysClosedIfClosedDuringOpen() {
        GateBuilder parts = Gate.builder().config(anyPort().build());
        Gate[] made = new Gate[1];
        parts.workers(() -> {
            made[0].close();
            return List.of();
        });
        made[0] = parts.build();
        assertEquals("The gate was closed while it was opened.", refused(made[0]));
        assertEquals(State.CLOSED, made[0].state());
    }

    @Test
    void keepsNoPortThatItCouldNotOpen() {
        try (Gate first = welcoming().open()) {
            int port = first.address().getPort();
            Gate second = Gate.builder().config(anyPort().port(port).build()).build();
            String taken = refused(second);
            assertTrue(taken.startsWith("The port tcp://127.0.0.1:" + port + " can't be opened ("), taken);
            assertEquals(State.CLOSED, second.state());
        }
        Gate twice = welcoming().worker(new WelcomeWorker()).build();
        assertTrue(refused(twice).startsWith("Two workers answer id 100101"));
        assertEquals(State.CLOSED, twice.state());
    }

    private static String refused(Gate gate) {
        return Objects.requireNonNull(
                assertThrows(IllegalStateException.class, gate::open).getMessage());
    }
}
