package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.MapChanged;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.WatchChanges;
import io.framegate.map.message.Watching;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.Tool;
import io.framegate.testkit.abuse.Scorecard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A server with a heap of 512 MiB under readers, editors, watchers and clients that come and go, for as long as one wants: what is
 * in use of the heap after a collection, and the number of threads, stay as they are once all has been in use.
 *
 * <p>{@code -Dframegate.test.soak-seconds=780} has it go on for 13 minutes.
 */
class SoakIT {

    private static final String SECONDS = "framegate.test.soak-seconds";
    private static final int READERS = 8;
    private static final int SAVERS = 4;
    private static final long PATIENCE_MILLIS = 60_000;
    private static final int LOOKS = 6;

    /** In which caches are filled, pools are as large as they get, and the compiler has what it keeps. */
    private static final int WARM_UP_LOOKS = 2;

    private static final long MOST_MORE_BYTES = 16 << 20;

    /** Of the compiler, the collector and Payara's own upkeep, which come and go. */
    private static final int MOST_MORE_THREADS = 6;

    private static final Area HOUSES = new Area(Ellipsoid.WGS84, Area.EVERYTHING, 9.4, 47.0, 9.6, 47.2);
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final Pattern THREADS = Pattern.compile("(?m)^Threads:\\s+(\\d+)");

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicInteger visits = new AtomicInteger();
    private volatile boolean done;

    /** What a server uses. */
    private record Use(long heapBytes, int threads) {}

    @Test
    @EnabledIfSystemProperty(
            named = SECONDS,
            matches = "\\d+",
            disabledReason = "it takes a minute or more; -D" + SECONDS + "=N runs it")
    void usesNoMoreHowLongSoeverItServes() throws Exception {
        long seconds = Long.getLong(SECONDS);
        try (ServerOnDatabase both = ServerOnDatabase.start("soak");
                MapLoad load = new MapLoad(both, READERS, SAVERS, PATIENCE_MILLIS)) {
            Thread visitor = new Thread(() -> visit(both), "visitor");
            visitor.start();
            List<Use> uses = new ArrayList<>();
            for (int look = 1; look <= LOOKS; look++) {
                TimeUnit.MILLISECONDS.sleep(TimeUnit.SECONDS.toMillis(seconds) / LOOKS);
                load.awaitAnswersOfAll();
                uses.add(use(both.server().pid()));
            }
            done = true;
            visitor.join(PATIENCE_MILLIS);
            assertEquals(null, failure.get());
            load.end();
            assertEquals(new MapLoad.Outcome(0, 0), load.outcome());
            assertEquals(0, load.refusedReads() + load.refusedSaves());
            Use first = uses.get(WARM_UP_LOOKS - 1);
            Use last = uses.get(LOOKS - 1);
            Scorecard.row(
                    Scorecard.RULE,
                    "readers, editors, watchers and clients that come and go, at a heap of 512 MiB: heap after a collection and threads"
                            + " stay as they are, nothing acknowledged is lost",
                    "%,d s: %,d reads, %,d saves, %,d clients that came and went with a watch; heap in use after a third of it and at"
                            + " the end %,d and %,d KiB, threads %d and %d; 0 refused, 0 lost, the longest wait %,d ms",
                    seconds,
                    load.answeredReads(),
                    load.acknowledged(),
                    visits.get(),
                    first.heapBytes() / 1024,
                    last.heapBytes() / 1024,
                    first.threads(),
                    last.threads(),
                    load.longestMillis());
            assertTrue(visits.get() > 0, "nobody came and went");
            assertTrue(last.heapBytes() - first.heapBytes() <= MOST_MORE_BYTES, uses::toString);
            assertTrue(last.threads() - first.threads() <= MOST_MORE_THREADS, uses::toString);
        }
    }

    /** After a full collection. */
    private static Use use(long pid) throws Exception {
        Path directory = ServerOnDatabase.directory("soak");
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String classes = Tool.run(directory, jcmd, String.valueOf(pid), "GC.class_histogram");
        String status = Files.readString(Path.of("/proc", String.valueOf(pid), "status"));
        return new Use(number(TOTAL, classes), (int) number(THREADS, status));
    }

    private static long number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        assertTrue(found.find(), () -> pattern + " is not in " + text);
        return Long.parseLong(found.group(1));
    }

    /** Comes, watches until something is told, asks for what is there, and goes, some by an end and some without. */
    private void visit(ServerOnDatabase both) {
        try {
            while (!done) {
                try (RawClient client = new RawClient(both.port())) {
                    client.socket().setSoTimeout((int) PATIENCE_MILLIS);
                    client.send(Frames.of(new HelloRequest(1, "visitor", new int[] {Capability.NOTICES.code()})));
                    client.receive(HelloResponse.class);
                    client.send(Frames.of(new WatchChanges("", List.of(HOUSES))));
                    client.receive(Watching.class);
                    client.receive(MapChanged.class);
                    if (visits.incrementAndGet() % 2 == 0) {
                        client.socket().setSoLinger(true, 0);
                    }
                }
                try (RawClient client = new RawClient(both.port())) {
                    client.send(Frames.of(MapLoad.READ));
                    client.receive(Polygons.class);
                }
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }
}
