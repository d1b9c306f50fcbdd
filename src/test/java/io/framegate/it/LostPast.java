package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Area;
import io.framegate.map.message.Changes;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.MapChanged;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.message.WatchChanges;
import io.framegate.map.message.Watching;
import io.framegate.message.ErrorResponse;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What clients are told by a server whose database loses a save that was acknowledged, in whatever way. */
final class LostPast {

    private static final int SAVE_RESULT = 501001;
    private static final int POLYGONS = 500401;
    private static final Area HOUSES = new Area(Ellipsoid.WGS84, Area.EVERYTHING, 9.4, 47.0, 9.6, 47.2);
    private static final long PATIENCE_SECONDS = 60;

    private LostPast() {}

    /** Has the database lose what is saved from now on, and be there. */
    @FunctionalInterface
    interface Loss {
        void lose() throws Exception;
    }

    /**
     * Saves, has it lost, and requires that nobody is given what was lost, that a watcher and a follower are told to begin anew, and
     * that saves go on with numbers that nobody has had.
     *
     * @param loss of what is saved from now on
     * @return when the watcher was told, in ms after the database was there
     */
    static long requireFoundOut(ServerOnDatabase both, Loss loss) throws Exception {
        try (RawClient client = new RawClient(both.port());
                RawClient watcher = new RawClient(both.port())) {
            saveAtLast(client, ServerOnDatabase.house("there"));
            client.send(Frames.of(new LoadChangesSince("", LoadChangesSince.FROM_NOW_ON, 0, List.of())));
            Changes before = client.receive(Changes.class);
            watcher.send(Frames.of(new HelloRequest(1, "test", new int[] {Capability.NOTICES.code()})));
            watcher.receive(HelloResponse.class);
            watcher.send(Frames.of(new WatchChanges("", List.of(HOUSES))));
            assertEquals(new Watching(before.load(), before.next()), watcher.receive(Watching.class));
            assertTrue(names(client).contains("there"));

            loss.lose();
            long begun = System.nanoTime();
            assertFalse(names(client).contains("there"));
            MapChanged told = watcher.receive(MapChanged.class);
            long toldMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertNotEquals(before.load(), told.load());
            assertTrue(told.number() < before.next(), told::toString);
            client.send(Frames.of(new LoadChangesSince("", before.next(), 0, List.of())));
            assertEquals(new Changes(Changes.NO_LOAD, told.number(), true, List.of()), client.receive(Changes.class));

            saveAtLast(client, ServerOnDatabase.house("instead"));
            MapChanged saved = watcher.receive(MapChanged.class);
            assertEquals(told.load(), saved.load());
            assertTrue(saved.number() > before.next(), () -> saved.number() + " after " + before.next());
            List<String> now = names(client);
            assertTrue(now.contains("instead") && !now.contains("there"));
            client.send(Frames.of(new LoadChangesSince("", told.number(), 0, List.of())));
            Changes since = client.receive(Changes.class);
            assertEquals(told.load(), since.load());
            assertEquals(
                    List.of(saved.number()),
                    since.changes().stream().map(Changes.Change::number).toList());
            return toldMillis;
        }
    }

    /** Saves as soon as the database can be reached. */
    static void saveAtLast(RawClient client, SaveFeatures save) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        byte[] reply = client.send(Frames.of(save)).receive();
        while (reply != null && FrameHeader.id(reply, 0) != SAVE_RESULT) {
            String sentence = Frames.message(reply, ErrorResponse.class).text();
            assertTrue(System.nanoTime() < end && sentence.startsWith("Nothing was saved"), sentence);
            reply = client.send(Frames.of(save)).receive();
        }
        assertEquals(Outcome.SAVED, Frames.message(reply, SaveResult.class).outcome());
    }

    /** The houses that the area has, as soon as the database can be reached. */
    private static List<String> names(RawClient client) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        byte[] request = Frames.of(new LoadPolygonsByArea(HOUSES));
        byte[] reply = client.send(request).receive();
        while (reply != null && FrameHeader.id(reply, 0) != POLYGONS) {
            String sentence = Frames.message(reply, ErrorResponse.class).text();
            assertTrue(System.nanoTime() < end && sentence.startsWith("The map's database"), sentence);
            reply = client.send(request).receive();
        }
        return Frames.message(reply, Polygons.class).polygons().toList().stream()
                .map(Polygon::name)
                .toList();
    }
}
