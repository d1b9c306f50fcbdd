package io.framegate.map.message;

import io.framegate.message.MaxLength;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import java.util.List;

/**
 * Asks to be told when the map changes; the answer is {@link Watching}, and from then on a {@link MapChanged} comes unasked
 * after every commit that touches one of the areas, from whichever server on the database it came. It holds as long as the
 * connection, or until another of these takes its place.
 *
 * <pre>
 *  size field
 *  4+2n dataSet  text: the name of the data set; empty for the one that the server is configured with
 *   4+… areas    list of at most 16 {@link Area}: what is to be watched; none ends the watching. On any ellipsoid; their
 *                load types do not matter
 * </pre>
 *
 * Only clients that have said by a hello that they take notices can watch. A notice says that there is something, not what:
 * ask for it by {@link LoadChangesSince}. After a connection has been lost, watch again and then ask, so nothing is missed.
 */
@Message(101601)
public record WatchChanges(
        @MaxLength(PageRequest.MAX_DATA_SET) String dataSet, @MaxLength(WatchChanges.MOST_AREAS) List<Area> areas) {

    static final int MOST_AREAS = 16;

    public WatchChanges {
        if (areas.size() > MOST_AREAS) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "At most " + MOST_AREAS + " areas can be watched, these are " + areas.size() + ".");
        }
        areas = List.copyOf(areas);
    }
}
