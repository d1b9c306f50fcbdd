package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.message.DatabaseErrors;
import io.framegate.testkit.Gate;
import jakarta.persistence.PersistenceException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the versions of areas do with a database that stalls; {@code KeptAreasTest} has them with a real one. */
@Timeout(30)
class AreaVersionsTest {

    private static final Area AREA = new Area(Ellipsoid.WGS84, Area.EVERYTHING, 9, 47, 10, 48);

    private final CountDownLatch stalls = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final List<Thread> callers = new ArrayList<>();
    private final AreaVersions versions =
            new AreaVersions(MapPersistenceFixture.feed((DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                        asked.incrementAndGet();
                        stalls.await();
                        throw new SQLException("gone", "08006");
                    })));

    @Test
    void boundsTheWait() throws Exception {
        CompletableFuture<AreaVersions.Version> first = version();
        Gate.await(() -> asked.get() == 1);
        List<CompletableFuture<AreaVersions.Version>> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            others.add(version());
        }
        others.forEach(AreaVersionsTest::assertTrouble);
        assertFalse(first.isDone());
        long begun = System.nanoTime();
        assertTrouble(version());
        assertTrue(System.nanoTime() - begun < 2_000_000_000L, "the look has had its time already");
        assertEquals(1, asked.get());
        stalls.countDown();
        assertTrouble(first);
    }

    @Test
    void sharesAFailureWithAllWaiting() throws Exception {
        CompletableFuture<AreaVersions.Version> first = version();
        Gate.await(() -> asked.get() == 1);
        List<CompletableFuture<AreaVersions.Version>> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            others.add(version());
        }
        Gate.await(() -> callers.stream().allMatch(AreaVersionsTest::waits));
        stalls.countDown();
        assertTrouble(first);
        others.forEach(AreaVersionsTest::assertTrouble);
        assertEquals(2, asked.get(), "that of the first, and one for all who came meanwhile");
    }

    private static boolean waits(Thread caller) {
        return caller.getState() == Thread.State.WAITING || caller.getState() == Thread.State.TIMED_WAITING;
    }

    private CompletableFuture<AreaVersions.Version> version() {
        CompletableFuture<AreaVersions.Version> version = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                version.complete(versions.of("any", AREA));
            } catch (PersistenceException e) {
                version.completeExceptionally(e);
            }
        });
        callers.add(caller);
        caller.start();
        return version;
    }

    private static void assertTrouble(CompletableFuture<AreaVersions.Version> version) {
        ExecutionException thrown = assertThrows(ExecutionException.class, version::get);
        assertTrue(DatabaseErrors.isIn(thrown), thrown::toString);
    }
}
