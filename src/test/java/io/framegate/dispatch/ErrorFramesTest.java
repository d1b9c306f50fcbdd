package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import io.framegate.metrics.GateMetrics;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a client gets of a refusal, whatever a worker has put into it. */
class ErrorFramesTest {

    @Message(191401)
    record OftenRequest(int number) {}

    @Message(591401)
    record OftenResponse(int number) {}

    private static ErrorResponseV2 told(Supplier<Refusal> refusal) throws Exception {
        Worker<OftenRequest, OftenResponse> worker = request -> {
            throw refusal.get();
        };
        try (Gate gate = Gate.builder()
                        .worker(OftenRequest.class, OftenResponse.class, worker)
                        .start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new HelloRequest(1, "test", new int[] {1}))).receive(HelloResponse.class);
            return client.send(Frames.of(new OftenRequest(1))).receive(ErrorResponseV2.class);
        }
    }

    private static int retryAfterMillis(Duration time) throws Exception {
        return told(() -> new Refusal(Refusal.Code.BUSY, "later").retryAfter(time))
                .retryAfterMillis();
    }

    @Test
    void tellsATimeThatTheMessageCanHold() throws Exception {
        assertEquals(1500, retryAfterMillis(Duration.ofMillis(1500)));
        assertEquals(0, retryAfterMillis(Duration.ZERO));
        assertEquals(Integer.MAX_VALUE, retryAfterMillis(Duration.ofDays(60)));
        assertEquals(Integer.MAX_VALUE, retryAfterMillis(Duration.ofSeconds(Long.MAX_VALUE)));
        // -1 would mean never.
        assertEquals(0, retryAfterMillis(Duration.ofMillis(-1)));
        assertEquals(0, retryAfterMillis(Duration.ofSeconds(Long.MIN_VALUE)));
        assertEquals(200, told(() -> new Refusal(Refusal.Code.BUSY, "later")).retryAfterMillis());
        assertEquals(
                ErrorResponseV2.NEVER,
                told(() -> new Refusal(Refusal.Code.INVALID, "no")).retryAfterMillis());
    }

    @Test
    void tellsTheBeginningOfALongSentence() throws Exception {
        for (String text : List.of("x".repeat(60_000_000), "half \ud800 and nul \u0000 end")) {
            String told = told(() -> new Refusal(Refusal.Code.INVALID, text)).text();
            assertEquals(new Refusal(Refusal.Code.INVALID, text).sentence(), told);
            assertTrue(told.length() <= Refusal.MAX_CHARACTERS);
        }
    }

    /** Nothing that a worker does leads there; that is what it is there for. */
    @Test
    void hasAFrameWhereNoOtherCanBeMade() throws Exception {
        ErrorFrames errors = new ErrorFrames(new GateMetrics());
        byte[] frame = errors.of((Refusal) null);
        assertEquals(
                "The server made a mistake on this request.",
                Frames.message(frame, ErrorResponse.class).text());
    }
}
