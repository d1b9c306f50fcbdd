package io.framegate.codec;

import io.framegate.message.Compressed;
import io.framegate.message.MaxPayload;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Turns one kind of message into its payload and back. Here a frame's body becomes a message.
 *
 * <p>Made once per record by {@link #of}: a {@link RecordCodec} and the message's id.
 *
 * @param <T> the record
 */
public final class Codec<T extends Record> {

    private final int id;
    private final RecordCodec<T> payload;

    private Codec(int id, RecordCodec<T> payload) {
        this.id = id;
        this.payload = payload;
    }

    /**
     * Makes the codec of a message.
     *
     * @throws IllegalArgumentException for a record without {@link Message}, or with a component that has no form on the
     *     wire; the message names both
     */
    public static <T extends Record> Codec<T> of(Class<T> type) {
        Message message = type.getAnnotation(Message.class);
        if (message == null) {
            throw new IllegalArgumentException(type.getName() + " is no message: it lacks @Message(id)");
        }
        return new Codec<>(message.value(), RecordCodec.of(type));
    }

    /**
     * Reads a message from the whole rest of a payload.
     *
     * @throws Refusal for a payload that does not follow the layout, bytes after the last field included, or for values
     *     that the record itself does not accept
     */
    public T decode(WireReader in) {
        T message = payload.decode(in);
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
        payload.encode(message, out);
    }

    /** Does now what else the first use does and waits for. */
    public void prepare() {
        payload.prepare();
    }

    /** The id in the frame's header. */
    public int id() {
        return id;
    }

    /** The record's simple name: the message's name in logs, metrics and pages. */
    public String name() {
        return type().getSimpleName();
    }

    public Class<T> type() {
        return payload.type();
    }

    /** What the payload is, field by field. */
    public Layout layout() {
        return payload.layout();
    }

    /** The most bytes of its payload that its components and its {@link MaxPayload} allow; empty where they say nothing. */
    public OptionalLong mostBytes() {
        MaxPayload annotated = type().getAnnotation(MaxPayload.class);
        long ofComponents = layout().mostBytes();
        long most = annotated == null ? ofComponents : Math.min(ofComponents, annotated.value());
        return most == Layout.UNBOUNDED ? OptionalLong.empty() : OptionalLong.of(most);
    }

    /** The message's own wish for compression, if it has one. */
    public Optional<Compressed> compressed() {
        return Optional.ofNullable(type().getAnnotation(Compressed.class));
    }
}
