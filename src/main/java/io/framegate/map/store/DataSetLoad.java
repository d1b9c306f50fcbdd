package io.framegate.map.store;

/**
 * Which load of a data set there is, in which epoch of the database. Whoever knows another one has to begin anew: the data
 * set was loaded again, or the database has gone back and has lost something that was given out.
 *
 * @param id of the data set; 0 if there is none
 * @param epoch of the database, see {@link KnownHistory}; 0 as long as it has not gone back
 */
public record DataSetLoad(int id, long epoch) {

    /** There is no such data set. */
    public static final DataSetLoad NONE = new DataSetLoad(0, 0);

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    /**
     * The number by which clients know it; 0 for none. It is the id as long as the database has not gone back, and negative
     * from then on: in one epoch no two data sets have the same, and in two epochs one has the same once in 2³¹ times.
     */
    public int number() {
        return epoch == 0 || id == 0 ? id : id ^ (Integer.MIN_VALUE | (int) (epoch * GOLDEN_RATIO >>> 33));
    }
}
