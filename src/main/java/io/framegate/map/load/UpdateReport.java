package io.framegate.map.load;

import io.framegate.map.message.ElementKind;
import java.util.List;

/**
 * What an update has changed in a data set: links, nodes, polygons, polylines and turn rules. One of which only the heights
 * differ counts as changed.
 *
 * @param added how many of the file were not there
 * @param changed how many differed from the file
 * @param deleted how many are no longer in the file
 * @param kept how many differ from the file still, since they, or what they hang on, were edited since the load
 * @param firstKept the first of these, by kind and id; at most {@value #MOST_KEPT}
 */
public record UpdateReport(long added, long changed, long deleted, long kept, List<Kept> firstKept) {

    /** Of {@code firstKept}. */
    public static final int MOST_KEPT = 20;

    public UpdateReport {
        firstKept = List.copyOf(firstKept);
    }

    /** A feature that was kept as it is, or was kept away. */
    public record Kept(ElementKind kind, long id) {}
}
