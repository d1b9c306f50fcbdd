package io.framegate.map.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;

/**
 * Counts what is taken from a pool, whosever it is: what the app server counts of its own pools is switched off as a rule, and of
 * those that an application declares it shows nothing. And it lets no more than one wait for a pool that
 * {@linkplain PoolBreaker gives nothing}.
 *
 * <p><b>Threads.</b> For all.
 */
final class PoolCounts {

    private final AtomicInteger used = new AtomicInteger();
    private final AtomicInteger mostUsed = new AtomicInteger();
    private final LongAdder taken = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder waitNanos = new LongAdder();
    private final PoolBreaker breaker = new PoolBreaker();

    /** Connections that are taken and not given back. */
    int used() {
        return used.get();
    }

    /** The most that were taken at a time. */
    int mostUsed() {
        return mostUsed.get();
    }

    /** How often one was taken. */
    long taken() {
        return taken.sum();
    }

    /** How often none could be had. */
    long failed() {
        return failed.sum();
    }

    /** How long all of them together were waited for, those in vain included. */
    long waitNanos() {
        return waitNanos.sum();
    }

    /** The same pool, counted. */
    DataSource counting(DataSource pool) {
        return proxy(
                DataSource.class,
                (proxy, method, arguments) -> method.getName().equals("getConnection")
                        ? take(pool, method, arguments)
                        : call(pool, method, arguments));
    }

    private Connection take(DataSource pool, Method method, Object[] arguments) throws Throwable {
        long begun = System.nanoTime();
        boolean had = false;
        boolean forAll = false;
        try {
            forAll = breaker.enter();
            Connection connection = (Connection) call(pool, method, arguments);
            had = true;
            taken.increment();
            mostUsed.accumulateAndGet(used.incrementAndGet(), Math::max);
            return untilClosed(connection);
        } finally {
            long ended = System.nanoTime();
            breaker.leave(forAll, had, begun, ended);
            waitNanos.add(ended - begun);
            if (!had) {
                failed.increment();
            }
        }
    }

    /** A connection is given back once, however often it is closed. */
    private Connection untilClosed(Connection connection) {
        AtomicBoolean open = new AtomicBoolean(true);
        return proxy(Connection.class, (proxy, method, arguments) -> {
            if (method.getName().equals("close") && open.compareAndSet(true, false)) {
                used.decrementAndGet();
            }
            return call(connection, method, arguments);
        });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(PoolCounts.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
