package io.framegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.ClientException;
import io.framegate.client.FramegateClient;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.message.Worker;
import io.framegate.metrics.GateMetrics;
import io.framegate.metrics.MessageMetrics;
import io.framegate.testkit.Certificates;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TlsFixture;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.tls.KeySource;
import io.framegate.tls.Secret;
import io.framegate.tls.TlsContext;
import io.framegate.tls.TlsSettings;
import io.framegate.tls.TlsSettings.ClientCertificate;
import io.framegate.tls.TlsSettings.Version;
import io.framegate.tls.TrustSource;
import io.framegate.transport.CloseReason;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The port with TLS, over real sockets: by the JVM's own sockets, by the Java client and by OpenSSL. */
@Timeout(120)
class TlsTest {

    @Message(190301)
    record EchoRequest(byte[] bytes) {}

    @Message(590301)
    record EchoResponse(byte[] bytes) {}

    static final class EchoWorker implements Worker<EchoRequest, EchoResponse> {
        @Override
        public EchoResponse process(EchoRequest request) {
            return new EchoResponse(request.bytes());
        }
    }

    @TempDir
    private Path directory;

    private TlsFixture fixture;

    @BeforeEach
    void makeCertificates() throws Exception {
        fixture = new TlsFixture(directory);
    }

    private Gate gate(TlsContext tls) throws IOException {
        return Gate.builder()
                .worker(EchoRequest.class, EchoResponse.class, new EchoWorker())
                .compression(Compression.NONE, 0)
                .rules(TlsFixture.rules(tls))
                .start();
    }

    private static FramegateClient client(Gate gate, SSLContext tls) {
        return FramegateClient.builder()
                .port(gate.listener().address().getPort())
                .tls(tls)
                .compression(Compression.NONE)
                .requestTimeout(Duration.ofSeconds(20))
                .build();
    }

    // ---------------------------------------------------------------- bytes

    private static byte[] stream() {
        return Frames.concat(
                Frames.of(new WelcomeRequest(1)),
                Frames.of(new EchoRequest(new byte[700])),
                Frames.frame(123401, (byte) 'N', (byte) 1),
                Frames.of(new WelcomeRequest(2), Compression.LZMA));
    }

