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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The application deployed and undeployed again and again in one Payara Micro, under clients that connect again whenever
 * they lose it: each time the port is bound again, and no thread, object or direct memory of the gate stays. How many class
 * loaders of the application are left is told, not judged: some are Payara's to let go.
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

    private static final String SERVER = "io.framegate.FramegateServer";
    private static final String LOADER = "org.glassfish.web.loader.WebappClassLoader";

    /** By their names: the gate's, and those that the driver of the database starts. */
    private static final String OWN_THREADS = "framegate|PostgreSQL";

    private static final String NONE = "none";

    /**
     * However often there was a redeploy, as a heap dump shows: the thread of its shared scheduled executor remembers the rights
     * of the code that it was started by, the timer of its pools the one that was resized last, and a thread of its own that the
     * first application has started has its class loader for context.
     */
    private static final long KEPT_BY_PAYARA = 3;

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
                long loaders = leftSoon(payara, own);
                long servers = payara.number("instances " + SERVER);
                long direct = payara.number("direct");
                String threads = payara.order("threads " + OWN_THREADS);
                String gateThreads = payara.order("threads framegate");
                Scorecard.row(
                        28,
                        "redeploys under load in one Payara: the port binds again, no thread, object or direct memory of the gate stays",
                        "%d redeploys under %d clients that connect again, %,d answers; the port closed and bound again each time,"
                                + " %,d ms at most from the order to the first answer; afterwards %d class loaders of the application,"
                                + " %d of its servers, threads %s, %,+d KiB of direct memory",
                        REDEPLOYS,
                        CLIENTS,
                        load.answered.get(),
                        longest,
                        loaders,
                        servers,
                        threads,
                        (direct - directBefore) / 1024);
                if (loaders > KEPT_BY_PAYARA) {
                    Path dump = directory.resolve("left.hprof");
                    Files.deleteIfExists(dump);
                    payara.order("dump " + dump);
                }
                assertEquals(0, servers, "objects of an application that is gone");
                assertEquals(NONE, gateThreads, "threads of a gate that is gone");
                assertTrue(direct <= directBefore + DIRECT_BYTES_MORE, "direct memory");
            } finally {
                load.done = true;
            }
        }
    }

    /** Class loaders of applications, when there are no threads of any more or these have had their time to end. */
    private static long leftSoon(RedeployProcess payara, long own) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(THREADS_END_SECONDS);
        long left = payara.number("instances " + LOADER) - own;
        // What one collection has found to be garbage may keep the rest until the next.
        while ((left > KEPT_BY_PAYARA || !payara.order("threads " + OWN_THREADS).equals(NONE))
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
        assertEquals("true", payara.order("deploy " + war), () -> "deployed; see " + payara.log());
        Gate.await(() -> load.answered.get() > answered);
        long first = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        long saved = load.saved.get();
        Gate.await(() -> load.answered.get() > answered + BETWEEN && load.saved.get() > saved + CLIENTS);
        payara.order("undeploy");
        assertThrows(IOException.class, () -> new RawClient(port), "the port is closed");
        return first;
    }

    /** Clients that ask, read the database and save, and connect again when the connection has ended. */
    private static final class Load {

        final AtomicLong answered = new AtomicLong();
        final AtomicLong saved = new AtomicLong();
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
                } catch (IOException | AssertionError e) {
                    // Nobody listens, or the end came within a frame.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
            }
        }

        private boolean ask(RawClient client) throws IOException {
            client.send(
                    Frames.of(new WelcomeRequest(1)),
                    Frames.of(new LoadPolygonsByArea(AREA)),
                    Frames.of(ServerOnDatabase.house(UUID.randomUUID().toString())));
            for (int i = 0; i < 3; i++) {
                byte[] reply = client.receive();
                if (reply == null) {
                    return false;
                }
                if (FrameHeader.id(reply, 0) == SAVE_RESULT) {
                    saved.incrementAndGet();
                }
            }
            return true;
        }
    }
}
