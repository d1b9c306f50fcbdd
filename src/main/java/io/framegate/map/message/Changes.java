package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.WireCode;
import java.util.List;

/**
 * The answer to {@link LoadChangesSince}.
 *
 * <pre>
 *  size field
 *     4 load      int32: which load of the data set these belong to; when it differs from the last answer's, the data set
 *                 is another one now, and is to be loaded as a whole: it was loaded anew, or the database has gone back.
 *                 0 if the number that was asked with is none of this history: then too
 *     8 next      int64: the number to go on from
 *     1 complete  boolean: there are no more now
 *   4+… changes   list of {@link Change}, ascending by number
 * </pre>
 *
 * Changes become visible in the order of their numbers: who has seen a number has seen all below it. Numbers leave gaps,
 * and none comes again: where the database has lost changes (it was restored, or a standby took over that was behind), those
 * after it have higher ones. To begin anew is to ask as in the beginning: {@link LoadChangesSince}.
 */
@Message(501101)
public record Changes(int load, long next, boolean complete, List<Change> changes) {

    /** Of {@code load}: the number that was asked with is none of this history. */
    public static final int NO_LOAD = 0;

    public Changes {
        changes = List.copyOf(changes);
    }

    /**
     * One change of one feature. Several changes of a feature are several.
     *
     * <pre>
     *  size field
     *     8 number      int64: of the change; each is higher than those before
     *     8 timeMillis  int64: milliseconds since 1970 in UTC
     *  4+2n author      text: who saved it
     *     4 kind        int32: {@link ElementKind}
     *     8 id          int64: of the feature
     *     4 version     int32: that the feature has from then on; of a deletion, the last that it had
     *     4 operation   int32: {@link Operation}
     *   4+n element     bytes: the {@link Link}, {@link Node}, {@link Polygon}, {@link Polyline} or {@link PassInfo} as it
     *                   was then; of a deletion, as it was last
     * </pre>
     */
    public record Change(
            long number,
            long timeMillis,
            String author,
            ElementKind kind,
            long id,
            int version,
            Operation operation,
            byte[] element) {}

    /** What was done. */
    public enum Operation implements WireCode {
        ADDED(0),
        CHANGED(1),
        DELETED(2);

        private final int code;

        Operation(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }
}
