package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that a {@link Worker} never blocks: no database, no lock, no I/O, microseconds of work. Such a worker runs
 * on the I/O thread that read its request, which saves the wake-up of another thread, the most expensive part of a small request.
 *
 * <p>The hazard: a worker that blocks in spite of this annotation stalls every connection of that I/O thread.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface NonBlocking {}
