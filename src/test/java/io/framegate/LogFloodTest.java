package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TlsFixture;
import io.framegate.testkit.abuse.BulkRequest;
import io.framegate.testkit.abuse.Canary;
import io.framegate.testkit.abuse.GateProcess;
import io.framegate.testkit.abuse.GateProcess.Logged;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.testkit.abuse.SlowRequest;
import io.framegate.welcome.WelcomeRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Floods of trouble, and what a gate in a process of its own logs of them at the level of production: of what clients do
 * wrong nothing, of the rest one line a second for each cause, and these lines tell of all that has happened.
 */
@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the processes of the gate are for Linux")
class LogFloodTest {

    private static final int SECONDS = Scorecard.size(2, 10);

    /** Between two lines of a cause; a process that is kept off the processor stamps a line late, and the next in time. */
    private static final long SHORTEST_MILLIS = Scorecard.size(500, 900);

    private static final int WELCOME = 100101;

    /** Requests that are sent at once, and then answered. */
    private static final int PIPELINED = 16;

    private static final String SLOW_FAILED = "SEVERE connection #: the worker of SlowRequest failed";
    private static final String BULK_FAILED = "SEVERE connection #: the worker of BulkRequest failed";
    private static final String ALL_WAIT =
            "WARNING All # worker threads have blocked for a second and requests are queued;"
                    + " the pool has grown to #. Check the database.";
    private static final String NOT_ACCEPTED =
            "WARNING accepting a connection failed (Too many open files); trying again in # ms";

    @TempDir
    private Path directory;

    private final List<RawClient> clients = new ArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    @Test
    void logsWorkerFailuresButNoClientErrors() throws Exception {
        byte[] welcome = Frames.of(new WelcomeRequest(1));
        try (GateProcess gate = new GateProcess(0);
                Canary canary = new Canary(gate.address())) {
            byte[] throwing = Frames.of(new SlowRequest(1, SlowRequest.THROW));
            byte[] another = Frames.of(new BulkRequest(-1));
            Map<String, Trouble> all = new LinkedHashMap<>();
            all.put("exception", asking(gate, throwing));
            all.put("error", asking(gate, Frames.of(new SlowRequest(1, SlowRequest.RECUR_WITHOUT_END))));
            all.put("no answer", asking(gate, Frames.of(new SlowRequest(1, SlowRequest.GIVE_NULL))));
            all.put("another worker's", asking(gate, another));
            Set<String> failing = Set.copyOf(all.keySet());
            all.put("refused", asking(gate, Frames.of(new SlowRequest(1, SlowRequest.REFUSE))));
            all.put("cut short", asking(gate, Frames.frame(WELCOME, (byte) 'N', (byte) 7, (byte) 0)));
            all.put("unknown envelope", asking(gate, Frames.frame(WELCOME, (byte) 'X', (byte) 0)));
            all.put("unknown id", asking(gate, Frames.frame(123401, (byte) 'N', (byte) 1)));
            all.put("framing lost", connecting(gate, Frames.header(WELCOME, -1)));
            all.put("HTTP", connecting(gate, text("GET / HTTP/1.1\r\nHost: gate\r\n\r\n")));
            all.put("PROXY", connecting(gate, text("PROXY TCP4 10.0.0.1 10.0.0.2 1234 7400\r\n")));
            all.put("TLS", connecting(gate, new byte[] {22, 3, 1, 0, 90, 1, 0, 0, 86, 3, 3}));
            all.put("gone", () -> {
                try (RawClient client = gate.connect()) {
                    client.send(Frames.first(welcome, welcome.length - 1));
                    client.socket().setSoLinger(true, 0);
                }
                return 1;
            });
            Map<String, Long> made = flood(all);
            // The last that were kept back are told by the next line.
            TimeUnit.MILLISECONDS.sleep(1100);
            try (RawClient client = gate.connect()) {
                client.send(throwing, another);
                client.receive();
                client.receive();
            }
            Map<String, Logged> logged = gate.logged();
            assertEquals(Set.of(SLOW_FAILED, BULK_FAILED), logged.keySet());
            long failed = 2 + failing.stream().mapToLong(made::get).sum();
            long told = logged.values().stream().mapToLong(Logged::told).sum();
            Scorecard.row(
                    Scorecard.RULE,
                    "workers that fail, refused and broken requests, connections that break: one line a second for each worker that"
                            + " fails, which tells of the others, and none of the rest",
                    "%,d troubles of %d kinds in %d s; %s, which tell of %,d faults of %,d; canary p99 %d ms",
                    made.values().stream().mapToLong(Long::longValue).sum(),
                    made.size(),
                    SECONDS,
                    lines(logged),
                    told,
                    failed,
                    canary.p99Millis());
            assertEquals(failed, told);
            requireSeldom(logged, SECONDS + 3);
        }
    }

