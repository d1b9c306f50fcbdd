package io.framegate.dispatch;

import io.framegate.codec.Codec;
import io.framegate.fuzz.FuzzTarget;
import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.NonBlocking;
import io.framegate.message.Refusal;
import io.framegate.metrics.GateMetrics;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.session.HelloWorker;
import io.framegate.session.Identities;
import io.framegate.session.Identity;
import io.framegate.session.LoginRequest;
import io.framegate.session.LoginResponse;
import io.framegate.session.LoginWorker;
import io.framegate.session.Logins;
import io.framegate.session.ServerCapabilities;
import io.framegate.session.TokenLoginRequest;
import io.framegate.session.TokenLoginWorker;
import io.framegate.testkit.Frames;
import io.framegate.transport.FuzzedConnection;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.welcome.WelcomeWorker;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a client sends over a whole connection: hellos, logins, requests that ask for a role, anything. Each reply is a whole
 * frame of a message that is known, and none says that the server has made a mistake.
 *
 * <pre>
 *  offset size field
 *       0    1 choices   how many bytes of them follow
 *       1      choices   what happens next: a read or a write, and how much of it
 *              stream
 * </pre>
 */
public final class SessionFuzz implements FuzzTarget {

    private static final String MISTAKE = "The server made a mistake";
    private static final int MAX_BYTES = 1 << 20;

    private final GateMetrics info = new GateMetrics();
    private final Envelope envelope = new Envelope(MAX_BYTES, 1);
    private final Envelope clients = new Envelope(MAX_BYTES, 1, true);
    private final Map<Integer, Class<? extends Record>> answers = new HashMap<>();
    private final TransportLimits limits =
            TransportLimits.builder().maxBodyBytes(MAX_BYTES).recordedBytes(500).build();
    private final FuzzedConnection connection;
    private Logins logins = logins();

    /** A worker that answers who asks. */
    @NonBlocking
    @RolesAllowed("editor")
    private static final class Who implements CallerWorker<WhoRequest, WelcomeResponse> {
        @Override
        public WelcomeResponse process(WhoRequest request, Caller caller) {
            return new WelcomeResponse(caller.name().orElseThrow() + request.suffix());
        }
    }

    /** Stands for a class that a worker is declared on. */
    @NonBlocking
    @PermitAll
    private static final class ForAll {}

    public SessionFuzz() {
        List<Routes.Found<?, ?>> workers = List.of(
                new Routes.Found<>(
                        "hello", HelloWorker.class, new HelloWorker(), HelloRequest.class, HelloResponse.class),
                new Routes.Found<>(
                        "welcome",
                        WelcomeWorker.class,
                        new WelcomeWorker(),
                        WelcomeRequest.class,
                        WelcomeResponse.class),
                new Routes.Found<>("who", Who.class, new Who(), WhoRequest.class, WelcomeResponse.class),
                // On the spot as well, so that the answers do not depend on another thread.
                new Routes.Found<>(
                        "login",
                        ForAll.class,
                        (CallerWorker<LoginRequest, LoginResponse>)
                                (request, caller) -> new LoginWorker(logins).process(request, caller),
                        LoginRequest.class,
                        LoginResponse.class),
                new Routes.Found<>(
                        "token",
                        ForAll.class,
                        (CallerWorker<TokenLoginRequest, LoginResponse>)
                                (request, caller) -> new TokenLoginWorker(logins).process(request, caller),
                        TokenLoginRequest.class,
                        LoginResponse.class));
        for (Class<? extends Record> type : List.of(
                HelloResponse.class,
                WelcomeResponse.class,
                LoginResponse.class,
                ErrorResponse.class,
                ErrorResponseV2.class)) {
            answers.put(Codec.of(type).id(), type);
        }
        Routes routes = Routes.of(workers, Compression.ZLIB, 20, info);
        ServerCapabilities facts = new ServerCapabilities("framegate fuzz", MAX_BYTES, 100, true, Set.of());
        Dispatcher dispatcher = new Dispatcher(
                routes, new WorkerPool(1, 100), envelope, new ResponseCache(0), facts, info, 1, ContainerContext.NONE);
        // So that none is too large to be answered on the spot.
        dispatcher.limitSizes(32 << 10, MAX_BYTES, MAX_BYTES);
        connection = new FuzzedConnection(dispatcher);
    }

