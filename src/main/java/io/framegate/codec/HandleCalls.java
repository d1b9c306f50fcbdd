package io.framegate.codec;

import io.framegate.message.Refusal;

/** Reads and writes one kind of record, by the method handles that {@link CodecCompiler} has made for it. */
interface HandleCalls {

    /** @throws Refusal for bytes that do not follow the layout, or for values that the record itself does not accept */
    Record decode(WireReader in) throws Throwable;

    /** @throws Throwable what a record's accessor throws */
    void encode(WireWriter out, Record value) throws Throwable;
}
