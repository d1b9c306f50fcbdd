package io.framegate.map.message;

import io.framegate.message.MaxLength;
import io.framegate.message.MaxPayload;
import io.framegate.message.Message;
import java.util.List;

/**
 * Asks for changes of the map that are made all together or not at all; the answer is {@link SaveResult}.
 *
 * <pre>
 *  size field
 *  4+2n key        text: 1 … 100 characters: names this save, for instance a UUID; see below
 *  4+2n author     text: 1 … 100 characters: who changes it, for the history
 *  4+2n dataSet    text: the name of the data set; empty for the one that the server is configured with
 *   4+… links      list of {@link Link} as it is to be
 *   4+… nodes      list of {@link Node} as it is to be; its list of links and its zoom level are the server's to keep (a
 *                  zoom level counts only while no link ends at the node)
 *   4+… polygons   list of {@link Polygon} as it is to be
 *   4+… polylines  list of {@link Polyline} as it is to be
 *   4+… passInfos  list of {@link PassInfo} as it is to be, a turn rule; its place and its zoom level are the server's to
 *                  keep
 *   4+… deletions  list of {@link Deletion}
 * </pre>
 *
 * <b>Ids.</b> An id above 0 is that of a feature that was loaded, and {@code version} the version it was loaded with. An
 * id of 0 makes a new feature; so does one below 0, which other features of the same message may refer to: a link to a
 * new node, a turn rule to new links and a new node. New features get ids from 2^52 on, above all that are made of OpenStreetMap's. Coordinates are on WGS 84.
 *
 * <p><b>The key</b> makes a save safe to repeat. A message that is sent again, since its answer did not come, is applied
 * once, and its answer is that of the first time, also after a restart of the server. Only what was saved is remembered:
 * after a conflict the key is free. A key that comes again with other content is refused.
 *
 * <p><b>Limits.</b> At most 5 000 features, of all kinds together, in at most 32 MiB: some four million points.
 */
@Message(101401)
@MaxPayload(32 * 1024 * 1024)
public record SaveFeatures(
        String key,
        String author,
        String dataSet,
        @MaxLength(SaveFeatures.MAX_FEATURES) List<Link> links,
        @MaxLength(SaveFeatures.MAX_FEATURES) List<Node> nodes,
        @MaxLength(SaveFeatures.MAX_FEATURES) List<Polygon> polygons,
        @MaxLength(SaveFeatures.MAX_FEATURES) List<Polyline> polylines,
        @MaxLength(SaveFeatures.MAX_FEATURES) List<PassInfo> passInfos,
        @MaxLength(SaveFeatures.MAX_FEATURES) List<Deletion> deletions) {

    /** The most features of a save, of all kinds together. */
    public static final int MAX_FEATURES = 5_000;

    public SaveFeatures {
        links = List.copyOf(links);
        nodes = List.copyOf(nodes);
        polygons = List.copyOf(polygons);
        polylines = List.copyOf(polylines);
        passInfos = List.copyOf(passInfos);
        deletions = List.copyOf(deletions);
    }
}
