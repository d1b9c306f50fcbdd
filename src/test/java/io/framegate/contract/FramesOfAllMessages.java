package io.framegate.contract;

import io.framegate.contract.Contract.MessageType;
import io.framegate.message.Compression;
import io.framegate.testkit.Frames;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What a client of another language has to read, and to write again as it was. */
final class FramesOfAllMessages {

    private FramesOfAllMessages() {}

    /**
     * A line for each: a frame as a client writes it that does not compress, a space, and the same message in a frame that
     * may be compressed. The example of every message in each form of the envelope, and all golden frames.
     */
    static List<String> lines() throws IOException, URISyntaxException {
        List<String> lines = new ArrayList<>();
        HexFormat hex = HexFormat.of();
        try (Envelope envelope = new Envelope(FrameHeader.MAX_BODY_BYTES, 1)) {
            for (MessageType message : ContractTest.CONTRACT.messages()) {
                byte[] frame = ExampleFrames.of(ContractTest.CONTRACT, message);
                for (Compression compression : List.of(Compression.NONE, Compression.ZLIB, Compression.LZMA)) {
                    int payload = FrameHeader.BYTES + 1;
                    byte[] sealed = envelope.seal(message.id(), frame, payload, frame.length - payload, compression);
                    lines.add(hex.formatHex(frame) + " " + hex.formatHex(sealed));
                }
            }
        }
        for (String name : GoldenFrames.names()) {
            boolean compressed = name.contains("zlib") || name.contains("lzma");
            lines.add(hex.formatHex(Frames.golden(compressed ? "welcome-request" : name)) + " "
                    + hex.formatHex(Frames.golden(name)));
        }
        return lines;
    }

    /** Answers that break the contract, each in another way: too many links, a code that is none, a byte too much. */
    static List<byte[]> damagedLinks() {
        byte[] links = Frames.golden("links");
        byte[] tooMany = links.clone();
        tooMany[FrameHeader.BYTES + 1] = 127;
        byte[] noSuchCode = links.clone();
        Arrays.fill(noSuchCode, FrameHeader.BYTES + 1 + 4 + 28, FrameHeader.BYTES + 1 + 4 + 32, (byte) 0x7F);
        byte[] longer = Arrays.copyOf(links, links.length + 1);
        FrameHeader.put(longer, 0, FrameHeader.id(links, 0), longer.length - FrameHeader.BYTES);
        return List.of(tooMany, noSuchCode, longer);
    }
}
