package io.framegate.map.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.MapSettingsFixture;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.message.MapChanged;
import io.framegate.map.message.Points;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.message.WatchChanges;
import io.framegate.map.message.Watching;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.work.ChangeWatch;
import io.framegate.map.work.WatchChangesWorker;
import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Refusal;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Notices of changes, over real sockets from a real database. All saves come past the gate, as through another server. */
class WatchedChangesTest {

    /** Far enough from column 0. */
    private static final int FAR = 100;

    private final EditedMap map;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    WatchedChangesTest() throws SQLException {
        map = new EditedMap();
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
        MapPersistenceFixture.close(map.persistence);
    }

    @Test
    void tellsEveryoneOfTheCommitsWithinTheirAreas() throws Exception {
        try (Gate gate = gate();
                RawClient near = greeted(gate, Capability.NOTICES);
                RawClient far = greeted(gate, Capability.NOTICES)) {
            Watching before = watch(near, around(0));
            assertEquals(before, watch(far, around(FAR), around(2 * FAR)));

            SaveResult saved = map.save(EditedMap.polygons(EditedMap.square(0, 0, 0, 0, "near")));
            assertEquals(
                    new MapChanged(EditedMap.NAME, before.load(), saved.changeNumber()),
                    near.receive(MapChanged.class));
            assertEquals(
                    1,
                    map.changes
                            .since(new LoadChangesSince("", before.number(), 0, List.of()), EditedMap.NAME)
                            .changes()
                            .size());

            // What is not saved is not told: the next that comes is of what is.
            long id = saved.saved().get(0).id();
            SaveResult conflict = map.save(EditedMap.polygons(EditedMap.square(id, 7, FAR, 0, "too late")));
            assertEquals(Outcome.CONFLICT, conflict.outcome());
            SaveResult moved = map.save(EditedMap.polygons(EditedMap.square(id, 1, 2 * FAR, 0, "moved")));
            assertEquals(moved.changeNumber(), near.receive(MapChanged.class).number());
            assertEquals(moved.changeNumber(), far.receive(MapChanged.class).number());

            map.load();
            assertNotEquals(before.load(), near.receive(MapChanged.class).load());
            assertNotEquals(before.load(), far.receive(MapChanged.class).load());
        }
    }

    @Test
    void tellsNobodyWhoHasEndedIt() throws Exception {
        try (Gate gate = gate();
                RawClient one = greeted(gate, Capability.NOTICES);
                RawClient other = greeted(gate, Capability.NOTICES)) {
            watch(one, around(0));
            watch(other, around(0));
            watch(one);
            map.save(EditedMap.polygons(EditedMap.square(0, 0, 0, 0, "near")));
            other.receive(MapChanged.class);
            one.send(Frames.of(new WelcomeRequest(1)));
            assertEquals("welcome:1", one.receive(WelcomeResponse.class).text());
        }
    }

    @Test
    void requiresNoticesAndAnExistingDataSet() throws Exception {
        try (Gate gate = gate();
                RawClient old = gate.connect();
                RawClient client = greeted(gate, Capability.NOTICES, Capability.TYPED_ERRORS)) {
            old.send(Frames.of(new WatchChanges("", List.of(around(0)))));
            assertTrue(old.receive(ErrorResponse.class).text().contains("notices"));
            client.send(Frames.of(new WatchChanges("atlantis", List.of(around(0)))));
            assertEquals(
                    Refusal.Code.NOT_FOUND,
                    client.receive(ErrorResponseV2.class).code());
        }
    }

    private Gate gate() throws IOException {
        ChangeWatch watch = new ChangeWatch(MapPersistenceFixture.feed(map.database.dataSource()), timer);
        return Gate.builder()
                .worker(
                        WatchChanges.class,
                        Watching.class,
                        new WatchChangesWorker(MapSettingsFixture.of(EditedMap.NAME, Optional.empty()), watch))
                .start();
    }

    private static RawClient greeted(Gate gate, Capability... features) throws IOException {
        RawClient client = gate.connect();
        int[] codes = List.of(features).stream().mapToInt(Capability::code).toArray();
        client.send(Frames.of(new HelloRequest(1, "test", codes)));
        client.receive(HelloResponse.class);
        return client;
    }

    private static Watching watch(RawClient client, Area... areas) throws IOException {
        client.send(Frames.of(new WatchChanges("", List.of(areas))));
        return client.receive(Watching.class);
    }

    private static Area around(int column) {
        double west = Points.degrees(EditedMap.WEST + (column - 1) * EditedMap.STEP);
        double south = Points.degrees(EditedMap.SOUTH - EditedMap.STEP);
        return new Area(Ellipsoid.WGS84, 0, west, south, west + 0.005, south + 0.02);
    }
}
