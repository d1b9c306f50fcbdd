package io.framegate.map.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Changes;
import io.framegate.map.message.Changes.Change;
import io.framegate.map.message.Changes.Operation;
import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.store.LocalTransactions;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.OutcomeUnknownException;
import io.framegate.map.store.Transactions;
import io.framegate.message.BatchWorker;
import io.framegate.message.Refusal;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several editors at once, and a database that dies on them. */
class ParallelSavesTest {

    private static final int EDITORS = 16;

    /** How long editors work; {@code -Dframegate.test.edit-seconds=60} for the whole minute. */
    private static final long SECONDS = Long.getLong("framegate.test.edit-seconds", 4);

    private static final int ROAD_NODES = 12;
    private static final int HOUSES = 12;

    private final EditedMap map;

    ParallelSavesTest() throws SQLException {
        map = new EditedMap();
    }

    @AfterEach
    void leaveMapRight() {
        map.assertRight();
        MapPersistenceFixture.close(map.persistence);
    }

    /**
     * Every editor follows the history, so it knows versions that may be old, and saves what overlaps with the others':
     * houses whose name counts its changes, roads between common nodes, turn rules from one to another, roads that go again
     * with their rules. Each save is sent twice now and then.
     */
    @Test
    void losesNoUpdateOfSixteenEditors() throws Exception {
        edit(editor -> map::save);
    }

