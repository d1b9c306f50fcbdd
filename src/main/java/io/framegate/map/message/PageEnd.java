package io.framegate.map.message;

import io.framegate.message.Utf8;
import io.framegate.message.WireCode;
import java.util.List;

/**
 * Why an answer ends where it does, and how to go on: the second part of every answer of version 2.
 *
 * <pre>
 *  size field
 *     1 complete      boolean: there is no more
 *     4 reason        int32: {@link Reason}
 *   4+n continuation  narrow text: to be sent for the rest; empty when there is none
 *  4+8n clipped       list of int64: the ids of polygons that came clipped, or left out since nothing of them is in the
 *                     area
 *  4+8n simplified    list of int64: the ids of polygons that came without some of their points
 * </pre>
 *
 * <b>A walk</b> is the answers to a request, its continuation, and so on to the end. A feature that is in the area and
 * not changed during the walk comes exactly once. One that is changed, added or deleted meanwhile comes as it is at the
 * time of its answer, or not, and if it moves possibly again; the changes since the beginning of the walk say which these
 * are (see {@link LoadChangesSince}). An answer that is not the last may have no features.
 *
 * <p><b>Clipped and simplified polygons</b> have their version negated: they are to be looked at, and cannot be saved.
 */
public record PageEnd(
        boolean complete, Reason reason, @Utf8 String continuation, List<Long> clipped, List<Long> simplified) {

    public PageEnd {
        clipped = List.copyOf(clipped);
        simplified = List.copyOf(simplified);
    }

    /** Why there are no more features in an answer. */
    public enum Reason implements WireCode {
        /** There are no more in the area. */
        COMPLETE(0),
        /** These are as many as were wanted, or as the server gives at once. */
        ROW_LIMIT(1),
        /** The next one would be beyond the bytes that were wanted, or that the server gives at once. */
        BYTE_LIMIT(2);

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }
}
