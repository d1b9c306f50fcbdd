package io.framegate.message;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds the count that a component has on the wire: UTF-16 code units of a text, bytes of a {@link Utf8} text or of a {@code
 * byte[]}, elements of any other array or of a list. Both sides enforce it: a reader checks the count before it decodes
 * the rest, and answers a longer request by {@link Refusal.Code#INVALID}; a writer throws an
 * {@link IllegalArgumentException}.
 *
 * <pre>
 * &#64;Message(100201)
 * record Notify(&#64;MaxLength(64) String topic, &#64;MaxLength(1000) List&lt;&#64;MaxLength(64) String&gt; names) {}
 * </pre>
 *
 * If every component of a request is bounded, so is the request, and it needs no {@link MaxPayload}: the one above has at most
 * 132 136 bytes of payload.
 *
 * <p>The bound is not on the wire, and may grow at any time. Lowering it refuses requests that clients could send before, and makes
 * longer stored records unreadable.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE_USE})
public @interface MaxLength {

    /** The largest count, 0 or more. */
    int value();
}
