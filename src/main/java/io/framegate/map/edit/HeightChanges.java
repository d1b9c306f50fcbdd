package io.framegate.map.edit;

import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.LineKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.store.Box;
import io.framegate.map.store.StoredHeight3D;
import io.framegate.map.store.StoredPolygon3D;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What becomes of the third dimension in a save. A load derives it from OpenStreetMap's tags, which an edit does not carry;
 * so an edit never makes or changes a height, it keeps what surely still holds and drops the rest, until the next load.
 *
 * <pre>
 *  change                                  what becomes of it
 *  deletion                                goes too
 *  a polygon that stays a building         stays: heights do not depend on where its walls are
 *  a polygon that is no building any more  goes
 *  a line of other points in number,       goes: its heights are by point and by level, and those of its ends by what
 *   on another layer, or that ends          meets there
 *   elsewhere (a link: at other nodes)
 *  any other line whose points move        heights stay, elevations go, since they were measured where the points were
 *  anything else                           stays
 * </pre>
 *
 * What stays keeps its box and zoom level in step with its feature. Heights of other lines stay as they are, even if what
 * lifted their ends is gone. These rows have no history: they need no lock of their own, since only who holds the lock of
 * their feature writes them.
 */
final class HeightChanges {

    private static final String POLYGONS =
            "select h from StoredPolygon3D h where h.dataSet = :dataSet and h.id in :ids";
    private static final String LINES =
            "select h from StoredHeight3D h where h.dataSet = :dataSet and h.kind = :kind and h.id in :ids";

    private static final String POLYGON_IDS =
            "select h.id from StoredPolygon3D h where h.dataSet = :dataSet and h.id in :ids";
    private static final String LINE_IDS =
            "select h.id from StoredHeight3D h where h.dataSet = :dataSet and h.kind = :kind and h.id in :ids";

    private final EntityManager entities;
    private final int dataSet;

    /** Those that have heights, or had before they were deleted; of most there is nothing to follow. */
    private final Set<Long> polygons = new HashSet<>();

    private final Map<LineKind, Set<Long>> lines = new EnumMap<>(LineKind.class);

    /** A line as it was and as it will be. */
    private record LineChange(int[] before, int[] after, boolean keepsLevels, byte minZoom) {}

    private HeightChanges(EntityManager entities, int dataSet) {
        this.entities = entities;
        this.dataSet = dataSet;
    }

    /**
     * Looks which heights there are.
     *
     * @param request all that will be followed
     */
    static HeightChanges of(EntityManager entities, int dataSet, SaveFeatures request) {
        HeightChanges heights = new HeightChanges(entities, dataSet);
        heights.look(request);
        return heights;
    }

    private void look(SaveFeatures request) {
        List<Long> ids = deleted(request, ElementKind.POLYGON);
        request.polygons().stream().map(Polygon::id).filter(id -> id > 0).forEach(ids::add);
        for (List<Long> chunk : chunks(ids)) {
            polygons.addAll(entities.createQuery(POLYGON_IDS, Long.class)
                    .setParameter("dataSet", dataSet)
                    .setParameter("ids", chunk)
                    .getResultList());
        }
        look(
                LineKind.LINK,
                deleted(request, ElementKind.LINK),
                request.links().stream().map(Link::id));
        look(
                LineKind.POLYLINE,
                deleted(request, ElementKind.POLYLINE),
                request.polylines().stream().map(Polyline::id));
    }

    private void look(LineKind kind, List<Long> ids, Stream<Long> saved) {
        saved.filter(id -> id > 0).forEach(ids::add);
        Set<Long> found = new HashSet<>();
        for (List<Long> chunk : chunks(ids)) {
            found.addAll(entities.createQuery(LINE_IDS, Long.class)
                    .setParameter("dataSet", dataSet)
                    .setParameter("kind", kind.code())
                    .setParameter("ids", chunk)
                    .getResultList());
        }
        lines.put(kind, found);
    }

