package io.framegate.map.edit;

import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.store.StoredElement;
import io.framegate.map.store.StoredLink;
import io.framegate.map.store.StoredNode;
import io.framegate.map.store.StoredPassInfo;
import jakarta.persistence.EntityManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The features that a save changes or depends on, as they are once their rows are locked: links, then nodes, polygons,
 * polylines, turn rules, each by ascending id. Links are those of the request and of its rules. Nodes are those of the
 * request, of its rules, and all ends of its links as they were and as they will be; so whoever changes what meets at a
 * node holds it. Rules are those of the request and all about its links and nodes; who holds a link or a node keeps others
 * from making rules about it.
 */
final class LockedFeatures {

    private final Map<ElementKind, Map<Long, ? extends StoredElement>> stored = new HashMap<>();

    private LockedFeatures() {}

    /**
     * Locks them, after any other that holds them has ended.
     *
     * @param leastVersion that a change gives
     */
    static LockedFeatures of(EntityManager entities, int dataSet, SaveFeatures request, int leastVersion) {
        FeatureLocks locks = new FeatureLocks(entities);
        LockedFeatures locked = new LockedFeatures();
        TreeSet<Long> changedLinkIds =
                storedIds(request, ElementKind.LINK, request.links().stream().map(Link::id));
        TreeSet<Long> linkIds = new TreeSet<>(changedLinkIds);
        request.passInfos().forEach(rule -> linkIds.addAll(RuleChanges.linksOf(rule)));
        linkIds.headSet(1L).clear();
        Map<Long, StoredLink> links = locks.links(dataSet, linkIds);
        Map<Long, StoredLink> changedLinks = new TreeMap<>(links);
        changedLinks.keySet().retainAll(changedLinkIds);
        TreeSet<Long> changedNodes =
                storedIds(request, ElementKind.NODE, request.nodes().stream().map(Node::id));
        TreeSet<Long> nodes = new TreeSet<>(changedNodes);
        changedLinks.values().forEach(link -> nodes.addAll(List.of(link.fromNode(), link.toNode())));
        request.passInfos().forEach(rule -> nodes.add(rule.viaNode()));
        request.links().forEach(link -> nodes.addAll(List.of(link.fromNode(), link.toNode())));
        // New ones have no row yet.
        nodes.headSet(1L).clear();
        locked.stored.put(ElementKind.LINK, links);
        locked.stored.put(ElementKind.NODE, locks.nodes(dataSet, nodes));
        locked.stored.put(
                ElementKind.POLYGON,
                locks.polygons(
                        dataSet,
                        storedIds(
                                request,
                                ElementKind.POLYGON,
                                request.polygons().stream().map(Polygon::id))));
        locked.stored.put(
                ElementKind.POLYLINE,
                locks.polylines(
                        dataSet,
                        storedIds(
                                request,
                                ElementKind.POLYLINE,
                                request.polylines().stream().map(Polyline::id))));
        TreeSet<Long> rules = storedIds(
                request, ElementKind.PASS_INFO, request.passInfos().stream().map(PassInfo::id));
        rules.addAll(new RuleChanges(entities, dataSet).about(changedLinks, changedNodes));
        locked.stored.put(ElementKind.PASS_INFO, locks.passInfos(dataSet, rules));
        locked.stored.values().forEach(all -> all.values().forEach(element -> element.giveVersionsFrom(leastVersion)));
        return locked;
    }

    private static TreeSet<Long> storedIds(SaveFeatures request, ElementKind kind, Stream<Long> saved) {
        TreeSet<Long> ids = new TreeSet<>();
        saved.filter(id -> id > 0).forEach(ids::add);
        request.deletions().stream()
                .filter(deletion -> deletion.kind() == kind)
                .forEach(deletion -> ids.add(deletion.id()));
        return ids;
    }

    boolean isThere(ElementKind kind, long id) {
        return stored.getOrDefault(kind, Map.of()).containsKey(id);
    }

    /** One that is there. */
    StoredElement get(ElementKind kind, long id) {
        return stored.getOrDefault(kind, Map.of()).get(id);
    }

    /** It was deleted. */
    void remove(ElementKind kind, long id) {
        stored.getOrDefault(kind, Map.of()).remove(id);
    }

    /** A copy. */
    Map<Long, StoredNode> nodes() {
        Map<Long, StoredNode> nodes = new TreeMap<>();
        stored.getOrDefault(ElementKind.NODE, Map.of()).forEach((id, node) -> nodes.put(id, (StoredNode) node));
        return nodes;
    }

    /** A copy. */
    Map<Long, StoredPassInfo> rules() {
        Map<Long, StoredPassInfo> rules = new TreeMap<>();
        stored.getOrDefault(ElementKind.PASS_INFO, Map.of())
                .forEach((id, rule) -> rules.put(id, (StoredPassInfo) rule));
        return rules;
    }
}
