package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that a {@link Worker} never waits: no database, no lock, no I/O, microseconds of work. Such a worker runs
 * on the thread that read its frame, which saves the wake-up of another thread, the dearest part of a small request.
 *
 * <p>The hazard: a worker that waits in spite of this annotation holds up every connection that thread serves.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface NonBlocking {}
