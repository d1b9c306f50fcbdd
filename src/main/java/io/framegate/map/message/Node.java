package io.framegate.map.message;

import io.framegate.message.Utf8;
import java.util.List;

/**
 * A point where links meet or end.
 *
 * <pre>
 *  size field
 *     8 id           int64: OpenStreetMap's node
 *     4 version      int32: grows with every change
 *     4 kind         int32: {@link NodeKind}
 *     4 longitudeE7  int32: 1e-7 degree
 *     4 latitudeE7   int32: 1e-7 degree
 *     1 minZoom      int8: that of the first of its links to be shown
 *   4+n name         narrow text: of a junction; may be empty
 *  4+8n links        list of int64: the ids of the {@link Link}s that begin or end here, ascending
 * </pre>
 */
public record Node(
        long id,
        int version,
        NodeKind kind,
        int longitudeE7,
        int latitudeE7,
        byte minZoom,
        @Utf8 String name,
        List<Long> links) {

    public Node {
        links = List.copyOf(links);
    }
}
