/**
 * Record to bytes and back. A {@link io.framegate.codec.Codec} is compiled once, at its first use, from a record's components: a
 * {@link io.framegate.codec.Layout} says what is written, {@link io.framegate.codec.CodecCompiler} makes method handles
 * of it and a class that calls them as constants, and at run time there is no reflection.
 *
 * <p>Who may call it: dispatch, client, contract, and an application that stores records as they go over the wire ({@link
 * io.framegate.codec.RecordCodec}). Begin reading at {@link io.framegate.codec.Codec}.
 */
@NullMarked
package io.framegate.codec;

import org.jspecify.annotations.NullMarked;
