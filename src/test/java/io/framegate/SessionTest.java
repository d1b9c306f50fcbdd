package io.framegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Message;
import io.framegate.message.OwnLogin;
import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import io.framegate.metrics.LimitKind;
import io.framegate.session.Capability;
import io.framegate.session.DrainNotice;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.session.Identities;
import io.framegate.session.Identity;
import io.framegate.session.LoginRequest;
import io.framegate.session.LoginResponse;
import io.framegate.session.TokenLoginRequest;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.transport.CloseReason;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.wire.FrameHeader;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.RolesAllowed;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection may agree on beyond version 1, and who may do what; over real sockets. */
@Timeout(60)
class SessionTest {

    private static final int WELCOME = 100101;

    @Message(190101)
    record SlowRequest(int number) {}

    @Message(590101)
    record SlowResponse(int number) {}

    /** Waits until the test lets it go. */
    private static final class SlowWorker implements Worker<SlowRequest, SlowResponse> {

        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);

        @Override
        public SlowResponse process(SlowRequest request) throws InterruptedException {
            begun.countDown();
            assertTrue(go.await(30, TimeUnit.SECONDS));
            return new SlowResponse(request.number());
        }
    }

    @Message(190201)
    record BytesRequest(int count) {}

    @Message(590201)
    record BytesResponse(byte[] bytes) {}

    private static final class BytesWorker implements Worker<BytesRequest, BytesResponse> {
        @Override
        public BytesResponse process(BytesRequest request) {
            byte[] bytes = new byte[request.count()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i / 7);
            }
            return new BytesResponse(bytes);
        }
    }

    @Message(190301)
    record WhoRequest(int number) {}

    @Message(590301)
    record WhoResponse(String name) {}

    /** Tells the caller its own name, and remembers it. */
    @RolesAllowed("editor")
    private static final class WhoWorker implements CallerWorker<WhoRequest, WhoResponse> {

        private final LinkedBlockingQueue<Caller> callers = new LinkedBlockingQueue<>();

        @Override
        public WhoResponse process(WhoRequest request, Caller caller) {
            callers.add(caller);
            return new WhoResponse(caller.name().orElse("?"));
        }
    }

    @DenyAll
    private static final class NobodysWorker implements Worker<BytesRequest, BytesResponse> {
        @Override
        public BytesResponse process(BytesRequest request) {
            throw new AssertionError("nobody may");
        }
    }

    /** Knows two people and one token, and counts how often it is asked. */
    private static final class TwoPeople implements Identities {

        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public Optional<Identity> byPassword(String name, String password) {
            asked.incrementAndGet();
            if (!password.equals("right")) {
                return Optional.empty();
            }
            return switch (name) {
                case "ann" -> Optional.of(new Identity(name, Set.of("editor", "reader"), Instant.MAX));
                case "bob" -> Optional.of(new Identity(name, Set.of("reader"), Instant.MAX));
                default -> Optional.empty();
            };
        }

        @Override
        public Optional<Identity> byToken(String token) {
            return token.equals("expired")
                    ? Optional.of(
                            new Identity("ann", Set.of("editor"), Instant.now().minusSeconds(1)))
                    : Optional.empty();
        }

        @Override
        public Optional<Identity> byOwnToken(String token) {
            return token.equals("own") ? Optional.of(new Identity("server", Set.of(), Instant.MAX)) : Optional.empty();
        }
    }

    // ---------------------------------------------------------------- hello

    @Test
    void negotiatesCapabilitiesAndLimits() throws IOException {
        TransportLimits limits = TransportLimits.DEFAULTS;
        try (Gate gate = Gate.builder().start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new HelloRequest(7, "test 1.0", new int[] {4, 99, 1, 1})));
            HelloResponse answer = client.receive(HelloResponse.class);
            assertEquals(1, answer.protocolVersion());
            assertEquals("framegate test", answer.server());
            assertArrayEquals(new int[] {1, 4}, answer.features());
            assertEquals(limits.maxBodyBytes(), answer.maxBodyBytes());
            assertEquals(limits.maxPipelined(), answer.maxInFlight());
            assertFalse(answer.loginRequired());
        }
    }

    @Test
    void refusesAHelloAfterAnotherRequestAndGoesOn() throws IOException {
        try (Gate gate = Gate.builder().start();
                RawClient client = gate.connect()) {
            client.send(
                    Frames.of(new WelcomeRequest(1)),
                    Frames.of(hello(Capability.TYPED_ERRORS, Capability.REQUEST_IDS)),
                    Frames.of(new WelcomeRequest(2)),
                    Frames.frame(123456, (byte) 'N'));
            assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
            assertTrue(client.receive(ErrorResponse.class).text().contains("first message"));
            assertEquals("welcome:2", client.receive(WelcomeResponse.class).text());
            assertTrue(client.receive(ErrorResponse.class).text().contains("123456"));
        }
    }

    @Test
    void refusesASecondHello() throws IOException {
        try (Gate gate = Gate.builder().start();
                RawClient client = greeted(gate, Capability.REQUEST_IDS, Capability.TYPED_ERRORS)) {
            client.send(Frames.withRequestId(5, Frames.of(hello())));
            var refused = client.receiveWithId(ErrorResponseV2.class);
            assertEquals(5, refused.requestId());
            assertEquals(Refusal.Code.INVALID, refused.message().code());
            client.send(Frames.withRequestId(6, Frames.of(new WelcomeRequest(6))));
            assertEquals(6, client.receiveWithId(WelcomeResponse.class).requestId());
        }
    }

    // ---------------------------------------------------------------- request ids

    @Test
    void answersByRequestIdOutOfOrder() throws Exception {
        SlowWorker slow = new SlowWorker();
        try (Gate gate = Gate.builder()
                        .worker(SlowRequest.class, SlowResponse.class, slow)
                        .start();
                RawClient client = greeted(gate, Capability.REQUEST_IDS)) {
            client.send(Frames.withRequestId(77, Frames.of(new SlowRequest(1))));
            assertTrue(slow.begun.await(30, TimeUnit.SECONDS));
            for (int i = 0; i < 1000; i++) {
                client.send(Frames.withRequestId(-i, Frames.of(new WelcomeRequest(i))));
                var reply = client.receiveWithId(WelcomeResponse.class);
                assertEquals(-i, reply.requestId());
                assertEquals("welcome:" + i, reply.message().text());
            }
            slow.go.countDown();
            assertEquals(new RawClient.Reply<>(77, new SlowResponse(1)), client.receiveWithId(SlowResponse.class));
        }
    }

    @Test
    void answersABurstWithItsRequestIds() throws IOException {
        int count = 500;
        try (Gate gate = Gate.builder()
                        .worker(BytesRequest.class, BytesResponse.class, new BytesWorker())
                        .threads(8)
                        .start();
                RawClient client = greeted(gate, Capability.REQUEST_IDS)) {
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        client.send(Frames.withRequestId(i, Frames.of(new BytesRequest(i * 97 % 20_000))));
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            sender.start();
            Set<Integer> seen = new HashSet<>();
            for (int i = 0; i < count; i++) {
                var reply = client.receiveWithId(BytesResponse.class);
                assertTrue(seen.add(reply.requestId()));
                assertEquals(reply.requestId() * 97 % 20_000, reply.message().bytes().length);
            }
            assertEquals(count, seen.size());
        }
    }

    @Test
    void errorsHaveTheirRequestIds() throws IOException {
        try (Gate gate = Gate.builder().start();
                RawClient client = greeted(gate, Capability.REQUEST_IDS)) {
            client.send(Frames.withRequestId(8, Frames.frame(123456, (byte) 'N', (byte) 1)));
            assertEquals(8, client.receiveWithId(ErrorResponse.class).requestId());
            client.send(Frames.withRequestId(9, Frames.header(WELCOME, -1)));
            assertEquals(0, client.receiveWithId(ErrorResponse.class).requestId());
            assertTrue(client.isAtEnd());
        }
    }

    @Test
    void cutsSplitFramesWithRequestIds() throws IOException {
        try (Gate gate = Gate.builder().start();
                RawClient client = greeted(gate, Capability.REQUEST_IDS)) {
            for (int size = 1; size <= 17; size++) {
                client.sendInPieces(Frames.withRequestId(size, Frames.of(new WelcomeRequest(size))), size);
                var reply = client.receiveWithId(WelcomeResponse.class);
                assertEquals(size, reply.requestId());
                assertEquals("welcome:" + size, reply.message().text());
            }
        }
    }

    // ---------------------------------------------------------------- typed errors, compression

    @Test
    void givesErrorsACodeAndATimeToComeBack() throws Exception {
        SlowWorker slow = new SlowWorker();
        try (Gate gate = Gate.builder()
                        .worker(SlowRequest.class, SlowResponse.class, slow)
                        .threads(1)
                        .queueCapacity(1)
                        .start();
                RawClient busy = gate.connect();
                RawClient client = greeted(gate, Capability.TYPED_ERRORS)) {
            busy.send(Frames.of(new SlowRequest(1)));
            assertTrue(slow.begun.await(30, TimeUnit.SECONDS));
            client.send(Frames.of(new SlowRequest(2)));
            ErrorResponseV2 refused = client.receive(ErrorResponseV2.class);
            assertEquals(Refusal.Code.BUSY, refused.code());
            assertTrue(refused.retryAfterMillis() >= 50 && refused.retryAfterMillis() <= 10_000, refused.toString());
            client.send(Frames.frame(WELCOME, (byte) 'N'));
            ErrorResponseV2 malformed = client.receive(ErrorResponseV2.class);
            assertEquals(Refusal.Code.MALFORMED, malformed.code());
            assertEquals(ErrorResponseV2.NEVER, malformed.retryAfterMillis());
            slow.go.countDown();
            assertEquals(1, busy.receive(SlowResponse.class).number());
        }
    }

    @Test
    void sendsZstandardToClientsThatAcceptIt() throws IOException {
        try (Gate gate = Gate.builder()
                        .worker(BytesRequest.class, BytesResponse.class, new BytesWorker())
                        .start();
                RawClient old = gate.connect();
                RawClient client = greeted(gate, Capability.ZSTD)) {
            byte[] request = Frames.of(new BytesRequest(100_000));
            byte[] byZlib = old.send(request).receive();
            byte[] byZstd = client.send(request).receive();
            assertNotNull(byZlib);
            assertNotNull(byZstd);
            assertEquals(Compression.ZLIB.code(), byZlib[FrameHeader.BYTES]);
            assertEquals(Compression.ZSTD.code(), byZstd[FrameHeader.BYTES]);
            assertTrue(byZstd.length < 60_000, "bytes " + byZstd.length);
            assertArrayEquals(
                    Frames.message(byZlib, BytesResponse.class).bytes(),
                    Frames.message(byZstd, BytesResponse.class).bytes());
            byte[] small = client.send(Frames.of(new BytesRequest(10))).receive();
            assertNotNull(small);
            assertEquals(Compression.NONE.code(), small[FrameHeader.BYTES]);
        }
    }

    // ---------------------------------------------------------------- notices

    @Test
    void tellsThoseWhoTakeNoticesThatItStops() throws Exception {
        SlowWorker slow = new SlowWorker();
        try (Gate gate = Gate.builder()
                        .worker(SlowRequest.class, SlowResponse.class, slow)
                        .start();
                RawClient old = gate.connect();
                RawClient client = greeted(gate, Capability.NOTICES, Capability.REQUEST_IDS)) {
            client.send(Frames.withRequestId(3, Frames.of(new SlowRequest(1))));
            assertTrue(slow.begun.await(30, TimeUnit.SECONDS));
            Thread stopping = new Thread(() -> gate.drain(Duration.ofSeconds(20)));
            stopping.start();
            assertEquals(new RawClient.Reply<>(0, new DrainNotice(20_000)), client.receiveWithId(DrainNotice.class));
            slow.go.countDown();
            assertEquals(3, client.receiveWithId(SlowResponse.class).requestId());
            assertTrue(client.isAtEnd());
            assertTrue(old.isAtEnd());
            stopping.join(30_000);
        }
    }

    @Test
    void pushesToConnectedCallersThatAcceptNotices() throws Exception {
        WhoWorker who = new WhoWorker();
        try (Gate gate = Gate.builder()
                        .worker(WhoRequest.class, WhoResponse.class, who)
                        .logins(new TwoPeople(), false)
                        .start();
                RawClient old = gate.connect()) {
            Caller caller;
            try (RawClient client = greeted(gate, Capability.NOTICES)) {
                logIn(client, "ann");
                client.send(Frames.of(new WhoRequest(1)));
                assertEquals("ann", client.receive(WhoResponse.class).name());
                caller = who.callers.remove();
                assertTrue(caller.push(new DrainNotice(1)));
                assertEquals(1, client.receive(DrainNotice.class).millisLeft());
            }
            Gate.await(() -> !caller.isConnected());
            assertFalse(caller.push(new DrainNotice(2)));
            logIn(old, "ann");
            old.send(Frames.of(new WhoRequest(1)));
            old.receive(WhoResponse.class);
            assertFalse(who.callers.remove().push(new DrainNotice(3)));
        }
    }

    @Test
    void stopsPushingToOneWhoDoesNotRead() throws Exception {
        WhoWorker who = new WhoWorker();
        try (Gate gate = Gate.builder()
                        .worker(WhoRequest.class, WhoResponse.class, who)
                        .logins(new TwoPeople(), false)
                        .start();
                RawClient client = greeted(gate, Capability.NOTICES)) {
            logIn(client, "ann");
            client.send(Frames.of(new WhoRequest(1)));
            client.receive(WhoResponse.class);
            Caller caller = who.callers.remove();
            BytesResponse large = new BytesResponse(new byte[1 << 20]);
            int pushed = 0;
            while (caller.push(large)) {
                pushed++;
                assertTrue(pushed < 200, "nothing stops it");
            }
            for (int i = 0; i < pushed; i++) {
                assertEquals(1 << 20, client.receive(BytesResponse.class).bytes().length);
            }
            assertTrue(caller.isConnected());
        }
    }

    // ---------------------------------------------------------------- logins, roles

    @Test
    void requiresALoginBeforeOtherRequests() throws IOException {
        try (Gate gate = Gate.builder().logins(new TwoPeople(), true).start();
                RawClient client = greeted(gate, Capability.TYPED_ERRORS)) {
            client.send(Frames.of(new WelcomeRequest(1)));
            assertEquals(
                    Refusal.Code.UNAUTHENTICATED,
                    client.receive(ErrorResponseV2.class).code());
            // Not even decoded, and not kept while it comes.
            client.send(Frames.frame(WELCOME, new byte[3_000_000]));
            assertEquals(
                    Refusal.Code.UNAUTHENTICATED,
                    client.receive(ErrorResponseV2.class).code());
            client.send(Frames.of(new LoginRequest("ann", "wrong")));
            assertEquals(
                    Refusal.Code.UNAUTHENTICATED,
                    client.receive(ErrorResponseV2.class).code());
            LoginResponse answer = logIn(client, "ann");
            assertEquals("ann", answer.name());
            assertEquals(List.of("editor", "reader"), answer.roles());
            client.send(Frames.of(new WelcomeRequest(2)));
            assertEquals("welcome:2", client.receive(WelcomeResponse.class).text());
        }
    }

    @Test
    void holdsRolesOfWorkers() throws IOException {
        try (Gate gate = Gate.builder()
                        .worker(WhoRequest.class, WhoResponse.class, new WhoWorker())
                        .worker(BytesRequest.class, BytesResponse.class, new NobodysWorker())
                        .logins(new TwoPeople(), false)
                        .start();
                RawClient client = greeted(gate, Capability.TYPED_ERRORS)) {
            client.send(Frames.of(new WhoRequest(1)));
            assertEquals(
                    Refusal.Code.UNAUTHENTICATED,
                    client.receive(ErrorResponseV2.class).code());
            logIn(client, "bob");
            client.send(Frames.of(new WhoRequest(1)));
            assertEquals(
                    Refusal.Code.FORBIDDEN,
                    client.receive(ErrorResponseV2.class).code());
            logIn(client, "ann");
            client.send(Frames.of(new WhoRequest(1)));
            assertEquals("ann", client.receive(WhoResponse.class).name());
            client.send(Frames.of(new BytesRequest(1)));
            assertEquals(
                    Refusal.Code.FORBIDDEN,
                    client.receive(ErrorResponseV2.class).code());
        }
    }

    @Test
    void forgetsWhoSomebodyIsWhenTheTokenEnds() throws IOException {
        try (Gate gate = Gate.builder().logins(new TwoPeople(), true).start();
                RawClient client = greeted(gate, Capability.TYPED_ERRORS)) {
            client.send(Frames.of(new TokenLoginRequest("expired")));
            assertEquals("ann", client.receive(LoginResponse.class).name());
            client.send(Frames.of(new WelcomeRequest(2)));
            assertEquals(
                    Refusal.Code.UNAUTHENTICATED,
                    client.receive(ErrorResponseV2.class).code());
        }
    }

    @Test
    void closesAConnectionWithoutARequiredLogin() throws IOException {
        Duration limit = Duration.ofSeconds(1);
        try (Gate gate = Gate.builder()
                        .logins(new TwoPeople(), true)
                        .limits(TransportLimits.builder().loginTimeout(limit).build())
                        .start();
                RawClient known = greeted(gate, Capability.TYPED_ERRORS);
                RawClient formerlyKnown = greeted(gate, Capability.TYPED_ERRORS)) {
            known.send(Frames.of(new LoginRequest("ann", "right")));
            known.receive(LoginResponse.class);
            formerlyKnown.send(Frames.of(new TokenLoginRequest("expired")));
            formerlyKnown.receive(LoginResponse.class);
            long begun = System.nanoTime();
            try (RawClient silent = gate.connect();
                    RawClient asking = greeted(gate, Capability.TYPED_ERRORS)) {
                asking.send(Frames.of(new WelcomeRequest(1)));
                assertEquals(
                        Refusal.Code.UNAUTHENTICATED,
                        asking.receive(ErrorResponseV2.class).code());
                ErrorResponseV2 end = asking.receive(ErrorResponseV2.class);
                assertEquals(Refusal.Code.UNAUTHENTICATED, end.code());
                assertTrue(end.text().endsWith("so the connection ends here (LOGIN_TIMEOUT)."), end.text());
                assertTrue(asking.isAtEnd());
                assertTrue(silent.receive(ErrorResponse.class).text().endsWith("(LOGIN_TIMEOUT)."));
                assertTrue(silent.isAtEnd());
                assertTrue(System.nanoTime() - begun >= limit.toNanos());
            }
            Gate.await(() -> gate.info().closedByReason().getOrDefault(CloseReason.LOGIN_TIMEOUT.name(), 0L) == 2);
            assertEquals(2, gate.info().reachedTimes(LimitKind.LOGIN_TIME));
            known.send(Frames.of(new WelcomeRequest(2)));
            assertEquals("welcome:2", known.receive(WelcomeResponse.class).text());
            formerlyKnown.send(Frames.of(new WelcomeRequest(3)));
            assertEquals(
                    Refusal.Code.UNAUTHENTICATED,
                    formerlyKnown.receive(ErrorResponseV2.class).code());
        }
    }

    @Test
    void appliesTheLoginTimeoutOnlyIfRequired() throws IOException {
        try (Gate open = Gate.builder()
                        .logins(new TwoPeople(), false)
                        .limits(TransportLimits.builder()
                                .loginTimeout(Duration.ofMillis(1))
                                .build())
                        .start();
                Gate closed = Gate.builder()
                        .logins(new TwoPeople(), true)
                        .limits(TransportLimits.builder()
                                .loginTimeout(Duration.ofMinutes(1))
                                .build())
                        .start();
                RawClient asking = open.connect();
                RawClient silent = closed.connect()) {
            Gate.await(() -> closed.listener().connectionCount() == 1);
            closed.listener()
                    .changeLimits(TransportLimits.builder()
                            .loginTimeout(Duration.ofMillis(200))
                            .build());
            assertTrue(silent.receive(ErrorResponse.class).text().endsWith("(LOGIN_TIMEOUT)."));
            asking.send(Frames.of(new WelcomeRequest(1)));
            asking.receive(WelcomeResponse.class);
        }
    }

    @Test
    void throttlesGuessing() throws IOException {
        TwoPeople people = new TwoPeople();
        try (Gate gate = Gate.builder().logins(people, false).start();
                RawClient client = greeted(gate, Capability.TYPED_ERRORS)) {
            ErrorResponseV2 refused = null;
            for (int i = 0; i < 20; i++) {
                client.send(Frames.of(new LoginRequest("ann", "guess " + i)));
                refused = client.receive(ErrorResponseV2.class);
                assertEquals(Refusal.Code.UNAUTHENTICATED, refused.code());
            }
            assertNotNull(refused);
            assertTrue(refused.retryAfterMillis() > 0, refused.toString());
            assertTrue(people.asked.get() < 10, "asked " + people.asked);
            // The right password has to wait as well: who guesses must not learn which one it was.
            client.send(Frames.of(new LoginRequest("ann", "right")));
            assertEquals(
                    Refusal.Code.UNAUTHENTICATED,
                    client.receive(ErrorResponseV2.class).code());
        }
    }

    @Test
    void ownLoginIgnoresTheThrottle() throws IOException {
        try (Gate gate = Gate.builder().logins(new TwoPeople(), true).start();
                RawClient client = greeted(gate, Capability.TYPED_ERRORS)) {
            ErrorResponseV2 refused = null;
            for (int i = 0; i < 40; i++) {
                client.send(Frames.of(new TokenLoginRequest("guess " + i)));
                refused = client.receive(ErrorResponseV2.class);
            }
            assertNotNull(refused);
            assertTrue(refused.retryAfterMillis() > 0, "the address has to wait: " + refused);
            client.send(Frames.of(new TokenLoginRequest("own")));
            assertEquals("server", client.receive(LoginResponse.class).name());
        }
    }

    @Test
    void keepsPasswordsAndTokensOutOfText() {
        assertFalse(new OwnLogin(new LoginRequest("a", "secret"), LoginResponse.class)
                .toString()
                .contains("secret"));
        assertFalse(new LoginRequest("ann", "right").toString().contains("secret"));
        assertFalse(new TokenLoginRequest("secret").toString().contains("secret"));
    }

    private static HelloRequest hello(Capability... features) {
        return new HelloRequest(
                1,
                "test 1.0",
                Arrays.stream(features).mapToInt(Capability::code).toArray());
    }

    private static RawClient greeted(Gate gate, Capability... features) throws IOException {
        RawClient client = gate.connect();
        client.send(Frames.of(hello(features)));
        assertEquals(features.length, client.receive(HelloResponse.class).features().length);
        return client;
    }

    private static LoginResponse logIn(RawClient client, String name) throws IOException {
        client.send(Frames.of(new LoginRequest(name, "right")));
        return client.receive(LoginResponse.class);
    }
}