    @Test
    void logsBlockedPoolsButNoRejectedConnections() throws Exception {
        int limit = 40;
        int waiting = 8;
        try (GateProcess gate = new GateProcess(0, "max-connections=" + limit, "queue-capacity=24");
                Canary canary = new Canary(gate.address())) {
            Map<String, Trouble> all = new LinkedHashMap<>();
            for (int i = 0; i < waiting; i++) {
                all.put("waiting or busy " + i, asking(gate, Frames.of(new SlowRequest(1, 1200))));
            }
            while (clients.size() < limit - 1) {
                clients.add(gate.connect());
            }
            Gate.await(() -> gate.ask("open") == limit);
            all.put("turned away", connecting(gate));
            Map<String, Long> made = flood(all);
            Map<String, Logged> logged = gate.logged();
            assertEquals(Set.of(ALL_WAIT), logged.keySet());
            Scorecard.row(
                    Scorecard.RULE,
                    "workers that all wait, requests beyond the capacity, connections beyond the limit: one line a second that more threads"
                            + " are started, and none of the rest",
                    "%,d requests and %,d connections in %d s; %s; canary p99 %d ms",
                    made.values().stream().mapToLong(Long::longValue).sum() - made.get("turned away"),
                    made.get("turned away"),
                    SECONDS,
                    lines(logged),
                    canary.p99Millis());
            requireSeldom(logged, SECONDS + 3);
        }
    }

    @Test
    void logsLackOfDescriptorsOncePerSecond() throws Exception {
        int files = 300;
        try (GateProcess gate = new GateProcess(files);
                Canary canary = new Canary(gate.address())) {
            Deque<RawClient> taken = new ArrayDeque<>();
            RawClient first = connected(gate);
            first.send(Frames.of(new WelcomeRequest(1))).receive();
            taken.add(first);
            while (gate.ask("accepts-failed") == 0) {
                assertTrue(taken.size() < 2 * files, "more connections than descriptors");
                taken.add(connected(gate));
            }
            long begun = System.nanoTime();
            // One that is free for a moment is taken at once, and the next try comes soon again.
            long made = flood(Map.of("accept", () -> {
                        taken.remove().close();
                        taken.add(connected(gate));
                        TimeUnit.MILLISECONDS.sleep(20);
                        return 1;
                    }))
                    .get("accept");
            // With the tries being seldom again, each has its line.
            Gate.await(() -> told(gate) == gate.ask("accepts-failed"));
            Map<String, Logged> logged = gate.logged();
            assertEquals(Set.of(NOT_ACCEPTED), logged.keySet());
            Scorecard.row(
                    Scorecard.RULE,
                    "out of file descriptors, with one that is free again and again: one line a second, which tells of the other tries",
                    "%,d connections at %d descriptors in %d s; %s, which tell of %,d tries of %,d that failed; canary p99 %d ms",
                    made,
                    files,
                    SECONDS,
                    lines(logged),
                    logged.get(NOT_ACCEPTED).told(),
                    gate.ask("accepts-failed"),
                    canary.p99Millis());
            requireSeldom(logged, (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) + 1);
        }
    }