    /**
     * Follows a save.
     *
     * @param links those of the request as they are before it, by id
     * @param polylines likewise
     */
    void follow(SaveFeatures request, Map<Long, Link> links, Map<Long, Polyline> polylines) {
        followPolygons(request);
        Map<Long, LineChange> changedLinks = new TreeMap<>();
        for (Link after : request.links()) {
            if (after.id() > 0) {
                changedLinks.put(after.id(), change(links.getOrDefault(after.id(), after), after));
            }
        }
        followLines(LineKind.LINK, changedLinks, deleted(request, ElementKind.LINK));
        Map<Long, LineChange> changedPolylines = new TreeMap<>();
        for (Polyline after : request.polylines()) {
            if (after.id() > 0) {
                changedPolylines.put(after.id(), change(polylines.getOrDefault(after.id(), after), after));
            }
        }
        followLines(LineKind.POLYLINE, changedPolylines, deleted(request, ElementKind.POLYLINE));
    }

    private static LineChange change(Link before, Link after) {
        boolean sameEnds = before.fromNode() == after.fromNode() && before.toNode() == after.toNode();
        return new LineChange(
                before.points(), after.points(), sameEnds && before.layer() == after.layer(), after.minZoom());
    }

    private static LineChange change(Polyline before, Polyline after) {
        int[] was = Points.absolute(before.points());
        int[] is = Points.absolute(after.points());
        boolean sameEnds = was[0] == is[0]
                && was[1] == is[1]
                && was[was.length - 2] == is[is.length - 2]
                && was[was.length - 1] == is[is.length - 1];
        return new LineChange(
                before.points(), after.points(), sameEnds && before.layer() == after.layer(), after.minZoom());
    }

    private void followPolygons(SaveFeatures request) {
        Map<Long, Polygon> changed = new TreeMap<>();
        request.polygons().stream()
                .filter(polygon -> polygon.id() > 0)
                .forEach(polygon -> changed.put(polygon.id(), polygon));
        List<Long> ids = deleted(request, ElementKind.POLYGON);
        ids.addAll(changed.keySet());
        ids.retainAll(polygons);
        for (List<Long> chunk : chunks(ids)) {
            for (StoredPolygon3D row : entities.createQuery(POLYGONS, StoredPolygon3D.class)
                    .setParameter("dataSet", dataSet)
                    .setParameter("ids", chunk)
                    .getResultList()) {
                Polygon polygon = changed.get(row.id());
                if (polygon == null || polygon.kind() != PolygonKind.BUILDING) {
                    entities.remove(row);
                } else {
                    row.follow(box(polygon), polygon.minZoom());
                }
            }
        }
    }

    private void followLines(LineKind kind, Map<Long, LineChange> changed, List<Long> deleted) {
        List<Long> ids = new ArrayList<>(deleted);
        ids.addAll(changed.keySet());
        ids.retainAll(lines.getOrDefault(kind, Set.of()));
        for (List<Long> chunk : chunks(ids)) {
            for (StoredHeight3D row : entities.createQuery(LINES, StoredHeight3D.class)
                    .setParameter("dataSet", dataSet)
                    .setParameter("kind", kind.code())
                    .setParameter("ids", chunk)
                    .getResultList()) {
                LineChange change = changed.get(row.id());
                if (change == null || !follow(row, change)) {
                    entities.remove(row);
                }
            }
        }
    }

    /** Returns false if nothing is left of it. */
    private static boolean follow(StoredHeight3D row, LineChange change) {
        if (!change.keepsLevels() || change.before().length != change.after().length) {
            return false;
        }
        Height3DInfo info = row.toMessage();
        int[] elevationsCm = Arrays.equals(change.before(), change.after()) ? info.elevationsCm() : new int[0];
        boolean onGround = Arrays.stream(info.heightsCm()).allMatch(height -> height == 0);
        if (onGround && elevationsCm.length == 0) {
            return false;
        }
        row.follow(Box.of(Points.absolute(change.after())), change.minZoom(), elevationsCm);
        return true;
    }

    private static Box box(Polygon polygon) {
        return polygon.rings().stream()
                .map(ring -> Box.of(Points.absolute(ring.points())))
                .reduce(Box::with)
                .orElseThrow();
    }

    private static List<Long> deleted(SaveFeatures request, ElementKind kind) {
        List<Long> ids = new ArrayList<>();
        for (Deletion deletion : request.deletions()) {
            if (deletion.kind() == kind) {
                ids.add(deletion.id());
            }
        }
        return ids;
    }

    private static List<List<Long>> chunks(List<Long> ids) {
        List<List<Long>> chunks = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += FeatureLocks.CHUNK) {
            chunks.add(ids.subList(from, Math.min(from + FeatureLocks.CHUNK, ids.size())));
        }
        return chunks;
    }
}
