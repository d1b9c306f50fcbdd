package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares an {@code int[]} component as delta-encoded rows: the first row is absolute, each further row is the difference to its
 * predecessor, with int32 overflow. It changes no byte: the application adds and subtracts itself. Generated clients
 * and pages decode the numbers by it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface DeltaEncoded {

    /** Columns of a row: 2 for pairs of coordinates. */
    int value();
}