    private static Logins logins() {
        Identity editor = new Identity("ann", Set.of("editor"), Instant.MAX);
        return new Logins(new Identities() {
            @Override
            public Optional<Identity> byPassword(String name, String password) {
                return name.equals("ann") && password.equals("pw") ? Optional.of(editor) : Optional.empty();
            }

            @Override
            public Optional<Identity> byToken(String token) {
                if (token.isEmpty()) {
                    throw new Refusal(Refusal.Code.INVALID, "This server takes no tokens.");
                }
                return token.equals("ann") ? Optional.of(editor) : Optional.empty();
            }
        });
    }

    @Override
    public void take(byte[] input) {
        if (input.length == 0) {
            return;
        }
        logins = logins();
        int from = Math.min(input.length, 1 + (input[0] & 0xFF));
        byte[] choices = Arrays.copyOfRange(input, 1, from);
        byte[] stream = Arrays.copyOfRange(input, from, input.length);
        byte[] sent = connection.run(stream, choices, limits, choice -> false);
        boolean withIds = false;
        int at = 0;
        while (at < sent.length) {
            int body = at + FrameHeader.headerBytes(withIds);
            int size = FrameHeader.bodySize(sent, at);
            Record answer = message(FrameHeader.id(sent, at), Arrays.copyOfRange(sent, body, body + size));
            if (answer instanceof HelloResponse hello) {
                withIds = Arrays.stream(hello.features()).anyMatch(code -> code == Capability.REQUEST_IDS.code());
            }
            at = body + size;
        }
    }

    private Record message(int id, byte[] body) {
        Class<? extends Record> type = answers.get(id);
        if (type == null) {
            throw new AssertionError("a reply with the id " + id);
        }
        Envelope.Payload opened = clients.open(body, 0, body.length);
        byte[] payload = Arrays.copyOfRange(opened.bytes(), opened.offset(), opened.offset() + opened.length());
        byte[] plain = new byte[1 + payload.length];
        plain[0] = Compression.NONE.code();
        System.arraycopy(payload, 0, plain, 1, payload.length);
        Record message = Frames.message(Frames.frame(id, plain), type);
        String sentence = message instanceof ErrorResponse old
                ? old.text()
                : message instanceof ErrorResponseV2 typed ? typed.text() : "";
        if (sentence.contains(MISTAKE)) {
            throw new AssertionError(sentence);
        }
        return message;
    }

    @Override
    public List<byte[]> seeds() {
        byte[] hello = Frames.of(new HelloRequest(1, "fuzz", new int[] {1, 2, 3, 4}));
        byte[] plain = Frames.of(new HelloRequest(1, "fuzz", new int[] {1}));
        byte[] login = Frames.of(new LoginRequest("ann", "pw"));
        byte[] wrong = Frames.of(new LoginRequest("ann", "xy"));
        byte[] token = Frames.of(new TokenLoginRequest("ann"));
        byte[] who = Frames.of(new WhoRequest("!"));
        byte[] whoZipped = Frames.of(new WhoRequest("?".repeat(300)), Compression.ZLIB);
        byte[] welcome = Frames.golden("welcome-request");
        List<byte[]> streams = List.of(
                welcome,
                Frames.concat(login, welcome, who, whoZipped),
                Frames.concat(wrong, wrong, wrong, wrong, login, who),
                Frames.concat(token, who, plain),
                Frames.concat(plain, who, login, who, whoZipped, Frames.of(new TokenLoginRequest("")), welcome),
                Frames.concat(
                        hello,
                        Frames.withRequestId(7, who),
                        Frames.withRequestId(8, login),
                        Frames.withRequestId(9, who),
                        Frames.withRequestId(10, whoZipped),
                        Frames.withRequestId(-1, Frames.frame(5, (byte) 'N'))),
                Frames.concat(hello, Frames.withRequestId(0, hello)),
                Frames.concat(Frames.header(100101, -1), welcome));
        List<byte[]> seeds = new ArrayList<>();
        for (byte[] stream : streams) {
            seeds.add(Frames.concat(new byte[] {0}, stream));
            seeds.add(Frames.concat(new byte[] {3, 7, 9, 4}, stream));
        }
        return seeds;
    }
}
