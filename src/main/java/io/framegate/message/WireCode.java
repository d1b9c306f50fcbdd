package io.framegate.message;

/** An enum that may be a component of a message: it is written as its int32 code, never by its position or name. */
public interface WireCode {

    /** The code on the wire; unique within the enum and never changed once released. */
    int code();
}
