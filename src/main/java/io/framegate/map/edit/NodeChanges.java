package io.framegate.map.edit;

import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Node;
import io.framegate.map.message.Points;
import io.framegate.map.message.SaveResult.Problem;
import io.framegate.map.store.StoredLink;
import io.framegate.map.store.StoredNode;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The nodes of a save, looked at once its links are written: what meets at them, and whether that is right.
 *
 * <ul>
 *   <li>A link begins and ends at nodes that are there, its first and last point exactly where they are. So whoever moves a
 *       node saves its links with it.
 *   <li>A node at which links end is not deleted.
 *   <li>A node's list of links, and the zoom level that is the least of theirs, are kept here. A node for which they change
 *       is changed: it gets a new version, although nobody sent it.
 * </ul>
 */
final class NodeChanges {

    private static final String LINKS_AT = "select l.id, l.fromNode, l.toNode, l.points, l.minZoom from StoredLink l"
            + " where l.dataSet = :dataSet and (l.fromNode in :nodes or l.toNode in :nodes) order by l.id";

    private final EntityManager entities;
    private final int dataSet;
    private final List<Save.Touched> savedLinks;
    private final Map<Long, Long> requestedLinkIds;
    private final List<Problem> problems = new ArrayList<>();

    /** A link as a node sees it. */
    private record LinkEnds(long id, long fromNode, long toNode, int[] units, byte minZoom) {

        boolean isAt(long node, int longitudeE7, int latitudeE7) {
            int last = units.length - 2;
            return (fromNode != node || units[0] == longitudeE7 && units[1] == latitudeE7)
                    && (toNode != node || units[last] == longitudeE7 && units[last + 1] == latitudeE7);
        }
    }

    /**
     * @param savedLinks those that the save adds or changes, already written
     */
    NodeChanges(EntityManager entities, int dataSet, List<Save.Touched> savedLinks) {
        this.entities = entities;
        this.dataSet = dataSet;
        this.savedLinks = savedLinks;
        this.requestedLinkIds = savedLinks.stream()
                .collect(Collectors.toMap(link -> link.feature().id(), Save.Touched::requestedId));
    }

    /**
     * What the nodes become.
     *
     * @param known those that are there and stay, locked, by id
     * @param wanted those of the request, by the ids that they have or get
     * @param deletions those that are to go
     * @return the nodes that are new or change, by id; those of the request with the ids that they have in it
     * @throws SaveRejected with all that is not right
     */
    Map<Long, Node> changed(Map<Long, StoredNode> known, Map<Long, Node> wanted, List<Deletion> deletions) {
        TreeSet<Long> all = new TreeSet<>(known.keySet());
        all.addAll(wanted.keySet());
        deletions.forEach(deletion -> all.add(deletion.id()));
        requireNodesOfLinks(all);
        Map<Long, List<LinkEnds>> linksAt = linksAt(all);
        deletions.forEach(deletion -> requireNoLinks(deletion, linksAt.getOrDefault(deletion.id(), List.of())));
        Map<Long, Node> changed = new TreeMap<>();
        wanted.forEach((id, node) -> changed.put(id, meeting(id, node, linksAt.getOrDefault(id, List.of()))));
        known.forEach((id, stored) -> {
            if (!wanted.containsKey(id)) {
                Node node = meeting(id, stored.toMessage(List.of()), linksAt.getOrDefault(id, List.of()));
                if (!stored.isAlready(node)) {
                    changed.put(id, node);
                }
            }
        });
        if (!problems.isEmpty()) {
            throw SaveRejected.since(problems);
        }
        return changed;
    }

    /** The links of the request end at nodes that were locked, since these are all that are there. */
    private void requireNodesOfLinks(TreeSet<Long> nodes) {
        for (Save.Touched saved : savedLinks) {
            StoredLink link = (StoredLink) saved.feature();
            for (long node : new long[] {link.fromNode(), link.toNode()}) {
                if (!nodes.contains(node)) {
                    problems.add(new Problem(
                            ElementKind.LINK,
                            saved.requestedId(),
                            "There is no node " + node + " for the link to end at."));
                }
            }
        }
    }

    private void requireNoLinks(Deletion deletion, List<LinkEnds> links) {
        if (!links.isEmpty()) {
            problems.add(new Problem(
                    ElementKind.NODE,
                    deletion.id(),
                    "Links end at the node, " + links.get(0).id()
                            + " for one: delete them or lead them elsewhere in the same save."));
        }
    }

    /** The node with what meets at it. */
    private Node meeting(long id, Node node, List<LinkEnds> links) {
        byte minZoom = node.minZoom();
        List<Long> ids = new ArrayList<>();
        for (LinkEnds link : links) {
            if (!link.isAt(id, node.longitudeE7(), node.latitudeE7())) {
                Long requested = requestedLinkIds.get(link.id());
                problems.add(
                        requested != null
                                ? new Problem(
                                        ElementKind.LINK,
                                        requested,
                                        "The link does not end where its node " + id + " is.")
                                : new Problem(
                                        ElementKind.NODE,
                                        node.id(),
                                        "The node's link " + link.id() + " would not end where the node is: save the"
                                                + " links of a node together with it when it moves."));
            }
            minZoom = ids.isEmpty() ? link.minZoom() : (byte) Math.min(minZoom, link.minZoom());
            ids.add(link.id());
        }
        return new Node(
                node.id(),
                node.version(),
                node.kind(),
                node.longitudeE7(),
                node.latitudeE7(),
                minZoom,
                node.name(),
                ids);
    }

    private Map<Long, List<LinkEnds>> linksAt(TreeSet<Long> nodes) {
        Map<Long, List<LinkEnds>> linksAt = new TreeMap<>();
        // Each link once, though it may come with two chunks.
        Map<Long, LinkEnds> found = new TreeMap<>();
        List<Long> ids = new ArrayList<>(nodes);
        for (int from = 0; from < ids.size(); from += FeatureLocks.CHUNK) {
            for (Object[] row : entities.createQuery(LINKS_AT, Object[].class)
                    .setParameter("dataSet", dataSet)
                    .setParameter("nodes", ids.subList(from, Math.min(from + FeatureLocks.CHUNK, ids.size())))
                    .getResultList()) {
                LinkEnds link = new LinkEnds(
                        (long) row[0],
                        (long) row[1],
                        (long) row[2],
                        Points.absolute((int[]) row[3]),
                        ((Number) row[4]).byteValue());
                found.put(link.id(), link);
            }
        }
        for (LinkEnds link : found.values()) {
            linksAt.computeIfAbsent(link.fromNode(), node -> new ArrayList<>()).add(link);
            if (link.toNode() != link.fromNode()) {
                linksAt.computeIfAbsent(link.toNode(), node -> new ArrayList<>())
                        .add(link);
            }
        }
        return linksAt;
    }
}
