package io.framegate.contract;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.explain.CaptureExplainer;
import io.framegate.contract.explain.CaptureFile;
import io.framegate.contract.explain.Explanation;
import io.framegate.contract.explain.FrameExplainer;
import io.framegate.contract.json.FrameJson;
import io.framegate.fuzz.FuzzTarget;
import io.framegate.message.Refusal;
import io.framegate.testkit.Capture;
import io.framegate.testkit.Frames;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The input is a capture of packets, or else a frame. Either is explained, whatever it is; and a frame that a codec reads has
 * nothing that an explanation would call broken.
 */
public final class CaptureFuzz implements FuzzTarget {

    private static final int PORT = 7400;

    private final Envelope envelope = new Envelope(FrameHeader.MAX_BODY_BYTES, 1, true);
    private final Map<Integer, Codec<?>> codecs = new HashMap<>();

    public CaptureFuzz() {
        try {
            ContractTest.records().forEach((id, type) -> codecs.put(id, Codec.of(type)));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void take(byte[] input) {
        if (CaptureFile.isCapture(input)) {
            try {
                CaptureExplainer.explain(ContractTest.CONTRACT, input);
            } catch (IllegalArgumentException expected) {
                // A sentence for who has chosen the file.
            }
            return;
        }
        Explanation explanation = FrameExplainer.explain(ContractTest.CONTRACT, input);
        if (input.length >= FrameHeader.BYTES) {
            FrameJson.of(ContractTest.CONTRACT, input);
        }
        if (explanation.fault().isPresent() && isRead(input)) {
            throw new AssertionError("a codec reads it, and it is called broken: " + explanation.fault());
        }
    }

    private boolean isRead(byte[] frame) {
        if (frame.length < FrameHeader.BYTES
                || FrameHeader.bodySize(frame, 0) != frame.length - FrameHeader.BYTES
                || !codecs.containsKey(FrameHeader.id(frame, 0))) {
            return false;
        }
        try {
            Envelope.Payload payload = envelope.open(frame, FrameHeader.BYTES, frame.length - FrameHeader.BYTES);
            codecs.get(FrameHeader.id(frame, 0))
                    .decode(new WireReader(0, payload.bytes(), payload.offset(), payload.length()));
            return true;
        } catch (Refusal expected) {
            return false;
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (MessageType message : ContractTest.CONTRACT.messages()) {
            seeds.add(ExampleFrames.of(ContractTest.CONTRACT, message));
        }
        for (int segment : new int[] {5, 1000}) {
            seeds.add(new Capture(PORT, segment)
                    .fromClient(Frames.golden("welcome-request"))
                    .fromServer(Frames.golden("welcome-response"))
                    .file());
        }
        return seeds;
    }
}
