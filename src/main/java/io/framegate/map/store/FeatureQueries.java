package io.framegate.map.store;

import io.framegate.map.message.Area;
import io.framegate.map.message.Points;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;

/**
 * Answers by area, from the records that are stored ready to send: PostgreSQL finds them by the index on their boxes and
 * hands them over as one row, which costs half of what a row each does.
 *
 * <p><b>Limits.</b> An answer of more than {@link #MAX_ANSWER_BYTES} is refused. Up to {@value #QUICK_ROWS} features are
 * gathered in the same pass that measures them, so that only the database ever holds too much, and sends none of it.
 * When there are more features than that, their bytes are summed up first, and gathered only if they are few enough: a
 * second pass, which an answer of this size can bear.
 */
@ApplicationScoped
public class FeatureQueries {

    /** The largest body of a frame, less room for the count and the envelope. */
    public static final int MAX_ANSWER_BYTES = 100 * 1024 * 1024 - 1024;

    static final int QUICK_ROWS = 50_000;

    /** Above every feature's zoom level. */
    private static final int ANY_ZOOM = Byte.MAX_VALUE;

    private static final byte[] NO_BYTES = {};

    // All set before the first call, and never after.
    private MapPersistence persistence;
    private int maxAnswerBytes;
    private int quickRows;

    /** For the container's proxy. */
    protected FeatureQueries() {}

    @Inject
    FeatureQueries(MapPersistence persistence) {
        this(persistence, MAX_ANSWER_BYTES, QUICK_ROWS);
    }

    /** With other limits. */
    FeatureQueries(MapPersistence persistence, int maxAnswerBytes, int quickRows) {
        this.persistence = persistence;
        this.maxAnswerBytes = maxAnswerBytes;
        this.quickRows = quickRows;
    }

    /**
     * Finds the features whose box touches an area, edges included.
     *
     * @param dataSet the name of the data set
     * @param area on WGS 84, with the zoom level
     * @throws Refusal with {@link Refusal.Code#TOO_LARGE} for more than {@link #MAX_ANSWER_BYTES}, and with
     *     {@link Refusal.Code#UNAVAILABLE} if there is no such data set
     * @throws jakarta.persistence.PersistenceException if the database fails
     */
    @Transactional
    public EncodedFeatures inArea(FeatureKind kind, String dataSet, Area area) {
        try (EntityManager entities = persistence.open()) {
            return inArea(entities, kind, dataSet, area);
        }
    }

    private EncodedFeatures inArea(EntityManager entities, FeatureKind kind, String dataSet, Area area) {
        Query quick = query(entities, kind.quickStatement(), dataSet, area).setParameter(8, quickRows + 1);
        Object[] row = (Object[]) quick.getSingleResult();
        if (((Number) row[0]).intValue() > quickRows) {
            row = (Object[])
                    query(entities, kind.measuredStatement(), dataSet, area).getSingleResult();
        }
        int count = ((Number) row[0]).intValue();
        if (count == 0) {
            requireDataSet(entities, dataSet);
            return new EncodedFeatures(0, NO_BYTES);
        }
        long bytes = ((Number) row[1]).longValue();
        if (bytes > maxAnswerBytes) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "The answer would have " + count + " features in " + bytes + " bytes, more than the "
                            + maxAnswerBytes + " that fit: ask for a smaller area or a lower zoom level.");
        }
        return new EncodedFeatures(count, (byte[]) row[2]);
    }

    private Query query(EntityManager entities, String statement, String dataSet, Area area) {
        return entities.createNativeQuery(statement)
                .setParameter(1, dataSet)
                .setParameter(2, area.west() * Points.UNITS_PER_DEGREE)
                .setParameter(3, area.south() * Points.UNITS_PER_DEGREE)
                .setParameter(4, area.east() * Points.UNITS_PER_DEGREE)
                .setParameter(5, area.north() * Points.UNITS_PER_DEGREE)
                .setParameter(6, area.loadType() == Area.EVERYTHING ? ANY_ZOOM : area.loadType())
                .setParameter(7, maxAnswerBytes);
    }

    /** Nothing found is an answer, but nothing loaded is none. */
    private static void requireDataSet(EntityManager entities, String dataSet) {
        long sets = entities.createQuery("select count(d) from DataSet d where d.name = :name", Long.class)
                .setParameter("name", dataSet)
                .getSingleResult();
        if (sets == 0) {
            throw new Refusal(
                    Refusal.Code.UNAVAILABLE,
                    "The map has no data yet: it is being loaded, or nobody has loaded it. Try again later.");
        }
    }
}
