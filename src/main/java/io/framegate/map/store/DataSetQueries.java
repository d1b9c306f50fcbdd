package io.framegate.map.store;

import io.framegate.map.message.Points;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What data sets there are, and where they lie.
 *
 * <p><b>Threads.</b> For all. An extent takes a pass over a whole table, so it is kept, as of the last load or update; edits
 * that move the edge show after the next one or a start.
 */
@ApplicationScoped
public class DataSetQueries {

    /** The links, which say best where a map has something to show; without any, what else there is. */
    private static final List<String> EXTENTS = List.of(
            "select min(west), min(south), max(east), max(north) from map.link where data_set = ?",
            "select min(longitude_e7), min(latitude_e7), max(longitude_e7), max(latitude_e7) from map.node"
                    + " where data_set = ?",
            "select min(west), min(south), max(east), max(north) from map.polyline where data_set = ?",
            "select min(west), min(south), max(east), max(north) from map.polygon where data_set = ?");

    private final Map<Integer, Known> extents = new ConcurrentHashMap<>();

    // Set by the container before the first call, and never after.
    private MapPersistence persistence;

    /** For the container's proxy. */
    protected DataSetQueries() {}

    @Inject
    DataSetQueries(MapPersistence persistence) {
        this.persistence = persistence;
    }

    /**
     * All data sets, by name.
     *
     * @throws PersistenceException if the database fails
     */
    @Transactional
    public List<DataSet> all() {
        try (EntityManager entities = persistence.open()) {
            return entities.createQuery("select d from DataSet d order by d.name", DataSet.class)
                    .getResultList();
        }
    }

    /**
     * The data set of a name.
     *
     * @throws PersistenceException if the database fails
     */
    @Transactional
    public Optional<DataSet> named(String name) {
        try (EntityManager entities = persistence.open()) {
            return entities.createQuery("select d from DataSet d where d.name = :name", DataSet.class)
                    .setParameter("name", name)
                    .getResultStream()
                    .findFirst();
        }
    }

    /**
     * Removes a data set and all its features.
     *
     * @return false if there is none of that name
     * @throws PersistenceException if the database fails
     */
    @Transactional
    public boolean remove(String name) {
        try (EntityManager entities = persistence.open()) {
            return (Boolean) entities.createNativeQuery("select map.remove_data_set(?)")
                    .setParameter(1, name)
                    .getSingleResult();
        }
    }

    /**
     * Where a data set lies; nothing for one that is gone.
     *
     * @throws PersistenceException if the database fails
     */
    @Transactional
    public Optional<Extent> extent(DataSet dataSet) {
        Known known = extents.get(dataSet.id());
        if (known != null && known.loadedAt().equals(dataSet.loadedAt())) {
            return Optional.of(known.extent());
        }
        try (EntityManager entities = persistence.open()) {
            for (String statement : EXTENTS) {
                Object[] edges = (Object[]) entities.createNativeQuery(statement)
                        .setParameter(1, dataSet.id())
                        .getSingleResult();
                if (edges[0] != null) {
                    Extent found =
                            new Extent(degrees(edges[0]), degrees(edges[1]), degrees(edges[2]), degrees(edges[3]));
                    extents.put(dataSet.id(), new Known(dataSet.loadedAt(), found));
                    return Optional.of(found);
                }
            }
            return Optional.empty();
        }
    }

    /** An extent as of a load. */
    private record Known(OffsetDateTime loadedAt, Extent extent) {}

    private static double degrees(Object units) {
        return Points.degrees(((Number) units).intValue());
    }

    /**
     * A box on WGS 84.
     *
     * @param west degrees
     * @param south degrees
     * @param east degrees
     * @param north degrees
     */
    public record Extent(double west, double south, double east, double north) {}
}
