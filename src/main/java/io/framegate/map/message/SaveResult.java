package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.WireCode;
import java.util.List;

/**
 * The answer to {@link SaveFeatures}.
 *
 * <pre>
 *  size field
 *     4 outcome       int32: {@link Outcome}
 *     8 changeNumber  int64: the last change's, see {@link Changes}; 0 unless saved
 *   4+… saved         list of {@link Saved}: the features as they are from now on
 *   4+… conflicts     list of {@link Conflict}: what others have changed
 *   4+… problems      list of {@link Problem}: what would not be right
 * </pre>
 */
@Message(501001)
public record SaveResult(
        Outcome outcome, long changeNumber, List<Saved> saved, List<Conflict> conflicts, List<Problem> problems) {

    public SaveResult {
        saved = List.copyOf(saved);
        conflicts = List.copyOf(conflicts);
        problems = List.copyOf(problems);
    }

    /** What has become of the save. */
    public enum Outcome implements WireCode {
        /** All of it is saved. */
        SAVED(0),
        /** Nothing is saved, since others have changed some of the features: load these again. */
        CONFLICT(1),
        /** Nothing is saved, since the map would not be right. */
        INVALID(2);

        private final int code;

        Outcome(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /**
     * A feature as it is known from now on. Besides the features of the request, nodes whose links have changed,
     * and turn rules whose node or links have.
     *
     * <pre>
     *  offset size field
     *       0    4 kind         int32: {@link ElementKind}
     *       4    8 requestedId  int64: its id in the request, 0 or below for a new one
     *      12    8 id           int64: its id
     *      20    4 version      int32: its version
     * </pre>
     *
     * New features of the same kind with the id 0 are in the order of the request.
     */
    public record Saved(ElementKind kind, long requestedId, long id, int version) {}

    /**
     * A feature that somebody else has changed.
     *
     * <pre>
     *  offset size field
     *       0    4 kind            int32: {@link ElementKind}
     *       4    8 id              int64: its id
     *      12    4 currentVersion  int32: 0 if there is none any more
     *      16    1 deleted         boolean: it is not there any more
     * </pre>
     */
    public record Conflict(ElementKind kind, long id, int currentVersion, boolean deleted) {}

    /**
     * Why a feature cannot be saved.
     *
     * <pre>
     *  size field
     *     4 kind      int32: {@link ElementKind}
     *     8 id        int64: its id in the request
     *  4+2n sentence  text, for a person
     * </pre>
     */
    public record Problem(ElementKind kind, long id, String sentence) {}
}