    /** The same through the gate, which gives the saves of all to a worker that makes them in one transaction. */
    @Test
    void sixteenEditorsLoseNoUpdate() throws Exception {
        SharedSaves worker = new SharedSaves();
        try (Gate gate = Gate.builder()
                .worker(SaveFeatures.class, SaveResult.class, worker)
                .start()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < EDITORS; i++) {
                clients.add(gate.connect());
            }
            edit(editor -> save -> {
                try {
                    return clients.get(editor).send(Frames.of(save)).receive(SaveResult.class);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            for (RawClient client : clients) {
                client.close();
            }
        }
        System.out.println("Measured: the largest batch had " + worker.largest + " saves, " + worker.batches
                + " transactions made " + worker.saves);
        assertTrue(worker.largest > 1, "no two saves shared a transaction");
    }

    /** As the map's worker does it. */
    private final class SharedSaves implements BatchWorker<SaveFeatures, SaveResult> {

        // By one thread at a time.
        private int largest;
        private int batches;
        private int saves;

        @Override
        public List<SaveResult> processAll(List<SaveFeatures> requests) {
            List<SaveResult> results =
                    map.saves.saveAll(requests, Collections.nCopies(requests.size(), EditedMap.NAME));
            largest = Math.max(largest, requests.size());
            batches++;
            saves += requests.size();
            return results;
        }
    }

    /** Sixteen editors, each with a way to save. */
    private void edit(IntFunction<Function<SaveFeatures, SaveResult>> saving) throws Exception {
        makeTown();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        List<Callable<Tally>> editors = new ArrayList<>();
        for (int i = 0; i < EDITORS; i++) {
            Editor editor = new Editor("editor-" + i, new Random(i), saving.apply(i));
            editors.add(() -> editor.editUntil(end));
        }
        Tally all = Tally.NONE;
        for (Tally tally : inParallel(editors)) {
            all = all.plus(tally);
        }
        System.out.println("Measured: " + EDITORS + " editors in " + SECONDS + " s: " + all);
        assertTrue(all.saves > 0 && all.conflicts > 0, all::toString);
        assertEquals(
                all.saves,
                map.number("select count(distinct save_key) from map.change where author like 'editor-%'"),
                "every acknowledged save, and no other");
        int renamed = 0;
        for (Change change : map.allChanges()) {
            if (change.kind() == ElementKind.POLYGON) {
                // The name counts in step with the version: an update that was lost would leave it behind.
                Polygon house = EditedMap.decode(Polygon.class, change.element());
                assertEquals(change.version(), Integer.parseInt(house.name()));
                renamed += change.operation() == Operation.CHANGED ? 1 : 0;
            }
        }
        assertEquals(all.renamings, renamed);
        assertEquals(HOUSES + renamed, map.number("select sum(version) from map.polygon"));
    }

    @Test
    void changesAppearInOrderWithoutGaps() throws Exception {
        makeTown();
        AtomicBoolean done = new AtomicBoolean();
        Callable<Tally> follower = () -> {
            long next = 0;
            long seen = 0;
            boolean last = false;
            while (!last) {
                last = done.get();
                Changes page = map.changesSince(next);
                for (Change change : page.changes()) {
                    assertEquals(++seen, change.number(), "it became visible after one above it");
                }
                next = page.next();
            }
            assertEquals(seen, map.number("select last from map.change_counter"));
            return Tally.NONE;
        };
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        AtomicInteger editing = new AtomicInteger(4);
        List<Callable<Tally>> all = new ArrayList<>(List.of(follower));
        for (int i = 0; i < 4; i++) {
            Editor editor = new Editor("editor-" + i, new Random(100 + i), map::save);
            all.add(() -> {
                try {
                    return editor.editUntil(end);
                } finally {
                    done.set(editing.decrementAndGet() == 0);
                }
            });
        }
        inParallel(all);
    }

    @Test
    void appliesAConcurrentDuplicateOnce() throws Exception {
        SaveFeatures save = EditedMap.polygons(EditedMap.square(0, 0, 0, 0, "1"));
        CountDownLatch start = new CountDownLatch(EDITORS);
        List<Callable<SaveResult>> senders = new ArrayList<>();
        for (int i = 0; i < EDITORS; i++) {
            senders.add(() -> {
                start.countDown();
                start.await();
                return map.save(save);
            });
        }
        List<SaveResult> answers = inParallel(senders);
        assertEquals(1, answers.stream().distinct().count());
        assertEquals(1, map.number("select count(*) from map.polygon"));
    }

    @Test
    void leavesNothingOfASaveWhoseConnectionDies() throws Exception {
        makeTown();
        long changes = map.changesSince(LoadChangesSince.FROM_NOW_ON).next();
        Node one = EditedMap.node(-1, 0, 50, 50);
        Node two = EditedMap.node(-2, 0, 51, 50);
        SaveFeatures save = EditedMap.roads(List.of(EditedMap.link(0, 0, one, two, "")), List.of(one, two));
        FeatureSaves dying = new FeatureSaves(dying(), map.history);
        Refusal refusal = assertThrows(Refusal.class, () -> dying.save(save, EditedMap.NAME));
        assertEquals(Refusal.Code.UNAVAILABLE, refusal.code());
        assertTrue(refusal.sentence().startsWith("Nothing was saved"), refusal.sentence());
        assertEquals(changes, map.changesSince(LoadChangesSince.FROM_NOW_ON).next());
        assertEquals(0, map.number("select count(*) from map.save where key = '" + save.key() + "'"));
        assertEquals(Outcome.SAVED, map.save(save).outcome());
        assertEquals(changes + 3, map.changesSince(LoadChangesSince.FROM_NOW_ON).next());
    }

    @Test
    void reportsUnknownOutcomeOfAnUnconfirmedCommit() {
        SaveFeatures save = EditedMap.polygons(EditedMap.square(0, 0, 0, 0, "1"));
        Transactions real = new LocalTransactions(map.persistence);
        FeatureSaves deaf = new FeatureSaves(
                new Transactions() {
                    @Override
                    public <T> T inTransaction(Function<EntityManager, T> work) {
                        real.inTransaction(work);
                        throw new OutcomeUnknownException(new SQLException("no answer", "08006"));
                    }
                },
                map.history);
        Refusal refusal = assertThrows(Refusal.class, () -> deaf.save(save, EditedMap.NAME));
        assertTrue(refusal.sentence().startsWith("Outcome unknown"), refusal.sentence());
        assertEquals(Outcome.SAVED, map.save(save).outcome());
        assertEquals(1, map.number("select count(*) from map.polygon"));
    }

    @Test
    void retriesATransactionThreeTimes() {
        SaveFeatures save = EditedMap.polygons(EditedMap.square(0, 0, 0, 0, "1"));
        AtomicInteger attempts = new AtomicInteger();
        assertEquals(
                Outcome.SAVED,
                new FeatureSaves(givingWay(3, attempts), map.history)
                        .save(save, EditedMap.NAME)
                        .outcome());
        assertEquals(4, attempts.get());
        attempts.set(0);
        Refusal refusal = assertThrows(Refusal.class, () -> new FeatureSaves(givingWay(4, attempts), map.history)
                .save(EditedMap.polygons(EditedMap.square(0, 0, 0, 0, "1")), EditedMap.NAME));
        assertEquals(Refusal.Code.BUSY, refusal.code());
        assertEquals(4, attempts.get());
        assertEquals(1, map.number("select count(*) from map.polygon"));
    }

    private Transactions givingWay(int times, AtomicInteger attempts) {
        Transactions real = new LocalTransactions(map.persistence);
        return new Transactions() {
            @Override
            public <T> T inTransaction(Function<EntityManager, T> work) {
                return real.inTransaction(entities -> {
                    T result = work.apply(entities);
                    if (attempts.incrementAndGet() <= times) {
                        throw new PersistenceException(new SQLException("deadlock", "40P01"));
                    }
                    return result;
                });
            }
        };
    }

    /** Ends the database's side of the connection after all is written and before the commit. */
    private Transactions dying() {
        Transactions real = new LocalTransactions(map.persistence);
        return new Transactions() {
            @Override
            public <T> T inTransaction(Function<EntityManager, T> work) {
                return real.inTransaction(entities -> {
                    T result = work.apply(entities);
                    entities.flush();
                    Object pid = entities.createNativeQuery("select pg_backend_pid()")
                            .getSingleResult();
                    map.execute("select pg_terminate_backend(" + pid + ", 5000)");
                    entities.createNativeQuery("select 1").getSingleResult();
                    return result;
                });
            }
        };
    }

    /** A road and some houses, which all editors know. */
    private void makeTown() {
        List<Node> nodes = new ArrayList<>();
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < ROAD_NODES; i++) {
            nodes.add(EditedMap.node(-1 - i, 0, i, 0));
            if (i > 0) {
                links.add(EditedMap.link(0, 0, nodes.get(i - 1), nodes.get(i), "road"));
            }
        }
        List<Polygon> houses = new ArrayList<>();
        for (int i = 0; i < HOUSES; i++) {
            houses.add(EditedMap.square(0, 0, i, 5, "1"));
        }
        SaveFeatures town = new SaveFeatures(
                EditedMap.newKey(), EditedMap.AUTHOR, "", links, nodes, houses, List.of(), List.of(), List.of());
        assertEquals(Outcome.SAVED, map.save(town).outcome());
    }

    private static <T> List<T> inParallel(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> task : threads.invokeAll(tasks)) {
                results.add(task.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** What editors did. */
    private record Tally(int saves, int conflicts, int invalid, int renamings) {

        static final Tally NONE = new Tally(0, 0, 0, 0);

        Tally plus(Tally other) {
            return new Tally(
                    saves + other.saves,
                    conflicts + other.conflicts,
                    invalid + other.invalid,
                    renamings + other.renamings);
        }
    }

    /** Edits what it knows of the map from the history. */
    private final class Editor {

        private final String name;
        private final Random random;
        private final Function<SaveFeatures, SaveResult> saving;
        private final Map<Long, Node> nodes = new HashMap<>();
        private final Map<Long, Link> links = new HashMap<>();
        private final Map<Long, Polygon> houses = new HashMap<>();
        private final Map<Long, PassInfo> rules = new HashMap<>();
        private Tally tally = Tally.NONE;
        private long next;

        Editor(String name, Random random, Function<SaveFeatures, SaveResult> saving) {
            this.name = name;
            this.random = random;
            this.saving = saving;
        }

        Tally editUntil(long end) {
            while (System.nanoTime() < end) {
                follow();
                switch (random.nextInt(5)) {
                    case 0 -> addRoad();
                    case 1 -> removeRoad();
                    case 2 -> moveNode();
                    case 3 -> addRule();
                    default -> renameHouses();
                }
            }
            return tally;
        }

        private void follow() {
            Changes changes = map.changesSince(next);
            next = changes.next();
            for (Change change : changes.changes()) {
                switch (change.kind()) {
                    case NODE -> know(nodes, Node.class, change);
                    case LINK -> know(links, Link.class, change);
                    case PASS_INFO -> know(rules, PassInfo.class, change);
                    default -> know(houses, Polygon.class, change);
                }
            }
        }

        private <T extends Record> void know(Map<Long, T> known, Class<T> type, Change change) {
            if (change.operation() == Operation.DELETED) {
                known.remove(change.id());
            } else {
                known.put(change.id(), EditedMap.decode(type, change.element()));
            }
        }

        private void addRoad() {
            Node from = any(nodes);
            Node to = any(nodes);
            if (from.id() != to.id()) {
                send(List.of(EditedMap.link(0, 0, from, to, name)), List.of(), List.of(), List.of(), List.of());
            }
        }

        private void removeRoad() {
            Optional<Link> road = links.values().stream()
                    .filter(link -> !link.name().equals("road"))
                    .findFirst();
            road.ifPresent(link -> {
                List<Deletion> gone = new ArrayList<>();
                gone.add(new Deletion(ElementKind.LINK, link.id(), link.version()));
                rules.values().stream()
                        .filter(rule -> rule.fromLink() == link.id() || rule.toLink() == link.id())
                        .forEach(rule -> gone.add(new Deletion(ElementKind.PASS_INFO, rule.id(), rule.version())));
                send(List.of(), List.of(), List.of(), List.of(), gone);
            });
        }

        private void addRule() {
            Node node = any(nodes);
            List<Long> here = node.links();
            if (here.size() > 1) {
                long from = here.get(random.nextInt(here.size()));
                long to = here.get(random.nextInt(here.size()));
                PassInfo rule = EditedMap.rule(0, 0, from, node.id(), to);
                send(List.of(), List.of(), List.of(), List.of(rule), List.of());
            }
        }

        private void moveNode() {
            Node node = any(nodes);
            Node moved = new Node(
                    node.id(),
                    node.version(),
                    node.kind(),
                    node.longitudeE7() + random.nextInt(9) - 4,
                    node.latitudeE7() + random.nextInt(9) - 4,
                    node.minZoom(),
                    node.name(),
                    List.of());
            List<Link> moving = new ArrayList<>();
            for (long id : node.links()) {
                Link link = links.get(id);
                Node from = link.fromNode() == node.id() ? moved : nodes.get(link.fromNode());
                Node to = link.toNode() == node.id() ? moved : nodes.get(link.toNode());
                moving.add(EditedMap.link(id, link.version(), from, to, link.name()));
            }
            send(moving, List.of(moved), List.of(), List.of(), List.of());
        }

        private void renameHouses() {
            Map<Long, Polygon> some = new HashMap<>();
            for (int i = 0; i < 3; i++) {
                Polygon house = any(houses);
                some.put(house.id(), house);
            }
            List<Polygon> renamed = some.values().stream()
                    .map(house -> new Polygon(
                            house.id(),
                            house.version(),
                            house.kind(),
                            house.layer(),
                            house.minZoom(),
                            Integer.toString(Integer.parseInt(house.name()) + 1),
                            house.rings()))
                    .toList();
            if (send(List.of(), List.of(), renamed, List.of(), List.of()) == Outcome.SAVED) {
                tally = tally.plus(new Tally(0, 0, 0, renamed.size()));
            }
        }

        private <T> T any(Map<Long, T> known) {
            return new ArrayList<>(known.values()).get(random.nextInt(known.size()));
        }

        private Outcome send(
                List<Link> roads, List<Node> moved, List<Polygon> renamed, List<PassInfo> made, List<Deletion> gone) {
            SaveFeatures save =
                    new SaveFeatures(EditedMap.newKey(), name, "", roads, moved, renamed, List.of(), made, gone);
            SaveResult result = saving.apply(save);
            if (result.outcome() == Outcome.SAVED && random.nextInt(4) == 0) {
                assertEquals(result, saving.apply(save));
            }
            tally = tally.plus(
                    switch (result.outcome()) {
                        case SAVED -> new Tally(1, 0, 0, 0);
                        case CONFLICT -> new Tally(0, 1, 0, 0);
                        case INVALID -> new Tally(0, 0, 1, 0);
                    });
            return result.outcome();
        }
    }
}
