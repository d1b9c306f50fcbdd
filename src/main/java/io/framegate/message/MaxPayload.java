package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds a request: the most bytes of its payload, which is what a compressed body becomes when it is opened. A larger request is
 * answered by {@link Refusal.Code#TOO_LARGE}: by the size in its header, without keeping its body; or by the original size that a
 * compressed body begins with, without opening it.
 *
 * <p>Without it, a request whose components are all of a fixed size, or have a {@link MaxLength}, may be as large as these make it.
 * Any other may have what the server's setting {@code framegate.requests.max-payload-size} says, {@value #DEFAULT_BYTES} bytes
 * unless told otherwise. With it, the smaller of the two bounds holds. What the setting {@code
 * framegate.compression.max-payload-size} says holds for all of them.
 *
 * <p>Say what the largest legitimate request takes, not what memory there is: how much all requests together may take of the heap
 * is the server's own business, by {@code framegate.requests.max-memory}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface MaxPayload {

    /** Of a request that nothing bounds: 4 MiB. */
    int DEFAULT_BYTES = 4 * 1024 * 1024;

    /** The most bytes of payload, at least what the record takes with all its texts and lists empty. */
    int value();
}
