package io.framegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.ClientException.Kind;
import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import io.framegate.session.HelloRequest;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that says hello, to a real gate and to a server that has never heard of one. */
@Timeout(30)
class HelloTest {

    private static final int LARGE = 100_000;

    @Message(150801)
    record Wait(int number) {}

    @Message(550801)
    record Waited(String text) {}

    @Message(950801)
    record Seen(int number) {}

    @Test
    void answersOvertakeEachOther() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (Gate gate = Gate.builder()
                        .worker(Wait.class, Waited.class, request -> {
                            if (request.number() == 0) {
                                released.await(20, TimeUnit.SECONDS);
                            }
                            return new Waited("waited:" + request.number());
                        })
                        .start();
                FramegateClient client = clientOf(gate).build()) {
            CompletableFuture<Waited> slow = client.send(new Wait(0), Waited.class);
            for (int i = 1; i <= 100; i++) {
                assertEquals(
                        "waited:" + i,
                        client.send(new Wait(i), Waited.class).get().text());
            }
            assertTrue(!slow.isDone());
            released.countDown();
            assertEquals("waited:0", slow.get().text());
        } finally {
            released.countDown();
        }
    }

    /** What a client takes the answer for. */
    @Message(550801)
    record Unmakeable(String text) {
        Unmakeable {
            throw new StackOverflowError("made");
        }
    }

    @Test
    void aFailingHandlerHarmsNoOtherAnswer() throws Exception {
        CallerWorker<Wait, Waited> worker = new CallerWorker<>() {
            @Override
            public Waited process(Wait request, Caller caller) {
                caller.push(new Seen(request.number()));
                return new Waited("waited:" + request.number());
            }
        };
        CountDownLatch seen = new CountDownLatch(3);
        try (Gate gate = Gate.builder().worker(Wait.class, Waited.class, worker).start();
                FramegateClient client = clientOf(gate)
                        .onNotice(Seen.class, notice -> {
                            seen.countDown();
                            throw new AssertionError("a listener fails");
                        })
                        .build()) {
            CompletableFuture<Waited> before = client.send(new Wait(1), Waited.class);
            CompletableFuture<Unmakeable> unmakeable = client.send(new Wait(2), Unmakeable.class);
            CompletableFuture<Waited> after = client.send(new Wait(3), Waited.class);
            assertEquals("waited:1", before.get(20, TimeUnit.SECONDS).text());
            assertEquals("waited:3", after.get(20, TimeUnit.SECONDS).text());
            ExecutionException thrown =
                    assertThrows(ExecutionException.class, () -> unmakeable.get(20, TimeUnit.SECONDS));
            assertEquals(
                    Kind.BAD_REPLY,
                    assertInstanceOf(ClientException.class, thrown.getCause()).kind());
            assertTrue(seen.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void aRefusalHasCodeAndRetryTime() throws Exception {
        try (Gate gate = Gate.builder()
                        .worker(Wait.class, Waited.class, request -> {
                            throw new Refusal(Refusal.Code.BUSY, "Not now.").retryAfter(Duration.ofMillis(1_500));
                        })
                        .start();
                FramegateClient client = clientOf(gate).build();
                FramegateClient old = FramegateClient.builder()
                        .port(gate.listener().address().getPort())
                        .build()) {
            ClientException no = failure(client.send(new Wait(1), Waited.class));
            assertEquals(Kind.REFUSED, no.kind());
            assertEquals("Not now.", no.getMessage());
            assertEquals(Optional.of(Refusal.Code.BUSY), no.refusalCode());
            assertEquals(Optional.of(Duration.ofMillis(1_500)), no.retryAfter());
            ClientException plain = failure(old.send(new Wait(1), Waited.class));
            assertEquals("Not now.", plain.getMessage());
            assertEquals(Optional.empty(), plain.refusalCode());
        }
    }

    @Test
    void receivesZstandardAndSendsLargeRequests() throws Exception {
        String text = "framegate".repeat(LARGE);
        try (Gate gate = Gate.builder()
                        .compression(Compression.ZLIB, 100)
                        .worker(Wait.class, Waited.class, request -> new Waited(text))
                        .worker(
                                Waited.class,
                                WelcomeResponse.class,
                                request -> new WelcomeResponse(
                                        Integer.toString(request.text().length())))
                        .start();
                FramegateClient client =
                        clientOf(gate).compression(Compression.NONE).build()) {
            EncodedResponse answer =
                    client.sendForBytes(new Wait(1), Waited.class).get();
            int payload = answer.payload().length;
            assertEquals(4 + 2 * text.length(), payload);
            // Deflate has no way to make less than 1/1032 of anything.
            assertTrue(answer.frameBytes() < payload / 1032, answer.frameBytes() + " of " + payload);
            assertEquals(text, client.send(new Wait(1), Waited.class).get().text());
            // More than a buffer of the client holds.
            String half = "x".repeat(LARGE);
            assertEquals(
                    Integer.toString(half.length()),
                    client.send(new Waited(half), WelcomeResponse.class).get().text());
        }
    }

    @Test
    void noticesReachWhoListens() throws Exception {
        CompletableFuture<Seen> seen = new CompletableFuture<>();
        try (Gate gate = Gate.builder()
                        .worker(Wait.class, Waited.class, new CallerWorker<Wait, Waited>() {
                            @Override
                            public Waited process(Wait request, Caller caller) {
                                return new Waited(Boolean.toString(caller.push(new Seen(request.number()))));
                            }
                        })
                        .start();
                FramegateClient client =
                        clientOf(gate).onNotice(Seen.class, seen::complete).build();
                FramegateClient deaf = clientOf(gate).build()) {
            assertEquals("true", client.send(new Wait(5), Waited.class).get().text());
            assertEquals(5, seen.get(20, TimeUnit.SECONDS).number());
            assertEquals("false", deaf.send(new Wait(5), Waited.class).get().text());
        }
    }

    @Test
    void worksWithAServerWithoutHello() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(conversation -> {
                    assertEquals(HelloRequest.ID, conversation.read().id());
                    conversation.write(new ErrorResponse("There is no message 109001."));
                    for (int i = 1; i <= 2; i++) {
                        conversation.read();
                        conversation.write(new WelcomeResponse("welcome:" + i));
                    }
                    conversation.awaitEnd();
                });
                FramegateClient client = FramegateClient.builder()
                        .port(server.port())
                        .hello("test")
                        .build()) {
            CompletableFuture<WelcomeResponse> first = client.send(new WelcomeRequest(1), WelcomeResponse.class);
            CompletableFuture<WelcomeResponse> second = client.send(new WelcomeRequest(2), WelcomeResponse.class);
            assertEquals("welcome:1", first.get().text());
            assertEquals("welcome:2", second.get().text());
        }
    }

    @Test
    void reportsARejectingServer() throws Exception {
        try (Gate gate = Gate.builder()
                        .limits(TransportLimits.builder().maxConnections(1).build())
                        .start();
                RawClient only = gate.connect();
                FramegateClient client = clientOf(gate).build()) {
            only.send(Frames.of(new WelcomeRequest(1)));
            only.receive(WelcomeResponse.class);
            ClientException full = failure(client.send(new WelcomeRequest(2), WelcomeResponse.class));
            assertTrue(String.valueOf(full.getMessage()).contains("already has its 1 connections"), full.toString());
        }
    }

    @Test
    void requestsBehindAnUnansweredHelloAreUnsent() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(conversation -> {
                    conversation.read();
                });
                FramegateClient client = FramegateClient.builder()
                        .port(server.port())
                        .hello("test")
                        .build()) {
            ClientException lost = failure(client.send(new WelcomeRequest(1), WelcomeResponse.class));
            assertEquals(Kind.NOT_SENT, lost.kind());
        }
    }

    private static FramegateClient.Builder clientOf(Gate gate) {
        return FramegateClient.builder()
                .port(gate.listener().address().getPort())
                .hello("test");
    }

    private static ClientException failure(CompletableFuture<?> future) {
        return assertInstanceOf(
                ClientException.class,
                assertThrows(ExecutionException.class, future::get).getCause());
    }
}
