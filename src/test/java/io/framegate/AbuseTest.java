package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Refusal;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.abuse.BulkRequest;
import io.framegate.testkit.abuse.Canary;
import io.framegate.testkit.abuse.FaultProxy;
import io.framegate.testkit.abuse.GateProcess;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.testkit.abuse.SlowRequest;
import io.framegate.testkit.abuse.SlowResponse;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Clients that mean harm, each beside a well-behaved one that must not notice, against a gate in a process of its own. A
 * quick run has fewer of them and shorter limits in time; the profile {@code abuse} has all.
 */
@Timeout(240)
@EnabledOnOs(value = OS.LINUX, disabledReason = "what a process takes is read from /proc")
class AbuseTest {

    private static final int WELCOME = 100101;
    private static final int BULK = 190601;
    private static final int UPLOAD = 190901;
    private static final int ANNOUNCED_BYTES = 99 << 20;
    private static final int MEBI = 1 << 20;

    /** The limit for a header, and the window for a body's pace. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(Scorecard.size(1, 10));

    /** How late the watch and a machine with other work may be. */
    private static final long LATE_MILLIS = Scorecard.size(5000, 500);

    @Test
    void closesClientsThatGiveAHeaderByteByByte() throws Exception {
        int count = Scorecard.size(500, 5000);
        try (GateProcess gate = new GateProcess(0, "read-timeout=" + READ_TIMEOUT)) {
            welcomed(gate);
            GateProcess.Footprint before = gate.footprint();
            byte[] header = Frames.header(WELCOME, 5);
            List<RawClient> clients = Collections.synchronizedList(new ArrayList<>());
            List<Throwable> troubles = Collections.synchronizedList(new ArrayList<>());
            BlockingQueue<Begun> toGoOn = new LinkedBlockingQueue<>();
            BlockingQueue<Begun> toEnd = new LinkedBlockingQueue<>();
            AtomicLong longest = new AtomicLong();
            try (Canary canary = new Canary(gate.address())) {
                // A byte in the middle of the time must not buy any.
                Thread goesOn = started(troubles, () -> {
                    for (int i = 0; i < count; i++) {
                        Begun begun = toGoOn.take();
                        parkMillis(READ_TIMEOUT.toMillis() / 2 - millisSince(begun.nanos()));
                        sendIfOpen(begun.client(), header[1]);
                    }
                });
                // In the order in which they came, so that each end is seen when it comes.
                Thread sees = started(troubles, () -> {
                    for (int i = 0; i < count; i++) {
                        Begun begun = toEnd.take();
                        assertTold(begun.client(), "READ_TIMEOUT");
                        longest.accumulateAndGet(millisSince(begun.nanos()), Math::max);
                    }
                });
                for (int i = 0; i < count; i++) {
                    RawClient client = gate.connect().send(Frames.first(header, 1));
                    clients.add(client);
                    Begun begun = new Begun(client, System.nanoTime());
                    toGoOn.add(begun);
                    toEnd.add(begun);
                }
                goesOn.join();
                sees.join();
                assertEquals(List.of(), troubles);
                long p99 = canary.p99Millis();
                Scorecard.row(
                        1,
                        "header byte by byte: ended at the limit",
                        "%,d sockets, all ended at most %,d ms after their first byte (limit %,d ms); canary p99 %d ms",
                        count,
                        longest.get(),
                        READ_TIMEOUT.toMillis(),
                        p99);
            } finally {
                closeAll(clients);
            }
            assertTrue(longest.get() <= READ_TIMEOUT.toMillis() + LATE_MILLIS, longest + " ms");
            gate.requireCalm(before);
        }
    }

    /** A connection that has sent its first byte. */
    private record Begun(RawClient client, long nanos) {}

