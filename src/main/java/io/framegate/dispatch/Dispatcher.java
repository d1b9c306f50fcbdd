package io.framegate.dispatch;

import io.framegate.message.Refusal;
import io.framegate.metrics.RunningInfo;
import io.framegate.transport.FrameSink;
import io.framegate.transport.Peer;
import io.framegate.wire.Envelope;
import java.util.Arrays;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Takes the frames of all connections to where they are answered: a non-blocking worker's on the spot, any other's
 * through the {@link WorkQueue}. What can't be answered is refused in its place.
 */
public final class Dispatcher implements FrameSink.Factory {

    private final Routes routes;
    private final WorkQueue queue;
    private final Answering answering;
    private volatile boolean draining;

    /** Makes the dispatcher, which does nothing before {@link #start}. */
    public Dispatcher(Routes routes, WorkQueue queue, Envelope envelope, RunningInfo info) {
        this.routes = routes;
        this.queue = queue;
        this.answering = new Answering(envelope, info);
    }

    /** Starts the workers' long-lived tasks on the executor. */
    public void start(Executor executor) {
        queue.start(executor, answering);
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

    /** The requests of one connection. The chain is the reading thread's own. */
    private final class Requests implements FrameSink {

        private final long connectionId;
        private final Replies replies;
        private @Nullable Work first;
        private @Nullable Work last;

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
            Work chain = first;
            if (chain != null) {
                first = null;
                last = null;
                queue.submit(chain);
            }
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
