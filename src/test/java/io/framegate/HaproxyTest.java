package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.ClientException;
import io.framegate.client.FramegateClient;
import io.framegate.message.Message;
import io.framegate.message.Worker;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TlsFixture;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.transport.AccessRules;
import io.framegate.transport.AddressRanges;
import io.framegate.transport.Listener;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two gates behind a real HAProxy that runs the example configuration. */
@Timeout(60)
class HaproxyTest {

    private static final Path EXAMPLE = Path.of("payara-config", "haproxy.example.cfg");
    private static final int CLIENTS = 4;
    private static final int PATIENCE_SECONDS = 30;

    /** Something to be stored under a key. */
    @Message(190401)
    record StoreRequest(String key, int value) {}

    /** It is stored: how many of this key's requests were taken for new. */
    @Message(590401)
    record StoreResponse(int applied) {}

    /** Stands for what both instances share, a database say; a key is applied once. */
    private static final class Store implements Worker<StoreRequest, StoreResponse> {

        final Map<String, AtomicInteger> applied = new ConcurrentHashMap<>();
        final Map<String, Integer> values = new ConcurrentHashMap<>();

        @Override
        public StoreResponse process(StoreRequest request) {
            AtomicInteger count = applied.computeIfAbsent(request.key(), key -> new AtomicInteger());
            if (values.putIfAbsent(request.key(), request.value()) == null) {
                count.incrementAndGet();
            }
            return new StoreResponse(count.get());
        }
    }

    @TempDir
    private Path directory;

    @BeforeAll
    static void assumeHaproxy() throws Exception {
        try {
            Process process = new ProcessBuilder("haproxy", "-v")
                    .redirectErrorStream(true)
                    .start();
            process.getInputStream().readAllBytes();
            Assumptions.assumeTrue(process.waitFor() == 0, "haproxy does not run here");
        } catch (IOException e) {
            Assumptions.abort("there is no haproxy here");
        }
    }

    /** The example with these ports in the place of its addresses, and without the checks by HTTP, which a bare gate lacks. */
    private Path configuration(int port, List<Gate> gates) throws IOException {
        String text = Files.readString(EXAMPLE)
                .replace("maxconn 4000", "maxconn 200")
                .replace("bind :7400", "bind 127.0.0.1:" + port)
                .replace("10.0.0.11:7400", address(gates.get(0)))
                .replace("10.0.0.12:7400", address(gates.get(1)))
                .replaceAll("(?m)^.*(option httpchk|http-check).*\\n", "")
                .replace(" port 8080", "");
        return Files.writeString(directory.resolve("haproxy.cfg"), text);
    }

