package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that {@link Worker#process} may be called again for the same request after a serialization failure or a
 * deadlock (SQL states 40001 and 40P01, see {@link DatabaseErrors#isSerializationFailure}), which leaves nothing of what it
 * did. That holds if all its effects are in one transaction, as with {@code @Transactional} on
 * {@code process}. The gate calls it again at most {@value #TIMES} times; then it refuses the request as busy. A
 * {@link BatchWorker} is restartable without this annotation.
 *
 * <p>The hazard: a worker that has two transactions, or sends something elsewhere, does the first part twice.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Restartable {

    /** The maximum number of further calls. */
    int TIMES = 3;
}
