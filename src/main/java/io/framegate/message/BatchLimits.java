package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How large the batches of a {@link BatchWorker} may become, and how many there are at a time; without it the defaults hold. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface BatchLimits {

    /** Unless told otherwise: more save little, as the commit's share of each is small already. */
    int DEFAULT_REQUESTS = 256;

    /** Unless told otherwise: 4 MiB. */
    int DEFAULT_BYTES = 4 * 1024 * 1024;

    /** The most requests. */
    int requests() default DEFAULT_REQUESTS;

    /** The most bytes of their bodies together, decompressed; one that has more is a batch alone. */
    int bytes() default DEFAULT_BYTES;

    /**
     * The most batches at a time. With more than one, another is begun beside those in work where as many requests wait as
     * fill it; so a database and the worker both have something to do. The worker is then called by several threads at once, and
     * what was sent later, by the same connection even, may be done earlier: for requests that do not depend on each
     * other.
     */
    int atATime() default 1;
}