    private static void assertReplies(RawClient client) throws IOException {
        assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
        assertEquals(700, client.receive(EchoResponse.class).bytes().length);
        assertTrue(client.receive(ErrorResponse.class).text().contains("123401"));
        assertEquals("welcome:2", client.receive(WelcomeResponse.class).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void repliesDoNotDependOnSplits(String protocol) throws Exception {
        byte[] stream = stream();
        try (Gate gate = gate(fixture.server())) {
            InetSocketAddress address = gate.listener().address();
            try (RawClient whole = fixture.connect(address, protocol)) {
                whole.send(stream);
                assertReplies(whole);
                // Each byte in a record of its own.
                whole.sendInPieces(stream, 1);
                assertReplies(whole);
                for (int split = 1; split < stream.length; split += 7) {
                    whole.send(Frames.first(stream, split), Arrays.copyOfRange(stream, split, stream.length));
                    assertReplies(whole);
                }
            }
            // Each byte of the handshake and of the records in a segment of its own.
            try (RawClient sliced = new RawClient(
                    TlsFixture.handshaken(fixture.client(), TlsFixture.slicing(address), address, protocol))) {
                sliced.send(stream);
                assertReplies(sliced);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"EC,TLSv1.2", "EC,TLSv1.3", "RSA,TLSv1.2", "RSA,TLSv1.3"})
    void carriesBodiesOfEverySizeBothWays(String algorithm, String protocol) throws Exception {
        fixture.serve(fixture.authority.issue("gate", algorithm));
        byte[] large = new byte[3_000_000];
        new java.util.Random(5).nextBytes(large);
        try (Gate gate = gate(fixture.server());
                RawClient client = fixture.connect(gate.listener().address(), protocol)) {
            for (int size : new int[] {0, 1, 500, 16_300, 16_384, 16_385, 65_536, 70_000, 950_000}) {
                byte[] part = Frames.first(large, size);
                client.send(Frames.of(new EchoRequest(part)));
                assertArrayEquals(part, client.receive(EchoResponse.class).bytes(), size + " bytes");
            }
        }
    }

    @Test
    void answersManyLateReaders() throws Exception {
        try (Gate gate = gate(fixture.server())) {
            List<FramegateClient> clients = new ArrayList<>();
            List<CompletableFuture<EchoResponse>> answers = new ArrayList<>();
            SSLContext trust = fixture.client();
            for (int i = 0; i < 4; i++) {
                clients.add(client(gate, trust));
            }
            for (int i = 0; i < 2000; i++) {
                byte[] bytes = new byte[i % 50 == 0 ? 300_000 : i];
                answers.add(clients.get(i % 4).send(new EchoRequest(bytes), EchoResponse.class));
            }
            for (int i = 0; i < 2000; i++) {
                assertEquals(i % 50 == 0 ? 300_000 : i, answers.get(i).join().bytes().length);
            }
            // A client that sends a lot before it reads fills the socket's buffers, and the gate has to wait for it.
            try (RawClient late = fixture.connect(gate.listener().address(), "TLSv1.3")) {
                byte[] request = Frames.of(new EchoRequest(new byte[800_000]));
                Future<?> sending = CompletableFuture.runAsync(() -> {
                    try {
                        for (int i = 0; i < 20; i++) {
                            late.send(request);
                        }
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                });
                Gate.await(() -> gate.info().readsPaused() > 0);
                for (int i = 0; i < 20; i++) {
                    assertEquals(800_000, late.receive(EchoResponse.class).bytes().length);
                }
                sending.get(10, TimeUnit.SECONDS);
            }
            clients.forEach(FramegateClient::close);
            Gate.await(() -> gate.info().connectionsOpen() == 0);
            assertEquals(5, gate.info().closedByReason().get(CloseReason.CLIENT_DONE.name()));
        }
    }

    // ---------------------------------------------------------------- the end of a stream

    @Test
    void answersAClientThatEndsItsHalfOfTls13() throws Exception {
        try (Gate gate = gate(fixture.server());
                RawClient client = fixture.connect(gate.listener().address(), "TLSv1.3")) {
            client.send(stream()).halfClose();
            assertReplies(client);
            assertTrue(client.isAtEnd());
            Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.CLIENT_DONE.name()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void tellsATruncatedStreamFromOneThatEnds(String protocol) throws Exception {
        try (Gate gate = gate(fixture.server())) {
            InetSocketAddress address = gate.listener().address();
            try (RawClient ending = fixture.connect(address, protocol)) {
                ending.send(Frames.of(new WelcomeRequest(1)));
                ending.receive(WelcomeResponse.class);
            }
            Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.CLIENT_DONE.name()));
            Socket plain = TlsFixture.plain(address);
            RawClient cut = new RawClient(TlsFixture.handshaken(fixture.client(), plain, address, protocol));
            cut.send(Frames.of(new WelcomeRequest(1)));
            cut.receive(WelcomeResponse.class);
            plain.shutdownOutput();
            Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.TLS_TRUNCATED.name()));
            plain.close();
        }
    }

    @Test
    void endsWithACloseNotifyWhenItDrains() throws Exception {
        try (Gate gate = gate(fixture.server());
                RawClient client = fixture.connect(gate.listener().address(), "TLSv1.3")) {
            client.send(Frames.of(new WelcomeRequest(1)));
            client.receive(WelcomeResponse.class);
            CompletableFuture<Integer> left = CompletableFuture.supplyAsync(() -> gate.drain(Duration.ofSeconds(10)));
            // The JVM's socket throws where the stream is cut.
            assertTrue(client.isAtEnd());
            client.close();
            assertEquals(0, left.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void closesAtABrokenRecord() throws Exception {
        try (Gate gate = gate(fixture.server())) {
            InetSocketAddress address = gate.listener().address();
            for (byte[] record : List.of(
                    new byte[] {23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20},
                    new byte[] {23, 3, 3, -1, -1},
                    new byte[] {99, 99, 99, 0, 1, 1})) {
                long before = gate.info().closedByReason().getOrDefault(CloseReason.TLS_BROKEN.name(), 0L);
                try (Socket plain = TlsFixture.plain(address)) {
                    TlsFixture.handshaken(fixture.client(), plain, address, "TLSv1.3");
                    plain.getOutputStream().write(record);
                    Gate.await(() ->
                            gate.info().closedByReason().getOrDefault(CloseReason.TLS_BROKEN.name(), 0L) > before);
                }
            }
            assertServes(gate);
        }
    }

    // ---------------------------------------------------------------- handshakes

    /** Shakes hands by an engine over a blocking socket, and stops after so many bytes. */
    private int shakeUpTo(Socket socket, String protocol, int bytes) throws Exception {
        SSLEngine engine = fixture.client().createSSLEngine("127.0.0.1", 1);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {protocol});
        engine.beginHandshake();
        ByteBuffer in = ByteBuffer.allocate(70_000).limit(0);
        ByteBuffer out = ByteBuffer.allocate(70_000);
        int left = bytes;
        int sent = 0;
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> {
                    engine.wrap(ByteBuffer.allocate(0), out.clear());
                    int piece = Math.min(left, out.flip().remaining());
                    socket.getOutputStream().write(out.array(), 0, piece);
                    sent += piece;
                    left -= piece;
                    if (piece < out.limit()) {
                        return sent;
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (left == 0) {
                        return sent;
                    }
                    if (engine.unwrap(in, ByteBuffer.allocate(0)).getStatus()
                            == javax.net.ssl.SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        in.compact();
                        int read = socket.getInputStream().read(in.array(), in.position(), in.remaining());
                        in.position(in.position() + read).flip();
                    }
                }
                default -> {
                    return sent;
                }
            }
        }
    }

    @Test
    void endsAHandshakeThatStallsAtAnyByte() throws Exception {
        // The whole catalogue has the limit that there is by default, here and below.
        Duration limit = Duration.ofSeconds(Scorecard.size(2, 10));
        TlsSettings usual = fixture.settings(ClientCertificate.NONE, Version.TLS_1_2);
        TlsSettings quick = new TlsSettings(
                usual.identity(),
                usual.trust(),
                usual.clientCertificate(),
                usual.minVersion(),
                limit,
                1000,
                2,
                usual.reloadInterval());
        try (Gate gate = gate(TlsContext.load(quick));
                Canary canary = new Canary(gate, fixture.client())) {
            InetSocketAddress address = gate.listener().address();
            int stalled = 0;
            long slowest = 0;
            ExecutorService readers = Executors.newCachedThreadPool();
            for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                int all;
                try (Socket probe = TlsFixture.plain(address)) {
                    all = shakeUpTo(probe, protocol, Integer.MAX_VALUE);
                }
                List<Socket> sockets = new ArrayList<>();
                List<CompletableFuture<Long>> ends = new ArrayList<>();
                for (int bytes = 0; bytes < all; bytes += bytes < 64 || bytes > all - 140 ? 1 : 5) {
                    Socket socket = TlsFixture.plain(address);
                    sockets.add(socket);
                    long begun = System.nanoTime();
                    shakeUpTo(socket, protocol, bytes);
                    ends.add(CompletableFuture.supplyAsync(
                            () -> {
                                readToEnd(socket);
                                return System.nanoTime() - begun;
                            },
                            readers));
                }
                for (CompletableFuture<Long> end : ends) {
                    slowest = Math.max(slowest, end.join());
                }
                for (Socket socket : sockets) {
                    socket.close();
                }
                stalled += sockets.size();
            }
            int expected = stalled;
            Gate.await(() -> gate.info().closedByReason().get(CloseReason.HANDSHAKE_TIMEOUT.name()) == expected);
            Scorecard.row(
                    32,
                    "TLS handshakes stalled at each byte: closed at the limit",
                    "%d handshakes stalled at as many bytes, limit %d ms, the last was closed after %d ms; a client beside"
                            + " them: %s",
                    stalled,
                    limit.toMillis(),
                    slowest / 1_000_000,
                    canary.figures());
            readers.shutdown();
            assertTrue(slowest < limit.plusMillis(3000).toNanos(), slowest / 1_000_000 + " ms");
            canary.assertUnharmed();
        }
    }

    private static void readToEnd(Socket socket) {
        try (InputStream in = socket.getInputStream()) {
            in.readAllBytes();
        } catch (IOException e) {
            // A reset is an end too.
        }
    }

    @Test
    void tooManyHandshakesEndTheOldest() throws Exception {
        int stalls = Scorecard.size(500, 2000);
        int kept = Scorecard.size(50, 1000);
        TlsSettings usual = fixture.settings(ClientCertificate.NONE, Version.TLS_1_2);
        TlsSettings few = new TlsSettings(
                usual.identity(),
                usual.trust(),
                usual.clientCertificate(),
                usual.minVersion(),
                Duration.ofSeconds(Scorecard.size(60, 10)),
                kept,
                2,
                usual.reloadInterval());
        try (Gate gate = gate(TlsContext.load(few));
                Canary canary = new Canary(gate, fixture.client())) {
            List<Socket> stalled = new ArrayList<>();
            for (int i = 0; i < stalls; i++) {
                Socket socket = TlsFixture.plain(gate.listener().address());
                stalled.add(socket);
                shakeUpTo(socket, "TLSv1.3", 30);
            }
            Gate.await(() -> gate.info().closedByReason().getOrDefault(CloseReason.HANDSHAKE_CROWDED_OUT.name(), 0L)
                    >= stalls - kept);
            // Whoever shakes hands without stalling comes in.
            for (int i = 0; i < 20; i++) {
                assertServes(gate);
            }
            Scorecard.row(
                    32,
                    "too many TLS handshakes: the oldest makes way",
                    "%,d handshakes stalled for ever, %,d of them kept at most; a client beside them: %s",
                    stalls,
                    kept,
                    canary.figures());
            canary.assertUnharmed();
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }

    @Test
    void tellsAClientThatSpeaksNoTls() throws Exception {
        try (Gate gate = gate(fixture.server())) {
            try (RawClient plain = gate.connect()) {
                plain.send(stream());
                assertEquals(
                        "This port speaks TLS, and what came is not TLS. The connection ends here (NOT_TLS).",
                        plain.receive(ErrorResponse.class).text());
                assertTrue(plain.isAtEnd());
            }
            Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.NOT_TLS.name()));
            assertEquals(0, received(gate.info()));
            assertServes(gate);
        }
    }

    @Test
    void closesAPlainPortAtATlsHello() throws Exception {
        try (Gate gate = Gate.builder().start()) {
            InetSocketAddress address = gate.listener().address();
            for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                assertThrows(IOException.class, () -> fixture.connect(address, protocol));
            }
            Gate.await(() -> gate.info().closedByReason().getOrDefault(CloseReason.TLS_UNEXPECTED.name(), 0L) == 2);
        }
    }

