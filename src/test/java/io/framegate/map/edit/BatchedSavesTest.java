package io.framegate.map.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Conflict;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.message.Refusal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Saves that share a transaction are answered as if they came one after the other. */
class BatchedSavesTest {

    private static final int HOUSES = 4;
    private static final int NODES = 4;

    private final EditedMap map;

    BatchedSavesTest() throws SQLException {
        map = new EditedMap();
    }

    @AfterEach
    void leaveMapRight() {
        map.assertRight();
        MapPersistenceFixture.close(map.persistence);
    }

    private List<SaveResult> saveAll(SaveFeatures... saves) {
        return map.saves.saveAll(List.of(saves), Collections.nCopies(saves.length, EditedMap.NAME));
    }

    private static SaveFeatures renamed(long id, int version, String name) {
        return EditedMap.polygons(EditedMap.square(id, version, 0, 0, name));
    }

    private static List<Outcome> outcomes(List<SaveResult> results) {
        return results.stream().map(SaveResult::outcome).toList();
    }

    @Test
    void savesAllInOneTransaction() {
        List<SaveResult> results = saveAll(
                EditedMap.polygons(EditedMap.square(0, 0, 0, 0, "1"), EditedMap.square(0, 0, 1, 0, "2")),
                EditedMap.polylines(EditedMap.polyline(0, 0, 2, 2, "rail")),
                EditedMap.nodes(EditedMap.node(0, 0, 3, 3)));
        assertEquals(
                List.of(2L, 3L, 4L),
                results.stream().map(SaveResult::changeNumber).toList());
        assertEquals(1, map.number("select count(distinct xmin::text) from map.change"));
    }

    @Test
    void aLaterSaveSeesAnEarlierOne() {
        long house = map.save(renamed(0, 0, "1")).saved().get(0).id();
        List<SaveResult> results = saveAll(
                renamed(house, 1, "first"),
                renamed(house, 1, "too late"),
                renamed(house, 2, "second"),
                EditedMap.deletion(new Deletion(ElementKind.POLYGON, house, 3)),
                renamed(house, 3, "gone"));
        assertEquals(
                List.of(Outcome.SAVED, Outcome.CONFLICT, Outcome.SAVED, Outcome.SAVED, Outcome.CONFLICT),
                outcomes(results));
        assertEquals(
                List.of(new Conflict(ElementKind.POLYGON, house, 2, false)),
                results.get(1).conflicts());
        assertEquals(
                List.of(new Conflict(ElementKind.POLYGON, house, 0, true)),
                results.get(4).conflicts());
        assertEquals(4, map.number("select count(*) from map.change"));
    }

    @Test
    void appliesADuplicateSaveOnce() {
        SaveFeatures save = renamed(0, 0, "1");
        List<SaveResult> results = saveAll(save, renamed(0, 0, "2"), save);
        assertEquals(results.get(0), results.get(2));
        assertEquals(2, map.number("select count(*) from map.polygon"));
        assertEquals(
                results,
                saveAll(save, renamed(0, 0, "3"), save).stream()
                        .map(result -> result.changeNumber() == 3 ? results.get(1) : result)
                        .toList());
        assertEquals(3, map.number("select count(*) from map.polygon"));
    }

    @Test
    void aConflictLeavesItsKeyFree() {
        long house = map.save(renamed(0, 0, "1")).saved().get(0).id();
        SaveFeatures early = renamed(house, 2, "early");
        List<SaveResult> results = saveAll(early, renamed(house, 1, "first"), early);
        assertEquals(List.of(Outcome.CONFLICT, Outcome.SAVED, Outcome.SAVED), outcomes(results));
    }

    @Test
    void rollsBackAllWhenOneFailsHalfWritten() {
        Node a = EditedMap.node(-1, 0, 0, 0);
        Node b = EditedMap.node(-2, 0, 1, 0);
        Link astray = EditedMap.link(0, 0, a, EditedMap.node(4711, 0, 9, 9), "");
        SaveFeatures wrong = EditedMap.roads(List.of(astray), List.of(a, b));
        assertThrows(RuntimeException.class, () -> saveAll(renamed(0, 0, "1"), wrong, renamed(0, 0, "2")));
        assertEquals(0, map.number("select count(*) from map.polygon"));
        assertEquals(0, map.number("select last from map.change_counter"));
        assertEquals(0, map.number("select count(*) from map.save"));
        assertEquals(Outcome.INVALID, map.save(wrong).outcome());
    }

