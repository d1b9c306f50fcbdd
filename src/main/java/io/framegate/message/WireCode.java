package io.framegate.message;

/** An enum that may be a component of a message: it is encoded as its int32 code, not by its ordinal or name. */
public interface WireCode {

    /** The code on the wire: unique within the enum, and unchanged once released. */
    int code();
}