    @Test
    void speaksNoOlderTlsThanItIsTold() throws Exception {
        try (Gate gate = gate(TlsContext.load(fixture.settings(ClientCertificate.NONE, Version.TLS_1_3)))) {
            InetSocketAddress address = gate.listener().address();
            assertThrows(SSLException.class, () -> fixture.connect(address, "TLSv1.2"));
            Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.HANDSHAKE_FAILED.name()));
            fixture.connect(address, "TLSv1.3").close();
        }
    }

    // ---------------------------------------------------------------- clients' certificates

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void letsNobodyInWithoutACertificateThatIsTrusted(String protocol) throws Exception {
        Certificates.Issued good = fixture.clients.issue("editor-1", "EC");
        try (Gate gate = gate(TlsContext.load(fixture.settings(ClientCertificate.NEED, Version.TLS_1_2)))) {
            InetSocketAddress address = gate.listener().address();
            List<SSLContext> refused = List.of(
                    fixture.client(),
                    fixture.client(Certificates.authority("Somebody").issue("editor-1", "EC")),
                    expired());
            for (SSLContext context : refused) {
                assertThrows(IOException.class, () -> {
                    try (RawClient client = new RawClient(
                            TlsFixture.handshaken(context, TlsFixture.plain(address), address, protocol))) {
                        // Under TLS 1.3 the client is done before the server has looked at its certificate.
                        client.send(Frames.of(new WelcomeRequest(1)));
                        client.receive(WelcomeResponse.class);
                    }
                });
            }
            Gate.await(() -> gate.info().closedByReason().getOrDefault(CloseReason.HANDSHAKE_FAILED.name(), 0L) == 3);
            assertEquals(0, received(gate.info()), "frames were decoded");
            try (FramegateClient client = client(gate, fixture.client(good))) {
                assertEquals(
                        "welcome:1",
                        client.send(new WelcomeRequest(1), WelcomeResponse.class)
                                .join()
                                .text());
            }
            Scorecard.row(
                    35,
                    "client certificate missing, of another authority, expired: refused before a frame is decoded, "
                            + protocol,
                    "%d of 3 refused, %d frames decoded",
                    gate.info().closedByReason().get(CloseReason.HANDSHAKE_FAILED.name()),
                    0);
        }
    }

    /** The client itself would not load an expired certificate; a careless one shows it. */
    private SSLContext expired() throws Exception {
        Certificates.Issued issued =
                fixture.clients.issue("editor-1", "EC", Instant.now().minus(Duration.ofHours(1)));
        var store = java.security.KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "old", issued.key(), new char[0], new X509Certificate[] {issued.certificate(), issued.authority()});
        var keys = javax.net.ssl.KeyManagerFactory.getInstance("SunX509");
        keys.init(store, new char[0]);
        var trusted = java.security.KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "authority", fixture.authority.issue("any", "EC").authority());
        var trust = javax.net.ssl.TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void keepsTheClientsCertificate() throws Exception {
        try (Gate gate = gate(TlsContext.load(fixture.settings(ClientCertificate.WANT, Version.TLS_1_2)))) {
            try (FramegateClient nobody = client(gate, fixture.client());
                    FramegateClient editor = client(gate, fixture.client(fixture.clients.issue("editor-1", "EC")))) {
                nobody.send(new WelcomeRequest(1), WelcomeResponse.class).join();
                editor.send(new WelcomeRequest(1), WelcomeResponse.class).join();
                assertEquals(
                        List.of("", "CN=editor-1"),
                        gate.listener().connections().stream()
                                .map(view -> view.peer().principal())
                                .toList());
            }
        }
    }

    @Test
    void ownClientsUseTheOwnCertificate() throws Exception {
        TlsContext tls = TlsContext.load(fixture.settings(ClientCertificate.NEED, Version.TLS_1_2));
        try (Gate gate = gate(tls)) {
            SSLContext own = tls.ownClient();
            try (FramegateClient client = client(gate, own)) {
                assertEquals(
                        "welcome:1",
                        client.send(new WelcomeRequest(1), WelcomeResponse.class)
                                .join()
                                .text());
            }
            // It goes on with the next certificate, and with a key of another kind.
            fixture.serve(fixture.authority.issue("gate", "RSA"));
            assertEquals(TlsContext.Reload.TAKEN, tls.reload());
            try (FramegateClient client = client(gate, own)) {
                assertEquals(
                        "welcome:2",
                        client.send(new WelcomeRequest(2), WelcomeResponse.class)
                                .join()
                                .text());
            }
        }
    }

    // ---------------------------------------------------------------- files

    @Test
    void takesKeysAndAuthoritiesFromPkcs12() throws Exception {
        Path keys = fixture.authority.issue("gate", "RSA").pkcs12(directory.resolve("gate.p12"), "swordfish");
        Path trust = fixture.clients.trustPkcs12(directory.resolve("clients.p12"), "tunafish");
        TlsSettings usual = fixture.settings(ClientCertificate.NEED, Version.TLS_1_2);
        TlsSettings settings = new TlsSettings(
                new KeySource.Pkcs12(keys, new Secret("swordfish")),
                Optional.of(new TrustSource.Pkcs12(trust, new Secret("tunafish"))),
                usual.clientCertificate(),
                usual.minVersion(),
                usual.handshakeTimeout(),
                10,
                1,
                usual.reloadInterval());
        try (Gate gate = gate(TlsContext.load(settings));
                FramegateClient client = client(gate, fixture.client(fixture.clients.issue("editor-1", "RSA")))) {
            assertEquals(
                    "welcome:1",
                    client.send(new WelcomeRequest(1), WelcomeResponse.class)
                            .join()
                            .text());
        }
    }

    @Test
    void rotatesUnderLoadAndTakesNoBadCertificate() throws Exception {
        TlsContext tls = fixture.server();
        String first = tls.state().serial();
        List<String> warnings = new ArrayList<>();
        Handler log = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().intValue() >= java.util.logging.Level.WARNING.intValue()) {
                    synchronized (warnings) {
                        warnings.add(line.getMessage());
                    }
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(TlsContext.class.getName());
        logger.addHandler(log);
        try (Gate gate = gate(tls);
                FramegateClient live = connected(client(gate, fixture.client()));
                Load load = new Load(gate, fixture.client())) {
            load.awaitConnections(20);

            fixture.serve(fixture.authority.issue("gate", "EC"));
            assertEquals(TlsContext.Reload.TAKEN, tls.reload());
            String second = tls.state().serial();
            assertNotEquals(first, second);
            load.awaitConnections(20);
            assertEquals(second, servedSerial(gate));

            Certificates.Issued other = fixture.authority.issue("gate", "EC");
            List<byte[]> good = List.of(Files.readAllBytes(fixture.chainFile()), Files.readAllBytes(fixture.keyFile()));
            for (Mischief bad : List.<Mischief>of(
                    () -> other.key(fixture.keyFile()),
                    () -> Certificates.replace(fixture.keyFile(), "no key"),
                    () -> Files.delete(fixture.keyFile()),
                    () -> Certificates.replace(
                            fixture.chainFile(), "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n"),
                    () -> fixture.serve(
                            fixture.authority.issue("gate", "EC", Instant.now().minusSeconds(60))))) {
                int told = count(warnings);
                bad.make();
                assertEquals(TlsContext.Reload.REFUSED, tls.reload());
                assertEquals(TlsContext.Reload.REFUSED, tls.reload());
                assertEquals(told + 1, count(warnings), "told once: " + warnings);
                assertTrue(tls.state().failure().isPresent());
                load.awaitConnections(10);
                assertEquals(second, servedSerial(gate));
                Files.write(fixture.chainFile(), good.get(0));
                Files.write(fixture.keyFile(), good.get(1));
                assertEquals(TlsContext.Reload.UNCHANGED, tls.reload());
                assertEquals(Optional.empty(), tls.state().failure());
            }

            fixture.serve(other);
            assertEquals(TlsContext.Reload.TAKEN, tls.reload());
            load.awaitConnections(20);
            assertEquals(tls.state().serial(), servedSerial(gate));
            live.send(new WelcomeRequest(2), WelcomeResponse.class).join();
            // The live one is still the connection that it was.
            assertEquals(1, gate.listener().connections().get(0).id());
            Scorecard.row(
                    34,
                    "certificate rotated under load, bad ones swapped in: new connections get the new one, live ones stay",
                    "2 rotations and 5 bad ones under %d new connections: %d failed, the live one stayed",
                    load.made(),
                    load.failed());
            assertEquals(0, load.failed());
        } finally {
            logger.removeHandler(log);
        }
    }

    @Test
    void looksAtTheFilesByItself() throws Exception {
        TlsSettings usual = fixture.settings(ClientCertificate.NONE, Version.TLS_1_2);
        TlsContext tls = TlsContext.load(new TlsSettings(
                usual.identity(),
                usual.trust(),
                usual.clientCertificate(),
                usual.minVersion(),
                usual.handshakeTimeout(),
                10,
                1,
                Duration.ofMillis(100)));
        try (Gate gate = gate(tls)) {
            String first = servedSerial(gate);
            fixture.serve(fixture.authority.issue("gate", "EC"));
            Gate.await(() -> !tls.state().serial().equals(first));
            assertEquals(tls.state().serial(), servedSerial(gate));
        }
    }

    /** The client, once its connection is there: the first of the gate's. */
    private static FramegateClient connected(FramegateClient client) {
        client.send(new WelcomeRequest(1), WelcomeResponse.class).join();
        return client;
    }

    /** Something done to the files. */
    private interface Mischief {
        void make() throws Exception;
    }

    private static int count(List<String> lines) {
        synchronized (lines) {
            return lines.size();
        }
    }

    private String servedSerial(Gate gate) throws Exception {
        InetSocketAddress address = gate.listener().address();
        try (SSLSocket socket =
                TlsFixture.handshaken(fixture.client(), TlsFixture.plain(address), address, "TLSv1.3")) {
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSerialNumber().toString(16);
        }
    }

    // ---------------------------------------------------------------- OpenSSL

    /** Runs {@code openssl s_client} with these bytes as its input, and gives as many of its output. */
    private byte[] openssl(Gate gate, String version, byte[] input, int outputBytes) throws Exception {
        Process process = new ProcessBuilder(
                        "openssl",
                        "s_client",
                        "-connect",
                        "127.0.0.1:" + gate.listener().address().getPort(),
                        "-CAfile",
                        fixture.authorityFile().toString(),
                        "-verify_return_error",
                        "-verify_ip",
                        "127.0.0.1",
                        "-quiet",
                        version)
                .redirectError(directory.resolve("openssl.log").toFile())
                .start();
        try {
            process.getOutputStream().write(input);
            process.getOutputStream().flush();
            return CompletableFuture.supplyAsync(() -> {
                        try {
                            return process.getInputStream().readNBytes(outputBytes);
                        } catch (IOException e) {
                            throw new CompletionException(e);
                        }
                    })
                    .get(20, TimeUnit.SECONDS);
        } finally {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static void assumeOpenssl() throws Exception {
        try {
            Process process = new ProcessBuilder("openssl", "version")
                    .redirectErrorStream(true)
                    .start();
            process.getInputStream().readAllBytes();
            Assumptions.assumeTrue(process.waitFor() == 0, "openssl does not run here");
        } catch (IOException e) {
            Assumptions.abort("there is no openssl here");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void answersOpenssl(String version) throws Exception {
        assumeOpenssl();
        try (Gate gate = gate(fixture.server())) {
            byte[] expected = Frames.golden("welcome-response");
            assertArrayEquals(
                    expected,
                    openssl(gate, version, Frames.golden("welcome-request"), expected.length),
                    Files.readString(directory.resolve("openssl.log")));
        }
    }

    @Test
    void followsKeyUpdatesOfOpenssl() throws Exception {
        assumeOpenssl();
        try (Gate gate = gate(fixture.server())) {
            // "K" updates the client's key and asks for the server's; both go on with the new ones.
            List<byte[]> chunks = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                chunks.add("K\n".getBytes());
                chunks.add(Frames.golden("welcome-request"));
            }
            talk(gate, chunks, "-tls1_3");
            assertEquals(5, gate.info().messages().get(0).answered());
            assertFalse(gate.info().closedByReason().containsKey(CloseReason.TLS_BROKEN.name()));
        }
    }

    @Test
    void refusesARenegotiation() throws Exception {
        assumeOpenssl();
        try (Gate gate = gate(fixture.server())) {
            talk(gate, List.of(Frames.golden("welcome-request"), "R\n".getBytes()), "-tls1_2");
            Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.TLS_BROKEN.name()));
            assertEquals(1, gate.info().messages().get(0).answered());
        }
    }

    /**
     * Gives {@code openssl s_client} a command or bytes at a time, each when the one before has had its effect: a command
     * is one only where it is read alone.
     */
    private void talk(Gate gate, List<byte[]> chunks, String version) throws Exception {
        Process process = new ProcessBuilder(
                        "openssl",
                        "s_client",
                        "-connect",
                        "127.0.0.1:" + gate.listener().address().getPort(),
                        version)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("openssl.log").toFile())
                .start();
        try {
            Gate.await(() -> gate.listener().connections().size() == 1);
            for (byte[] chunk : chunks) {
                long answered = gate.info().messages().get(0).answered();
                int told = commandsTold();
                process.getOutputStream().write(chunk);
                process.getOutputStream().flush();
                Gate.await(() -> chunk.length == 2
                        ? commandsTold() > told
                        : gate.info().messages().get(0).answered() > answered);
            }
        } finally {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private int commandsTold() {
        try {
            String log = Files.readString(directory.resolve("openssl.log"), StandardCharsets.ISO_8859_1);
            return log.split("KEYUPDATE|RENEGOTIATING", -1).length - 1;
        } catch (IOException e) {
            return 0;
        }
    }

    // ---------------------------------------------------------------- what tests share

    private static long received(GateMetrics info) {
        return info.messages().stream().mapToLong(MessageMetrics::received).sum();
    }

    private void assertServes(Gate gate) throws Exception {
        try (FramegateClient client = client(gate, fixture.client())) {
            assertEquals(
                    "welcome:9",
                    client.send(new WelcomeRequest(9), WelcomeResponse.class)
                            .join()
                            .text());
        }
    }

    /** A well-behaved client: twenty requests a second on one connection. */
    private static final class Canary implements AutoCloseable {

        private final FramegateClient client;
        private final Thread thread;
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Long> nanos = new java.util.concurrent.CopyOnWriteArrayList<>();
        private final AtomicInteger errors = new AtomicInteger();

        Canary(Gate gate, SSLContext tls) {
            client = client(gate, tls);
            client.send(new WelcomeRequest(0), WelcomeResponse.class).join();
            thread = new Thread(this::run);
            thread.start();
        }

        private void run() {
            while (!over.get()) {
                long begun = System.nanoTime();
                try {
                    client.send(new WelcomeRequest(1), WelcomeResponse.class).join();
                    nanos.add(System.nanoTime() - begun);
                } catch (CompletionException e) {
                    errors.incrementAndGet();
                }
                LockSupport.parkNanos(50_000_000);
            }
        }

        private long p99Millis() {
            long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
            return sorted.length == 0 ? -1 : sorted[(int) (sorted.length * 0.99)] / 1_000_000;
        }

        String figures() {
            return nanos.size() + " answers, " + errors.get() + " errors, p99 " + p99Millis() + " ms";
        }

        void assertUnharmed() {
            assertEquals(0, errors.get(), figures());
            assertTrue(p99Millis() <= 250, figures());
        }

        @Override
        public void close() throws InterruptedException {
            over.set(true);
            thread.join();
            client.close();
        }
    }

    /** Two threads that make connection after connection, each for one request. */
    private static final class Load implements AutoCloseable {

        private final ExecutorService threads = Executors.newFixedThreadPool(2);
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicInteger made = new AtomicInteger();
        private final ConcurrentHashMap<String, Integer> failures = new ConcurrentHashMap<>();

        Load(Gate gate, SSLContext tls) {
            for (int i = 0; i < 2; i++) {
                threads.execute(() -> {
                    while (!over.get()) {
                        try (FramegateClient client = client(gate, tls)) {
                            client.send(new WelcomeRequest(1), WelcomeResponse.class)
                                    .join();
                            made.incrementAndGet();
                        } catch (CompletionException e) {
                            String why = e.getCause() instanceof ClientException cause
                                    ? Objects.requireNonNull(cause.getMessage())
                                    : e.toString();
                            failures.merge(why, 1, Integer::sum);
                        }
                    }
                });
            }
        }

        void awaitConnections(int more) {
            int before = made.get();
            Gate.await(() -> made.get() >= before + more);
        }

        int made() {
            return made.get();
        }

        int failed() {
            return failures.values().stream().mapToInt(Integer::intValue).sum();
        }

        @Override
        public void close() throws InterruptedException {
            over.set(true);
            threads.shutdown();
            threads.awaitTermination(30, TimeUnit.SECONDS);
        }
    }
}
