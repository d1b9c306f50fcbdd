package io.framegate.contract;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.fuzz.FuzzTarget;
import io.framegate.message.Refusal;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The input is a frame, of a message by its id. It is refused, or read as what it would be written from. */
public final class FrameFuzz implements FuzzTarget {

    private static final int MAX_PAYLOAD_BYTES = 1 << 20;
    private static final int OBJECT_BUDGET = 100_000;

    private final Envelope envelope = new Envelope(MAX_PAYLOAD_BYTES, 1, true);
    private final NavigableMap<Integer, Codec<?>> codecs = new TreeMap<>();
    private long read;
    private long refused;

    public FrameFuzz() {
        try {
            ContractTest.records().forEach((id, type) -> codecs.put(id, Codec.of(type)));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Payloads that were read. */
    long read() {
        return read;
    }

    /** Bodies and payloads that were refused. */
    long refused() {
        return refused;
    }

    @Override
    public void take(byte[] frame) {
        if (frame.length < FrameHeader.BYTES) {
            return;
        }
        int id = FrameHeader.id(frame, 0);
        int bodySize = FrameHeader.bodySize(frame, 0);
        if (FrameHeader.isBodySizeValid(bodySize, MAX_PAYLOAD_BYTES) && frame.length >= FrameHeader.BYTES + bodySize) {
            open(id, frame, FrameHeader.BYTES, bodySize);
        }
        // Few of them have a size that fits: the same without the header's.
        open(id, frame, FrameHeader.BYTES, frame.length - FrameHeader.BYTES);
    }

    private void open(int id, byte[] bytes, int offset, int length) {
        Envelope.Payload payload;
        try {
            payload = envelope.open(bytes, offset, length);
        } catch (Refusal expected) {
            refused++;
            return;
        }
        // Any id stands for the next one of ours.
        Map.Entry<Integer, Codec<?>> next = codecs.ceilingEntry(id);
        Codec<?> codec = (next == null ? codecs.firstEntry() : next).getValue();
        decode(codec, payload);
    }

    private <T extends Record> void decode(Codec<T> codec, Envelope.Payload payload) {
        T message;
        try {
            message = codec.decode(
                    new WireReader(codec.id(), payload.bytes(), payload.offset(), payload.length(), OBJECT_BUDGET));
        } catch (Refusal expected) {
            refused++;
            return;
        }
        read++;
        WireWriter out = new WireWriter(0, MAX_PAYLOAD_BYTES);
        codec.encode(message, out);
        int end = payload.offset() + payload.length();
        if (!Arrays.equals(payload.bytes(), payload.offset(), end, out.array(), 0, out.length())) {
            throw new AssertionError("what was read is not what is written: " + codec.id());
        }
    }

    @Override
    public List<byte[]> seeds() throws Exception {
        List<byte[]> frames = new ArrayList<>();
        for (String line : FramesOfAllMessages.lines()) {
            for (String hex : line.split(" ")) {
                frames.add(HexFormat.of().parseHex(hex));
            }
        }
        return frames;
    }
}
