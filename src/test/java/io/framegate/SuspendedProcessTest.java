package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.metrics.LimitKind;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.abuse.BulkRequest;
import io.framegate.testkit.abuse.BulkResponse;
import io.framegate.testkit.abuse.GateProcess;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.testkit.abuse.SlowRequest;
import io.framegate.testkit.abuse.SlowResponse;
import io.framegate.transport.CloseReason;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A gate that does not run for longer than its time limits: what its clients did meanwhile comes first. */
@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "a process is suspended by signals that Windows does not have")
class SuspendedProcessTest {

    /** Each of the limits. */
    private static final String LIMIT = "PT2S";

    private static final long SUSPENDED_MILLIS = 4000;

    /** Less than the limit of a worker; and of as many as the gate has threads, the last begin within the limit of waiting. */
    private static final int WORK_MILLIS = 1200;

    private static final int THREADS = 4;

    /** More than the sockets of both ends keep. */
    private static final int LARGE_BYTES = 40 << 20;

    @Test
    void readsWhatCameMeanwhileBeforeItJudgesADeadline() throws Exception {
        byte[] proxyHeader = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] welcome = Frames.of(new WelcomeRequest(7));
        byte[] bulk = Frames.of(new BulkRequest(9));
        try (GateProcess behindProxies = new GateProcess(0, "read-timeout=" + LIMIT, "proxy-protocol=true");
                GateProcess gate = new GateProcess(
                        0,
                        "read-timeout=" + LIMIT,
                        "idle-timeout=" + LIMIT,
                        "write-timeout=" + LIMIT,
                        "request-timeout=" + LIMIT);
                RawClient withinProxyHeader = behindProxies.connect().send(Frames.first(proxyHeader, 4));
                RawClient silent = gate.connect();
                RawClient withinHeader = gate.connect();
                RawClient withinBody = gate.connect();
                RawClient reader = gate.connect();
                RawClient worked = gate.connect();
                RawClient forgotten = gate.connect()) {
            for (RawClient client : List.of(silent, withinHeader, withinBody, reader, worked, forgotten)) {
                assertWelcomed(client.send(welcome));
            }
            reader.send(Frames.of(new BulkRequest(LARGE_BYTES)));
            for (int i = 0; i < 2 * THREADS; i++) {
                worked.send(Frames.of(new SlowRequest(i, WORK_MILLIS)));
            }
            withinHeader.send(Frames.first(welcome, 3));
            withinBody.send(Frames.first(bulk, bulk.length - 2));
            // What waits for the reader is as much of its answer as the sockets have not taken.
            Gate.await(() -> gate.ask("outstanding") == 2 * THREADS && gate.ask("pending-replies") > 0);
            gate.suspend();
            behindProxies.suspend();
            long suspended = System.nanoTime();
            silent.send(welcome);
            withinHeader.send(Arrays.copyOfRange(welcome, 3, welcome.length));
            withinBody.send(Arrays.copyOfRange(bulk, bulk.length - 2, bulk.length));
            withinProxyHeader.send(Arrays.copyOfRange(proxyHeader, 4, proxyHeader.length), welcome);
            try (RawClient late = gate.connect().send(welcome)) {
                LockSupport.parkNanos(
                        TimeUnit.MILLISECONDS.toNanos(SUSPENDED_MILLIS) - (System.nanoTime() - suspended));
                behindProxies.resume();
                gate.resume();
                assertWelcomed(late);
            }
            assertWelcomed(withinProxyHeader);
            assertWelcomed(silent);
            assertWelcomed(withinHeader);
            assertEquals(9, withinBody.receive(BulkResponse.class).bytes().length);
            assertEquals(LARGE_BYTES, reader.receive(BulkResponse.class).bytes().length);
            for (int i = 0; i < 2 * THREADS; i++) {
                assertEquals(i, worked.receive(SlowResponse.class).number());
            }
            for (CloseReason reason : List.of(CloseReason.READ_TIMEOUT, CloseReason.WRITE_STALLED)) {
                assertEquals(0, gate.closed(reason.name()), reason.name());
            }
            assertEquals(0, gate.ask("reached " + LimitKind.WORKER_TIME));
            assertTrue(forgotten.isAtEnd(), "the limits hold as before");
            Scorecard.row(
                    51,
                    "a process suspended for longer than its time-outs: what came meanwhile is answered",
                    "suspended for %,d ms with limits of 2 s: 7 clients with %d requests, all answered, none closed",
                    SUSPENDED_MILLIS,
                    6 + 2 * THREADS);
        }
    }

    private static void assertWelcomed(RawClient client) throws IOException {
        assertEquals("welcome:7", client.receive(WelcomeResponse.class).text());
    }
}
