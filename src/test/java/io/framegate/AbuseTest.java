package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.ErrorResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.Limits;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.abuse.Canary;
import io.framegate.transport.CloseReason;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that mean harm, each beside a well-behaved one that must not notice. Every test prints its figure. */
@Timeout(60)
class AbuseTest {

    private static final int WELCOME = 100101;
    private static final int ANNOUNCED_BYTES = 99 << 20;

    @Test
    void closesClientsThatGiveAHeaderByteByByte() throws Exception {
        Duration limit = Duration.ofSeconds(1);
        try (Gate gate = gateWithReadTimeout(limit);
                Canary canary = new Canary(gate)) {
            long begun = System.nanoTime();
            long took = closedAll(gate, 200, Frames.first(Frames.header(WELCOME, 5), 1), begun);
            System.out.printf(
                    "slow headers: 200 closed %d ms after the first byte, canary p99 %d ms%n",
                    took, canary.p99Millis());
            assertTrue(took <= limit.toMillis() + 1500, took + " ms");
        }
    }

    @Test
    void closesClientsThatAnnounceMuchAndFallSilentWithoutTakingMemory() throws Exception {
        Duration limit = Duration.ofSeconds(3);
        try (Gate gate = gateWithReadTimeout(limit)) {
            long before = usedHeap();
            List<RawClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 300; i++) {
                    clients.add(gate.connect().send(Frames.header(WELCOME, ANNOUNCED_BYTES)));
                }
                // Every header has been read, so every announcement has been believed if ever it is.
                Gate.await(() -> gate.info().bytesRead() == 300 * FrameHeader.BYTES);
                long grown = usedHeap() - before;
                assertTrue(grown <= 64 << 20, grown + " bytes for 300 announced bodies");
                try (Canary canary = new Canary(gate)) {
                    Gate.await(() -> closed(gate) == 300);
                    System.out.printf(
                            "announced 300 x 99 MiB: heap grew by %d KiB, canary p99 %d ms%n",
                            grown >> 10, canary.p99Millis());
                }
            } finally {
                closeAll(clients);
            }
        }
    }

    @Test
    void countsUnknownIdsWithoutASeriesForEach() throws Exception {
        int ids = 20_000;
        try (Gate gate = Gate.builder().start();
                Canary canary = new Canary(gate);
                RawClient client = gate.connect()) {
            int series = gate.info().messages().size();
            for (int id = 1; id <= ids; id++) {
                client.send(Frames.frame(id, (byte) 'N'));
                assertTrue(client.receive() != null);
            }
            assertEquals(series, gate.info().messages().size());
            assertEquals(1, gate.info().refusedByCode().size());
            assertEquals(ids, gate.info().refusedByCode().get("UNKNOWN_MESSAGE"));
            System.out.printf("%d unknown ids: no series more, canary p99 %d ms%n", ids, canary.p99Millis());
        }
    }

    private static Gate gateWithReadTimeout(Duration readTimeout) throws IOException {
        return Gate.builder()
                .limits(new Limits().readTimeout(readTimeout).build())
                .start();
    }

    private static long closedAll(Gate gate, int count, byte[] beginning, long begun) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                clients.add(gate.connect().send(beginning));
            }
            for (RawClient client : clients) {
                assertTrue(client.receive(ErrorResponse.class).text().contains("READ_TIMEOUT"));
                assertTrue(client.isAtEnd());
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            Gate.await(() -> closed(gate) == count);
            return millis;
        } finally {
            closeAll(clients);
        }
    }

    private static long closed(Gate gate) {
        return gate.info().closedByReason().getOrDefault(CloseReason.READ_TIMEOUT.name(), 0L);
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static void closeAll(List<RawClient> clients) throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }
}
