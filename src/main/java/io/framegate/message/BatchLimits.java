package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Bounds the batches of a {@link BatchWorker}, and their number at a time. Without it the defaults hold. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface BatchLimits {

    /** The default of {@link #requests}. Larger batches save little: the commit's share of each request is small already. */
    int DEFAULT_REQUESTS = 256;

    /** The default of {@link #bytes}: 4 MiB. */
    int DEFAULT_BYTES = 4 * 1024 * 1024;

    /** The maximum number of requests of a batch. */
    int requests() default DEFAULT_REQUESTS;

    /** The maximum number of bytes of their bodies together, decompressed. A larger request is a batch of its own. */
    int bytes() default DEFAULT_BYTES;

    /**
     * The maximum number of concurrent batches. With more than one, a further batch begins while others run if enough requests are
     * queued to fill it, so that database and worker are both busy. Several threads then call the worker concurrently, and
     * a request may run before one that was sent earlier, even on the same connection: use it for independent requests.
     */
    int atATime() default 1;
}
