package io.framegate.dispatch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The queue between the threads that read and those that work, which wakes as few of them as the work needs.
 *
 * <p>To wake a thread costs more than a small request does. So work that is quick is left to a thread that is <em>nimble</em>:
 * awake, with nothing in hand but quick work, so that it will come for the next soon. One is woken for it only if there is none,
 * or if what was taken had waited for longer than a waking takes, up to one for each core. For work that is not quick a
 * thread is woken every time.
 *
 * <p>Work that was quick so far may wait all the same. While any is left to those that are nimble, one of the waiting threads, the
 * <em>guard</em>, looks every {@value #LOOK_MILLIS} ms whether the head of the queue is still the same, and then comes for it.
 *
 * <p><b>Threads.</b> Any. Each that takes has a {@link Taker} of its own. The last that began to wait is the first to be woken,
 * since it is the warmest.
 */
final class HandOver {

    private static final int LOOK_MILLIS = 1;
    private static final long LOOK_NANOS = LOOK_MILLIS * 1_000_000L;

    /** So often the guard finds nothing before it is one no longer. */
    private static final int IDLE_LOOKS = 8;

    private static final int ALL = Integer.MAX_VALUE;

    private final int cores;
    private final Queue<Work> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger nimble = new AtomicInteger();
    private final Deque<Taker> waiting = new ArrayDeque<>(); // guarded by itself
    private volatile @Nullable Taker guard; // changed under the lock of waiting

    /** @param cores of the machine: so many threads are awake for quick work */
    HandOver(int cores) {
        this.cores = cores;
    }

    /**
     * Hands work over.
     *
     * @param quick whether it is likely to take less than waking a thread does
     */
    void put(Work work, boolean quick) {
        queue.add(work);
        if (!quick) {
            call(ALL);
        } else if (nimble.get() == 0) {
            call(1);
        } else if (guard == null) {
            appointGuard();
        }
    }

    /** Those who are awake can't keep up with quick work. */
    void callAnother() {
        if (nimble.get() < cores && !queue.isEmpty()) {
            call(cores);
        }
    }

    /** Takes back what nobody has taken. @return false if somebody has */
    boolean remove(Work work) {
        return queue.remove(work);
    }

    /** What waits, oldest first, as it is when it is asked for. */
    Iterable<Work> waiting() {
        return queue;
    }

    /** Whether nothing waits to be taken. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Threads that will come for quick work by themselves. */
    int nimble() {
        return nimble.get();
    }

    /** Threads that have to be woken. */
    int waitingThreads() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private void call(int most) {
        synchronized (waiting) {
            Taker taker = nimble.get() < most ? waiting.pollFirst() : null;
            if (taker != null) {
                nimble.incrementAndGet();
                taker.called = true;
                LockSupport.unpark(taker.thread);
            }
        }
    }

    private void appointGuard() {
        synchronized (waiting) {
            Taker last = waiting.peekLast();
            if (guard == null && last != null) {
                guard = last;
                LockSupport.unpark(last.thread);
            }
        }
    }

    /** One thread that takes; used by it only, and made by it. It is nimble until it says otherwise. */
    final class Taker implements AutoCloseable {

        private final Thread thread = Thread.currentThread();
        private volatile boolean called;
        private boolean isNimble;

        Taker() {
            becomeNimble();
        }

        /**
         * Takes the next work, after a time of waiting if need be; the thread is nimble then.
         *
         * @return null if there was none for so long
         */
        @Nullable
        Work take(long nanos) throws InterruptedException {
            if (!isNimble) {
                becomeNimble();
            }
            Work work = queue.poll();
            return work == null ? await(nanos) : work;
        }

        /** What this thread does next is not quick. */
        void takesItsTime() {
            if (isNimble) {
                isNimble = false;
                if (nimble.decrementAndGet() == 0 && !queue.isEmpty()) {
                    call(1);
                }
            }
        }

        private void becomeNimble() {
            isNimble = true;
            nimble.incrementAndGet();
        }

        private @Nullable Work await(long nanos) throws InterruptedException {
            synchronized (waiting) {
                called = false;
                waiting.addFirst(this);
                nimble.decrementAndGet();
            }
            // Who has put work before it could see that this thread waits has called nobody.
            Work work = queue.poll();
            boolean interrupted = work == null && awaitCall(System.nanoTime() + nanos);
            synchronized (waiting) {
                if (!called) {
                    waiting.remove(this);
                    nimble.incrementAndGet();
                }
                if (guard == this) {
                    guard = null;
                }
            }
            if (interrupted) {
                throw new InterruptedException();
            }
            if (work == null) {
                work = queue.poll();
            }
            if (!queue.isEmpty() && guard == null) {
                appointGuard();
            }
            return work;
        }

        /** Waits until it is called, the time is over, or as a guard it has reason to come. @return whether it was interrupted */
        private boolean awaitCall(long until) {
            Work seen = null;
            int idleLooks = 0;
            while (!called) {
                if (guard == this) {
                    LockSupport.parkNanos(this, LOOK_NANOS);
                    Work head = queue.peek();
                    if (head != null) {
                        if (head == seen) {
                            return false;
                        }
                        idleLooks = 0;
                    } else if (++idleLooks > IDLE_LOOKS) {
                        resign();
                        idleLooks = 0;
                    }
                    seen = head;
                } else {
                    long left = until - System.nanoTime();
                    if (left <= 0) {
                        return false;
                    }
                    LockSupport.parkNanos(this, left);
                }
                if (Thread.interrupted()) {
                    return true;
                }
            }
            return false;
        }

        private void resign() {
            synchronized (waiting) {
                guard = null;
                // Who has put work before it could see that there is no guard has appointed none.
                if (!queue.isEmpty()) {
                    guard = this;
                }
            }
        }

        /** The thread takes no more. */
        @Override
        public void close() {
            takesItsTime();
        }
    }
}
