package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.client.ScriptedServer;
import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.map.message.Links;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.RecordList;
import io.framegate.message.Refusal;
import io.framegate.session.DrainNotice;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TlsFixture;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.util.List;

/** Servers that generated clients of every language are to speak with. */
final class GatesForClients {

    /** What {@link #full} says to one more. */
    private static final String FULL =
            "Refused The server already has its 1 connections; try again later. The connection ends"
                    + " here (CONNECTION_LIMIT).";

    private GatesForClients() {}

    /** A client that says hello and asks for a welcome. */
    interface Greeter {

        /** What it prints. */
        String ask(String port) throws Exception;
    }

    static String port(Gate gate) {
        return Integer.toString(gate.listener().address().getPort());
    }

    /** Holds a client to saying why it is refused, without harm to who was there, and to speaking with an older server. */
    static void refuseAndKnowNoHello(Greeter client) throws Exception {
        try (Gate full = full();
                RawClient only = greeted(full)) {
            assertEquals(FULL, client.ask(port(full)));
            only.send(Frames.of(new WelcomeRequest(2)));
            assertEquals("welcome:2", only.receive(WelcomeResponse.class).text());
        }
        try (ScriptedServer old = olderThanTheHello()) {
            assertEquals("welcome:1", client.ask(Integer.toString(old.port())));
        }
    }

    /** Has one link wherever it is asked, except from this west on, where it refuses. */
    static Gate links(TransportLimits limits, double refusedWest) throws IOException {
        byte[] golden = Frames.golden("links");
        int payload = FrameHeader.BYTES + 1;
        Codec<Links> codec = Codec.of(Links.class);
        return Gate.builder()
                .limits(limits)
                .compression(Compression.ZLIB, 16)
                .worker(LoadLinksByArea.class, Links.class, request -> {
                    if (request.area().west() == refusedWest) {
                        throw new Refusal(Refusal.Code.INVALID, "Not there: " + refusedWest + ".");
                    }
                    return codec.decode(new WireReader(codec.id(), golden, payload, golden.length - payload));
                })
                .start();
    }

    /** Has room for one connection. */
    private static Gate full() throws IOException {
        return Gate.builder()
                .limits(TransportLimits.builder().maxConnections(1).build())
                .start();
    }

    /** A connection that is certainly counted. */
    private static RawClient greeted(Gate gate) throws IOException {
        RawClient client = gate.connect();
        client.send(Frames.of(new WelcomeRequest(0)));
        client.receive(WelcomeResponse.class);
        return client;
    }

    /** Refuses the hello, answers whatever comes then, and counts. */
    private static ScriptedServer olderThanTheHello() throws IOException {
        return ScriptedServer.start(conversation -> {
            conversation.read();
            conversation.write(new ErrorResponse("There is no message 109001."));
            for (int i = 0; i <= 1; i++) {
                conversation.read();
                conversation.write(new WelcomeResponse("welcome:" + i));
            }
            conversation.awaitEnd();
        });
    }

    /** Sends three notices for each request: one before its answer, two after it. */
    static Gate notifying() throws IOException {
        return Gate.builder()
                .worker(LoadLinksByArea.class, Links.class, new CallerWorker<LoadLinksByArea, Links>() {
                    @Override
                    public Links process(LoadLinksByArea request, Caller caller) {
                        for (int i = 1; i <= 3; i++) {
                            caller.push(new DrainNotice(i));
                        }
                        return new Links(RecordList.of(List.of()));
                    }
                })
                .start();
    }

    /** Speaks TLS. */
    static Gate secured(TlsFixture tls) throws Exception {
        return Gate.builder().rules(TlsFixture.rules(tls.server())).start();
    }
}
