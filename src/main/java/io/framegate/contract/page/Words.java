package io.framegate.contract.page;

import io.framegate.contract.Contract;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.ExampleFrames;
import io.framegate.contract.explain.FrameExplainer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What both pages say in the same words. */
final class Words {

    private Words() {}

    /** What comes for a request, or for which requests an answer comes. */
    static String partner(Contract contract, MessageType message) {
        if (message.answer().isPresent()) {
            return "answered by " + message.answer().get();
        }
        if (message.direction() == Contract.Direction.NOTICE) {
            return "comes from the server, unasked";
        }
        String requests =
                contract.requestsOf(message).stream().map(MessageType::name).collect(Collectors.joining(", "));
        return requests.isEmpty() ? "may answer any request" : "answers " + requests;
    }

    /** How large the payload of a request may be; empty where the server's settings alone say so. */
    static Optional<String> size(MessageType message) {
        return message.mostBytes().isPresent()
                ? Optional.of(String.format(
                        Locale.ROOT, "at most %,d bytes", message.mostBytes().getAsLong()))
                : Optional.empty();
    }

    /** Unit, limits and differences of a field. */
    static String unitAndLimits(Field field) {
        String differences = field.differenceColumns() > 0 ? "differences, rows of " + field.differenceColumns() : "";
        return List.of(field.limits().map(Contract.Limits::toString).orElse(""), field.unit(), differences).stream()
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining("; "));
    }

    /** A frame of a message, a line for each field. */
    static String example(Contract contract, MessageType message) {
        return String.join(
                "\n",
                FrameExplainer.explain(contract, ExampleFrames.of(contract, message))
                        .lines());
    }
}