    @Test
    void closesClientsThatGiveABodyByteByByte() throws Exception {
        int count = Scorecard.size(50, 500);
        try (GateProcess gate = new GateProcess(0, "read-timeout=" + READ_TIMEOUT)) {
            welcomed(gate);
            GateProcess.Footprint before = gate.footprint();
            List<RawClient> clients = new ArrayList<>();
            try (Canary canary = new Canary(gate.address())) {
                long begun = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    clients.add(gate.connect().send(Frames.header(BULK, 1000)));
                }
                while (millisSince(begun) < READ_TIMEOUT.toMillis()) {
                    for (RawClient client : clients) {
                        sendIfOpen(client, (byte) 0);
                    }
                    parkMillis(READ_TIMEOUT.toMillis() / 10);
                }
                for (RawClient client : clients) {
                    assertTold(client, "READ_TIMEOUT");
                }
                long took = millisSince(begun);
                assertEquals(count, gate.ask("reached BODY_RATE"));
                assertTrue(took <= READ_TIMEOUT.toMillis() + 2 * LATE_MILLIS, took + " ms");
                Scorecard.row(
                        2,
                        "body at a few bytes a second: ended after one window of time",
                        "%,d sockets, all ended after %,d ms (window %,d ms); canary p99 %d ms",
                        count,
                        took,
                        READ_TIMEOUT.toMillis(),
                        canary.p99Millis());
            } finally {
                closeAll(clients);
            }
            gate.requireCalm(before);
        }
    }

    @Test
    void takesNoMemoryForWhatIsOnlyAnnounced() throws Exception {
        int count = 1000;
        // So that one of 99 MiB is not refused by its header.
        try (GateProcess gate = new GateProcess(0, "-Xmx1g")) {
            // What the first connections load stays for all.
            for (int i = 0; i < 200; i++) {
                welcomed(gate);
            }
            gate.footprint();
            GateProcess.Footprint before = gate.footprint();
            List<RawClient> clients = new ArrayList<>();
            try (Canary canary = new Canary(gate.address())) {
                for (int i = 0; i < count; i++) {
                    clients.add(gate.connect().send(Frames.header(UPLOAD, ANNOUNCED_BYTES)));
                }
                Gate.await(() -> gate.ask("open") == count + 1);
                long grown = gate.residentBytes() - before.residentBytes();
                Scorecard.row(
                        3,
                        "1 000 x \"99 MiB follow\", then silence: at most 64 MiB in all",
                        "resident memory grew by %,d KiB; canary p99 %d ms",
                        grown >> 10,
                        canary.p99Millis());
                assertTrue(grown <= 64 * MEBI, grown + " bytes");
            } finally {
                closeAll(clients);
            }
            gate.requireCalm(before);
        }
    }

    @Test
    void reapsClientsThatHaveVanished() throws Exception {
        int count = Scorecard.size(20, 200);
        Duration idle = Duration.ofSeconds(Scorecard.size(1, 5));
        try (GateProcess gate = new GateProcess(0, "idle-timeout=" + idle);
                FaultProxy network = new FaultProxy(gate.address());
                Canary canary = new Canary(gate.address())) {
            List<RawClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < count; i++) {
                    RawClient client = new RawClient(network.address());
                    clients.add(client);
                    welcomed(client);
                }
                // Where the idle limit is switched off it is the kernel that finds out.
                Gate.await(() -> gate.connectionsKeptAlive() > count);
                network.silent(true);
                long begun = System.nanoTime();
                closeAll(clients);
                Gate.await(() -> gate.closed("IDLE") == count);
                Scorecard.row(
                        4,
                        "clients that vanish without an end: reaped by the idle limit",
                        "%,d of %,d reaped after %,d ms (limit %,d ms), all with TCP keep-alive; canary p99 %d ms",
                        count,
                        count,
                        millisSince(begun),
                        idle.toMillis(),
                        canary.p99Millis());
            } finally {
                network.silent(false);
                closeAll(clients);
            }
        }
    }

    @Test
    void answersAllThatWasAskedBeforeAHalfClose() throws Exception {
        int requests = 10_000;
        try (GateProcess gate = new GateProcess(0);
                Canary canary = new Canary(gate.address());
                RawClient client = gate.connect()) {
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < requests; i++) {
                        client.send(Frames.of(new WelcomeRequest(i)));
                    }
                    client.halfClose();
                } catch (IOException e) {
                    // The reader misses what was not sent.
                }
            });
            writer.start();
            for (int i = 0; i < requests; i++) {
                assertEquals(
                        "welcome:" + i, client.receive(WelcomeResponse.class).text());
            }
            assertTrue(client.isAtEnd());
            writer.join();
            Scorecard.row(
                    5,
                    "half-close after N requests: N replies in order, then the end",
                    "N = %,d; canary p99 %d ms",
                    requests,
                    canary.p99Millis());
        }
    }

    @Test
    void leavesNothingBehindAfterResetsAtEveryByte() throws Exception {
        int rounds = Scorecard.size(5, 100);
        byte[] stream = Frames.concat(
                Frames.of(new WelcomeRequest(1)), Frames.of(new SlowRequest(2, 1)), Frames.of(new WelcomeRequest(3)));
        try (GateProcess gate = new GateProcess(0)) {
            resetAtEveryByte(gate, stream);
            GateProcess.Footprint before = gate.footprint();
            try (Canary canary = new Canary(gate.address())) {
                for (int i = 0; i < rounds; i++) {
                    resetAtEveryByte(gate, stream);
                }
                long p99 = canary.p99Millis();
                canary.close();
                gate.requireCalm(before);
                Scorecard.row(
                        6,
                        "resets at every byte offset: nothing stays",
                        "%,d resets, afterwards %d descriptors (before: %d); canary p99 %d ms",
                        rounds * (stream.length + 1),
                        gate.footprint().files(),
                        before.files(),
                        p99);
            }
            assertEquals(0, gate.closed("INTERNAL_ERROR"));
        }
    }

    private static void resetAtEveryByte(GateProcess gate, byte[] stream) throws IOException {
        for (int length = 0; length <= stream.length; length++) {
            try (RawClient client = gate.connect().send(Frames.first(stream, length))) {
                client.socket().setSoLinger(true, 0);
            }
        }
    }

    @Test
    void repliesDoNotDependOnSlices() throws Exception {
        byte[] stream = new byte[0];
        int requests = 40;
        for (int i = 0; i < requests; i++) {
            stream = Frames.concat(stream, Frames.of(i % 2 == 0 ? new WelcomeRequest(i) : new SlowRequest(i, 1)));
        }
        try (GateProcess gate = new GateProcess(0);
                Canary canary = new Canary(gate.address());
                FaultProxy network = new FaultProxy(gate.address())) {
            for (int slice = 1; slice <= 64; slice++) {
                network.slices(slice);
                try (RawClient client = new RawClient(network.address())) {
                    client.send(stream);
                    for (int i = 0; i < requests; i++) {
                        if (i % 2 == 0) {
                            assertEquals(
                                    "welcome:" + i,
                                    client.receive(WelcomeResponse.class).text());
                        } else {
                            assertEquals(new SlowResponse(i), client.receive(SlowResponse.class));
                        }
                    }
                }
            }
            Scorecard.row(
                    7,
                    "the same stream in slices of any size, both ways: the same replies",
                    "slices of 1 to 64 bytes, %,d replies each; canary p99 %d ms",
                    requests,
                    canary.p99Millis());
        }
    }

    @Test
    void endsAConnectionWhoseFramingIsLost() throws Exception {
        int[] sizes = {-1, 0, Integer.MIN_VALUE, Integer.MAX_VALUE, FrameHeader.MAX_BODY_BYTES + 1};
        int rounds = Scorecard.size(20, 500);
        try (GateProcess gate = new GateProcess(0)) {
            welcomed(gate);
            GateProcess.Footprint before = gate.footprint();
            try (Canary canary = new Canary(gate.address())) {
                for (int i = 0; i < rounds; i++) {
                    for (int size : sizes) {
                        try (RawClient client = gate.connect()) {
                            client.send(Frames.of(new WelcomeRequest(1)), Frames.header(WELCOME, size));
                            client.receive(WelcomeResponse.class);
                            assertTold(client, "FRAMING_LOST");
                        }
                    }
                    try (RawClient client = gate.connect()) {
                        // The largest that there may be: nothing is wrong yet.
                        client.send(
                                Frames.of(new WelcomeRequest(1)), Frames.header(WELCOME, FrameHeader.MAX_BODY_BYTES));
                        client.receive(WelcomeResponse.class);
                    }
                }
                Scorecard.row(
                        8,
                        "body size -1, 0, least and largest integer, limit + 1: told, closed, nothing is given memory;"
                                + " the limit is taken",
                        "%,d connections; canary p99 %d ms",
                        rounds * (sizes.length + 1),
                        canary.p99Millis());
            }
            gate.requireCalm(before);
        }
    }

    @Test
    void answersMalformedRequestsInTheirSlots() throws Exception {
        byte[] welcome = Frames.of(new WelcomeRequest(1));
        byte[] counted = Frames.of(new HelloRequest(1, "who", new int[] {1}));
        int nameCount = FrameHeader.BYTES + 1 + Integer.BYTES;
        Map<Integer, List<byte[]>> troubles = new TreeMap<>();
        troubles.put(
                10,
                List.of(
                        Frames.frame(WELCOME, (byte) 'N', (byte) 7, (byte) 0),
                        Frames.frame(WELCOME, new byte[] {'N', 7, 0, 0, 0, 0}),
                        Frames.frame(WELCOME, (byte) 'N'),
                        Frames.frame(WELCOME, (byte) 'X', (byte) 0)));
        troubles.put(
                11,
                List.of(
                        withInt(counted, nameCount, -1),
                        withInt(counted, nameCount, 1000),
                        withInt(counted, nameCount, Integer.MAX_VALUE),
                        withInt(counted, counted.length - 2 * Integer.BYTES, -1),
                        withInt(counted, counted.length - 2 * Integer.BYTES, Integer.MAX_VALUE)));
        troubles.put(
                14,
                List.of(
                        withBytes(counted, nameCount + 4, 0xED, 0xA0, 0x80),
                        withBytes(counted, nameCount + 4, 'a', 0xFF, 'a'),
                        withBytes(counted, nameCount + 4, 'a', 0, 'a')));
        troubles.put(
                18,
                List.of(
                        Frames.of(new SlowRequest(1, SlowRequest.THROW)),
                        Frames.of(new SlowRequest(1, SlowRequest.RECUR_WITHOUT_END)),
                        Frames.of(new SlowRequest(1, SlowRequest.GIVE_NULL))));
        Map<Integer, String> claims = Map.of(
                10,
                        "truncated bodies, bytes that follow, an unknown envelope: an error in its place, the connection goes on",
                11, "counts of -1, more than the rest, 2^31-1: an error in its place, nothing is given memory",
                14, "half surrogate pairs, what is no UTF-8, and NUL in text: an error in its place",
                18,
                        "a worker that throws an exception or an error, or gives null: an error in its place, which tells nothing of it");
        int rounds = Scorecard.size(50, 2000);
        try (GateProcess gate = new GateProcess(0)) {
            welcomed(gate);
            for (Map.Entry<Integer, List<byte[]>> fault : troubles.entrySet()) {
                GateProcess.Footprint before = gate.footprint();
                try (Canary canary = new Canary(gate.address());
                        RawClient client = gate.connect()) {
                    for (int i = 0; i < rounds; i++) {
                        for (byte[] frame : fault.getValue()) {
                            client.send(frame, welcome);
                            String sentence =
                                    client.receive(ErrorResponse.class).text();
                            assertTrue(!sentence.contains("Exception") && !sentence.contains("io.framegate"), sentence);
                            assertEquals(
                                    "welcome:1",
                                    client.receive(WelcomeResponse.class).text());
                        }
                    }
                    Scorecard.row(
                            fault.getKey(),
                            claims.get(fault.getKey()),
                            "%,d of %d kinds on one connection, each answered in its place; canary p99 %d ms",
                            rounds * fault.getValue().size(),
                            fault.getValue().size(),
                            canary.p99Millis());
                }
                gate.requireCalm(before);
            }
        }
    }

    private static byte[] withInt(byte[] frame, int offset, int value) {
        byte[] changed = frame.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return changed;
    }

    private static byte[] withBytes(byte[] frame, int offset, int... values) {
        byte[] changed = frame.clone();
        for (int i = 0; i < values.length; i++) {
            changed[offset + i] = (byte) values[i];
        }
        return changed;
    }

    @Test
    void skipsBodiesOfUnknownMessages() throws Exception {
        int count = Scorecard.size(3, 20);
        try (GateProcess gate = new GateProcess(0);
                RawClient client = gate.connect()) {
            welcomed(client);
            GateProcess.Footprint before = gate.footprint();
            byte[] piece = new byte[MEBI];
            long most = 0;
            try (Canary canary = new Canary(gate.address())) {
                for (int i = 0; i < count; i++) {
                    client.send(Frames.header(123401, ANNOUNCED_BYTES));
                    for (int sent = 0; sent < ANNOUNCED_BYTES; sent += piece.length) {
                        client.send(piece);
                    }
                    assertTrue(client.receive(ErrorResponse.class).text().contains("123401"));
                    most = Math.max(most, gate.residentBytes());
                }
                welcomed(client);
                long grown = most - before.residentBytes();
                Scorecard.row(
                        9,
                        "unknown id with 99 MiB: answered, skipped, never kept; the connection goes on",
                        "%d times, resident memory grew by %,d KiB; canary p99 %d ms",
                        count,
                        Math.max(0, grown) >> 10,
                        canary.p99Millis());
                assertTrue(grown <= 32 * MEBI, grown + " bytes");
            }
        }
    }

    @Test
    void stopsWorkingForAClientThatNeverReads() throws Exception {
        int requests = 100_000;
        int replyBytes = 4000;
        Duration stalled = Duration.ofSeconds(Scorecard.size(3, 30));
        try (GateProcess gate = new GateProcess(0, "write-timeout=" + stalled)) {
            welcomed(gate);
            GateProcess.Footprint before = gate.footprint();
            AtomicInteger sent = new AtomicInteger();
            try (Canary canary = new Canary(gate.address());
                    RawClient client = gate.connect()) {
                byte[] request = Frames.of(new BulkRequest(replyBytes));
                Thread writer = new Thread(() -> {
                    try {
                        while (sent.get() < requests) {
                            client.send(request);
                            sent.incrementAndGet();
                        }
                    } catch (IOException e) {
                        // The gate has had enough.
                    }
                });
                long begun = System.nanoTime();
                writer.start();
                long most = 0;
                while (gate.closed("WRITE_STALLED") == 0 && millisSince(begun) < stalled.toMillis() + 20_000) {
                    most = Math.max(most, gate.ask("pending-replies"));
                    parkMillis(10);
                }
                assertEquals(1, gate.closed("WRITE_STALLED"));
                Scorecard.row(
                        15,
                        "a client that never reads: reading stops, at most 8 MiB and a reply wait, then the end",
                        "%,d requests of %,d were taken, %,d KiB waited at most, closed after %,d ms (limit %,d ms);"
                                + " canary p99 %d ms",
                        sent.get(),
                        requests,
                        most >> 10,
                        millisSince(begun),
                        stalled.toMillis(),
                        canary.p99Millis());
                assertTrue(most <= 8 * MEBI + replyBytes + 100, most + " bytes");
                writer.join();
            }
            gate.requireCalm(before);
        }
    }

    @Test
    void rejectsAFloodOfConnections() throws Exception {
        int limit = 100;
        int flood = Scorecard.size(2000, 20_000);
        try (GateProcess gate = new GateProcess(0, "max-connections=" + limit)) {
            welcomed(gate);
            GateProcess.Footprint before = gate.footprint();
            List<RawClient> clients = new ArrayList<>();
            try (Canary canary = new Canary(gate.address())) {
                Gate.await(() -> gate.ask("open") == 1);
                for (int i = 1; i < limit; i++) {
                    clients.add(gate.connect());
                }
                Gate.await(() -> gate.ask("open") == limit);
                int told = 0;
                for (int i = 0; i < flood; i++) {
                    try (RawClient client = gate.connect()) {
                        byte[] frame = client.receive();
                        told += frame == null ? 0 : 1;
                    } catch (SocketException e) {
                        // Over the number of those that may read why.
                    }
                }
                clients.remove(0).close();
                long begun = System.nanoTime();
                Gate.await(() -> gate.ask("open") == limit - 1);
                welcomed(gate);
                Scorecard.row(
                        16,
                        "connections beyond the limit: turned away at once, the slot comes back",
                        "%,d turned away at a limit of %d, %,d of them could read why; a slot was back after %,d ms;"
                                + " canary p99 %d ms",
                        flood,
                        limit,
                        told,
                        millisSince(begun),
                        canary.p99Millis());
                assertTrue(told >= flood * 9 / 10, told + " told");
            } finally {
                closeAll(clients);
            }
            gate.requireCalm(before);
        }
    }

    @Test
    void acceptsAgainWhenThereAreFileDescriptors() throws Exception {
        int files = 300;
        try (GateProcess gate = new GateProcess(files);
                Canary canary = new Canary(gate.address())) {
            List<Socket> sockets = new ArrayList<>();
            try {
                Gate.await(() -> gate.ask("open") == 1);
                while (gate.ask("accepts-failed") == 0) {
                    assertTrue(sockets.size() < files, "as many connections as descriptors");
                    sockets.add(new Socket(
                            gate.address().getAddress(), gate.address().getPort()));
                    // Not before the gate has seen it: the kernel makes connections that the gate has not taken yet.
                    long open = 1L + sockets.size();
                    Gate.await(() -> gate.ask("open") == open || gate.ask("accepts-failed") > 0);
                }
                long processor = gate.processorMillis();
                long failed = gate.ask("accepts-failed");
                long begun = System.nanoTime();
                parkMillis(5000);
                double share = (double) (gate.processorMillis() - processor) / millisSince(begun);
                long more = gate.ask("accepts-failed") - failed;
                for (Socket socket : sockets.subList(0, sockets.size() / 2)) {
                    socket.close();
                }
                begun = System.nanoTime();
                welcomed(gate);
                long millis = millisSince(begun);
                Scorecard.row(
                        17,
                        "out of file descriptors: no spin, accepts again at most 2 s after some are free",
                        "with %d descriptors: %d tries in 5 s, %.0f %% of a core; accepted %,d ms after; canary p99 %d ms",
                        files,
                        more,
                        100 * share,
                        millis,
                        canary.p99Millis());
                assertTrue(millis <= 2000, millis + " ms");
                assertTrue(more <= 12 && share <= 0.5, more + " tries, " + share);
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void refusesATooLargeAnswer() throws Exception {
        try (GateProcess gate = new GateProcess(0);
                Canary canary = new Canary(gate.address());
                RawClient client = gate.connect()) {
            client.send(Frames.of(new BulkRequest(FrameHeader.MAX_BODY_BYTES)));
            String sentence = client.receive(ErrorResponse.class).text();
            welcomed(client);
            long heap = gate.ask("heap");
            Scorecard.row(
                    20,
                    "an answer over 100 MiB: refused before a frame is built, the connection goes on",
                    "\"%s\"; heap of 256 MiB, %,d KiB in use afterwards; canary p99 %d ms",
                    sentence,
                    heap >> 10,
                    canary.p99Millis());
        }
    }

    @Test
    void answersEveryRequestAtFiveTimesItsCapacity() throws Exception {
        int rounds = Scorecard.size(1, 4);
        int millis = 2500;
        // Where other work comes and goes beside it the two can't be compared so closely.
        double least = Scorecard.size(50, 90) / 100.0;
        try (GateProcess gate = new GateProcess(0, "queue-capacity=100")) {
            welcomed(gate);
            // Four threads, each request takes five milliseconds: this is what they can do, and warms up.
            load(gate, 8, 150, 1500);
            double peak = 0;
            Answers answers = new Answers(0, 0, 0, 0);
            for (int i = 0; i < rounds; i++) {
                double peakNow = load(gate, 8, 150, millis).resultsInTime() * 1000.0 / millis;
                answers = answers.plus(load(gate, 20, (int) (5 * peakNow / 20), millis));
                peak += peakNow / rounds;
            }
            double goodput = answers.resultsInTime() * 1000.0 / (rounds * millis);
            try (Canary canary = new Canary(gate.address())) {
                welcomed(gate);
                canary.p99Millis();
            }
            Scorecard.row(
                    21,
                    "five times the capacity: every request is answered, goodput at least 90 % of the peak",
                    "offered %,d/s, peak %,.0f/s, goodput %,.0f/s (%.0f %%); %,d asked, %,d results, %,d BUSY, %,d without"
                            + " an answer; each BUSY says when to come back",
                    answers.asked() * 1000L / (rounds * millis),
                    peak,
                    goodput,
                    100 * goodput / peak,
                    answers.asked(),
                    answers.results(),
                    answers.busy(),
                    answers.asked() - answers.results() - answers.busy());
            assertEquals(answers.asked(), answers.results() + answers.busy());
            assertTrue(answers.busy() > 0);
            assertTrue(goodput >= least * peak, goodput + " of " + peak);
        }
    }

    /**
     * What came of a load.
     *
     * @param resultsInTime those that came while requests were still sent
     */
    private record Answers(int asked, int results, int resultsInTime, int busy) {

        Answers plus(Answers more) {
            return new Answers(
                    asked + more.asked, results + more.results, resultsInTime + more.resultsInTime, busy + more.busy);
        }
    }

    /** So many connections ask so often a second, whatever comes back, which others read. */
    private static Answers load(GateProcess gate, int connections, int perSecond, long millis) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger results = new AtomicInteger();
        AtomicInteger resultsInTime = new AtomicInteger();
        AtomicInteger busy = new AtomicInteger();
        List<Throwable> troubles = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            RawClient client = gate.connect();
            client.send(Frames.of(new HelloRequest(1, "load", new int[] {Capability.TYPED_ERRORS.code()})));
            client.receive(HelloResponse.class);
            clients.add(client);
        }
        long begun = System.nanoTime();
        for (RawClient client : clients) {
            threads.add(started(troubles, () -> {
                byte[] request = Frames.of(new SlowRequest(1, 5));
                for (long sent = 0; millisSince(begun) < millis; sent++) {
                    LockSupport.parkNanos(begun + sent * 1_000_000_000L / perSecond - System.nanoTime());
                    asked.incrementAndGet();
                    client.send(request);
                }
                client.halfClose();
            }));
            threads.add(started(troubles, () -> {
                for (byte[] frame = client.receive(); frame != null; frame = client.receive()) {
                    if (FrameHeader.id(frame, 0) == 590701) {
                        results.incrementAndGet();
                        resultsInTime.addAndGet(millisSince(begun) <= millis ? 1 : 0);
                    } else {
                        ErrorResponseV2 error = Frames.message(frame, ErrorResponseV2.class);
                        assertEquals(Refusal.Code.BUSY, error.code());
                        assertTrue(error.retryAfterMillis() > 0);
                        busy.incrementAndGet();
                    }
                }
                client.close();
            }));
        }
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(60));
        }
        assertTrue(troubles.isEmpty(), () -> troubles.toString());
        return new Answers(asked.get(), results.get(), resultsInTime.get(), busy.get());
    }

    /** Something that sockets may spoil. */
    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private static Thread started(List<Throwable> troubles, Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
                troubles.add(e);
            }
        });
        thread.start();
        return thread;
    }

    @Test
    void countsUnknownIdsWithoutASeriesForEach() throws Exception {
        int ids = Scorecard.size(50_000, 1_000_000);
        try (Gate gate = Gate.builder().start();
                Canary canary = new Canary(gate);
                RawClient client = gate.connect()) {
            int series = gate.info().messages().size();
            Thread writer = new Thread(() -> {
                try {
                    for (int id = 1; id <= ids; id++) {
                        // From where no message is, up.
                        client.send(Frames.frame(1_000_000 + id, (byte) 'N'));
                    }
                } catch (IOException e) {
                    // The reader misses what was not sent.
                }
            });
            writer.start();
            for (int id = 1; id <= ids; id++) {
                assertNotNull(client.receive());
            }
            writer.join();
            assertEquals(series, gate.info().messages().size());
            Map<String, Long> expected = new TreeMap<>(Map.of("UNKNOWN_MESSAGE", (long) ids));
            assertEquals(expected, gate.info().refusedByCode());
            Scorecard.row(
                    38,
                    "unknown ids: counted, without a new metric series",
                    "%,d ids, 0 series more; canary p99 %d ms",
                    ids,
                    canary.p99Millis());
        }
    }

    // ---------------------------------------------------------------- what they have in common

    private static void welcomed(GateProcess gate) throws IOException {
        try (RawClient client = gate.connect()) {
            welcomed(client);
        }
    }

    private static void welcomed(RawClient client) throws IOException {
        client.send(Frames.of(new WelcomeRequest(1)));
        assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
    }

    private static void assertTold(RawClient client, String reason) throws IOException {
        String sentence = client.receive(ErrorResponse.class).text();
        assertTrue(sentence.contains(reason), sentence);
        assertTrue(client.isAtEnd());
    }

    private static void sendIfOpen(RawClient client, byte value) {
        try {
            client.send(new byte[] {value});
        } catch (IOException e) {
            // The gate has ended it meanwhile, which is what it is to do.
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    /** The pace of a client: there is nothing to wait for. */
    private static void parkMillis(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static void closeAll(List<RawClient> clients) throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }
}
