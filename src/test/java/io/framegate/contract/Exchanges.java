package io.framegate.contract;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.contract.Contract.Direction;
import io.framegate.contract.Contract.MessageType;
import io.framegate.message.Compression;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What a client and a real gate say to each other: a request of each kind, in each form, with an answer of its kind. */
final class Exchanges {

    /** The gate of tests has their workers. */
    private static final Set<String> BUILT_IN = Set.of("WelcomeRequest", "HelloRequest");

    private Exchanges() {}

    /** Frames as they went over sockets: request, reply, request, reply … */
    static List<byte[]> ofEachMessage(Compression ofReplies) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        try (Gate gate = gate(ofReplies);
                RawClient client = gate.connect();
                Envelope envelope = new Envelope(FrameHeader.MAX_BODY_BYTES, 1)) {
            // A hello is the first message of a connection, or refused.
            List<MessageType> helloFirst = ContractTest.CONTRACT.messages().stream()
                    .sorted(Comparator.comparing(message -> !message.name().equals("HelloRequest")))
                    .toList();
            for (MessageType message : helloFirst) {
                if (message.direction() == Direction.REQUEST) {
                    byte[] plain = ExampleFrames.of(ContractTest.CONTRACT, message);
                    int payload = FrameHeader.BYTES + 1;
                    ask(client, envelope.seal(message.id(), plain, payload, plain.length - payload, ofReplies), frames);
                }
            }
            // A load type that there is none of: the answer is an error.
            byte[] refused = ExampleFrames.of(
                    ContractTest.CONTRACT, ContractTest.CONTRACT.message(100601).orElseThrow());
            refused[FrameHeader.BYTES + 1 + Integer.BYTES] = 99;
            ask(client, refused, frames);
        }
        return frames;
    }

    private static void ask(RawClient client, byte[] request, List<byte[]> frames) throws IOException {
        client.send(request);
        byte[] reply = client.receive();
        if (reply == null) {
            throw new AssertionError("the gate has closed the connection");
        }
        frames.add(request);
        frames.add(reply);
    }

    /** Answers every request with the example of its answer. */
    static Gate gate(Compression ofReplies) throws IOException {
        Gate.Builder builder = Gate.builder().compression(ofReplies, 0);
        for (MessageType message : ContractTest.CONTRACT.messages()) {
            if (message.direction() == Direction.REQUEST && !BUILT_IN.contains(message.name())) {
                add(builder, record(message.name()), record(message.answer().orElseThrow()));
            }
        }
        return builder.start();
    }

    private static <Q extends Record, A extends Record> void add(
            Gate.Builder builder, Class<Q> request, Class<A> answer) {
        Codec<A> codec = Codec.of(answer);
        byte[] frame = ExampleFrames.of(
                ContractTest.CONTRACT, ContractTest.CONTRACT.message(codec.id()).orElseThrow());
        int payload = FrameHeader.BYTES + 1;
        builder.worker(
                request,
                answer,
                message -> codec.decode(new WireReader(codec.id(), frame, payload, frame.length - payload)));
    }

    private static Class<? extends Record> record(String name) {
        try {
            return Objects.requireNonNull(ContractTest.records()
                    .get(ContractTest.CONTRACT.message(name).orElseThrow().id()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
