package io.framegate.it;

import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.message.LoadNodesByAreaV2;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.PageRequest;
import io.framegate.message.ErrorResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Clients that read the map or save into it, one request after the other, whatever the answer; and what becomes of that.
 * Refusals must be one of the sentences that are told of a database in trouble.
 */
final class MapLoad implements AutoCloseable {

    private static final int ERROR = 500201;
    private static final String NOTHING_SAVED = "Nothing was saved: ";
    private static final String NOT_READ = "The map's database cannot be reached now";
    private static final String UNKNOWN = "Outcome unknown: the database was lost";

    /** Beside the houses that are saved. */
    private static final Area AREA = new Area(Ellipsoid.WGS84, Area.EVERYTHING, 9.55, 47.15, 9.6, 47.2);

    /** A request that needs the database, and whose answer is empty. */
    static final LoadPolygonsByArea READ = new LoadPolygonsByArea(AREA);

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> toldFailed = ConcurrentHashMap.newKeySet();
    private final AtomicLong answeredReads = new AtomicLong();
    private final AtomicLong refusedReads = new AtomicLong();
    private final AtomicLong refusedSaves = new AtomicLong();
    private final AtomicLong longestMillis = new AtomicLong();
    private final Set<Integer> wanting = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> clients = new ArrayList<>();
    private final ServerOnDatabase both;
    private final int readers;
    private final int savers;
    private final long patienceMillis;
    private volatile boolean done;

    /** What a refused save is told of the database after {@link #NOTHING_SAVED}. */
    private volatile List<String> reasons = List.of("the map's database cannot be reached now");

    /**
     * Starts them, when the server serves.
     *
     * @param patienceMillis how long an answer may take; later is never
     */
    MapLoad(ServerOnDatabase both, int readers, int savers, long patienceMillis) throws IOException {
        this.both = both;
        this.readers = readers;
        this.savers = savers;
        this.patienceMillis = patienceMillis;
        awaitService();
        for (int i = 0; i < readers + savers; i++) {
            int number = i;
            Thread client = new Thread(() -> ask(number), "client-" + i);
            client.setDaemon(true);
            client.start();
            clients.add(client);
        }
    }

    private void awaitService() throws IOException {
        try (RawClient client = new RawClient(both.port())) {
            Gate.await(() -> {
                try {
                    byte[] reply = client.send(Frames.of(READ)).receive();
                    return reply != null && !isError(reply);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    private static boolean isError(byte[] reply) {
        return FrameHeader.id(reply, 0) == ERROR;
    }

    /** What refused saves may be told from now on, in place of that the database can't be reached. */
    void expect(String... words) {
        reasons = List.of(words);
    }

    /** Saves that were acknowledged so far. */
    int acknowledged() {
        return acknowledged.size();
    }

    /** Reads that were answered so far. */
    long answeredReads() {
        return answeredReads.get();
    }

    long refusedReads() {
        return refusedReads.get();
    }

    long refusedSaves() {
        return refusedSaves.get();
    }

    /** What one client has waited at most for an answer, of whatever kind. */
    long longestMillis() {
        return longestMillis.get();
    }

    /** Until each client has been answered what it wants, from now on. */
    void awaitAnswersOfAll() {
        for (int i = 0; i < readers + savers; i++) {
            wanting.add(i);
        }
        Gate.await(() -> wanting.isEmpty() || failure.get() != null);
        requireNoFailure();
    }

    /** Ends them when they have their answers. */
    void end() throws InterruptedException {
        done = true;
        for (Thread client : clients) {
            client.join(patienceMillis);
        }
        requireNoFailure();
    }

    private void requireNoFailure() {
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new AssertionError("a client failed", thrown);
        }
    }

    /**
     * Compares what was told with what is in the database.
     *
     * @param lost acknowledged, and not there once
     * @param forged told as failed, and there
     */
    record Outcome(long lost, long forged) {}

    /** What it comes to, after the {@link #end}. */
    Outcome outcome() throws SQLException {
        Map<String, Integer> stored = both.counts("select name, count(*) from map.polygon group by name");
        return new Outcome(
                acknowledged.stream()
                        .filter(key -> stored.getOrDefault(key, 0) != 1)
                        .count(),
                toldFailed.stream().filter(stored::containsKey).count());
    }

    private void ask(int number) {
        boolean saves = number >= readers;
        try (RawClient client = new RawClient(both.port())) {
            client.socket().setSoTimeout((int) patienceMillis);
            while (!done) {
                String key = UUID.randomUUID().toString();
                long begun = System.nanoTime();
                byte[] reply = client.send(Frames.of(saves ? ServerOnDatabase.house(key) : read(number)))
                        .receive();
                longestMillis.accumulateAndGet(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun), Math::max);
                if (reply == null) {
                    throw new AssertionError("the connection was ended");
                }
                if (isError(reply)) {
                    refused(
                            key,
                            saves,
                            Frames.message(reply, ErrorResponse.class).text());
                } else {
                    wanting.remove(number);
                    if (saves) {
                        acknowledged.add(key);
                    } else {
                        answeredReads.incrementAndGet();
                    }
                }
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private void refused(String key, boolean save, String sentence) {
        if (save && reasons.stream().anyMatch(reason -> sentence.startsWith(NOTHING_SAVED + reason))) {
            toldFailed.add(key);
        } else if (!sentence.startsWith(save ? UNKNOWN : NOT_READ)) {
            throw new AssertionError("no sentence for a database in trouble: " + sentence);
        }
        (save ? refusedSaves : refusedReads).incrementAndGet();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }

    private static Record read(int number) {
        return switch (number % 3) {
            case 0 -> READ;
            case 1 -> new LoadLinksByArea(AREA);
            default -> new LoadNodesByAreaV2(AREA, new PageRequest("", 0, 0, "", false, false));
        };
    }

    @Override
    public void close() {
        done = true;
    }
}
