package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Overrides the server's compression for one message, for example {@code @Compressed(Compression.NONE)} for a response
 * that is compressed already.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Compressed {

    /** The threshold of the server's configuration. */
    int SERVER_THRESHOLD = -1;

    /** The algorithm for payloads above the threshold; {@link Compression#NONE} never compresses. */
    Compression value();

    /** Payloads of more bytes than this are compressed; {@link #SERVER_THRESHOLD} leaves it to the configuration. */
    int thresholdBytes() default SERVER_THRESHOLD;
}
