package io.framegate.map.load;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The links that begin or end at each node. Not safe for several threads. */
final class NodeLinks {

    private final Map<Long, LongList> links = new HashMap<>();

    void add(long node, long link) {
        links.computeIfAbsent(node, id -> new LongList()).add(link);
    }

    /** The links of a node, ascending; each node is asked for once. */
    List<Long> of(long node) {
        LongList found = links.remove(node);
        return found == null
                ? List.of()
                : Arrays.stream(found.drainDistinct()).boxed().toList();
    }
}
