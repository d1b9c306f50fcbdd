package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that {@link Worker#process} may be called again for the same request when the database made its transaction
 * give way to another one (SQL states 40001 and 40P01, see {@link DatabaseErrors#isSerializationFailure}): nothing is left of what it
 * did. That is so where all that it does to the outside is in one transaction, as with {@code @Transactional} on
 * {@code process}. It is called again at most {@value #TIMES} times; then the client is told to try later. A
 * {@link BatchWorker} has this property without saying so.
 *
 * <p>The hazard: a worker that has two transactions, or sends something elsewhere, does the first part twice.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Restartable {

    /** How often it is called again. */
    int TIMES = 3;
}
