package io.framegate.dispatch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The queue between the I/O threads and the worker threads. It wakes as few worker threads as the load needs.
 *
 * <p>Waking a thread costs more than a small request. Fast tasks therefore go to a <em>hot</em> worker: one that is awake and
 * runs only fast tasks, so it polls the queue again soon. The queue wakes a thread for a fast task only if no worker is hot, or if a
 * task waited longer than a wake-up takes, up to one thread per core. For a slow task it always wakes a thread.
 *
 * <p>A task of a kind that was fast so far may still block a hot worker. While tasks are left to hot workers, one parked thread, the
 * <em>leader</em>, polls every {@value #POLL_MILLIS} ms, and takes the head of the queue if it has not moved since the last poll.
 *
 * <p><b>Threads.</b> Any. Each consuming thread has a {@link Consumer} of its own. The thread that parked last is woken first: its
 * caches are the warmest.
 */
final class HandoffQueue {

    private static final int POLL_MILLIS = 1;
    private static final long POLL_NANOS = POLL_MILLIS * 1_000_000L;

    /** The leader steps down after so many polls of an empty queue. */
    private static final int IDLE_POLLS = 8;

    private static final int ALL = Integer.MAX_VALUE;

    private final int cores;
    private final Queue<Task> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger hot = new AtomicInteger();
    private final Deque<Consumer> waiting = new ArrayDeque<>(); // guarded by itself
    private volatile @Nullable Consumer leader; // changed under the lock of waiting

    /** @param cores of the machine: at most so many workers are hot */
    HandoffQueue(int cores) {
        this.cores = cores;
    }

    /**
     * Submits a task.
     *
     * @param fast whether it is likely to take less time than waking a thread
     */
    void put(Task work, boolean fast) {
        queue.add(work);
        if (!fast) {
            wake(ALL);
        } else if (hot.get() == 0) {
            wake(1);
        } else if (leader == null) {
            electLeader();
        }
    }

    /** The hot workers can't keep up with the fast tasks: wakes one more. */
    void wakeAnother() {
        if (hot.get() < cores && !queue.isEmpty()) {
            wake(cores);
        }
    }

    /** Removes a task. @return false if a thread has taken it already */
    boolean remove(Task work) {
        return queue.remove(work);
    }

    /** The queued tasks, oldest first; a weakly consistent view. */
    Iterable<Task> waiting() {
        return queue;
    }

    /** Whether no task is queued. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Threads that poll the queue without being woken. */
    int hot() {
        return hot.get();
    }

    /** Parked threads. */
    int waitingThreads() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private void wake(int most) {
        synchronized (waiting) {
            Consumer consumer = hot.get() < most ? waiting.pollFirst() : null;
            if (consumer != null) {
                hot.incrementAndGet();
                consumer.woken = true;
                LockSupport.unpark(consumer.thread);
            }
        }
    }

    private void electLeader() {
        synchronized (waiting) {
            Consumer last = waiting.peekLast();
            if (leader == null && last != null) {
                leader = last;
                LockSupport.unpark(last.thread);
            }
        }
    }

    /** One consuming thread; created and used by that thread alone. It is hot until {@link #markSlow}. */
    final class Consumer implements AutoCloseable {

        private final Thread thread = Thread.currentThread();
        private volatile boolean woken;
        private boolean isHot;

        Consumer() {
            becomeHot();
        }

        /**
         * Takes the next task, and makes the thread hot. It parks while the queue is empty.
         *
         * @return null if there was none within that time
         */
        @Nullable
        Task take(long nanos) throws InterruptedException {
            if (!isHot) {
                becomeHot();
            }
            Task work = queue.poll();
            return work == null ? await(nanos) : work;
        }

        /** The task that this thread has taken is slow: it is not hot until it takes the next one. */
        void markSlow() {
            if (isHot) {
                isHot = false;
                if (hot.decrementAndGet() == 0 && !queue.isEmpty()) {
                    wake(1);
                }
            }
        }

        private void becomeHot() {
            isHot = true;
            hot.incrementAndGet();
        }

        private @Nullable Task await(long nanos) throws InterruptedException {
            synchronized (waiting) {
                woken = false;
                waiting.addFirst(this);
                hot.decrementAndGet();
            }
            // A producer that added a task before it saw this thread parked has woken nobody.
            Task work = queue.poll();
            boolean interrupted = work == null && awaitWakeUp(System.nanoTime() + nanos);
            synchronized (waiting) {
                if (!woken) {
                    waiting.remove(this);
                    hot.incrementAndGet();
                }
                if (leader == this) {
                    leader = null;
                }
            }
            if (interrupted) {
                throw new InterruptedException();
            }
            if (work == null) {
                work = queue.poll();
            }
            if (!queue.isEmpty() && leader == null) {
                electLeader();
            }
            return work;
        }

        /** Parks until it is woken, the time is over, or as the leader it finds a task that nobody takes. @return whether it was interrupted */
        private boolean awaitWakeUp(long until) {
            Task seen = null;
            int idlePolls = 0;
            while (!woken) {
                if (leader == this) {
                    LockSupport.parkNanos(this, POLL_NANOS);
                    Task head = queue.peek();
                    if (head != null) {
                        if (head == seen) {
                            return false;
                        }
                        idlePolls = 0;
                    } else if (++idlePolls > IDLE_POLLS) {
                        stepDown();
                        idlePolls = 0;
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

        private void stepDown() {
            synchronized (waiting) {
                leader = null;
                // A producer that added a task before it saw the leader gone has elected none.
                if (!queue.isEmpty()) {
                    leader = this;
                }
            }
        }

        /** The thread takes no more tasks. */
        @Override
        public void close() {
            markSlow();
        }
    }
}
