package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a record as a message: its components, in their order, are the payload.
 *
 * <p>How a component is written follows from its Java type; all numbers are little-endian and nothing is padded.
 *
 * <pre>
 *  Java type                     bytes on the wire
 *  byte, short, int, long        1, 2, 4, 8
 *  float, double                 4, 8
 *  boolean                       1, the value 0 or 1
 *  enum implementing WireCode    int32 code
 *  String                        int32 count of UTF-16 code units, then UTF-16LE
 *  &#64;Utf8 String                int32 count of bytes, then UTF-8
 *  byte[], int[], double[]       int32 count of elements, then the elements
 *  List&lt;T&gt;, RecordList&lt;T&gt;        int32 count, then each T (T: any type of this table, boxed where needed)
 *  a record                      its components in order
 * </pre>
 *
 * By convention an id is {@code 100000 + 100·n + version} for a request and {@code 500000 + 100·n + version} for a
 * response, and a later shape of the same message is a new record with an id of its own.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Message {

    /** The id in the frame's header; unique among all messages of the application. */
    int value();
}
