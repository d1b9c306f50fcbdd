package com.example.shout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.framegate.message.Refusal;
import io.framegate.testing.FramegateTest;
import org.junit.jupiter.api.Test;

class ShoutWorkerTest {

    @Test
    void shoutsAsOftenAsItIsAsked() {
        try (FramegateTest gate = FramegateTest.start(new ShoutWorker())) {
            assertEquals("HEYHEY", gate.send(new ShoutRequest("hey", 2), ShoutResponse.class).text());
        }
    }

    @Test
    void refusesToShoutForEver() {
        try (FramegateTest gate = FramegateTest.start(new ShoutWorker())) {
            Refusal no = assertThrows(
                    Refusal.class, () -> gate.send(new ShoutRequest("hey", 1_000), ShoutResponse.class));
            assertEquals(Refusal.Code.INVALID, no.code());
        }
    }
}
