package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Compressed;
import io.framegate.message.Compression;
import io.framegate.message.Message;
import io.framegate.message.NonBlocking;
import io.framegate.message.Worker;
import io.framegate.metrics.GateMetrics;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoutesTest {

    @Message(190101)
    record One(int value) {}

    @Message(190101)
    record OneAgain(int value) {}

    @Message(590101)
    record Answer(int value) {}

    @Message(590101)
    record AnswerAgain(int value) {}

    @Message(190201)
    record Two(int value) {}

    @Message(590201)
    @Compressed(value = Compression.LZMA, thresholdBytes = 10)
    record SmallAnswer(int value) {}

    @Message(590301)
    @Compressed(Compression.NONE)
    record PlainAnswer(int value) {}

    record NoMessage(int value) {}

    @NonBlocking
    static final class Quick implements Worker<One, Answer> {
        @Override
        public Answer process(One request) {
            return new Answer(request.value());
        }
    }

    @Test
    void findsARouteByItsIdAndNoOther() {
        Routes routes = routes(found("a.One", One.class, Answer.class), found("a.Two", Two.class, Answer.class));
        assertEquals(190101, Objects.requireNonNull(routes.find(190101)).id());
        assertEquals(190201, Objects.requireNonNull(routes.find(190201)).id());
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            int id = random.nextInt();
            assertNull(routes.find(id));
        }
        assertNull(routes.find(0));
        assertNull(routes(found("a.One", One.class, Answer.class)).find(0));
        assertNull(Routes.of(List.of(), Compression.ZLIB, 0, new GateMetrics()).find(1));
    }

    @Test
    void namesBothWorkersOfOneId() {
        String message =
                fault(found("a.First", One.class, Answer.class), found("b.Second", OneAgain.class, Answer.class));
        assertTrue(message.contains("Two workers answer id 190101: a.First"), message);
        assertTrue(message.contains("and b.Second"), message);
    }

    @Test
    void namesBothRecordsOfOneId() {
        String message =
                fault(found("a.First", One.class, Answer.class), found("b.Second", Two.class, AnswerAgain.class));
        assertTrue(message.contains("Two messages have the id 590101"), message);
        assertTrue(message.contains("RoutesTest$Answer and"), message);
        assertTrue(message.contains("RoutesTest$AnswerAgain"), message);
    }

    @Test
    void namesTheWorkerOfAnInvalidRecord() {
        String message = fault(found("a.First", NoMessage.class, Answer.class));
        assertTrue(message.contains("The worker a.First can't be used"), message);
        assertTrue(message.contains("lacks @Message(id)"), message);
    }

    @Test
    void takesTheMessagesOwnCompressionBeforeTheServers() {
        Routes routes = routes(found("a", One.class, SmallAnswer.class), found("b", Two.class, PlainAnswer.class));
        Route<?, ?> small = Objects.requireNonNull(routes.find(190101));
        assertEquals(Compression.NONE, small.compressionOf(10));
        assertEquals(Compression.LZMA, small.compressionOf(11));
        Route<?, ?> plain = Objects.requireNonNull(routes.find(190201));
        assertEquals(Compression.NONE, plain.compressionOf(1_000_000));
        Route<?, ?> server = Objects.requireNonNull(
                routes(found("a", One.class, Answer.class)).find(190101));
        assertEquals(Compression.NONE, server.compressionOf(8192));
        assertEquals(Compression.ZLIB, server.compressionOf(8193));
    }

    @Test
    void knowsANonBlockingWorkerByItsClass() {
        Routes routes = routes(new Routes.Found<>("quick", Quick.class, new Quick(), One.class, Answer.class));
        assertTrue(routes.catalog().get(0).nonBlocking());
        assertNotNull(routes.find(190101));
    }

    private static Routes routes(Routes.Found<?, ?>... workers) {
        return Routes.of(List.of(workers), Compression.ZLIB, 8192, new GateMetrics());
    }

    private static String fault(Routes.Found<?, ?>... workers) {
        return Objects.requireNonNull(
                assertThrows(IllegalStateException.class, () -> routes(workers)).getMessage());
    }

    private static <Q extends Record, A extends Record> Routes.Found<Q, A> found(
            String name, Class<Q> request, Class<A> answer) {
        Worker<Q, A> worker = query -> {
            throw new AssertionError("not called");
        };
        return new Routes.Found<>(name, worker.getClass(), worker, request, answer);
    }
}
