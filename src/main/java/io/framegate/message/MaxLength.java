package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds the count that a component has on the wire: UTF-16 code units of a text, bytes of a {@link Utf8} text or of a {@code
 * byte[]}, elements of any other array or of a list. Both sides hold to it: a reader looks at the count before it makes anything of
 * what follows, and answers a longer request by {@link Refusal.Code#INVALID}; a writer throws an
 * {@link IllegalArgumentException} instead of sending more.
 *
 * <pre>
 * &#64;Message(100201)
 * record Notify(&#64;MaxLength(64) String topic, &#64;MaxLength(1000) List&lt;&#64;MaxLength(64) String&gt; names) {}
 * </pre>
 *
 * Where every component of a request has a bound, so has the request, and needs no {@link MaxPayload}: the one above has at most
 * 132 136 bytes of payload.
 *
 * <p>The bound is not on the wire, and may grow at any time. To lower it refuses what clients could send before, and records that
 * were stored with more can no longer be read.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE_USE})
public @interface MaxLength {

    /** The largest count, 0 or more. */
    int value();
}
