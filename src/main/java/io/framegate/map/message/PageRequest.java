package io.framegate.map.message;

import io.framegate.message.MaxLength;
import io.framegate.message.Refusal;
import io.framegate.message.Utf8;

/**
 * How much of a large answer is wanted, and which part: the second part of every request of version 2.
 *
 * <pre>
 *  size field
 *  4+2n dataSet       text: the name of the data set; empty for the one that the server is configured with
 *     4 maxRows       int32: 0 or more: the most features wanted; 0 for as many as the server gives at once
 *     4 maxBytes      int32: 0 or more: the most bytes of features wanted, as they are stored; 0 for as many as the server gives at
 *                     once. A single feature that is larger comes alone
 *   4+n continuation  narrow text: that of the last answer, to a request for the same features; empty at the beginning
 *     1 clip          boolean: polygons of more than 1 000 points that reach beyond the area come cut off at its edges
 *     1 simplify      boolean: polygons come without the points that make no difference at the zoom level of the request
 * </pre>
 *
 * The last two matter to polygons only.
 */
public record PageRequest(
        @MaxLength(PageRequest.MAX_DATA_SET) String dataSet,
        int maxRows,
        int maxBytes,
        @Utf8 @MaxLength(PageRequest.MAX_CONTINUATION) String continuation,
        boolean clip,
        boolean simplify) {

    /** Characters in the name of a data set: many more than any has. */
    static final int MAX_DATA_SET = 1_000;

    /** Bytes in a continuation: many more than any has. */
    static final int MAX_CONTINUATION = 4_000;

    public PageRequest {
        if (maxRows < 0 || maxBytes < 0) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "The limits must be 0 or more; they are " + maxRows + " rows and " + maxBytes + " bytes.");
        }
    }
}
