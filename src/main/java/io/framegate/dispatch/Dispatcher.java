package io.framegate.dispatch;

import io.framegate.message.Refusal;
import io.framegate.metrics.RunningInfo;
import io.framegate.transport.FrameSink;
import io.framegate.transport.Peer;
import io.framegate.wire.Envelope;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Takes the frames of all connections to where they are answered: a non-blocking worker's on the spot, any other's
 * through the {@link WorkQueue}. What can't be answered is refused in its place.
 *
 * <p><b>Limits.</b> To wake another thread costs more than the work of a small request. So a worker whose requests have
 * lately been {@linkplain Pace trusted} to take next to nothing is worked on the spot as well, though it may wait at any
 * time. At most half of the reading threads do such work at once, so that some are left to read whatever the workers do.
 */
public final class Dispatcher implements FrameSink.Factory {

    private final Routes routes;
    private final WorkQueue queue;
    private final Answering answering;
    private final int maxLentThreads;
    private final AtomicInteger lentThreads = new AtomicInteger(); // of those that read, to workers that may wait
    private volatile boolean lends = true;
    private volatile boolean draining;

    /**
     * Makes the dispatcher, which does nothing before {@link #start}.
     *
     * @param readingThreads how many threads give it frames
     */
    public Dispatcher(Routes routes, WorkQueue queue, Envelope envelope, RunningInfo info, int readingThreads) {
        this.maxLentThreads = readingThreads / 2;
        this.routes = routes;
        this.queue = queue;
        this.answering = new Answering(envelope, info);
    }

    /** Starts the workers' long-lived tasks on the executor. */
    public void start(Executor executor) {
        queue.start(executor, answering);
    }

    /** Whether quick workers that may wait are worked on the threads that read; they are unless told otherwise. */
    public void workQuickWhereRead(boolean wanted) {
        lends = wanted;
    }

    private boolean lendThread() {
        if (lentThreads.incrementAndGet() > maxLentThreads) {
            lentThreads.decrementAndGet();
            return false;
        }
        return true;
    }

    /** From now on requests are refused, since the server is stopping. */
    public void drain() {
        draining = true;
    }

    /** Requests are answered again. */
    public void resume() {
        draining = false;
    }

    /**
     * Whether every answer gets a line in the log, at INFO; else only if the logger {@code io.framegate.response} is at DEBUG.
     */
    public void logResponses(boolean wanted) {
        answering.logResponses(wanted);
    }

    @Override
    public FrameSink connectionOpened(long connectionId, Peer peer, FrameSink.Replies replies) {
        return new Requests(connectionId, replies);
    }

    @Override
    public byte[] refused(Refusal refusal) {
        return answering.error(refusal);
    }

    /** The requests of one connection. All fields are the reading thread's own. */
    private final class Requests implements FrameSink {

        private final long connectionId;
        private final Replies replies;
        private @Nullable Work first;
        private @Nullable Work last;
        private @Nullable Route<?, ?> spotRoute; // whose requests are being worked on the spot, though they may wait
        private int spotRequests;
        private long spotNanos; // when the first of these began

        Requests(long connectionId, Replies replies) {
            this.connectionId = connectionId;
            this.replies = replies;
        }

        @Override
        public boolean isKnown(int id) {
            return routes.find(id) != null;
        }

        @Override
        public byte[] unknownId(int id, int bodySize) {
            return answering.error(
                    new Refusal(Refusal.Code.UNKNOWN_MESSAGE, "There is no message with the id " + id + " here."));
        }

        @Override
        public void frameRead(long place, int id, byte[] bytes, int offset, int length) {
            Route<?, ?> route = routes.find(id);
            if (route == null) {
                throw new IllegalStateException("id " + id + " was said to be known");
            }
            if (draining) {
                refuse(place, route, length, Refusal.Code.DRAINING, "The server is stopping; try again later.");
            } else if (route.isNonBlocking()) {
                replies.fill(place, answering.answer(route, connectionId, bytes, offset, length));
            } else if (mayBeWorkedHere(route)) {
                spotRequests++;
                replies.fill(place, answering.answer(route, connectionId, bytes, offset, length));
            } else if (queue.admit()) {
                chain(new Work(
                        route, replies, connectionId, place, Arrays.copyOfRange(bytes, offset, offset + length)));
            } else {
                refuse(
                        place,
                        route,
                        length,
                        Refusal.Code.BUSY,
                        "The server has its " + queue.capacity() + " requests in work; try again a little later.");
            }
        }

        @Override
        public void readCompleted() {
            if (spotRoute != null) {
                leaveSpot(spotRoute);
            }
            Work chain = first;
            if (chain != null) {
                first = null;
                last = null;
                queue.submit(chain);
            }
        }

        /** Whether a request that may wait is worked by the thread that read it; that thread is lent from then on. */
        private boolean mayBeWorkedHere(Route<?, ?> route) {
            if (spotRoute == route) {
                return true;
            }
            if (spotRoute != null) {
                leaveSpot(spotRoute);
            }
            if (!lends || !route.pace().isTrusted() || route.batches() != null || !lendThread()) {
                return false;
            }
            spotRoute = route;
            spotRequests = 0;
            spotNanos = System.nanoTime();
            return true;
        }

        private void leaveSpot(Route<?, ?> route) {
            lentThreads.decrementAndGet();
            spotRoute = null;
            route.pace().took(spotRequests, System.nanoTime() - spotNanos);
        }

        private void refuse(long place, Route<?, ?> route, int bodyBytes, Refusal.Code code, String sentence) {
            replies.fill(place, answering.refuse(route, bodyBytes, new Refusal(code, sentence)));
        }

        private void chain(Work work) {
            if (last == null) {
                first = work;
            } else {
                last.next = work;
            }
            last = work;
        }
    }
}
