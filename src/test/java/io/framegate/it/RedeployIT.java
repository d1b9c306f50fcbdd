package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.ServerProcess;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.testkit.redeploy.RedeployProcess;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The application deployed and undeployed again and again in one Payara Micro, under clients that connect again whenever
 * they lose it: each time the port is bound again; no thread, object or direct memory of the gate stays, and no more class
 * loaders of the application than {@link #KEPT_BY_PAYARA}, however often it was redeployed. What was accepted before an end is
 * answered: exactly those saves are stored that were acknowledged.
 *
 * <p>{@code -Dframegate.test.redeploys=50} does so fifty times.
 */
class RedeployIT {

    private static final int REDEPLOYS = Integer.getInteger("framegate.test.redeploys", 3);

    /** What is loaded, pooled and cached once for all takes place in these. */
    private static final int WARM_UP = 1;

    private static final int CLIENTS = 8;
    private static final int BETWEEN = 200;

    private static final int SAVE_RESULT = 501001;
    private static final int ERROR = 500201;

    private static final String SERVER = "io.framegate.server.FramegateServer";
    private static final String LOADER = "org.glassfish.web.loader.WebappClassLoader";

    /** By their names: the gate's, and those that the driver of the database starts. */
    private static final String OWN_THREADS = "framegate|PostgreSQL";

    private static final String NONE = "none";

    /**
     * Class loaders that Payara keeps, however often there was a redeploy. In a heap dump each has one path to a root of the
     * garbage collector, and nothing on it is the gate's or a library's of the WAR but the last step:
     *
     * <ul>
     *   <li>the thread of the default scheduled executor remembers the rights of the code that it was started by
     *       ({@code Thread.inheritedAccessControlContext});
     *   <li>the thread of the default web module, which comes back when an application goes, has the application's for its
     *       {@code contextClassLoader};
     *   <li>so has the thread that writes the log file, where it was started during a deployment;
     *   <li>the timer of connection pools has the pool on its stack that it has resized last ({@code Resizer.pool}), and that
     *       the class of its data source.
     * </ul>
     *
     * Two of them may keep the same one.
     */
    private static final long KEPT_BY_PAYARA = 4;

    private static final long THREADS_END_SECONDS = 60;
    private static final long DIRECT_BYTES_MORE = 4 << 20;
    private static final Area AREA = new Area(Ellipsoid.WGS84, Area.EVERYTHING, 9.55, 47.15, 9.6, 47.2);

    @Test
    @EnabledIfSystemProperty(
            named = "framegate.test.redeploys",
            matches = "\\d+",
            disabledReason = "it takes minutes; -Dframegate.test.redeploys=N runs it")
    void leavesNothingBehindWhenItIsDeployedAgainAndAgainUnderLoad() throws Exception {
        Path directory = ServerOnDatabase.directory("redeploys");
        InetSocketAddress port = new InetSocketAddress(InetAddress.getLoopbackAddress(), ServerProcess.freePort());
        try (ServerOnDatabase both =
                ServerOnDatabase.withDatabase(directory, Files.createTempDirectory(directory, "data-"))) {
            List<String> options = new ArrayList<>(both.settings());
            options.add("-Dframegate.listener.port=" + port.getPort());
            Path war = both.war();
            Load load = new Load(port);
            try (RedeployProcess payara = new RedeployProcess(directory, ServerProcess.freePort(), options)) {
                long own = payara.number("instances " + LOADER);
                load.start();
                for (int i = 0; i < WARM_UP; i++) {
                    redeploy(payara, war, port, load);
                }
                long directBefore = payara.number("direct");
                long longest = 0;
                for (int i = 0; i < REDEPLOYS; i++) {
                    longest = Math.max(longest, redeploy(payara, war, port, load));
                }
                load.end();
                Outcome outcome = load.outcome(both);
                long loaders = leftSoon(payara, own);
                long servers = payara.number("instances " + SERVER);
                long direct = payara.number("direct");
                String threads = payara.order("threads " + OWN_THREADS);
                String gateThreads = payara.order("threads framegate");
                Scorecard.row(
                        28,
                        "redeploys under load in one Payara: the port binds again, no thread, object or direct memory of the gate stays, nor a"
                                + " class loader for each",
                        "%d redeploys under %d clients that connect again, %,d answers; the port closed and bound again each time,"
                                + " %,d ms at most from the order to the first answer; afterwards %d class loaders of the application"
                                + " (Payara keeps up to %d), %d of its servers, threads: %s, %,+d KiB of direct memory",
                        REDEPLOYS,
                        CLIENTS,
                        load.answered.get(),
                        longest,
                        loaders,
                        KEPT_BY_PAYARA,
                        servers,
                        threads,
                        (direct - directBefore) / 1024);
                Scorecard.row(
                        29,
                        "stopped under load: every save that was accepted is answered, none is lost and none stored in silence",
                        "%d stops under %d clients with three requests in flight each: %,d saves acknowledged, %,d refused; %d"
                                + " acknowledged and not stored once, %d stored and not acknowledged, %d replies cut short",
                        WARM_UP + REDEPLOYS,
                        CLIENTS,
                        load.saved.size(),
                        load.refused.get(),
                        outcome.lost(),
                        outcome.silent(),
                        load.cut.get());
                if (loaders > KEPT_BY_PAYARA) {
                    Path dump = directory.resolve("left.hprof");
                    Files.deleteIfExists(dump);
                    payara.order("dump " + dump);
                }
                assertTrue(
                        loaders <= KEPT_BY_PAYARA,
                        () -> loaders + " class loaders; see left.hprof beside " + payara.log());
                assertEquals(new Outcome(0, 0), outcome);
                assertEquals(0, load.cut.get(), "replies cut short");
                assertEquals(0, servers, "objects of an application that is gone");
                assertEquals(NONE, gateThreads, "threads of a gate that is gone");
                assertTrue(direct <= directBefore + DIRECT_BYTES_MORE, "direct memory");
            } finally {
                load.done = true;
            }
        }
    }

    /** Class loaders of applications, when nothing is left of any more or has had its time to end. */
    private static long leftSoon(RedeployProcess payara, long own) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(THREADS_END_SECONDS);
        long left = payara.number("instances " + LOADER) - own;
        // What one collection has found to be garbage may keep the rest until the next.
        while ((left > KEPT_BY_PAYARA
                        || payara.number("instances " + SERVER) > 0
                        || !payara.order("threads " + OWN_THREADS).equals(NONE))
                && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            left = payara.number("instances " + LOADER) - own;
        }
        return left;
    }

    /** Gives the time until the first answer, in milliseconds. */
    private static long redeploy(RedeployProcess payara, Path war, InetSocketAddress port, Load load)
            throws IOException {
        long begun = System.nanoTime();
        long answered = load.answered.get();
        payara.deploy(war);
        Gate.await(() -> load.answered.get() > answered);
        long first = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        long saved = load.saved.size();
        Gate.await(() -> load.answered.get() > answered + BETWEEN && load.saved.size() > saved + CLIENTS);
        payara.order("undeploy");
        assertThrows(IOException.class, () -> new RawClient(port), "the port is closed");
        return first;
    }

    /**
     * What has become of saves.
     *
     * @param lost those that were acknowledged and are not stored once
     * @param silent those that are stored, and nobody was told
     */
    private record Outcome(long lost, long silent) {}

    /** Clients that ask, read the database and save, and connect again when the connection has ended. */
    private static final class Load {

        final AtomicLong answered = new AtomicLong();
        final AtomicLong refused = new AtomicLong();
        final AtomicLong cut = new AtomicLong();
        final Set<String> saved = ConcurrentHashMap.newKeySet();
        private final List<Thread> clients = new ArrayList<>();
        private final InetSocketAddress port;
        volatile boolean done;

        Load(InetSocketAddress port) {
            this.port = port;
        }

        void start() {
            for (int i = 0; i < CLIENTS; i++) {
                Thread client = new Thread(this::connectAgainAndAgain, "client-" + i);
                client.setDaemon(true);
                client.start();
                clients.add(client);
            }
        }

        void end() throws InterruptedException {
            done = true;
            for (Thread client : clients) {
                client.join();
            }
        }

        private void connectAgainAndAgain() {
            while (!done) {
                try (RawClient client = new RawClient(port)) {
                    while (!done && ask(client)) {
                        answered.incrementAndGet();
                    }
                } catch (IOException e) {
                    // Nobody listens, or what was sent came after the end.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                } catch (AssertionError e) {
                    cut.incrementAndGet();
                }
            }
        }

        private boolean ask(RawClient client) throws IOException {
            String key = UUID.randomUUID().toString();
            client.send(
                    Frames.of(new WelcomeRequest(1)),
                    Frames.of(new LoadPolygonsByArea(AREA)),
                    Frames.of(ServerOnDatabase.house(key)));
            for (int i = 0; i < 3; i++) {
                byte[] reply = client.receive();
                if (reply == null) {
                    return false;
                }
                int id = FrameHeader.id(reply, 0);
                if (id == SAVE_RESULT) {
                    saved.add(key);
                } else if (id == ERROR) {
                    refused.incrementAndGet();
                }
            }
            return true;
        }

        Outcome outcome(ServerOnDatabase both) throws SQLException {
            Map<String, Integer> stored = both.counts("select name, count(*) from map.polygon group by name");
            return new Outcome(
                    saved.stream()
                            .filter(key -> stored.getOrDefault(key, 0) != 1)
                            .count(),
                    stored.keySet().stream().filter(key -> !saved.contains(key)).count());
        }
    }
}
