package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says of an {@code int[]} component that it holds rows of some columns, the first as it is and each other as its
 * difference from the row before, wrapping around as int32 does. It changes no byte: the application still adds and
 * subtracts. It tells those who speak the contract how to read the numbers.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface DeltaEncoded {

    /** Columns of a row: 2 for pairs of coordinates. */
    int value();
}
