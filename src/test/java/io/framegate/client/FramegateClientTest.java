package io.framegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.framegate.client.ClientException.Kind;
import io.framegate.client.ScriptedServer.Conversation;
import io.framegate.client.ScriptedServer.Frame;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class FramegateClientTest {

    @Message(199901)
    record Note(String text) {}

    @Test
    void answersARequest() throws Exception {
        try (var server = ScriptedServer.start(FramegateClientTest::welcomeAll);
                var client = clientOf(server).build()) {
            assertEquals("welcome:7", welcome(client, 7).get().text());
            assertTrue(client.receivedBytes() > 0);
        }
    }

    @Test
    void returnsEncodedResponsesWithTheirSize() throws Exception {
        String text = "welcome".repeat(10_000);
        byte[] frame = ScriptedServer.frame(new WelcomeResponse(text), Compression.ZLIB);
        try (var server = ScriptedServer.start(conversation -> {
                    conversation.read();
                    conversation.write(frame);
                    conversation.awaitEnd();
                });
                var client = clientOf(server).build()) {
            EncodedResponse answer = client.sendForBytes(new WelcomeRequest(1), WelcomeResponse.class)
                    .get();
            assertEquals(500101, answer.id());
            assertEquals(frame.length, answer.frameBytes());
            assertEquals(4 + 2 * text.length(), answer.payload().length);
            assertEquals(text, new String(answer.payload(), 4, 2 * text.length(), StandardCharsets.UTF_16LE));
        }
    }

    @Test
    void sendsRequestsWithoutWaitingForAnswers() throws Exception {
        int count = 200;
        try (var server = ScriptedServer.start(conversation -> {
                    List<Integer> numbers = new ArrayList<>();
                    while (numbers.size() < count) {
                        numbers.add(number(conversation.read()));
                    }
                    for (int number : numbers) {
                        conversation.write(new WelcomeResponse("welcome:" + number));
                    }
                    conversation.awaitEnd();
                });
                var client = clientOf(server).build()) {
            List<CompletableFuture<WelcomeResponse>> answers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                answers.add(welcome(client, i));
            }
            for (int i = 0; i < count; i++) {
                assertEquals("welcome:" + i, answers.get(i).get().text());
            }
            assertEquals(1, server.connections());
        }
    }

    @Test
    void givesEachOfManyThreadsItsOwnAnswers() throws Exception {
        try (var server = ScriptedServer.start(FramegateClientTest::welcomeAll);
                var client = clientOf(server).maxInFlight(16).build()) {
            List<CompletableFuture<Void>> threads = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int base = thread * 1_000_000;
                threads.add(CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        int number = base + i;
                        assertEquals(
                                "welcome:" + number,
                                welcome(client, number).join().text());
                    }
                }));
            }
            for (CompletableFuture<Void> thread : threads) {
                thread.get();
            }
            assertEquals(1, server.connections());
        }
    }

    @Test
    void sendsFromACallback() throws Exception {
        try (var server = ScriptedServer.start(FramegateClientTest::welcomeAll);
                var client = clientOf(server).build()) {
            CompletableFuture<WelcomeResponse> chain = welcome(client, 0);
            for (int i = 1; i <= 500; i++) {
                int number = i;
                chain = chain.thenCompose(answer -> welcome(client, number));
            }
            assertEquals("welcome:500", chain.get().text());
        }
    }

    @Test
    void keepsNoMoreInFlightThanItMay() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
                    assertEquals(0, number(conversation.read()));
                    assertEquals(1, number(conversation.read()));
                    conversation.socket.setSoTimeout(200);
                    assertThrows(SocketTimeoutException.class, conversation::read, "a third request was sent");
                    conversation.socket.setSoTimeout(0);
                    conversation.write(new WelcomeResponse("welcome:0"));
                    conversation.write(new WelcomeResponse("welcome:1"));
                    welcomeAll(conversation);
                });
                var client = clientOf(server).maxInFlight(2).build()) {
            List<CompletableFuture<WelcomeResponse>> answers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                answers.add(welcome(client, i));
            }
            for (int i = 0; i < 5; i++) {
                assertEquals("welcome:" + i, answers.get(i).get().text());
            }
        }
    }

    @Test
    void discardsALateAnswerAndKeepsTheOrder() throws Exception {
        var timedOut = new CountDownLatch(1);
        try (var server = ScriptedServer.start(conversation -> {
                    int late = number(conversation.read());
                    timedOut.await();
                    conversation.write(new WelcomeResponse("welcome:" + late));
                    welcomeAll(conversation);
                });
                var client =
                        clientOf(server).requestTimeout(Duration.ofSeconds(1)).build()) {
            ClientException e = failure(welcome(client, 1));
            assertEquals(Kind.TIMED_OUT, e.kind());
            assertTrue(e.mayHaveBeenProcessed());
            CompletableFuture<WelcomeResponse> next = welcome(client, 2);
            timedOut.countDown();
            assertEquals("welcome:2", next.get().text());
            assertEquals("welcome:3", welcome(client, 3).get().text());
            assertEquals(1, server.connections());
        }
    }

    @Test
    void givesUpAConnectionThatStaysSilent() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
                    if (conversation.number == 1) {
                        conversation.awaitEnd();
                    } else {
                        welcomeAll(conversation);
                    }
                });
                var client = clientOf(server)
                        .requestTimeout(Duration.ofMillis(300))
                        .silenceLimit(Duration.ofMillis(600))
                        .build()) {
            assertEquals(Kind.TIMED_OUT, failure(welcome(client, 1)).kind());
            int tries = 0;
            while (server.connections() == 1 && tries++ < 20) {
                welcome(client, 2).handle((answer, e) -> answer).get();
            }
            assertEquals("welcome:3", welcome(client, 3).get().text());
        }
    }

    @Test
    void failsRequestsOfABrokenConnection() throws Exception {
        var received = new AtomicInteger();
        try (var server = ScriptedServer.start(conversation -> {
                    if (conversation.number == 1) {
                        conversation.read();
                        conversation.read();
                        received.addAndGet(2);
                        return;
                    }
                    while (true) {
                        int number = number(conversation.read());
                        received.incrementAndGet();
                        conversation.write(new WelcomeResponse("welcome:" + number));
                    }
                });
                var client = clientOf(server).build()) {
            var first = welcome(client, 1);
            var second = welcome(client, 2);
            for (var request : List.of(first, second)) {
                ClientException e = failure(request);
                assertEquals(Kind.CONNECTION_LOST, e.kind());
                assertTrue(e.mayHaveBeenProcessed());
            }
            assertEquals("welcome:3", welcome(client, 3).get().text());
            assertEquals(2, server.connections());
            assertEquals(3, received.get());
        }
    }

    @Test
    void connectsAgainWhenTheServerComesBack() throws Exception {
        int port;
        try (var taken = new ServerSocket(0)) {
            port = taken.getLocalPort();
        }
        try (var client = FramegateClient.builder().port(port).build()) {
            for (int i = 0; i < 3; i++) {
                ClientException e = failure(welcome(client, i));
                assertEquals(Kind.NOT_SENT, e.kind());
                assertFalse(e.mayHaveBeenProcessed());
                assertTrue(e.getMessage().startsWith("Cannot connect to 127.0.0.1:" + port), e.getMessage());
            }
            try (var server = ScriptedServer.start(port, FramegateClientTest::welcomeAll)) {
                assertEquals("welcome:4", welcome(client, 4).get().text());
                assertEquals(1, server.connections());
            }
        }
    }

    @Test
    void saysSoWhenNobodyAcceptsInTime() throws Exception {
        List<Socket> queued = new ArrayList<>();
        try (var full = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
                var client = FramegateClient.builder()
                        .port(full.getLocalPort())
                        .connectTimeout(Duration.ofMillis(200))
                        .build()) {
            fillBacklog(full, queued);
            ClientException e = failure(welcome(client, 1));
            assertEquals(Kind.NOT_SENT, e.kind());
            assertTrue(e.getMessage().contains("no connection within 200 ms"), e.getMessage());
        } finally {
            for (Socket socket : queued) {
                socket.close();
            }
        }
    }

    @Test
    void passesOnTheServersSentenceAndGoesOn() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
                    conversation.read();
                    conversation.write(new ErrorResponse("Too much to do, try again later."));
                    welcomeAll(conversation);
                });
                var client = clientOf(server).build()) {
            ClientException e = failure(welcome(client, 1));
            assertEquals(Kind.REFUSED, e.kind());
            assertEquals("Too much to do, try again later.", e.getMessage());
            assertEquals("welcome:2", welcome(client, 2).get().text());
            assertEquals(1, server.connections());
        }
    }

    @Test
    void reportsTheServersReasonForARejection() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
                    conversation.write(new ErrorResponse("All 1 places are taken."));
                    conversation.awaitEnd();
                });
                var client = clientOf(server).build()) {
            assertEquals("All 1 places are taken.", failure(welcome(client, 1)).getMessage());
        }
    }

    @Test
    void closesAfterAnAnswerOfTheWrongType() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
                    conversation.read();
                    conversation.read();
                    if (conversation.number == 1) {
                        conversation.write(new Note("not what was asked for"));
                        conversation.awaitEnd();
                    } else {
                        fail("sent again");
                    }
                });
                var client = clientOf(server).build()) {
            var first = welcome(client, 1);
            var second = welcome(client, 2);
            ClientException e = failure(first);
            assertEquals(Kind.BAD_REPLY, e.kind());
            assertTrue(e.getMessage().contains("199901") && e.getMessage().contains("500101"), e.getMessage());
            assertEquals(Kind.CONNECTION_LOST, failure(second).kind());
        }
    }

    @Test
    void aMalformedAnswerFailsOneRequest() throws Exception {
        byte[][] broken = {{'X', 1}, {'N', 1, 0, 0}, {'Z', 4, 0, 0, 0, 1, 2, 3}, {'N', 0, 0, 0, 0, 7}, {'L'}};
        try (var server = ScriptedServer.start(conversation -> {
                    for (byte[] body : broken) {
                        conversation.read();
                        conversation.write(ScriptedServer.frame(500101, body));
                    }
                    welcomeAll(conversation);
                });
                var client = clientOf(server).build()) {
            for (int i = 0; i < broken.length; i++) {
                assertEquals(Kind.BAD_REPLY, failure(welcome(client, i)).kind(), "body " + i);
            }
            assertEquals("welcome:9", welcome(client, 9).get().text());
            assertEquals(1, server.connections());
        }
    }

    @Test
    void failsAllWhenFramingIsLost() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
                    conversation.read();
                    conversation.write(
                            "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    conversation.awaitEnd();
                });
                var client = clientOf(server).build()) {
            assertEquals(Kind.BAD_REPLY, failure(welcome(client, 1)).kind());
        }
    }

    @Test
    void saysThatAnAnswerWasCutOff() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
                    conversation.read();
                    byte[] frame = ScriptedServer.frame(new WelcomeResponse("welcome:1"), Compression.NONE);
                    conversation.write(java.util.Arrays.copyOf(frame, frame.length - 1));
                });
                var client = clientOf(server).build()) {
            ClientException e = failure(welcome(client, 1));
            assertEquals(Kind.CONNECTION_LOST, e.kind());
            assertTrue(e.getMessage().contains("in the midst of an answer"), e.getMessage());
        }
    }

    @Test
    void readsAnswersThatComeByteByByte() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
                    while (true) {
                        byte[] frame = ScriptedServer.frame(
                                new WelcomeResponse("welcome:" + number(conversation.read())), Compression.ZLIB);
                        for (byte one : frame) {
                            conversation.write(new byte[] {one});
                        }
                    }
                });
                var client = clientOf(server).build()) {
            for (int i = 0; i < 20; i++) {
                assertEquals("welcome:" + i, welcome(client, i).get().text());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = EnumSource.Mode.EXCLUDE, names = "ZSTD")
    void exchangesLargeMessagesCompressedInEachWay(Compression compression) throws Exception {
        String text = randomText(2_000_000);
        var letter = new AtomicInteger();
        try (var server = ScriptedServer.start(conversation -> {
                    Frame request = conversation.read();
                    letter.set(request.body()[0]);
                    conversation.write(ScriptedServer.frame(
                            new WelcomeResponse(request.as(Note.class).text()), compression));
                    welcomeAll(conversation);
                });
                var client = clientOf(server).compression(compression).build()) {
            var large = client.send(new Note(text), WelcomeResponse.class);
            var small = welcome(client, 2);
            assertEquals(text, large.get().text());
            assertEquals("welcome:2", small.get().text());
            assertEquals(compression.code(), (byte) letter.get());
        }
    }

    @Test
    void refusesATooLargeAnswer() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
                    for (Compression compression : List.of(Compression.NONE, Compression.ZLIB)) {
                        conversation.read();
                        conversation.write(ScriptedServer.frame(new WelcomeResponse("x".repeat(100_000)), compression));
                    }
                    welcomeAll(conversation);
                });
                var client = clientOf(server).maxReplyBytes(10_000).build()) {
            assertEquals(Kind.BAD_REPLY, failure(welcome(client, 1)).kind());
            assertEquals(Kind.BAD_REPLY, failure(welcome(client, 2)).kind());
            assertEquals("welcome:3", welcome(client, 3).get().text());
        }
    }

    @Test
    void discardsTheAnswerToACancelledRequest() throws Exception {
        var cancelled = new CountDownLatch(1);
        var received = new CountDownLatch(1);
        try (var server = ScriptedServer.start(conversation -> {
                    int number = number(conversation.read());
                    received.countDown();
                    cancelled.await();
                    conversation.write(new WelcomeResponse("welcome:" + number));
                    welcomeAll(conversation);
                });
                var client = clientOf(server).build()) {
            var unwanted = welcome(client, 1);
            received.await();
            unwanted.cancel(true);
            cancelled.countDown();
            assertEquals("welcome:2", welcome(client, 2).get().text());
        }
    }

    @Test
    void closeFailsPendingCallsAndEndsThreads() throws Exception {
        try (var server = ScriptedServer.start(Conversation::awaitEnd)) {
            var client = clientOf(server).build();
            var unanswered = welcome(client, 1);
            client.close();
            client.close();
            assertEquals(Kind.CLOSED, failure(unanswered).kind());
            assertEquals(Kind.CLOSED, failure(welcome(client, 2)).kind());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (clientThreads() > 0) {
                assertTrue(System.nanoTime() < deadline, "threads are left");
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void sharesThreadsThatOutliveEachOfItsClients() throws Exception {
        try (var threads = ClientThreads.start(2);
                var server = ScriptedServer.start(FramegateClientTest::welcomeAll)) {
            List<FramegateClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(clientOf(server).threads(threads).build());
            }
            for (FramegateClient client : clients) {
                assertEquals("welcome:1", welcome(client, 1).get().text());
            }
            assertEquals(3, clientThreads());
            clients.remove(0).close();
            for (FramegateClient client : clients) {
                assertEquals("welcome:2", welcome(client, 2).get().text());
                client.close();
            }
        }
    }

    @Test
    void refusesSettingsOutOfRangeByName() {
        var e = assertThrows(
                IllegalArgumentException.class,
                () -> FramegateClient.builder().port(70000).build());
        assertTrue(e.getMessage().contains("port=70000"), e.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> FramegateClient.builder().requestTimeout(Duration.ZERO).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> FramegateClient.builder().maxInFlight(0).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> FramegateClient.builder().compression(Compression.ZSTD).build());
    }

    private static FramegateClient.Builder clientOf(ScriptedServer server) {
        return FramegateClient.builder().port(server.port()).requestTimeout(Duration.ofSeconds(20));
    }

    private static CompletableFuture<WelcomeResponse> welcome(FramegateClient client, int number) {
        return client.send(new WelcomeRequest(number), WelcomeResponse.class);
    }

    private static void welcomeAll(Conversation conversation) throws IOException {
        while (true) {
            conversation.write(new WelcomeResponse("welcome:" + number(conversation.read())));
        }
    }

    private static int number(Frame frame) {
        return frame.as(WelcomeRequest.class).number();
    }

    private static ClientException failure(CompletableFuture<?> request) {
        var e = assertThrows(ExecutionException.class, () -> request.get(20, TimeUnit.SECONDS));
        assertNotNull(e.getCause());
        return (ClientException) e.getCause();
    }

    private static long clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("framegate-client-"))
                .filter(Thread::isAlive)
                .count();
    }

    private static String randomText(int length) {
        return new Random(1)
                .ints(length, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Connects until the system takes no more for this listener, which never accepts. */
    private static void fillBacklog(ServerSocket full, List<Socket> queued) throws IOException {
        for (int i = 0; i < 20; i++) {
            Socket socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(full.getLocalSocketAddress(), 200);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        fail("the backlog is never full");
    }
}
