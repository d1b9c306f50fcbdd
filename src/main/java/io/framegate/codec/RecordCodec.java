package io.framegate.codec;

import io.framegate.message.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Turns one kind of record into bytes and back: a message's payload, or an element of its lists, which is what an
 * application stores that keeps its rows ready to send.
 *
 * <p>Made once per record by {@link #of}, which reads the record's components. Method handles are composed of them at the first
 * use, or by {@link #prepare}, since an application has many records and asks for few of them at its start; encoding and decoding
 * call these handles and reflect on nothing. Safe for use by several threads.
 *
 * @param <T> the record; it needs no {@link io.framegate.message.Message}
 */
public final class RecordCodec<T extends Record> {

    private final Class<T> type;
    private final Layout layout;
    private volatile @Nullable HandleCalls calls;

    private RecordCodec(Class<T> type, Layout layout) {
        this.type = type;
        this.layout = layout;
    }

    /**
     * Makes the codec of a record.
     *
     * @throws IllegalArgumentException for a component that has no form on the wire; the message names it
     */
    public static <T extends Record> RecordCodec<T> of(Class<T> type) {
        return new RecordCodec<>(type, Layout.of(type));
    }

    /** Does now what else the first use does and waits for. */
    public void prepare() {
        calls();
    }

    private HandleCalls calls() {
        HandleCalls made = calls;
        if (made == null) {
            // Who comes at the same time makes another, which is as good.
            made = new CodecCompiler().compileCalls(layout);
            calls = made;
        }
        return made;
    }

    /**
     * Reads the next record; what follows it is left unread.
     *
     * @throws Refusal for bytes that do not follow the layout, or for values that the record itself does not accept
     */
    public T decode(WireReader in) {
        try {
            return type.cast(calls().decode(in));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("what a record's constructor throws is a refusal by now", e);
        }
    }

    /**
     * Appends a record.
     *
     * @throws Refusal for a payload over the writer's limit
     * @throws NullPointerException for a null component, naming it
     */
    public void encode(T value, WireWriter out) {
        try {
            calls().encode(out, value);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("an accessor of " + type.getName() + " failed", e);
        }
    }

    public Class<T> type() {
        return type;
    }

    /** What the bytes are, field by field. */
    public Layout layout() {
        return layout;
    }
}
