package io.framegate.map.message;

import io.framegate.message.MaxLength;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import java.util.List;

/**
 * Asks what others have changed; the answer is {@link Changes}.
 *
 * <pre>
 *  size field
 *  4+2n dataSet  text: the name of the data set; empty for the one that the server is configured with
 *     8 since    int64: −1 or more: {@code next} of the last answer; 0 for all, −1 for none but the number to go on from
 *     4 limit    int32: 0 or more: the most changes wanted; 0 for as many as the server gives
 *   4+… area     list of none or one {@link Area}: only what was or is in it. It may be on any ellipsoid; its load type
 *                does not matter
 * </pre>
 *
 * An editor asks with −1, loads the map, and then asks with each answer's {@code next}; so it misses nothing. When an answer
 * is of another {@code load} than the one before, it begins anew in just this way.
 *
 * <p>Whatever the ellipsoid of the area, the elements of the answer are on WGS 84, as they are stored: a history gives what
 * was saved, and saves are on WGS 84.
 */
@Message(101501)
public record LoadChangesSince(
        @MaxLength(PageRequest.MAX_DATA_SET) String dataSet, long since, int limit, @MaxLength(1) List<Area> area) {

    /** Of {@code since}: gives no changes, only the number from which to go on. */
    public static final long FROM_NOW_ON = -1;

    public LoadChangesSince {
        if (since < FROM_NOW_ON || limit < 0 || area.size() > 1) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "The number must be -1 or more, the limit 0 or more, and the areas at most one; they are " + since
                            + ", " + limit + " and " + area.size() + ".");
        }
        area = List.copyOf(area);
    }
}
