package io.framegate.contract.json;

import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.function.Consumer;

/**
 * JSON that is written as it is made, without a tree of objects.
 *
 * <p>What makes it is looked for once: every method of {@link jakarta.json.Json} looks anew, through all jars of the server and the
 * application, which takes longer than thousands of numbers do (Jakarta JSON Processing's issue 154).
 */
public final class JsonText {

    /** Instead of {@link jakarta.json.Json}, whose methods it has. Any thread may use it. */
    public static final JsonProvider JSON = JsonProvider.provider();

    private static final int USUAL_CHARS = 16 * 1024;

    private JsonText() {}

    /**
     * An object.
     *
     * @param members writes them
     */
    public static String of(Consumer<JsonGenerator> members) {
        var text = new StringWriter(USUAL_CHARS);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEnd();
        }
        return text.toString();
    }
}
