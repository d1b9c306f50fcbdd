package io.framegate.dispatch;

import io.framegate.message.Refusal;
import io.framegate.metrics.Limit;
import io.framegate.metrics.RunningInfo;
import io.framegate.session.DrainNotice;
import io.framegate.session.Feature;
import io.framegate.session.HelloRequest;
import io.framegate.session.LoginRequest;
import io.framegate.session.Sender;
import io.framegate.session.Session;
import io.framegate.session.SessionFacts;
import io.framegate.session.TokenLoginRequest;
import io.framegate.transport.ByteBudget;
import io.framegate.transport.FrameSink;
import io.framegate.transport.Peer;
import io.framegate.wire.Envelope;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Takes the frames of all connections to where they are answered: a non-blocking worker's on the spot, any other's
 * through the {@link WorkQueue}. What can't be answered is refused in its place.
 *
 * <p><b>Limits.</b> A request is not larger than its kind allows, which is looked at before its body is kept, and before it is
 * decompressed; see {@link io.framegate.message.MaxPayload}. What those in work take of the heap comes from one budget of the process,
 * see {@link RequestHeap}. One of more than {@link #MOST_READ_BYTES} goes to the {@link WorkQueue} whatever its worker is.
 *
 * <p>To wake another thread costs more than the work of a small request. So a worker whose requests have
 * lately been {@linkplain Pace trusted} to take next to nothing is worked on the spot as well, though it may wait at any
 * time. At most half of the reading threads do such work at once, so that some are left to read whatever the workers do.
 * A worker that may wait has a deadline wherever it works, see {@link Running}; a non-blocking one has none.
 */
public final class Dispatcher implements FrameSink.Factory {

    /** Unless told otherwise, what a worker may take. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(60);

    /** A payload of more bytes is neither decompressed nor decoded by a thread that reads. */
    private static final int MOST_READ_BYTES = 64 << 10;

    private static final long SHORTEST_RETRY_NANOS = 50_000_000;
    private static final long LONGEST_RETRY_NANOS = 10_000_000_000L;

    private final Routes routes;
    private final WorkQueue queue;
    private volatile SessionFacts facts;
    private final Answering answering;
    private final Set<Session> listening = ConcurrentHashMap.newKeySet(); // those that take notices
    private final Running[] lent; // threads that read, to workers that may wait; as many as may be
    private volatile long deadlineNanos;
    private volatile @Nullable Executor executor;
    private volatile boolean lends = true;
    private volatile boolean draining;

    /**
     * Makes the dispatcher, which does nothing before {@link #start}.
     *
     * @param readingThreads how many threads give it frames
     * @param container what surrounds each request beside the gate's own {@link RequestBoundary}
     */
    public Dispatcher(
            Routes routes,
            WorkQueue queue,
            Envelope envelope,
            KeptAnswers kept,
            SessionFacts facts,
            RunningInfo info,
            int readingThreads,
            ContainerContext container) {
        this.lent = new Running[readingThreads / 2];
        Arrays.setAll(lent, i -> new Running());
        this.deadlineNanos = DEFAULT_DEADLINE.toNanos();
        this.routes = routes;
        this.queue = queue;
        this.facts = facts;
        this.answering = new Answering(envelope, kept, info, container);
    }

    /** Starts the workers' long-lived tasks on the executor. */
    public void start(Executor executor) {
        queue.start(executor, answering);
        this.executor = executor;
    }

    /** Does, beside the first requests, what else the first of each kind waits for. */
    public void prepare() {
        answering.prepare();
        routes.prepare();
    }

    /** Has every request traced; to be said before {@link #start}. */
    public void trace(Tracing tracing) {
        answering.trace(tracing);
    }

    /** Whether quick workers that may wait are worked on the threads that read; they are unless told otherwise. */
    public void workQuickWhereRead(boolean wanted) {
        lends = wanted;
    }

    /**
     * What requests may take from now on.
     *
     * @param workerDeadline the time of a worker, from about when it begins
     * @param maxElements elements of all lists of one request
     */
    public void limitRequests(Duration workerDeadline, int maxElements) {
        deadlineNanos = workerDeadline.toNanos();
        answering.limitElements(maxElements);
    }

    /**
     * How large requests may be from now on.
     *
     * @param unboundedBytes of payload, where neither the message's components nor an annotation bound it
     * @param mostBytes of payload, whatever these say
     * @param memoryBytes of the heap that all requests in work may take, decompressed and decoded
     */
    public void limitSizes(int unboundedBytes, int mostBytes, long memoryBytes) {
        routes.limitPayloads(unboundedBytes, mostBytes);
        answering.requestMemory().limit(memoryBytes);
    }

    /** Bytes of the heap that requests in work take, decompressed and decoded; small ones are not counted. */
    public ByteBudget requestMemory() {
        return answering.requestMemory();
    }

    @Override
    public ByteBudget requestBytes() {
        return queue.requestBytes();
    }

    @Override
    public void tick(long nowNanos) {
        answering.tick();
        Executor threads = executor;
        if (threads != null) {
            queue.watch(threads, answering, nowNanos, deadlineNanos);
        }
        for (Running running : lent) {
            running.expire(answering, nowNanos, deadlineNanos);
        }
    }

    private @Nullable Running lendThread() {
        // Each thread has a first choice of its own, as far as that goes, so that they seldom meet.
        int first = (int) (Thread.currentThread().getId() % Math.max(1, lent.length));
        for (int i = 0; i < lent.length; i++) {
            Running running = lent[(first + i) % lent.length];
            if (running.take()) {
                return running;
            }
        }
        return null;
    }

    /**
     * From now on requests are refused, since the server is stopping; clients that take notices are told.
     *
     * @param limit when the connections end at the latest
     */
    public void drain(Duration limit) {
        draining = true;
        DrainNotice notice = new DrainNotice((int) Math.min(limit.toMillis(), Integer.MAX_VALUE));
        listening.forEach(session -> session.push(notice));
    }

    /** What sessions have in common, from the next connection on. */
    public void changeFacts(SessionFacts facts) {
        this.facts = facts;
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
        return new Requests(connectionId, peer, replies);
    }

    @Override
    public byte[] refused(Refusal refusal) {
        return answering.error(refusal);
    }

    /** The requests of one connection. All fields are the reading thread's own. */
    private final class Requests implements FrameSink {

        private final Session session;
        private final Replies replies;
        private final Desk desk = new Desk();
        private final WorkQueue.Admission admission = queue.new Admission();
        private boolean greeted;
        private @Nullable Work first;
        private @Nullable Work last;
        private @Nullable Route<?, ?> spotRoute; // whose requests are being worked on the spot, though they may wait
        private @Nullable Running spot; // for the watch, while there is a route on the spot
        private int spotRequests;
        private long spotNanos; // when the first of these began

        Requests(long connectionId, Peer peer, Replies replies) {
            this.replies = replies;
            this.session = new Session(
                    facts,
                    connectionId,
                    peer.address(),
                    peer.certificate(),
                    notice -> replies.push(answering.notice(notice)));
        }

        @Override
        public boolean isWanted(int id, int bodySize) {
            Route<?, ?> route = routes.find(id);
            return route != null
                    && bodySize <= route.maxBodyBytes()
                    && route.access().refusal(session).isEmpty();
        }

        @Override
        public boolean isSecret(int id) {
            return id == LoginRequest.ID || id == TokenLoginRequest.ID;
        }

        @Override
        public byte[] unwanted(int id, int bodySize) {
            session.begin();
            Route<?, ?> route = routes.find(id);
            if (route == null) {
                return refused(
                        new Refusal(Refusal.Code.UNKNOWN_MESSAGE, "There is no message with the id " + id + " here."));
            }
            // A login on another thread may have made it wanted since.
            Refusal refusal = route.access()
                    .refusal(session)
                    .orElseGet(() -> bodySize > route.maxBodyBytes() ? tooLarge(route, bodySize) : Access.LOGIN_FIRST);
            return answering.refuse(route, session, bodySize, refusal);
        }

        private Refusal tooLarge(Route<?, ?> route, int bytes) {
            answering.reached(Limit.PAYLOAD_BYTES);
            return new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "The message has " + bytes + " bytes, the limit is " + route.maxPayloadBytes() + ".");
        }

        @Override
        public byte[] refused(Refusal refusal) {
            return answering.error(session, refusal);
        }

        @Override
        public boolean answersAtOnce(int id, byte[] bytes, int offset, int length) {
            return !draining && isWorkedHere(wanted(id), bytes, offset, length);
        }

        @Override
        public byte @Nullable [] answer(int id, byte[] bytes, int offset, int length) {
            byte[] reply = work(wanted(id), session.sender(), Replies.AT_ONCE, bytes, offset, length);
            answered(id);
            session.begin();
            return reply;
        }

        @Override
        public void frameRead(long place, int id, byte[] bytes, int offset, int length) {
            Route<?, ?> route = wanted(id);
            if (draining) {
                refuse(
                        place,
                        route,
                        length,
                        new Refusal(Refusal.Code.DRAINING, "The server is stopping; try again later."));
            } else if (isWorkedHere(route, bytes, offset, length)) {
                byte[] reply = work(route, session.sender(), place, bytes, offset, length);
                if (reply != null) {
                    replies.fill(place, reply);
                }
                answered(id);
            } else if (Envelope.isToOpen(bytes, offset)
                    && Envelope.announcedBytes(bytes, offset, length) > route.maxPayloadBytes()) {
                refuse(place, route, length, tooLarge(route, Envelope.announcedBytes(bytes, offset, length)));
            } else {
                Limit limit = admission.admit(length);
                if (limit == null) {
                    admitted(route, place, bytes, offset, length);
                } else {
                    replies.fill(place, busy(route, length, limit));
                }
            }
            session.begin();
        }

        private Route<?, ?> wanted(int id) {
            Route<?, ?> route = routes.find(id);
            if (route == null) {
                throw new IllegalStateException("id " + id + " was said to be wanted");
            }
            return route;
        }

        private byte[] busy(Route<?, ?> route, int bodyBytes, Limit limit) {
            answering.reached(limit);
            String sentence = limit == Limit.REQUESTS
                    ? "The server has its " + queue.capacity() + " requests in work; try again a little later."
                    : ByteBudget.REQUESTS_SPENT;
            return answering.refuse(
                    route,
                    session,
                    bodyBytes,
                    new Refusal(Refusal.Code.BUSY, sentence).retryAfter(timeForHalfTheQueue(route)));
        }

        @Override
        public byte[] refused(int id, int bodySize, Refusal refusal) {
            Route<?, ?> route = routes.find(id);
            return route == null ? refused(refusal) : answering.refuse(route, session, bodySize, refusal);
        }

        @Override
        public void readCompleted() {
            if (spotRoute != null) {
                leaveSpot(spotRoute);
            }
            desk.tell();
            admission.readCompleted();
            Work chain = first;
            if (chain != null) {
                first = null;
                last = null;
                Work kept = kept(chain);
                if (kept != null) {
                    queue.submit(kept);
                }
            }
        }

        /** The chain with what it refers to copied, without what there is no memory for: that is answered by an error. */
        private @Nullable Work kept(Work chain) {
            Work kept = null;
            Work end = null;
            Work next;
            for (Work work = chain; work != null; work = next) {
                next = work.next;
                work.next = null;
                try {
                    work.keep();
                } catch (Throwable fault) {
                    queue.giveUp(answering, work, fault);
                    continue;
                }
                if (end == null) {
                    kept = work;
                } else {
                    end.next = work;
                }
                end = work;
            }
            return kept;
        }

        /** Has a request worked by this thread. @return the reply; null where the watch has given another in its place */
        private byte @Nullable [] work(
                Route<?, ?> route, Sender sender, long place, byte[] bytes, int offset, int length) {
            if (route.isNonBlocking()) {
                return answering.answer(route, sender, desk, bytes, offset, length);
            }
            spotRequests++;
            return Objects.requireNonNull(spot)
                    .answer(answering, route, sender, replies, place, bytes, offset, length, null);
        }

        /** Whether a request is worked by the thread that read it; where it may wait, that thread is lent from then on. */
        private boolean isWorkedHere(Route<?, ?> route, byte[] bytes, int offset, int length) {
            if (isLarge(route, bytes, offset, length)) {
                return false;
            }
            if (route.isNonBlocking() || spotRoute == route) {
                return true;
            }
            if (spotRoute != null) {
                leaveSpot(spotRoute);
            }
            if (!lends || !route.pace().isTrusted() || route.batches() != null) {
                return false;
            }
            spot = lendThread();
            if (spot == null) {
                return false;
            }
            replies.mayWait();
            spotRoute = route;
            spotRequests = 0;
            spotNanos = System.nanoTime();
            return true;
        }

        /** Whether it takes its time to decompress and to decode a request; one that is refused by its size does not. */
        private static boolean isLarge(Route<?, ?> route, byte[] bytes, int offset, int length) {
            if (length <= MOST_READ_BYTES && !Envelope.isToOpen(bytes, offset)) {
                return false;
            }
            int announced = Envelope.announcedBytes(bytes, offset, length);
            return Math.max(length, announced) > MOST_READ_BYTES && announced <= route.maxPayloadBytes();
        }

        private void leaveSpot(Route<?, ?> route) {
            replies.waitsNoMore();
            Running left = Objects.requireNonNull(spot);
            left.tell();
            left.took(route.pace(), spotRequests, System.nanoTime() - spotNanos);
            left.giveBack();
            spot = null;
            spotRoute = null;
        }

        @Override
        public String principal() {
            return session.name().orElse("");
        }

        @Override
        public boolean awaitsLogin() {
            return session.awaitsLogin();
        }

        @Override
        public void connectionClosed() {
            session.end();
            listening.remove(session);
        }

        /** Where that was the answer to a hello, what it says holds for the next frame. */
        private void answered(int id) {
            if (id != HelloRequest.ID || greeted) {
                return;
            }
            greeted = true;
            if (session.has(Feature.REQUEST_IDS)) {
                replies.useRequestIds();
            }
            if (session.has(Feature.NOTICES)) {
                listening.add(session);
                if (!session.isConnected()) {
                    listening.remove(session);
                }
            }
        }

        private void refuse(long place, Route<?, ?> route, int bodyBytes, Refusal refusal) {
            replies.fill(place, answering.refuse(route, session, bodyBytes, refusal));
        }

        /** About how long half of a full queue takes, if its requests are like this one. */
        private Duration timeForHalfTheQueue(Route<?, ?> route) {
            long nanos = route.pace().averageNanos() * (queue.capacity() / 2) / queue.threads();
            return Duration.ofNanos(Math.max(SHORTEST_RETRY_NANOS, Math.min(nanos, LONGEST_RETRY_NANOS)));
        }

        private void admitted(Route<?, ?> route, long place, byte[] bytes, int offset, int length) {
            try {
                chain(route, place, bytes, offset, length);
            } catch (Throwable fault) {
                queue.giveUp(answering, route, session, replies, place, length, fault);
            }
        }

        private void chain(Route<?, ?> route, long place, byte[] bytes, int offset, int length) {
            Work before = last;
            Sender sender = session.sender();
            if (before != null && before.add(route, sender, place, bytes, offset, length)) {
                return;
            }
            last = new Work(route, replies, sender, place, bytes, offset, length);
            if (before == null) {
                first = last;
            } else {
                before.next = last;
            }
        }
    }
}
