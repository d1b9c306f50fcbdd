package io.framegate.contract.explain;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Direction;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.explain.CaptureFile.Stream;
import io.framegate.contract.explain.Explanation.Part;
import io.framegate.contract.explain.Explanation.Place;
import io.framegate.wire.FrameHeader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes the frames apart that went over the connections of a capture. A stream belongs to a gate if it begins with the header
 * of a message that the contract has. Where a hello agreed on request ids, headers have them from then on.
 */
public final class CaptureExplainer {

    private static final int HELLO_REQUEST = 109001;
    private static final int HELLO_RESPONSE = 509001;
    private static final int REQUEST_IDS = 2;

    private final Contract contract;
    private final List<Found> found = new ArrayList<>();

    private CaptureExplainer(Contract contract) {
        this.contract = contract;
    }

    /**
     * Something to be told, where it is in the capture.
     *
     * @param packet with which all of it was there
     * @param title one line: packet, ends, place in the stream, message
     * @param lines what each byte is
     * @param fault whether something in it can't be
     */
    public record Found(int packet, String title, List<String> lines, boolean fault) {}

    /**
     * All frames in the order of the packets that completed them, and after those of its stream what ends a stream too
     * early.
     *
     * @throws IllegalArgumentException in a sentence, for a file that is no capture
     */
    public static List<Found> explain(Contract contract, byte[] file) {
        CaptureExplainer explainer = new CaptureExplainer(contract);
        List<Stream> streams = CaptureFile.streams(file);
        Map<List<InetSocketAddress>, Stream> byEnds = CaptureFile.byEnds(streams);
        Map<Stream, Boolean> withIds = new IdentityHashMap<>();
        for (Stream stream : streams) {
            Optional<MessageType> first = explainer.first(stream);
            if (first.isPresent()) {
                Optional<Stream> answers = first.get().direction() == Direction.REQUEST
                        ? Optional.ofNullable(byEnds.get(List.of(stream.to(), stream.from())))
                        : Optional.of(stream);
                withIds.put(stream, answers.map(explainer::agreesOnRequestIds).orElse(false));
            }
        }
        streams.stream().filter(withIds::containsKey).forEach(stream -> explainer.frames(stream, withIds.get(stream)));
        explainer.found.sort(Comparator.comparingInt(Found::packet));
        return explainer.found;
    }

    private Optional<MessageType> first(Stream stream) {
        return stream.bytes().length < FrameHeader.BYTES
                ? Optional.empty()
                : contract.message(FrameHeader.id(stream.bytes(), 0));
    }

    private boolean agreesOnRequestIds(Stream answers) {
        byte[] bytes = answers.bytes();
        if (bytes.length < FrameHeader.BYTES || FrameHeader.id(bytes, 0) != HELLO_RESPONSE) {
            return false;
        }
        int size = FrameHeader.bodySize(bytes, 0);
        if (size < 0 || size > bytes.length - FrameHeader.BYTES) {
            return false;
        }
        Explanation hello = FrameExplainer.explain(contract, Arrays.copyOf(bytes, FrameHeader.BYTES + size));
        return hello.parts().stream()
                .filter(part -> part.path().equals("features"))
                .anyMatch(part -> numbers(hello, part).contains(REQUEST_IDS));
    }

    private static List<Integer> numbers(Explanation explanation, Part part) {
        byte[] source = part.place() == Place.FRAME ? explanation.frame() : explanation.payload();
        ByteBuffer in = ByteBuffer.wrap(source, part.offset(), part.length()).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> numbers = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            numbers.add(in.getInt());
        }
        return numbers;
    }

    private void frames(Stream stream, boolean requestIds) {
        byte[] bytes = stream.bytes();
        int at = 0;
        while (at < bytes.length) {
            int id = bytes.length - at < FrameHeader.BYTES ? 0 : FrameHeader.id(bytes, at);
            boolean withId = requestIds && !(at == 0 && (id == HELLO_REQUEST || id == HELLO_RESPONSE));
            int header = FrameHeader.headerBytes(withId);
            if (bytes.length - at < header) {
                add(stream, at, bytes.length, "a header, cut short", List.of(), true);
                break;
            }
            int size = FrameHeader.bodySize(bytes, at);
            boolean framed = FrameHeader.isBodySizeValid(size, FrameHeader.MAX_BODY_BYTES);
            int end = framed && size <= bytes.length - at - header ? at + header + size : bytes.length;
            byte[] frame = Arrays.copyOfRange(bytes, at, end);
            String name = contract.message(id).map(MessageType::name).orElse("message " + id);
            if (withId) {
                name += ", request id " + FrameHeader.requestId(frame, 0)
                        + " (4 bytes after bodySize, not counted below)";
                frame = FrameHeader.withoutRequestId(frame);
            }
            Explanation explanation = FrameExplainer.explain(contract, frame);
            add(stream, at, end, name, explanation.lines(), explanation.fault().isPresent());
            if (!framed) {
                // Where the next frame begins is not known any more.
                break;
            }
            at = end;
        }
        if (stream.missing() > 0) {
            add(
                    stream,
                    bytes.length,
                    bytes.length,
                    "the capture lacks " + stream.missing() + " bytes, what follows them is left out",
                    List.of(),
                    true);
        }
    }

    private void add(Stream stream, int at, int end, String what, List<String> lines, boolean fault) {
        int packet = stream.packetOf(Math.min(at, end - 1), end);
        String title = "packet " + packet + ", " + text(stream.from()) + " to " + text(stream.to()) + ", byte " + at
                + " of the stream: " + what;
        found.add(new Found(packet, title, lines, fault));
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