    private static String address(Gate gate) {
        return "127.0.0.1:" + gate.listener().address().getPort();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void hasAnExampleThatHaproxyTakes() throws Exception {
        Process check = new ProcessBuilder("haproxy", "-c", "-f", EXAMPLE.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes());
        assertEquals(0, check.waitFor(), said);
        assertTrue(!said.contains("WARNING"), said);
    }

    @Test
    void aKilledGateLosesNoAcknowledgedWrite() throws Exception {
        TlsFixture fixture = new TlsFixture(directory);
        SSLContext trust = fixture.client();
        Store store = new Store();
        int port = freePort();
        try (Gate first = gate(fixture, store);
                Gate second = gate(fixture, store)) {
            Path log = directory.resolve("haproxy.log");
            Process haproxy = new ProcessBuilder(
                            "haproxy",
                            "-db",
                            "-f",
                            configuration(port, List.of(first, second)).toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                InetSocketAddress entry = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
                Gate.await("HAProxy does not listen", PATIENCE_SECONDS, () -> isOpen(entry) || !haproxy.isAlive());
                assertTrue(haproxy.isAlive(), () -> text(log));
                assertTellsTheClientsAddress(fixture, entry, List.of(first, second));
                List<Saver> savers = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    savers.add(new Saver(i, port, trust));
                }
                Gate.await("too few saves before the end of one", PATIENCE_SECONDS, () -> savers.stream()
                        .allMatch(saver -> saver.acknowledged.size() > 200));
                Gate killed = first.info().connectionsOpen() > 0 ? first : second;
                Gate left = killed == first ? second : first;
                long before = received(left);
                killed.close();
                Gate.await(
                        "too few saves after it",
                        PATIENCE_SECONDS,
                        () -> savers.stream().allMatch(saver -> saver.acknowledged.size() > 1000)
                                && received(left) > before + 400);
                for (Saver saver : savers) {
                    saver.close();
                }
                int acknowledged = 0;
                int lost = 0;
                int twice = 0;
                long longest = 0;
                int repeated = 0;
                for (Saver saver : savers) {
                    acknowledged += saver.acknowledged.size();
                    for (Map.Entry<String, Integer> saved : saver.acknowledged.entrySet()) {
                        lost += Objects.equals(store.values.get(saved.getKey()), saved.getValue()) ? 0 : 1;
                        twice += store.applied.get(saved.getKey()).get() == 1 ? 0 : 1;
                    }
                    longest = Math.max(longest, saver.longestNanos);
                    repeated += saver.repeated;
                }
                Scorecard.row(
                        43,
                        "two gates behind HAProxy, one killed: no acknowledged write lost, none applied twice",
                        "%d acknowledged writes: %d lost, %d applied twice, %d repeated; the longest wait for an"
                                + " acknowledgement %d ms",
                        acknowledged,
                        lost,
                        twice,
                        repeated,
                        longest / 1_000_000);
                assertEquals(0, lost);
                assertEquals(0, twice);
                assertTrue(longest < Duration.ofSeconds(5).toNanos(), longest / 1_000_000 + " ms");
            } finally {
                haproxy.destroy();
                haproxy.waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    private static Gate gate(TlsFixture fixture, Store store) throws Exception {
        AddressRanges proxies = AddressRanges.of(List.of("127.0.0.1"));
        return Gate.builder()
                .worker(StoreRequest.class, StoreResponse.class, store)
                .rules(new AccessRules(AddressRanges.NONE, AddressRanges.NONE, true, proxies, fixture.server()))
                .start();
    }

    private static void assertTellsTheClientsAddress(TlsFixture fixture, InetSocketAddress entry, List<Gate> gates)
            throws Exception {
        try (Socket plain = TlsFixture.plain(entry);
                RawClient client = new RawClient(TlsFixture.handshaken(fixture.client(), plain, entry, "TLSv1.3"))) {
            client.send(Frames.of(new WelcomeRequest(1)));
            client.receive(WelcomeResponse.class);
            int clientPort = plain.getLocalPort();
            List<Integer> seen = gates.stream()
                    .flatMap(gate -> gate.listener().connections().stream())
                    .map((Listener.View view) -> view.peer().address().getPort())
                    .toList();
            assertEquals(List.of(clientPort), seen);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static long received(Gate gate) {
        return gate.info().messages().stream()
                .mapToLong(message -> message.received())
                .sum();
    }

    private static boolean isOpen(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** One client that stores one thing after the other, and repeats what it has no answer for. */
    private static final class Saver {

        final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();
        volatile long longestNanos;
        volatile int repeated;
        private final AtomicBoolean over = new AtomicBoolean();
        private final Thread thread;

        Saver(int number, int port, SSLContext tls) {
            thread = new Thread(() -> run(number, port, tls));
            thread.start();
        }

        private void run(int number, int port, SSLContext tls) {
            try (FramegateClient client = FramegateClient.builder()
                    .port(port)
                    .tls(tls)
                    .requestTimeout(Duration.ofSeconds(10))
                    .build()) {
                for (int i = 0; !over.get(); i++) {
                    String key = number + "-" + i;
                    long begun = System.nanoTime();
                    while (!isStored(client, key, i)) {
                        repeated++;
                    }
                    longestNanos = Math.max(longestNanos, System.nanoTime() - begun);
                    acknowledged.put(key, i);
                }
            }
        }

        private static boolean isStored(FramegateClient client, String key, int value) {
            try {
                client.send(new StoreRequest(key, value), StoreResponse.class).join();
                return true;
            } catch (CompletionException e) {
                if (e.getCause() instanceof ClientException) {
                    return false;
                }
                throw e;
            }
        }

        void close() throws InterruptedException {
            over.set(true);
            thread.join();
        }
    }
}
