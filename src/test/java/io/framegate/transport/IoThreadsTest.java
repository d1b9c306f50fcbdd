package io.framegate.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IoThreadsTest {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final IoThreads threads = new IoThreads(4, 4);
    private final List<Thread> started = new ArrayList<>();
    private long now = System.nanoTime();

    /** A thread that handles one event and tells of it, or rests. */
    private Thread handles(long nanos) {
        Thread thread = new Thread(() -> {
            threads.begin();
            threads.end(nanos, true);
        });
        started.add(thread);
        thread.start();
        return thread;
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "in vain");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static boolean rests(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    private long parked() {
        return started.stream().filter(IoThreadsTest::rests).count();
    }

    /** Those that were called. */
    private long gone() {
        return started.stream().filter(thread -> !thread.isAlive()).count();
    }

    private void restAllButOne() {
        for (int i = 0; i < 3; i++) {
            Thread thread = handles(0);
            await(() -> rests(thread));
        }
    }

    private void poll(double load) {
        threads.record((long) (load * LOOK_NANOS));
        now += LOOK_NANOS;
        threads.poll(now);
    }

    @AfterEach
    void leavesNoneResting() throws InterruptedException {
        threads.close();
        for (Thread thread : started) {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertTrue(!thread.isAlive(), "it still rests");
        }
    }

    @Test
    void parksAllButOneAtLowLoad() throws InterruptedException {
        restAllButOne();
        handles(0).join(TimeUnit.SECONDS.toMillis(20));
        assertEquals(3, parked());
    }

    @Test
    void unparksAThreadIfTheLastFreeOneBlocks() throws InterruptedException {
        restAllButOne();
        threads.beginBlocking();
        await(() -> gone() == 1);
        // The one that goes may be lent as well.
        threads.beginBlocking();
        await(() -> gone() == 2);
        threads.endBlocking();
        threads.endBlocking();
        handles(0);
        await(() -> parked() == 2);
        handles(0);
        // Whichever: one that was called may find that another has gone in its place.
        await(() -> parked() == 3);
    }

    @Test
    void unparksNobodyIfBlockingThreadsReturn() {
        restAllButOne();
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
        while (System.nanoTime() < until) {
            threads.beginBlocking();
            threads.endBlocking();
        }
        // One, if this thread had no core for so long; it then counts as free, so that no more need to go.
        assertTrue(gone() <= 1, "more than one was called");
    }

    @Test
    void unparksThreadsByLoad() throws InterruptedException {
        restAllButOne();
        poll(0);
        assertEquals(3, parked());
        poll(0.9);
        await(() -> parked() == 2);
        poll(2.5);
        await(() -> parked() == 0);
        poll(0.7);
        for (int i = 1; i <= 2; i++) {
            int expected = i;
            handles(0);
            await(() -> parked() == expected);
        }
        handles(0).join(TimeUnit.SECONDS.toMillis(20));
        assertEquals(2, parked());
    }

    @Test
    void unparksAThreadIfTheOnlyOneIsStuck() throws InterruptedException {
        restAllButOne();
        poll(0);
        threads.begin();
        poll(0);
        await(() -> parked() == 2);
        // The one that was called is not let go, since the other has not come back.
        handles(0).join(TimeUnit.SECONDS.toMillis(20));
        poll(0);
        handles(0).join(TimeUnit.SECONDS.toMillis(20));
        assertEquals(2, parked());
        Thread back = new Thread(() -> threads.end(0, true));
        started.add(back);
        back.start();
        back.join(TimeUnit.SECONDS.toMillis(20));
        poll(0);
        handles(0);
        await(() -> parked() == 3);
    }

    @Test
    void countsOneThatIsInterruptedWhileItRests() throws InterruptedException {
        restAllButOne();
        started.get(0).interrupt();
        started.get(0).join(TimeUnit.SECONDS.toMillis(20));
        handles(0);
        await(() -> parked() == 3);
    }
}
