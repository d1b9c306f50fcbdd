package io.framegate.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.welcome.WelcomeWorker;
import jakarta.annotation.security.RolesAllowed;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The test kit of guests, with guests as they would write them. */
@Timeout(60)
class FramegateTestTest {

    @Test
    void answersARecordByARecord() {
        try (FramegateTest gate = FramegateTest.start(new WelcomeWorker(), new DoublingWorker())) {
            assertEquals(
                    "welcome:7",
                    gate.send(new WelcomeRequest(7), WelcomeResponse.class).text());
            assertEquals(42, gate.send(new Twice(21), Twofold.class).number());
        }
    }

    @Test
    void aRefusalHasCodeAndRetryTime() {
        try (FramegateTest gate = FramegateTest.start(new DoublingWorker())) {
            Refusal no = assertThrows(Refusal.class, () -> gate.send(new Twice(-1), Twofold.class));
            assertEquals(Refusal.Code.BUSY, no.code());
            assertEquals("Nothing below 0 today.", no.sentence());
            assertEquals(Optional.of(Duration.ofHours(8)), no.retryAfter());
            Refusal unknown =
                    assertThrows(Refusal.class, () -> gate.send(new WelcomeRequest(1), WelcomeResponse.class));
            assertEquals(Refusal.Code.UNKNOWN_MESSAGE, unknown.code());
            assertEquals(2, gate.send(new Twice(1), Twofold.class).number());
        }
    }

    @Test
    void aWorkersFaultIsASentence() {
        try (FramegateTest gate = FramegateTest.start(new DoublingWorker())) {
            Refusal fault = assertThrows(Refusal.class, () -> gate.send(new Twice(Integer.MAX_VALUE), Twofold.class));
            assertEquals(Refusal.Code.FAILED, fault.code());
            assertTrue(!fault.sentence().contains("overflow"), fault.sentence());
        }
    }

    @Test
    void rolesHoldUntilSomebodyWithThemLogsIn() {
        try (FramegateTest gate = FramegateTest.builder()
                .worker(new SecretWorker())
                .user("anna", "editor")
                .start()) {
            Refusal no = assertThrows(Refusal.class, () -> gate.send(new Twice(1), Twofold.class));
            assertEquals(Refusal.Code.UNAUTHENTICATED, no.code());
            assertThrows(Refusal.class, () -> gate.logIn("eve"));
            assertEquals(7, gate.logIn("anna").send(new Twice(1), Twofold.class).number());
        }
    }

    @Test
    void whatAWorkerPushesCanBeWaitedFor() throws InterruptedException {
        try (FramegateTest gate = FramegateTest.builder()
                .worker(new PushingWorker())
                .notices(Rung.class)
                .start()) {
            gate.send(new Twice(3), Twofold.class);
            assertEquals(3, gate.notice(Rung.class).number());
        }
    }

    @Test
    void rejectsAWorkerWithoutTypeParameters() {
        Worker<Twice, Twofold> anonymous = request -> new Twofold(0);
        IllegalStateException fault = assertThrows(IllegalStateException.class, () -> FramegateTest.start(anonymous));
        assertTrue(fault.getMessage().contains("must say which records it takes and gives"), fault.getMessage());
    }

    @Message(150901)
    record Twice(int number) {}

    @Message(550901)
    record Twofold(int number) {}

    @Message(950901)
    record Rung(int number) {}

    static class DoublingWorker implements Worker<Twice, Twofold> {

        @Override
        public Twofold process(Twice request) {
            if (request.number() < 0) {
                throw new Refusal(Refusal.Code.BUSY, "Nothing below 0 today.").retryAfter(Duration.ofHours(8));
            }
            return new Twofold(Math.multiplyExact(2, request.number()));
        }
    }

    @RolesAllowed("editor")
    static class SecretWorker implements Worker<Twice, Twofold> {

        @Override
        public Twofold process(Twice request) {
            return new Twofold(7);
        }
    }

    static class PushingWorker implements CallerWorker<Twice, Twofold> {

        @Override
        public Twofold process(Twice request, Caller caller) {
            return new Twofold(caller.push(new Rung(request.number())) ? 1 : 0);
        }
    }
}