    private static long told(GateProcess gate) {
        try {
            Logged logged = gate.logged().get(NOT_ACCEPTED);
            return logged == null ? 0 : logged.told();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void logsNoBrokenHandshakes() throws Exception {
        TlsFixture fixture = new TlsFixture(directory);
        try (GateProcess gate = new GateProcess(0, "tls=" + directory);
                Canary canary = new Canary(fixture.connect(gate.address(), "TLSv1.3"))) {
            SSLContext trustsNobody = SSLContext.getDefault();
            Map<String, Trouble> all = new LinkedHashMap<>();
            all.put("no TLS", connecting(gate, Frames.of(new WelcomeRequest(1))));
            all.put("no handshake", connecting(gate, new byte[] {22, 3, 1, 0, 4, 99, 0, 0, 0}));
            all.put("old TLS", connecting(gate, hello(1)));
            all.put("gone", () -> {
                try (RawClient client = gate.connect()) {
                    client.send(Frames.first(hello(3), 40));
                    client.socket().setSoLinger(true, 0);
                }
                return 1;
            });
            all.put("not trusted", () -> {
                try (Socket plain = TlsFixture.plain(gate.address())) {
                    assertThrows(
                            IOException.class,
                            () -> TlsFixture.handshaken(trustsNobody, plain, gate.address(), "TLSv1.3"));
                }
                return 1;
            });
            Map<String, Long> made = flood(all);
            Scorecard.row(
                    Scorecard.RULE,
                    "TLS that is none, too old, breaks off, or whose client does not trust the gate: no line",
                    "%,d handshakes of %d kinds in %d s, %d lines; canary p99 %d ms",
                    made.values().stream().mapToLong(Long::longValue).sum(),
                    made.size(),
                    SECONDS,
                    gate.logged().size(),
                    canary.p99Millis());
            assertEquals(Map.of(), gate.logged());
        }
    }

    // ---------------------------------------------------------------- what they have in common

    /** Something that is to be borne. */
    private interface Trouble {

        /** Makes some of it, and gives how much. */
        int make() throws IOException, InterruptedException;
    }

    /** Makes all of these at the same time, each again and again; gives how much of each there was. */
    private static Map<String, Long> flood(Map<String, Trouble> troubles) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(troubles.size());
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            Map<String, Future<Long>> making = new HashMap<>();
            troubles.forEach((name, fault) -> making.put(name, threads.submit(() -> {
                long made = 0;
                while (System.nanoTime() < end) {
                    made += fault.make();
                }
                return made;
            })));
            Map<String, Long> made = new HashMap<>();
            for (Map.Entry<String, Future<Long>> each : making.entrySet()) {
                made.put(each.getKey(), each.getValue().get(60, TimeUnit.SECONDS));
                assertTrue(made.get(each.getKey()) > 0, each.getKey());
            }
            return made;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Some requests at once, on a connection of their own, each of which is answered by an error or after a time. */
    private Trouble asking(GateProcess gate, byte[] request) throws IOException {
        RawClient client = connected(gate);
        byte[] requests = Frames.concat(
                IntStream.range(0, PIPELINED).mapToObj(i -> request).toArray(byte[][]::new));
        return () -> {
            client.send(requests);
            for (int i = 0; i < PIPELINED; i++) {
                if (client.receive() == null) {
                    throw new IOException("the connection has ended");
                }
            }
            return PIPELINED;
        };
    }

    private RawClient connected(GateProcess gate) throws IOException {
        RawClient client = gate.connect();
        clients.add(client);
        return client;
    }

    /** A connection that sends this and is ended by the gate. */
    private static Trouble connecting(GateProcess gate, byte[]... sent) {
        return () -> {
            try (RawClient client = gate.connect()) {
                client.send(sent);
                client.socket().getInputStream().readAllBytes();
            } catch (SocketException e) {
                // Ended before all of it was read.
            }
            return 1;
        };
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The hello of a client that knows TLS 1.(minor - 1) at most, and one kind of cipher. */
    private static byte[] hello(int minor) {
        byte[] hello = new byte[5 + 4 + 2 + 32 + 1 + 2 + 2 + 2];
        byte[] beginning = {22, 3, 1, 0, (byte) (hello.length - 5), 1, 0, 0, (byte) (hello.length - 9), 3, (byte) minor
        };
        System.arraycopy(beginning, 0, hello, 0, beginning.length);
        byte[] ciphers = {0, 0, 2, 0, 0x2f, 1, 0};
        System.arraycopy(ciphers, 0, hello, hello.length - ciphers.length, ciphers.length);
        return hello;
    }

    private static String lines(Map<String, Logged> logged) {
        return "%d lines of %s, at least %,d ms between two of one"
                .formatted(
                        logged.values().stream()
                                .mapToInt(cause -> cause.millis().size())
                                .sum(),
                        logged.size() == 1 ? "one cause" : logged.size() + " causes",
                        shortestMillis(logged));
    }

    private static long shortestMillis(Map<String, Logged> logged) {
        return logged.values().stream().mapToLong(Logged::shortestMillis).min().orElseThrow();
    }

    private static void requireSeldom(Map<String, Logged> logged, int seconds) {
        logged.forEach((cause, entries) -> assertTrue(
                entries.millis().size() <= seconds + 1, () -> entries.millis().size() + " lines: " + cause));
        assertTrue(shortestMillis(logged) >= SHORTEST_MILLIS, () -> logged.toString());
    }
}
