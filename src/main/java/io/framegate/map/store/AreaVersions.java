package io.framegate.map.store;

import io.framegate.map.message.Area;
import io.framegate.map.message.Points;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import java.sql.SQLTransientConnectionException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The versions of areas: the number of the last change that touched them, without looking at their features. It is what
 * answers are kept by.
 *
 * <p>A save writes its changes, with their boxes, in its own transaction, and their numbers become visible in their order.
 * So here is a grid of cells, each with the number of the last change whose box touches it, and before every use the
 * database is asked what has come after the last number seen: one short read of an index, of nothing as a rule. A save
 * that was acknowledged before a request came, by whatever server, is therefore in its version. The cells are those of the
 * smallest map sheets. A data set that is loaded anew is another load, and so is one in a database that has gone back, and
 * the load is part of the version.
 *
 * <p><b>Threads.</b> For all. One at a time asks the database, and for all who came before it did: whoever waited
 * meanwhile takes the answer of the one after, which began when all of them were there, or its failure. Nobody waits for a
 * look that has taken {@value #LOOK_LIMIT_MILLIS} ms: the database stalls then.
 *
 * <p><b>Limits.</b> {@value #SIDE} cells by {@value #SIDE}, so cells {@value #SIDE} apart share a place; what they lose by
 * that is an answer made once more. A larger area has the number of the last change anywhere. If more changes have come
 * since the last look than the {@link ChangeFeed} tells one by one, everything counts as changed.
 */
@ApplicationScoped
public class AreaVersions {

    /** 1′30″: the side of a 1:5 000 sheet. */
    private static final int CELL_UNITS = Points.UNITS_PER_DEGREE / 40;

    /** PostgreSQL takes boxes that are a millionth of a unit apart for touching. */
    private static final double TOLERANCE = 1;

    private static final int SIDE = 256;
    private static final int LOOK_LIMIT_MILLIS = 5000;

    // Set by the container before the first call, and never after.
    private ChangeFeed changes;

    private final ReentrantLock lock = new ReentrantLock();

    /** Looks at the database that were begun. Written under the lock, read by all. */
    private volatile long looks;

    /** When the look that is under way has begun, by {@link System#nanoTime}; empty where there is none. */
    private volatile OptionalLong lookBegunNanos = OptionalLong.empty();

    /** Guarded by the lock. Null before the first look and after one that failed. */
    private @Nullable Grid grid;

    /** Guarded by the lock. Why the last look failed, if it did. */
    private @Nullable PersistenceException failure;

    /**
     * A version of an area.
     *
     * @param load which load of the data set
     * @param change the number of a change, not before the last one that touched the area
     */
    public record Version(DataSetLoad load, long change) {}

    /** For the container's proxy. */
    protected AreaVersions() {}

    @Inject
    AreaVersions(ChangeFeed changes) {
        this.changes = changes;
    }

    /**
     * The present version of an area. What is committed when it is called is in it.
     *
     * @param dataSet the name of the data set
     * @param area on WGS 84
     * @throws PersistenceException if the database fails
     */
    public Version of(String dataSet, Area area) {
        long looksBefore = looks;
        awaitTurn();
        try {
            Grid current = grid;
            if (looks != looksBefore && failure != null) {
                throw new PersistenceException(failure.getMessage(), failure);
            }
            if (current == null || looks == looksBefore || !current.name.equals(dataSet)) {
                // Stays null if the look fails; who has waited for it must not take what was before.
                grid = null;
                current = timedLook(dataSet, current);
                grid = current;
            }
            return new Version(
                    current.load,
                    current.last(
                            area.west() * Points.UNITS_PER_DEGREE - TOLERANCE,
                            area.south() * Points.UNITS_PER_DEGREE - TOLERANCE,
                            area.east() * Points.UNITS_PER_DEGREE + TOLERANCE,
                            area.north() * Points.UNITS_PER_DEGREE + TOLERANCE));
        } finally {
            lock.unlock();
        }
    }

    private void awaitTurn() {
        long now = System.nanoTime();
        long left = TimeUnit.MILLISECONDS.toNanos(LOOK_LIMIT_MILLIS) - (now - lookBegunNanos.orElse(now));
        try {
            if (!lock.tryLock(left, TimeUnit.NANOSECONDS)) {
                throw new PersistenceException(
                        new SQLTransientConnectionException("the last changes are being read for too long already"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PersistenceException("interrupted before the last changes were read", e);
        }
    }

    private Grid timedLook(String dataSet, @Nullable Grid before) {
        looks++;
        failure = null;
        lookBegunNanos = OptionalLong.of(System.nanoTime());
        try {
            return look(dataSet, before);
        } catch (PersistenceException e) {
            failure = e;
            throw e;
        } finally {
            lookBegunNanos = OptionalLong.empty();
        }
    }

    private Grid look(String dataSet, @Nullable Grid before) {
        Grid known = before != null && before.name.equals(dataSet) ? before : new Grid(dataSet, DataSetLoad.NONE);
        ChangeFeed.News news = changes.after(dataSet, known.load, known.lastSeen);
        // Another load of that name: its changes, from the first on.
        Grid current = news.load().equals(known.load) ? known : new Grid(dataSet, news.load());
        news.places().forEach(place -> current.touched(place.number(), place.box()));
        if (news.everywhere()) {
            current.allTouched();
        }
        return current;
    }

    /** The last changes of one data set, by cell. */
    private static final class Grid {

        private final String name;
        private final DataSetLoad load;
        private final long[] cells = new long[SIDE * SIDE];
        private long lastSeen;
        private long lastEverywhere;

        Grid(String name, DataSetLoad load) {
            this.name = name;
            this.load = load;
        }

        void touched(long number, Box box) {
            lastSeen = Math.max(lastSeen, number);
            if (isLarge(box.west(), box.east()) || isLarge(box.south(), box.north())) {
                lastEverywhere = Math.max(lastEverywhere, number);
                return;
            }
            for (long row = cell(box.south()); row <= cell(box.north()); row++) {
                for (long column = cell(box.west()); column <= cell(box.east()); column++) {
                    int place = place(column, row);
                    cells[place] = Math.max(cells[place], number);
                }
            }
        }

        void allTouched() {
            lastEverywhere = lastSeen;
        }

        long last(double west, double south, double east, double north) {
            if (isLarge(west, east) || isLarge(south, north)) {
                return lastSeen;
            }
            long last = lastEverywhere;
            for (long row = cell(south); row <= cell(north); row++) {
                for (long column = cell(west); column <= cell(east); column++) {
                    last = Math.max(last, cells[place(column, row)]);
                }
            }
            return last;
        }

        private static boolean isLarge(double from, double to) {
            return cell(to) - cell(from) >= SIDE;
        }

        private static long cell(double units) {
            return (long) Math.floor(units / CELL_UNITS);
        }

        private static int place(long column, long row) {
            return (int) Math.floorMod(row, (long) SIDE) * SIDE + (int) Math.floorMod(column, (long) SIDE);
        }
    }
}
