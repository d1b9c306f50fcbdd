package io.framegate.map.edit;

import io.framegate.map.store.StoredElement;
import io.framegate.map.store.StoredLink;
import io.framegate.map.store.StoredNode;
import io.framegate.map.store.StoredPassInfo;
import io.framegate.map.store.StoredPolygon;
import io.framegate.map.store.StoredPolyline;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/** Reads features to change them: their rows are locked, in the order of their ids, and are the latest there are. */
final class FeatureLocks {

    private static final String LINKS =
            "select f from StoredLink f where f.dataSet = :dataSet and f.id in :ids order by f.id";
    private static final String NODES =
            "select f from StoredNode f where f.dataSet = :dataSet and f.id in :ids order by f.id";
    private static final String POLYGONS =
            "select f from StoredPolygon f where f.dataSet = :dataSet and f.id in :ids order by f.id";
    private static final String POLYLINES =
            "select f from StoredPolyline f where f.dataSet = :dataSet and f.id in :ids order by f.id";

    private static final String PASS_INFOS =
            "select f from StoredPassInfo f where f.dataSet = :dataSet and f.id in :ids order by f.id";

    /** Ids in one statement: each is a parameter, of which PostgreSQL takes 65 535. */
    static final int CHUNK = 1_000;

    private final EntityManager entities;

    FeatureLocks(EntityManager entities) {
        this.entities = entities;
    }

    /** Those of these ids that there are, by id. */
    Map<Long, StoredLink> links(int dataSet, SortedSet<Long> ids) {
        return lock(LINKS, StoredLink.class, dataSet, ids);
    }

    /** Those of these ids that there are, by id. */
    Map<Long, StoredNode> nodes(int dataSet, SortedSet<Long> ids) {
        return lock(NODES, StoredNode.class, dataSet, ids);
    }

    /** Those of these ids that there are, by id. */
    Map<Long, StoredPolygon> polygons(int dataSet, SortedSet<Long> ids) {
        return lock(POLYGONS, StoredPolygon.class, dataSet, ids);
    }

    /** Those of these ids that there are, by id. */
    Map<Long, StoredPolyline> polylines(int dataSet, SortedSet<Long> ids) {
        return lock(POLYLINES, StoredPolyline.class, dataSet, ids);
    }

    /** Those of these ids that there are, by id. */
    Map<Long, StoredPassInfo> passInfos(int dataSet, SortedSet<Long> ids) {
        return lock(PASS_INFOS, StoredPassInfo.class, dataSet, ids);
    }

    private <S extends StoredElement> Map<Long, S> lock(String jpql, Class<S> type, int dataSet, SortedSet<Long> ids) {
        Map<Long, S> found = new TreeMap<>();
        List<Long> ascending = new ArrayList<>(ids);
        for (int from = 0; from < ascending.size(); from += CHUNK) {
            entities.createQuery(jpql, type)
                    .setParameter("dataSet", dataSet)
                    .setParameter("ids", ascending.subList(from, Math.min(from + CHUNK, ascending.size())))
                    .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                    .getResultList()
                    .forEach(feature -> found.put(feature.id(), feature));
        }
        return found;
    }
}