    @Test
    void refusesABatchWithAnUnknownDataSet() {
        SaveFeatures one = renamed(0, 0, "1");
        Refusal nowhere = assertThrows(
                Refusal.class,
                () -> map.saves.saveAll(List.of(one, renamed(0, 0, "2")), List.of(EditedMap.NAME, "atlantis")));
        assertEquals(Refusal.Code.NOT_FOUND, nowhere.code());
        SaveFeatures other = new SaveFeatures(
                one.key(),
                EditedMap.AUTHOR,
                "",
                List.of(),
                List.of(),
                List.of(EditedMap.square(0, 0, 5, 5, "other")),
                List.of(),
                List.of(),
                List.of());
        assertEquals(
                Refusal.Code.INVALID,
                assertThrows(Refusal.class, () -> saveAll(one, other)).code());
        assertEquals(0, map.number("select count(*) from map.polygon"));
    }

    @Test
    void answersInvalidOnesBesideOthersThatAreSaved() {
        List<SaveResult> results = saveAll(
                renamed(0, 0, "1"),
                EditedMap.polygons(EditedMap.square(0, 0, 0, 0, "x".repeat(1001))),
                renamed(0, 0, "2"));
        assertEquals(List.of(Outcome.SAVED, Outcome.INVALID, Outcome.SAVED), outcomes(results));
    }

    /** Random saves, in one map one after the other, in another in batches: all answers are the same. */
    @Test
    void answersAsIfSequential() throws SQLException {
        EditedMap single = new EditedMap();
        Random random = new Random(7);
        SaveFeatures town = town();
        assertEquals(single.save(town), map.save(town));
        int saved = 0;
        int conflicts = 0;
        for (int round = 0; round < 40; round++) {
            List<SaveFeatures> batch = new ArrayList<>();
            int size = 1 + random.nextInt(8);
            for (int i = 0; i < size; i++) {
                batch.add(i > 0 && random.nextInt(6) == 0 ? batch.get(random.nextInt(i)) : any(random));
            }
            List<SaveResult> oneByOne = batch.stream().map(single::save).toList();
            List<SaveResult> together = saveSplitting(batch);
            assertEquals(oneByOne, together, "round " + round);
            saved += Collections.frequency(outcomes(together), Outcome.SAVED);
            conflicts += Collections.frequency(outcomes(together), Outcome.CONFLICT);
        }
        assertTrue(saved > 20 && conflicts > 20, saved + " saved, " + conflicts + " conflicts");
        single.assertRight();
        MapPersistenceFixture.close(single.persistence);
    }

    /** As the gate does it. */
    private List<SaveResult> saveSplitting(List<SaveFeatures> batch) {
        try {
            return saveAll(batch.toArray(SaveFeatures[]::new));
        } catch (SaveRejected e) {
            List<SaveResult> results = new ArrayList<>(saveSplitting(batch.subList(0, batch.size() / 2)));
            results.addAll(saveSplitting(batch.subList(batch.size() / 2, batch.size())));
            return results;
        }
    }

    private static SaveFeatures town() {
        List<Node> nodes = new ArrayList<>();
        List<Link> links = new ArrayList<>();
        List<Polygon> houses = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(EditedMap.node(-1 - i, 0, i, 0));
            if (i > 0) {
                links.add(EditedMap.link(0, 0, nodes.get(i - 1), nodes.get(i), "road"));
            }
        }
        for (int i = 0; i < HOUSES; i++) {
            houses.add(EditedMap.square(0, 0, i, 5, "1"));
        }
        return new SaveFeatures(
                EditedMap.newKey(), EditedMap.AUTHOR, "", links, nodes, houses, List.of(), List.of(), List.of());
    }

    /** Of what was there at the beginning only: new features have other ids where a transaction was done again. */
    private SaveFeatures any(Random random) {
        long first = 1L << 52;
        switch (random.nextInt(5)) {
            case 0:
                // Too far on or too far back, often.
                long node = first + random.nextInt(NODES);
                int version = 1 + random.nextInt(3);
                return EditedMap.nodes(new Node(
                        node,
                        version,
                        NodeKind.PLAIN,
                        EditedMap.WEST + (int) (node - first) * EditedMap.STEP,
                        EditedMap.SOUTH,
                        (byte) 9,
                        "named " + random.nextInt(100),
                        List.of()));
            case 1:
                return EditedMap.deletion(new Deletion(ElementKind.POLYGON, idOfHouse(random), versionOfHouse(random)));
            default:
                return renamed(idOfHouse(random), versionOfHouse(random), "house " + random.nextInt(100));
        }
    }

    private long idOfHouse(Random random) {
        return map.number("select min(id) from map.polygon") + random.nextInt(HOUSES);
    }

    private int versionOfHouse(Random random) {
        return (int) map.number("select coalesce(max(version), 1) from map.polygon") + random.nextInt(3) - 1;
    }
}
