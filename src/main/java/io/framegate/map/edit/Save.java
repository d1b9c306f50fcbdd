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
import io.framegate.map.message.SaveResult.Conflict;
import io.framegate.map.message.SaveResult.Saved;
import io.framegate.map.store.Box;
import io.framegate.map.store.StoredElement;
import io.framegate.map.store.StoredLink;
import io.framegate.map.store.StoredNode;
import io.framegate.map.store.StoredPassInfo;
import io.framegate.map.store.StoredPolygon;
import io.framegate.map.store.StoredPolyline;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * One save, within the transaction of its {@link SaveBatch}.
 *
 * <p><b>Versions</b> are compared when the rows are locked, so what is written is what was compared.
 *
 * <p><b>Topology</b> is checked after the links are written, as it then is (see {@link NodeChanges}, and for turn rules
 * {@link RuleChanges}): it does not matter how a save comes to a map that is right.
 *
 * <p><b>The third dimension</b> is derived by a load only. A save drops what it cannot be sure of any more and keeps the
 * rest in step, see {@link HeightChanges}.
 *
 * <p>A further kind of feature needs its list in the request, {@link LockedFeatures}, {@link #apply} and the batch's
 * overlaps; one that refers to links or nodes also a look at what still refers to those that go, beside {@link NodeChanges}.
 */
final class Save {

    private final EntityManager entities;
    private final SaveFeatures request;
    private final int dataSet;
    private final LockedFeatures locked;
    private final HeightChanges heights;
    private final Iterator<Long> newIds;

    /** Every feature that changes, in the order of the answer. */
    private final List<Touched> touched = new ArrayList<>();

    /** By the ids that new nodes have in the request. */
    private final Map<Long, Long> newNodeIds = new HashMap<>();

    /** By the ids that new links have in the request. */
    private final Map<Long, Long> newLinkIds = new HashMap<>();

    private List<ChangeLog.Entry> history = List.of();
    private List<Saved> saved = List.of();

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
     * @param dataSet locked
     * @param locked what the request needs, at least
     * @param newIds ids for its new features
     */
    Save(
            EntityManager entities,
            SaveFeatures request,
            int dataSet,
            LockedFeatures locked,
            HeightChanges heights,
            Iterator<Long> newIds) {
        this.entities = entities;
        this.request = request;
        this.dataSet = dataSet;
        this.locked = locked;
        this.heights = heights;
        this.newIds = newIds;
    }

    /** How many new features a request has. */
    static int newFeatures(SaveFeatures request) {
        return (int) Stream.of(
                        request.links().stream().map(Link::id),
                        request.nodes().stream().map(Node::id),
                        request.polygons().stream().map(Polygon::id),
                        request.polylines().stream().map(Polyline::id),
                        request.passInfos().stream().map(PassInfo::id))
                .flatMap(ids -> ids)
                .filter(id -> id <= 0)
                .count();
    }

    /** What it has changed. */
    List<Target> targets() {
        return touched.stream()
                .map(change -> new Target(change.kind(), change.feature().id()))
                .toList();
    }

    /** Keeps how everything has become, once it is written and has its new versions. */
    void settle() {
        history = touched.stream()
                .map(change -> new ChangeLog.Entry(
                        request,
                        change.kind(),
                        change.operation(),
                        dataSet,
                        change.feature().id(),
                        change.feature().version(),
                        change.feature().encoded(),
                        change.before().with(change.feature().box())))
                .toList();
        saved = touched.stream()
                .filter(change -> change.operation() != Operation.DELETED)
                .map(change -> new Saved(
                        change.kind(),
                        change.requestedId(),
                        change.feature().id(),
                        change.feature().version()))
                .toList();
    }

    /** Its changes, once settled. */
    List<ChangeLog.Entry> history() {
        return history;
    }

    /** For its answer, once settled. */
    List<Saved> saved() {
        return saved;
    }

    /**
     * Before anything is written.
     *
     * @throws SaveRejected if others were first
     */
    void requireVersions() {
        List<Conflict> conflicts = new ArrayList<>();
        request.links().forEach(link -> compare(ElementKind.LINK, link.id(), link.version(), conflicts));
        request.nodes().forEach(node -> compare(ElementKind.NODE, node.id(), node.version(), conflicts));
        request.polygons().forEach(area -> compare(ElementKind.POLYGON, area.id(), area.version(), conflicts));
        request.polylines().forEach(line -> compare(ElementKind.POLYLINE, line.id(), line.version(), conflicts));
        request.passInfos().forEach(rule -> compare(ElementKind.PASS_INFO, rule.id(), rule.version(), conflicts));
        request.deletions().forEach(gone -> compare(gone.kind(), gone.id(), gone.version(), conflicts));
        if (!conflicts.isEmpty()) {
            throw SaveRejected.inConflict(conflicts);
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
        return locked.isThere(kind, id);
    }

    private StoredElement feature(ElementKind kind, long id) {
        return locked.get(kind, id);
    }

    /**
     * Makes all changes, a part of which is written; {@link #settle} comes after the rest is.
     *
     * @throws SaveRejected if the map would not be right
     */
    void apply() {
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
        heights.follow(request, links, polylines);
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
        Map<Long, StoredPassInfo> known = locked.rules();
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
        Map<Long, StoredNode> known = locked.nodes();
        List<Deletion> deletions = request.deletions().stream()
                .filter(deletion -> deletion.kind() == ElementKind.NODE)
                .toList();
        deletions.forEach(deletion -> known.remove(deletion.id()));
        if (known.isEmpty() && wanted.isEmpty() && deletions.isEmpty()) {
            return;
        }
        // What meets at a node is asked of the database.
        entities.flush();
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
}
