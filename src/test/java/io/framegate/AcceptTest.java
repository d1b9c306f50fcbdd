package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Message;
import io.framegate.message.NonBlocking;
import io.framegate.message.Worker;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.abuse.GateProcess;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Clients that come while others keep every reading thread busy. */
@Timeout(60)
class AcceptTest {

    private static final int BUSY = 200;
    private static final int NEWCOMERS = 40;

    @Message(191601)
    record SlowlyReadRequest(int number) {}

    @Message(591601)
    record SlowlyReadResponse(int number) {}

    /** Makes a reading thread's turn through all connections a long one. */
    @NonBlocking
    static final class SlowlyReadWorker implements Worker<SlowlyReadRequest, SlowlyReadResponse> {

        @Override
        public SlowlyReadResponse process(SlowlyReadRequest request) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
            return new SlowlyReadResponse(request.number());
        }
    }

    @Test
    void manyClientsAreAcceptedAtOnce() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (Gate gate = Gate.builder()
                .worker(SlowlyReadRequest.class, SlowlyReadResponse.class, new SlowlyReadWorker())
                .start()) {
            for (int i = 0; i < BUSY; i++) {
                clients.add(gate.connect().send(Frames.of(new SlowlyReadRequest(i))));
            }
            // Once round, so that all of them are accepted.
            for (int i = 0; i < BUSY; i++) {
                again(clients.get(i), i);
            }
            for (int i = 0; i < NEWCOMERS; i++) {
                clients.add(gate.connect());
            }
            int answered = 0;
            while (gate.listener().connectionCount() < BUSY + NEWCOMERS) {
                again(clients.get(answered % BUSY), answered % BUSY);
                answered++;
                assertTrue(answered < NEWCOMERS * BUSY, "one turn of the others for each");
            }
            assertTrue(answered < NEWCOMERS * BUSY / 4, answered + " requests of others");
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    /** As it does where another application has opened a socket of NIO.2 before the gate: the gate can't switch it off any more. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the processes of the gate are for Linux")
    void goesOnWhereTheJdkReadsAtOnce() throws Exception {
        byte[] request = Frames.of(new WelcomeRequest(7));
        for (int i = 0; i < 5; i++) {
            // The first that it reads are those after which threads of the group begin to rest.
            try (GateProcess gate = new GateProcess(0, "-Dsun.nio.ch.disableSynchronousRead=false")) {
                for (int client = 0; client < 10; client++) {
                    try (RawClient one = new RawClient(gate.address()).send(request)) {
                        assertEquals(
                                "welcome:7", one.receive(WelcomeResponse.class).text());
                    }
                }
            }
        }
    }

    /** Takes a client's reply, and asks again. */
    private static void again(RawClient client, int number) throws Exception {
        assertEquals(number, client.receive(SlowlyReadResponse.class).number());
        client.send(Frames.of(new SlowlyReadRequest(number)));
    }
}
