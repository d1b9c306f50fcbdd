package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds the payload of a request, in bytes after decompression. A larger request is
 * answered by {@link Refusal.Code#TOO_LARGE}: by the size in its header, without buffering its body, or by the original size that a
 * compressed body begins with, without decompressing it.
 *
 * <p>Without it, a request whose components are all of a fixed size, or have a {@link MaxLength}, may be as large as these allow.
 * Any other is bounded by the setting {@code framegate.requests.max-payload-size}, {@value #DEFAULT_BYTES} bytes
 * by default. With it, the smaller of the two bounds holds. The setting {@code
 * framegate.compression.max-payload-size} bounds all requests.
 *
 * <p>Set it to the size of the largest legitimate request, not by the available memory: the heap that all requests
 * may take is bounded by {@code framegate.requests.max-memory}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface MaxPayload {

    /** The default for requests that are not bounded otherwise: 4 MiB. */
    int DEFAULT_BYTES = 4 * 1024 * 1024;

    /** The maximum number of bytes, at least those of the record with all texts and lists empty. */
    int value();
}
