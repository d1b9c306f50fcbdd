package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.guest.AddNoteRequest;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.message.ErrorResponse;
import io.framegate.testkit.DatabaseProxy.Cut;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Saves under load while the database or the server is killed ({@code kill -9}), and while the connection between them is
 * cut at a commit. What is acknowledged is stored, what is told as failed is not, and what is sent again since nobody knows
 * is stored once. In the end the database goes back to what it was before.
 *
 * <p>{@code -Dframegate.test.kills=50} kills the database so often and {@code -Dframegate.test.server-kills=50} the server;
 * a few each without.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KilledSavesIT {

    private static final int DATABASE_KILLS = Integer.getInteger("framegate.test.kills", 3);
    private static final int SERVER_KILLS = Integer.getInteger("framegate.test.server-kills", 1);
    private static final int SAVE_RESULT = 501001;
    private static final int EDITORS = 16;
    private static final long PATIENCE_SECONDS = 60;
    private static final int BETWEEN_KILLS = 50;

    private static ServerOnDatabase both;

    @BeforeAll
    static void start() throws Exception {
        both = ServerOnDatabase.start("killed-saves");
    }

    @AfterAll
    static void stop() throws IOException {
        if (both != null) {
            both.close();
        }
    }

    @Test
    @Order(1)
    void reportsUnknownOutcomeOfACutCommit() throws Exception {
        for (Cut cut : List.of(Cut.AFTER_COMMIT, Cut.BEFORE_COMMIT)) {
            SaveFeatures save = ServerOnDatabase.house(UUID.randomUUID().toString());
            int cuts = both.proxy().cuts();
            try (RawClient client = new RawClient(both.port())) {
                // Until the map is ready, and the connection that was cut before is gone from the pool.
                LostPast.saveAtLast(
                        client, ServerOnDatabase.house(UUID.randomUUID().toString()));
                both.proxy().cutNext(cut, "insert into map.save");
                String sentence = client.send(Frames.of(save))
                        .receive(ErrorResponse.class)
                        .text();
                assertTrue(sentence.startsWith("Outcome unknown"), cut + ": " + sentence);
                assertEquals(cuts + 1, both.proxy().cuts());
                assertEquals(cut == Cut.AFTER_COMMIT ? 1 : 0, stored(save.key()), cut::name);
                LostPast.saveAtLast(client, save);
                assertEquals(1, stored(save.key()), cut::name);
            }
        }
    }

    /** A worker of an application, which has nothing but {@code @Transactional}. */
    @Test
    @Order(2)
    void tellsItOfAnyTransactionalWorkerToo() throws Exception {
        for (Cut cut : List.of(Cut.AFTER_COMMIT, Cut.BEFORE_COMMIT)) {
            try (RawClient client = new RawClient(both.port())) {
                client.send(Frames.of(new AddNoteRequest("before", false)));
                client.receive();
                both.proxy().cutNext(cut, "insert into guest_note");
                client.send(Frames.of(new AddNoteRequest(cut.name(), false)));
                String sentence = client.receive(ErrorResponse.class).text();
                assertTrue(sentence.startsWith("Outcome unknown"), cut + ": " + sentence);
            }
            assertEquals(
                    cut == Cut.AFTER_COMMIT ? 1 : 0,
                    both.counts("select text, count(*) from guest_note group by text")
                            .getOrDefault(cut.name(), 0));
        }
    }

    private static int stored(String key) throws SQLException {
        return both.counts("select name, count(*) from map.polygon group by name")
                .getOrDefault(key, 0);
    }

    @Test
    @Order(3)
    void aKilledDatabaseLosesNoAcknowledgedSave() throws Exception {
        underLoad(23, "PostgreSQL", DATABASE_KILLS, both::killDatabase);
    }

    @Test
    @Order(4)
    void aKilledServerLosesNoAcknowledgedSave() throws Exception {
        underLoad(30, "the server", SERVER_KILLS, both.server()::killAndStart);
    }

    /**
     * The files of PostgreSQL are copied, and put back when it has got on: what was saved in between is not there any more, and
     * nobody is told that it is.
     */
    @Test
    @Order(5)
    void answersNothingOfALostPast() throws Exception {
        Path copy = both.copyDatabase();
        long toldMillis = LostPast.requireFoundOut(both, () -> both.putBack(copy));
        Scorecard.row(
                52,
                "the database goes back: nothing of the lost past, versions of before are invalid, watchers and followers"
                        + " are told to begin anew",
                "files put back under a server with kept answers: 0 answers of the lost past; a watcher told within %,d ms"
                        + " after PostgreSQL was there; a lost number known for lost; no number given twice",
                toldMillis);
    }

    /** Something that is killed and started again. */
    @FunctionalInterface
    private interface Kill {
        void kill() throws Exception;
    }

    private static void underLoad(int row, String victim, int kills, Kill kill) throws Exception {
        Load load = new Load(both.port());
        List<Thread> editors = new ArrayList<>();
        for (int i = 0; i < EDITORS; i++) {
            Thread editor = new Thread(load::edit, "editor-" + i);
            editor.start();
            editors.add(editor);
        }
        try {
            for (int i = 0; i < kills; i++) {
                int until = load.acknowledged.size() + BETWEEN_KILLS;
                Gate.await(
                        "no saves between two kills",
                        PATIENCE_SECONDS,
                        () -> load.acknowledged.size() >= until || load.hasFailed());
                kill.kill();
            }
            int until = load.acknowledged.size() + BETWEEN_KILLS;
            Gate.await(
                    "no saves after the last kill",
                    PATIENCE_SECONDS,
                    () -> load.acknowledged.size() >= until || load.hasFailed());
        } finally {
            load.done = true;
            for (Thread editor : editors) {
                editor.join(TimeUnit.SECONDS.toMillis(2 * PATIENCE_SECONDS));
            }
        }
        load.requireNoFailure();
        Map<String, Integer> polygons = both.counts("select name, count(*) from map.polygon group by name");
        Map<String, Integer> history = both.counts("select save_key, count(*) from map.change group by save_key");
        long lost = load.acknowledged.stream()
                .filter(key -> !polygons.containsKey(key) || !history.containsKey(key))
                .count();
        long twice = load.acknowledged.stream()
                .filter(key -> polygons.getOrDefault(key, 0) > 1 || history.getOrDefault(key, 0) > 1)
                .count();
        long forged = load.toldFailed.stream().filter(polygons::containsKey).count();
        Scorecard.row(
                row,
                victim + " killed (kill -9) under saving load: no acknowledged save lost, none applied twice",
                "%d kills under %d editors: %,d saves acknowledged, %,d sent again, %,d told as unknown, %,d told as failed;"
                        + " lost %d, applied twice %d, failed but stored %d, server faults %d",
                kills,
                EDITORS,
                load.acknowledged.size(),
                load.again.get(),
                load.unknown.get(),
                load.toldFailed.size(),
                lost,
                twice,
                forged,
                load.faults.get());
        assertEquals(0, lost, "acknowledged and not stored");
        assertEquals(0, twice, "stored twice");
        assertEquals(0, forged, "told as failed and stored");
        assertEquals(0, load.faults.get(), "told as a mistake of the server");
    }

    /** Editors that save houses, and send again what they do not know the outcome of. */
    private static final class Load {

        final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        final Set<String> toldFailed = ConcurrentHashMap.newKeySet();
        final AtomicInteger again = new AtomicInteger();
        final AtomicInteger unknown = new AtomicInteger();
        final AtomicInteger faults = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final InetSocketAddress address;
        volatile boolean done;

        Load(InetSocketAddress address) {
            this.address = address;
        }

        boolean hasFailed() {
            return failure.get() != null;
        }

        void requireNoFailure() {
            Throwable thrown = failure.get();
            if (thrown != null) {
                throw new AssertionError("an editor failed", thrown);
            }
        }

        void edit() {
            try {
                RawClient client = connect();
                while (!done) {
                    client = save(client, UUID.randomUUID().toString());
                }
                client.close();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        }

        /** Until the outcome is known. Returns the connection, which may be another one. */
        private RawClient save(RawClient given, String key) throws IOException {
            RawClient client = given;
            boolean maybeStored = false;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (true) {
                assertTrue(System.nanoTime() < end, "no outcome of " + key);
                byte[] reply = exchange(client, Frames.of(ServerOnDatabase.house(key)));
                if (reply == null) {
                    client.close();
                    client = connect();
                    maybeStored = true;
                } else if (FrameHeader.id(reply, 0) == SAVE_RESULT) {
                    assertEquals(
                            Outcome.SAVED,
                            Frames.message(reply, SaveResult.class).outcome());
                    acknowledged.add(key);
                    return client;
                } else {
                    String sentence = Frames.message(reply, ErrorResponse.class).text();
                    if (sentence.startsWith("Outcome unknown")) {
                        unknown.incrementAndGet();
                        maybeStored = true;
                    } else if (!sentence.startsWith("Nothing was saved")) {
                        faults.incrementAndGet();
                    }
                    if (!maybeStored) {
                        toldFailed.add(key);
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                        return client;
                    }
                }
                again.incrementAndGet();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }

        private static byte @Nullable [] exchange(RawClient client, byte[] frame) {
            try {
                return client.send(frame).receive();
            } catch (IOException | AssertionError e) {
                // Cut off, perhaps within a frame.
                return null;
            }
        }

        private RawClient connect() throws IOException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (true) {
                try {
                    return new RawClient(address);
                } catch (IOException e) {
                    if (System.nanoTime() > end) {
                        throw e;
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
            }
        }
    }
}
