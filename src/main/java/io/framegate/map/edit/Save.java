package io.framegate.map.edit;

import io.framegate.map.message.Changes.Operation;
import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Conflict;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.message.SaveResult.Saved;
import io.framegate.map.store.Box;
import io.framegate.map.store.StoredElement;
import io.framegate.map.store.StoredLink;
import io.framegate.map.store.StoredNode;
import io.framegate.map.store.StoredPassInfo;
import io.framegate.map.store.StoredPolygon;
import io.framegate.map.store.StoredPolyline;
import io.framegate.message.Refusal;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * One save, within its transaction.
 *
 * <p><b>Order.</b> Whatever a save waits for it waits for in one order, so that no two wait for each other:
 *
 * <ol>
 *   <li>its key, held by the same save sent twice;
 *   <li>the data set's row, held by a load that replaces it;
 *   <li>links, then nodes, polygons, polylines, turn rules, each by ascending id, held by other saves. Links are those of the
 *       request and of its rules. Nodes are those of the request, of its rules, and all ends of its links as they were
 *       and as they will be; so whoever changes what meets at a node holds it. Rules are those of the request and all
 *       about its links and nodes; who holds a link or a node keeps others from making rules about it;
 *   <li>the counter of changes, from here to the commit.
 * </ol>
 *
 * <b>Versions</b> are compared when the rows are locked, so what is written is what was compared.
 *
 * <p><b>Topology</b> is checked after the links are written, as it then is (see {@link NodeChanges}, and for turn rules
 * {@link RuleChanges}): it does not matter how a save comes to a map that is right.
 *
 * <p><b>The third dimension</b> is derived by a load only. A save drops what it cannot be sure of any more and keeps the
 * rest in step, see {@link HeightChanges}.
 *
 * <p>A further kind of feature needs its list in the request, {@link #lockAll}, {@link #putAll} and {@link #isThere}; one
 * that refers to links or nodes also a look at what still refers to those that go, beside {@link NodeChanges}.
 */
final class Save {

    private static final String SET_LOCK_TIMEOUT = "select set_config('lock_timeout', '5s', true)";
    private static final String LOCK_DATA_SET = "select id from map.data_set where name = ?1 for key share";
    private static final String TAKE_IDS = "select nextval('map.feature_id') from generate_series(1, ?1)";

    private final EntityManager entities;
    private final SaveFeatures request;
    private final String dataSetName;
    private final FeatureLocks locks;

    /** Every feature that changes, in the order of the answer. */
    private final List<Touched> touched = new ArrayList<>();

    private final Map<ElementKind, Map<Long, ? extends StoredElement>> stored = new HashMap<>();

    /** By the ids that new nodes have in the request. */
    private final Map<Long, Long> newNodeIds = new HashMap<>();

    /** By the ids that new links have in the request. */
    private final Map<Long, Long> newLinkIds = new HashMap<>();

    private Iterator<Long> newIds = List.<Long>of().iterator();
    private int dataSet;

    /**
     * A feature that changes.
     *
     * @param requestedId its id in the request
     * @param before the box around it before, and for a new one as it is
     */
    record Touched(ElementKind kind, Operation operation, long requestedId, StoredElement feature, Box before) {}

    /**
     * @param entities of the transaction
     * @param request passed {@link SaveChecks}
     */
    Save(EntityManager entities, SaveFeatures request, String dataSetName) {
        this.entities = entities;
        this.request = request;
        this.dataSetName = dataSetName;
        this.locks = new FeatureLocks(entities);
    }

    /**
     * Saves; the caller commits.
     *
     * @return the answer, which may be that of the first time
     * @throws NotSaved to roll back, with the answer
     * @throws Refusal to roll back, for a key that was used for something else or a data set that is not there
     */
    SaveResult apply() {
        SaveKeys keys = new SaveKeys(entities, request);
        Optional<SaveResult> earlier = keys.claim();
        if (earlier.isPresent()) {
            return earlier.get();
        }
        entities.createNativeQuery(SET_LOCK_TIMEOUT).getSingleResult();
        dataSet = lockDataSet();
        lockAll();
        requireVersions();
        takeIds();
        putAll();
        // So that all have their new versions.
        entities.flush();
        long changeNumber = new ChangeLog(entities).append(request, touched);
        SaveResult result = new SaveResult(Outcome.SAVED, changeNumber, saved(), List.of(), List.of());
        keys.keep(result);
        return result;
    }

    private int lockDataSet() {
        // A load that replaces it may commit while this waits for its row; a second look then finds the new one.
        for (int look = 1; look <= 2; look++) {
            List<?> found = entities.createNativeQuery(LOCK_DATA_SET)
                    .setParameter(1, dataSetName)
                    .getResultList();
            if (!found.isEmpty()) {
                return ((Number) found.get(0)).intValue();
            }
        }
        throw new Refusal(Refusal.Code.UNAVAILABLE, "Nothing was saved: there is no data set of that name.");
    }

    private void lockAll() {
        TreeSet<Long> changedLinkIds =
                storedIds(ElementKind.LINK, request.links().stream().map(Link::id));
        TreeSet<Long> linkIds = new TreeSet<>(changedLinkIds);
        request.passInfos().forEach(rule -> linkIds.addAll(RuleChanges.linksOf(rule)));
        linkIds.headSet(1L).clear();
        Map<Long, StoredLink> links = locks.links(dataSet, linkIds);
        Map<Long, StoredLink> changedLinks = new TreeMap<>(links);
        changedLinks.keySet().retainAll(changedLinkIds);
        TreeSet<Long> changedNodes =
                storedIds(ElementKind.NODE, request.nodes().stream().map(Node::id));
        TreeSet<Long> nodes = new TreeSet<>(changedNodes);
        changedLinks.values().forEach(link -> nodes.addAll(List.of(link.fromNode(), link.toNode())));
        request.passInfos().forEach(rule -> nodes.add(rule.viaNode()));
        request.links().forEach(link -> nodes.addAll(List.of(link.fromNode(), link.toNode())));
        // New ones have no row yet.
        nodes.headSet(1L).clear();
        stored.put(ElementKind.LINK, links);
        stored.put(ElementKind.NODE, locks.nodes(dataSet, nodes));
        stored.put(
                ElementKind.POLYGON,
                locks.polygons(
                        dataSet,
                        storedIds(
                                ElementKind.POLYGON, request.polygons().stream().map(Polygon::id))));
        stored.put(
                ElementKind.POLYLINE,
                locks.polylines(
                        dataSet,
                        storedIds(
                                ElementKind.POLYLINE,
                                request.polylines().stream().map(Polyline::id))));
        TreeSet<Long> rules =
                storedIds(ElementKind.PASS_INFO, request.passInfos().stream().map(PassInfo::id));
        rules.addAll(new RuleChanges(entities, dataSet).about(changedLinks, changedNodes));
        stored.put(ElementKind.PASS_INFO, locks.passInfos(dataSet, rules));
    }

    private TreeSet<Long> storedIds(ElementKind kind, Stream<Long> saved) {
        TreeSet<Long> ids = new TreeSet<>();
        saved.filter(id -> id > 0).forEach(ids::add);
        request.deletions().stream()
                .filter(deletion -> deletion.kind() == kind)
                .forEach(deletion -> ids.add(deletion.id()));
        return ids;
    }

    private void requireVersions() {
        List<Conflict> conflicts = new ArrayList<>();
        request.links().forEach(link -> compare(ElementKind.LINK, link.id(), link.version(), conflicts));
        request.nodes().forEach(node -> compare(ElementKind.NODE, node.id(), node.version(), conflicts));
        request.polygons().forEach(area -> compare(ElementKind.POLYGON, area.id(), area.version(), conflicts));
        request.polylines().forEach(line -> compare(ElementKind.POLYLINE, line.id(), line.version(), conflicts));
        request.passInfos().forEach(rule -> compare(ElementKind.PASS_INFO, rule.id(), rule.version(), conflicts));
        request.deletions().forEach(gone -> compare(gone.kind(), gone.id(), gone.version(), conflicts));
        if (!conflicts.isEmpty()) {
            throw NotSaved.inConflict(conflicts);
        }
    }

    private void compare(ElementKind kind, long id, int version, List<Conflict> conflicts) {
        if (id <= 0) {
            return;
        }
        if (!isThere(kind, id)) {
            conflicts.add(new Conflict(kind, id, 0, true));
        } else if (feature(kind, id).version() != version) {
            conflicts.add(new Conflict(kind, id, feature(kind, id).version(), false));
        }
    }

    private boolean isThere(ElementKind kind, long id) {
        return stored.getOrDefault(kind, Map.of()).containsKey(id);
    }

    private StoredElement feature(ElementKind kind, long id) {
        return stored.getOrDefault(kind, Map.of()).get(id);
    }

    /** Takes the ids of all new features at once, ascending. */
    private void takeIds() {
        long count = Stream.of(
                        request.links().stream().map(Link::id),
                        request.nodes().stream().map(Node::id),
                        request.polygons().stream().map(Polygon::id),
                        request.polylines().stream().map(Polyline::id),
                        request.passInfos().stream().map(PassInfo::id))
                .flatMap(ids -> ids)
                .filter(id -> id <= 0)
                .count();
        if (count > 0) {
            List<Long> ids = new ArrayList<>();
            for (Object id :
                    entities.createNativeQuery(TAKE_IDS).setParameter(1, count).getResultList()) {
                ids.add(((Number) id).longValue());
            }
            newIds = ids.iterator();
        }
    }

    private void putAll() {
        Map<Long, Node> nodes = new TreeMap<>();
        for (Node node : request.nodes()) {
            long id = node.id() > 0 ? node.id() : newIds.next();
            nodes.put(id, node);
            newNodeIds.put(node.id(), id);
        }
        followHeights();
        request.links().forEach(this::putLink);
        request.deletions().stream()
                .filter(deletion -> deletion.kind() != ElementKind.NODE)
                .forEach(this::delete);
        // Before the nodes are looked at: what meets at a node is asked of the database.
        entities.flush();
        putNodes(nodes);
        putRules();
        request.polygons()
                .forEach(polygon -> put(
                        ElementKind.POLYGON,
                        polygon.id(),
                        id -> new StoredPolygon(dataSet, id, polygon),
                        feature -> ((StoredPolygon) feature).change(polygon)));
        request.polylines()
                .forEach(line -> put(
                        ElementKind.POLYLINE,
                        line.id(),
                        id -> new StoredPolyline(dataSet, id, line),
                        feature -> ((StoredPolyline) feature).change(line)));
    }

    /** Before anything else changes, since it depends on how lines are until then. */
    private void followHeights() {
        Map<Long, Link> links = new HashMap<>();
        Map<Long, Polyline> polylines = new HashMap<>();
        request.links().stream()
                .filter(link -> link.id() > 0)
                .forEach(link -> links.put(link.id(), ((StoredLink) feature(ElementKind.LINK, link.id())).toMessage()));
        request.polylines().stream()
                .filter(line -> line.id() > 0)
                .forEach(line -> polylines.put(
                        line.id(), ((StoredPolyline) feature(ElementKind.POLYLINE, line.id())).toMessage()));
        new HeightChanges(entities, dataSet).follow(request, links, polylines);
    }

    private void putLink(Link link) {
        Link placed = new Link(
                link.id(),
                link.version(),
                newNodeIds.getOrDefault(link.fromNode(), link.fromNode()),
                newNodeIds.getOrDefault(link.toNode(), link.toNode()),
                link.roadClass(),
                link.direction(),
                link.lanes(),
                link.speedKmh(),
                link.layer(),
                link.minZoom(),
                link.name(),
                link.points());
        long id = put(
                ElementKind.LINK, link.id(), newId -> new StoredLink(dataSet, newId, placed), feature -> ((StoredLink)
                                feature)
                        .change(placed));
        newLinkIds.put(link.id(), id);
    }

    private void putRules() {
        Map<Long, PassInfo> wanted = new TreeMap<>();
        for (PassInfo rule : request.passInfos()) {
            wanted.put(rule.id() > 0 ? rule.id() : newIds.next(), withStoredIds(rule));
        }
        Map<Long, StoredPassInfo> known = new TreeMap<>();
        stored.getOrDefault(ElementKind.PASS_INFO, Map.of())
                .forEach((id, rule) -> known.put(id, (StoredPassInfo) rule));
        known.keySet().removeAll(wanted.keySet());
        request.deletions().stream()
                .filter(deletion -> deletion.kind() == ElementKind.PASS_INFO)
                .forEach(deletion -> known.remove(deletion.id()));
        if (wanted.isEmpty() && known.isEmpty()) {
            return;
        }
        // What a rule is about is asked of the database.
        entities.flush();
        new RuleChanges(entities, dataSet).changed(known, wanted).forEach((id, rule) -> {
            if (isThere(ElementKind.PASS_INFO, id)) {
                change(ElementKind.PASS_INFO, id, stored -> ((StoredPassInfo) stored).change(rule));
            } else {
                add(ElementKind.PASS_INFO, rule.id(), new StoredPassInfo(dataSet, id, rule));
            }
        });
    }

    private PassInfo withStoredIds(PassInfo rule) {
        return new PassInfo(
                rule.id(),
                rule.version(),
                newLinkIds.getOrDefault(rule.fromLink(), rule.fromLink()),
                newNodeIds.getOrDefault(rule.viaNode(), rule.viaNode()),
                rule.viaLinks().stream()
                        .map(link -> newLinkIds.getOrDefault(link, link))
                        .toList(),
                newLinkIds.getOrDefault(rule.toLink(), rule.toLink()),
                rule.rule(),
                rule.turn(),
                rule.longitudeE7(),
                rule.latitudeE7(),
                rule.minZoom(),
                rule.vehicles(),
                rule.except(),
                rule.condition());
    }

    private void putNodes(Map<Long, Node> wanted) {
        Map<Long, StoredNode> known = new TreeMap<>();
        stored.getOrDefault(ElementKind.NODE, Map.of()).forEach((id, node) -> known.put(id, (StoredNode) node));
        List<Deletion> deletions = request.deletions().stream()
                .filter(deletion -> deletion.kind() == ElementKind.NODE)
                .toList();
        deletions.forEach(deletion -> known.remove(deletion.id()));
        List<Touched> links = touched.stream()
                .filter(change -> change.kind() == ElementKind.LINK && change.operation() != Operation.DELETED)
                .toList();
        new NodeChanges(entities, dataSet, links)
                .changed(known, wanted, deletions)
                .forEach((id, node) -> {
                    if (known.containsKey(id)) {
                        change(ElementKind.NODE, id, feature -> ((StoredNode) feature).change(node));
                    } else {
                        add(ElementKind.NODE, node.id(), new StoredNode(dataSet, id, node));
                    }
                });
        deletions.forEach(this::delete);
    }

    /** Returns the id that it has. */
    private long put(
            ElementKind kind, long requestedId, LongFunction<StoredElement> added, Consumer<StoredElement> change) {
        if (requestedId > 0) {
            change(kind, requestedId, change);
            return requestedId;
        }
        StoredElement feature = added.apply(newIds.next());
        add(kind, requestedId, feature);
        return feature.id();
    }

    private void add(ElementKind kind, long requestedId, StoredElement feature) {
        entities.persist(feature);
        touched.add(new Touched(kind, Operation.ADDED, requestedId, feature, feature.box()));
    }

    private void change(ElementKind kind, long id, Consumer<StoredElement> change) {
        StoredElement feature = feature(kind, id);
        Box before = feature.box();
        change.accept(feature);
        touched.add(new Touched(kind, Operation.CHANGED, id, feature, before));
    }

    private void delete(Deletion deletion) {
        StoredElement feature = feature(deletion.kind(), deletion.id());
        entities.remove(feature);
        touched.add(new Touched(deletion.kind(), Operation.DELETED, deletion.id(), feature, feature.box()));
    }

    private List<Saved> saved() {
        return touched.stream()
                .filter(change -> change.operation() != Operation.DELETED)
                .map(change -> new Saved(
                        change.kind(),
                        change.requestedId(),
                        change.feature().id(),
                        change.feature().version()))
                .toList();
    }
}
