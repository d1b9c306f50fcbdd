package io.framegate.contract.json;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.explain.Explanation;
import io.framegate.contract.explain.Explanation.Part;
import io.framegate.contract.explain.FrameExplainer;
import io.framegate.wire.FrameHeader;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.nio.ByteBuffer;

/**
 * A frame as JSON, for a page to show.
 *
 * <pre>
 *  id, name      of the message; the name is empty for an unknown one
 *  bytes         of the frame
 *  payloadBytes  of the payload once it is expanded; 0 where it is not compressed
 *  parts         the first {@value #MAX_PARTS}: place, offset, hex, depth, path, type, value, note, as {@link Part} has them
 *  moreParts     how many were left out
 *  trouble       the first byte that can't be, in a sentence; missing where there is none
 *  json          the message, as {@link MessageJson} has it; missing with trouble
 * </pre>
 */
public final class FrameJson {

    private static final int MAX_PARTS = 1_500;
    private static final int MAX_EXPLAINED_BYTES = 2 * 1024 * 1024;

    private FrameJson() {}

    /** A whole frame; of more than 2 MiB no more is told than that it is so large. */
    public static JsonObject of(Contract contract, byte[] frame) {
        int id = FrameHeader.id(frame, 0);
        JsonObjectBuilder json = JsonText.JSON
                .createObjectBuilder()
                .add("id", id)
                .add("name", contract.message(id).map(MessageType::name).orElse(""))
                .add("bytes", frame.length);
        if (frame.length > MAX_EXPLAINED_BYTES) {
            return json.add("trouble", "More than 2 MiB are not explained here. Ask for less.")
                    .build();
        }
        Explanation explanation = FrameExplainer.explain(contract, frame);
        JsonArrayBuilder parts = JsonText.JSON.createArrayBuilder();
        explanation.parts().stream().limit(MAX_PARTS).forEach(part -> parts.add(part(explanation, part)));
        json.add("parts", parts)
                .add("moreParts", Math.max(0, explanation.parts().size() - MAX_PARTS))
                .add("payloadBytes", explanation.payload().length);
        explanation.fault().ifPresent(fault -> json.add("trouble", fault.toString()));
        if (explanation.fault().isEmpty()) {
            ByteBuffer payload = explanation.payload().length > 0
                    ? ByteBuffer.wrap(explanation.payload())
                    : MessageJson.payload(frame);
            contract.message(id).ifPresent(message -> json.add("json", MessageJson.read(contract, message, payload)));
        }
        return json.build();
    }

    private static JsonObjectBuilder part(Explanation explanation, Part part) {
        return JsonText.JSON
                .createObjectBuilder()
                .add("place", part.place().name())
                .add("offset", part.offset())
                .add("hex", part.value().isEmpty() ? "" : explanation.hex(part))
                .add("depth", part.depth())
                .add("path", part.path())
                .add("type", part.type())
                .add("value", part.value())
                .add("note", part.note());
    }
}
