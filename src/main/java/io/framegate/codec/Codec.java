package io.framegate.codec;

import io.framegate.message.Compressed;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Turns one kind of message into its payload and back. Here a frame's body becomes a message.
 *
 * <p>Made once per record by {@link #of}, which reads the record's components and composes method handles; encoding and
 * decoding call these handles and reflect on nothing.
 *
 * @param <T> the record
 */
public final class Codec<T extends Record> {

    private final int id;
    private final Class<T> type;
    private final Layout layout;
    private final MethodHandle decode; // (WireReader) -> Record
    private final MethodHandle encode; // (WireWriter, Record) -> void

    private Codec(int id, Class<T> type, Layout layout) {
        this.id = id;
        this.type = type;
        this.layout = layout;
        CodecCompiler.Handles handles = new CodecCompiler().compile(layout);
        this.decode = handles.decodeAs(Record.class);
        this.encode = handles.encodeAs(Record.class);
    }

    /**
     * Compiles the codec of a message.
     *
     * @throws IllegalArgumentException for a record without {@link Message}, or with a component that has no form on the
     *     wire; the message names both
     */
    public static <T extends Record> Codec<T> of(Class<T> type) {
        Message message = type.getAnnotation(Message.class);
        if (message == null) {
            throw new IllegalArgumentException(type.getName() + " is no message: it lacks @Message(id)");
        }
        return new Codec<>(message.value(), type, Layout.of(type));
    }

    /**
     * Reads a message from the whole rest of a payload.
     *
     * @throws Refusal for a payload that does not follow the layout, bytes after the last field included, or for values
     *     that the record itself does not accept
     */
    public T decode(WireReader in) {
        T message = type.cast(CodecCompiler.decodeRecord(decode, in, type.getSimpleName()));
        in.end();
        return message;
    }

    /**
     * Appends a message's payload.
     *
     * @throws Refusal for a payload over the writer's limit
     * @throws NullPointerException for a null component, naming it
     */
    public void encode(T message, WireWriter out) {
        try {
            encode.invokeExact(out, (Record) message);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("an accessor of " + type.getName() + " failed", e);
        }
    }

    /** The id in the frame's header. */
    public int id() {
        return id;
    }

    /** The record's simple name: the message's name in logs, metrics and pages. */
    public String name() {
        return type.getSimpleName();
    }

    public Class<T> type() {
        return type;
    }

    /** What the payload is, field by field. */
    public Layout layout() {
        return layout;
    }

    /** The message's own wish for compression, if it has one. */
    public Optional<Compressed> compressed() {
        return Optional.ofNullable(type.getAnnotation(Compressed.class));
    }
}
