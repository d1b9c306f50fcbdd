package io.framegate.map.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.store.AreaVersions;
import io.framegate.map.store.AreaVersions.Version;
import io.framegate.map.store.DataSetLoad;
import io.framegate.map.store.FeatureQueries;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers by area that are kept while others save. */
class KeptAreasTest {

    private static final int HOUSES = 8;

    /** How long it goes on; {@code -Dframegate.test.edit-seconds=60} for a whole minute. */
    private static final long SECONDS = Long.getLong("framegate.test.edit-seconds", 3);

    /** Columns that far apart are in different cells. */
    private static final int FAR = 100;

    private final EditedMap map;

    KeptAreasTest() throws SQLException {
        map = new EditedMap();
    }

    @AfterEach
    void stop() {
        MapPersistenceFixture.close(map.persistence);
    }

    @Test
    void aSaveChangesItsAreasVersion() throws SQLException {
        AreaVersions versions = MapPersistenceFixture.versions(map.database.dataSource());
        AreaVersions elsewhere = MapPersistenceFixture.versions(map.database.dataSource());
        Version near = versions.of(EditedMap.NAME, EditedMap.around(0));
        Version far = versions.of(EditedMap.NAME, EditedMap.around(FAR));
        long house = added(map.save(EditedMap.polygons(EditedMap.square(0, 0, 0, 0, "new"))));
        Version touched = versions.of(EditedMap.NAME, EditedMap.around(0));
        assertNotEquals(near, touched);
        assertEquals(touched, versions.of(EditedMap.NAME, EditedMap.around(0)));
        assertEquals(touched, elsewhere.of(EditedMap.NAME, EditedMap.around(0)), "another server comes to the same");
        assertEquals(far, versions.of(EditedMap.NAME, EditedMap.around(FAR)));
        // Moved away: where it was and where it is.
        map.save(EditedMap.polygons(EditedMap.square(house, 1, FAR, 0, "moved")));
        assertNotEquals(touched, versions.of(EditedMap.NAME, EditedMap.around(0)));
        assertNotEquals(far, versions.of(EditedMap.NAME, EditedMap.around(FAR)));
        Version moved = versions.of(EditedMap.NAME, EditedMap.around(0));
        map.load();
        assertNotEquals(
                moved.load(), versions.of(EditedMap.NAME, EditedMap.around(0)).load());
        assertEquals(
                DataSetLoad.NONE, versions.of("atlantis", EditedMap.around(0)).load());
    }

    @Test
    void takesEverythingForChangedWhenTooMuchHappened() {
        AreaVersions versions = MapPersistenceFixture.versions(map.database.dataSource());
        Version before = versions.of(EditedMap.NAME, EditedMap.around(FAR));
        map.execute("with taken as (update map.change_counter set last = last + 1001 returning last)"
                + " insert into map.change select last - 1001 + n, d.id, now(), 'Ada', 'key ' || n, 4, n, 1, 0, '\\x00',"
                + " 0, 0, 0, 0 from taken, map.data_set d, generate_series(1, 1001) n");
        Version after = versions.of(EditedMap.NAME, EditedMap.around(FAR));
        assertNotEquals(before, after);
        assertEquals(after, versions.of(EditedMap.NAME, EditedMap.around(0)));
    }

    /**
     * Two servers on one database, editors who rename houses through one path, and readers of both servers. Each reader
     * notes which versions were acknowledged before it asks; no house in its answer may be older.
     */
    @Test
    void cachedAnswersAreNeverStale() throws Exception {
        long[] ids = new long[HOUSES];
        AtomicIntegerArray acknowledged = new AtomicIntegerArray(HOUSES);
        for (int house = 0; house < HOUSES; house++) {
            ids[house] = added(map.save(EditedMap.polygons(EditedMap.square(0, 0, column(house), house, "1"))));
            acknowledged.set(house, 1);
        }
        // So many answers for each save, or nothing would ever be given again.
        Semaphore saves = new Semaphore(0);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        try (Gate one = gate();
                Gate other = gate()) {
            List<Callable<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int first = i;
                all.add(() -> edit(ids, first, acknowledged, saves, end));
                all.add(() -> read(one, 0, ids, acknowledged, saves, end));
                all.add(() -> read(other, 0, ids, acknowledged, saves, end));
            }
            all.add(() -> read(one, FAR, ids, acknowledged, saves, end));
            List<Integer> done = inParallel(all);
            long hits = one.keptAnswers().hits() + other.keptAnswers().hits();
            long misses = one.keptAnswers().misses() + other.keptAnswers().misses();
            System.out.println("Measured: " + (done.get(0) + done.get(3)) + " saves, " + hits + " answers given again, "
                    + misses + " made");
            assertTrue(done.get(0) > 0 && done.get(3) > 0, done::toString);
            assertTrue(hits > misses && misses > done.get(0), () -> hits + " hits, " + misses + " misses");
        }
        map.assertRight();
    }

    /** Renames every second house in turn, from the first given. */
    private int edit(long[] ids, int first, AtomicIntegerArray acknowledged, Semaphore saves, long end)
            throws InterruptedException {
        int count = 0;
        for (int house = first; System.nanoTime() < end; house = (house + 2) % HOUSES) {
            if (!saves.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                continue;
            }
            int version = acknowledged.get(house);
            SaveResult result = map.save(EditedMap.polygons(
                    EditedMap.square(ids[house], version, column(house), house, String.valueOf(version + 1))));
            assertEquals(Outcome.SAVED, result.outcome());
            acknowledged.set(house, version + 1);
            count++;
        }
        return count;
    }

    private int read(Gate gate, int column, long[] ids, AtomicIntegerArray acknowledged, Semaphore saves, long end)
            throws Exception {
        int count = 0;
        byte[] request = Frames.of(new LoadPolygonsByArea(EditedMap.around(column)));
        try (RawClient client = gate.connect()) {
            while (System.nanoTime() < end) {
                int[] least = new int[HOUSES];
                for (int house = 0; house < HOUSES; house++) {
                    least[house] = acknowledged.get(house);
                }
                client.send(request);
                List<Polygon> found = client.receive(Polygons.class).polygons().toList();
                assertEquals(HOUSES / 2, found.size());
                for (Polygon polygon : found) {
                    int house = indexOf(ids, polygon.id());
                    assertEquals(polygon.version(), Integer.parseInt(polygon.name()));
                    assertTrue(
                            polygon.version() >= least[house],
                            () -> "house " + house + " at " + polygon.version() + ", acknowledged " + least[house]);
                }
                if (++count % 16 == 0 && saves.availablePermits() < 2) {
                    saves.release();
                }
            }
        }
        return count;
    }

    private Gate gate() throws Exception {
        DataSource connections = map.database.pooled();
        FeatureQueries queries = MapPersistenceFixture.queries(connections);
        AreaVersions versions = MapPersistenceFixture.versions(connections);
        return Gate.builder()
                .worker(LoadPolygonsByArea.class, Polygons.class, new HousesByArea(queries, versions))
                .start();
    }

    /** Half of the houses are far away. */
    private static int column(int house) {
        return house < HOUSES / 2 ? 0 : FAR;
    }

    private static long added(SaveResult result) {
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
        return result.saved().get(0).id();
    }

    private static int indexOf(long[] ids, long id) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == id) {
                return i;
            }
        }
        throw new AssertionError("a house that nobody made: " + id);
    }

    private static <T> List<T> inParallel(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> task : threads.invokeAll(tasks, SECONDS + 30, TimeUnit.SECONDS)) {
                results.add(task.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
