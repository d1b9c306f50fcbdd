package io.framegate.dispatch;

import io.framegate.message.Refusal;
import io.framegate.metrics.GateMetrics;
import io.framegate.metrics.LimitKind;
import io.framegate.session.Capability;
import io.framegate.session.DrainNotice;
import io.framegate.session.HelloRequest;
import io.framegate.session.LoginRequest;
import io.framegate.session.Sender;
import io.framegate.session.ServerCapabilities;
import io.framegate.session.Session;
import io.framegate.session.TokenLoginRequest;
import io.framegate.transport.ByteBudget;
import io.framegate.transport.FrameHandler;
import io.framegate.transport.RemotePeer;
import io.framegate.wire.Envelope;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Dispatches the frames of all connections: requests of non-blocking workers run inline, on the I/O thread that read them, all
 * others in the {@link WorkerPool}. A request that can't be run is refused by an error frame.
 *
 * <p><b>Limits.</b> The size of a request is checked against its route's before its body is buffered, and before it is decompressed;
 * see {@link io.framegate.message.MaxPayload}. The heap that running requests take comes from one budget of the process, see
 * {@link RequestHeap}. A request of more than {@link #MOST_INLINE_BYTES} goes to the {@link WorkerPool}, whatever its worker is.
 *
 * <p>Waking another thread costs more than a small request. A worker that may block therefore runs inline too while its route is
 * {@linkplain ServiceTime inline eligible}. At most half of the I/O threads do that at once, so the others go on reading even if all
 * of them block. A worker that may block has a deadline on either thread, see {@link Execution}; a non-blocking one has none.
 */
public final class Dispatcher implements FrameHandler.Factory {

    /** The default deadline of a worker. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(60);

    /** A larger payload is neither decompressed nor decoded on an I/O thread. */
    private static final int MOST_INLINE_BYTES = 64 << 10;

    private static final long SHORTEST_RETRY_NANOS = 50_000_000;
    private static final long LONGEST_RETRY_NANOS = 10_000_000_000L;

    private final Routes routes;
    private final WorkerPool queue;
    private volatile ServerCapabilities facts;
    private final RequestProcessor processor;
    private final Set<Session> listening = ConcurrentHashMap.newKeySet(); // the sessions that take notices
    private final Execution[] inlineExecutions; // one for each I/O thread that may run a blocking worker
    private volatile long deadlineNanos;
    private volatile @Nullable Executor executor;
    private volatile boolean fastInline = true;
    private volatile boolean draining;

    /**
     * Makes the dispatcher, which runs nothing before {@link #start}.
     *
     * @param ioThreads the number of I/O threads
     * @param container what a container adds to the gate's own {@link RequestBoundary}
     */
    public Dispatcher(
            Routes routes,
            WorkerPool queue,
            Envelope envelope,
            ResponseCache kept,
            ServerCapabilities facts,
            GateMetrics info,
            int ioThreads,
            ContainerContext container) {
        this.inlineExecutions = new Execution[ioThreads / 2];
        Arrays.setAll(inlineExecutions, i -> new Execution());
        this.deadlineNanos = DEFAULT_DEADLINE.toNanos();
        this.routes = routes;
        this.queue = queue;
        this.facts = facts;
        this.processor = new RequestProcessor(envelope, kept, info, container);
    }

    /** Starts the workers' long-lived tasks on the executor. */
    public void start(Executor executor) {
        queue.start(executor, processor);
        this.executor = executor;
    }

    /** Does, beside the first requests, what else the first of each kind waits for. */
    public void prepare() {
        processor.prepare();
        routes.prepare();
    }

    /** Has every request traced; to be said before {@link #start}. */
    public void trace(Tracing tracing) {
        processor.trace(tracing);
    }

    /** Whether inline eligible workers that may block run on the I/O threads; true by default. */
    public void runFastInline(boolean wanted) {
        fastInline = wanted;
    }

    /**
     * What requests may take from now on.
     *
     * @param workerDeadline the time of a worker, from about when it begins
     * @param maxElements elements of all lists of one request
     */
    public void limitRequests(Duration workerDeadline, int maxElements) {
        deadlineNanos = workerDeadline.toNanos();
        processor.limitElements(maxElements);
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
        processor.requestMemory().limit(memoryBytes);
    }

    /** Bytes of the heap that requests in work take, decompressed and decoded; small ones are not counted. */
    public ByteBudget requestMemory() {
        return processor.requestMemory();
    }

    @Override
    public ByteBudget requestBytes() {
        return queue.requestBytes();
    }

    @Override
    public void tick(long nowNanos) {
        processor.tick();
        Executor threads = executor;
        if (threads != null) {
            queue.watch(threads, processor, nowNanos, deadlineNanos);
        }
        for (Execution execution : inlineExecutions) {
            execution.expire(processor, nowNanos, deadlineNanos);
        }
    }

    private @Nullable Execution acquireExecution() {
        // Each thread has a first choice of its own, as far as that goes, so that they seldom meet.
        int first = (int) (Thread.currentThread().getId() % Math.max(1, inlineExecutions.length));
        for (int i = 0; i < inlineExecutions.length; i++) {
            Execution execution = inlineExecutions[(first + i) % inlineExecutions.length];
            if (execution.acquire()) {
                return execution;
            }
        }
        return null;
    }

    /**
     * Refuses requests from now on, since the server is stopping; sends a notice to clients that take notices.
     *
     * @param limit when the connections end at the latest
     */
    public void drain(Duration limit) {
        draining = true;
        DrainNotice notice = new DrainNotice((int) Math.min(limit.toMillis(), Integer.MAX_VALUE));
        listening.forEach(session -> session.push(notice));
    }

    /** What sessions have in common, from the next connection on. */
    public void changeFacts(ServerCapabilities facts) {
        this.facts = facts;
    }

    /** Answers requests again. */
    public void resume() {
        draining = false;
    }

    /**
     * Whether each answer is logged at INFO; otherwise only if the logger {@code io.framegate.response} is at DEBUG.
     */
    public void logResponses(boolean wanted) {
        processor.logResponses(wanted);
    }

    @Override
    public FrameHandler connectionOpened(long connectionId, RemotePeer peer, FrameHandler.Replies replies) {
        return new Requests(connectionId, peer, replies);
    }

    @Override
    public byte[] refused(Refusal refusal) {
        return processor.error(refusal);
    }

    /** The requests of one connection. All fields are the reading thread's own. */
    private final class Requests implements FrameHandler {

        private final Session session;
        private final Replies replies;
        private final ThreadScratch scratch = new ThreadScratch();
        private final WorkerPool.Admission admission = queue.new Admission();
        private boolean greeted;
        private @Nullable Task first;
        private @Nullable Task last;
        private @Nullable Route<?, ?> inlineRoute; // whose requests run inline at present, though they may block
        private @Nullable Execution inlineExecution; // for the watchdog, while there is an inline route
        private int inlineRequests;
        private long inlineBegunNanos; // when the first of these began

        Requests(long connectionId, RemotePeer peer, Replies replies) {
            this.replies = replies;
            this.session = new Session(
                    facts,
                    connectionId,
                    peer.address(),
                    peer.certificate(),
                    notice -> replies.push(processor.notice(notice)));
        }

        @Override
        public boolean accepts(int id, int bodySize) {
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
        public byte[] reject(int id, int bodySize) {
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
            return processor.refuse(route, session, bodySize, refusal);
        }

        private Refusal tooLarge(Route<?, ?> route, int bytes) {
            processor.reached(LimitKind.PAYLOAD_BYTES);
            return new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "The message has " + bytes + " bytes, the limit is " + route.maxPayloadBytes() + ".");
        }

        @Override
        public byte[] refused(Refusal refusal) {
            return processor.error(session, refusal);
        }

        @Override
        public boolean runsInline(int id, byte[] bytes, int offset, int length) {
            return !draining && isWorkedHere(wanted(id), bytes, offset, length);
        }

        @Override
        public byte @Nullable [] answer(int id, byte[] bytes, int offset, int length) {
            byte[] reply = work(wanted(id), session.sender(), Replies.INLINE, bytes, offset, length);
            answered(id);
            session.begin();
            return reply;
        }

        @Override
        public void frameRead(long slot, int id, byte[] bytes, int offset, int length) {
            Route<?, ?> route = wanted(id);
            if (draining) {
                refuse(
                        slot,
                        route,
                        length,
                        new Refusal(Refusal.Code.DRAINING, "The server is stopping; try again later."));
            } else if (isWorkedHere(route, bytes, offset, length)) {
                byte[] reply = work(route, session.sender(), slot, bytes, offset, length);
                if (reply != null) {
                    replies.fill(slot, reply);
                }
                answered(id);
            } else if (Envelope.isToOpen(bytes, offset)
                    && Envelope.announcedBytes(bytes, offset, length) > route.maxPayloadBytes()) {
                refuse(slot, route, length, tooLarge(route, Envelope.announcedBytes(bytes, offset, length)));
            } else {
                LimitKind limit = admission.admit(length);
                if (limit == null) {
                    admitted(route, slot, bytes, offset, length);
                } else {
                    replies.fill(slot, busy(route, length, limit));
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

        private byte[] busy(Route<?, ?> route, int bodyBytes, LimitKind limit) {
            processor.reached(limit);
            String sentence = limit == LimitKind.REQUESTS
                    ? "The server has its " + queue.capacity() + " requests in work; try again a little later."
                    : ByteBudget.REQUESTS_SPENT;
            return processor.refuse(
                    route,
                    session,
                    bodyBytes,
                    new Refusal(Refusal.Code.BUSY, sentence).retryAfter(timeForHalfTheQueue(route)));
        }

        @Override
        public byte[] refused(int id, int bodySize, Refusal refusal) {
            Route<?, ?> route = routes.find(id);
            return route == null ? refused(refusal) : processor.refuse(route, session, bodySize, refusal);
        }

        @Override
        public void readCompleted() {
            if (inlineRoute != null) {
                endInline(inlineRoute);
            }
            scratch.flush();
            admission.readCompleted();
            Task chain = first;
            if (chain != null) {
                first = null;
                last = null;
                Task kept = kept(chain);
                if (kept != null) {
                    queue.submit(kept);
                }
            }
        }

        /** The chain with what it refers to copied, without what there is no memory for: that is answered by an error. */
        private @Nullable Task kept(Task chain) {
            Task kept = null;
            Task end = null;
            Task next;
            for (Task work = chain; work != null; work = next) {
                next = work.next;
                work.next = null;
                try {
                    work.keep();
                } catch (Throwable fault) {
                    queue.giveUp(processor, work, fault);
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

        /** Runs a request on this thread. @return the reply; null if the watchdog has answered it */
        private byte @Nullable [] work(
                Route<?, ?> route, Sender sender, long slot, byte[] bytes, int offset, int length) {
            if (route.isNonBlocking()) {
                return processor.answer(route, sender, scratch, bytes, offset, length);
            }
            inlineRequests++;
            return Objects.requireNonNull(inlineExecution)
                    .answer(processor, route, sender, replies, slot, bytes, offset, length, null);
        }

        /** Whether this I/O thread runs a request itself; if it may block, the thread counts as blocking from then on. */
        private boolean isWorkedHere(Route<?, ?> route, byte[] bytes, int offset, int length) {
            if (isLarge(route, bytes, offset, length)) {
                return false;
            }
            if (route.isNonBlocking() || inlineRoute == route) {
                return true;
            }
            if (inlineRoute != null) {
                endInline(inlineRoute);
            }
            if (!fastInline || !route.serviceTime().isInlineEligible() || route.batches() != null) {
                return false;
            }
            inlineExecution = acquireExecution();
            if (inlineExecution == null) {
                return false;
            }
            replies.beginBlocking();
            inlineRoute = route;
            inlineRequests = 0;
            inlineBegunNanos = System.nanoTime();
            return true;
        }

        /** Whether it takes its time to decompress and to decode a request; one that is refused by its size does not. */
        private static boolean isLarge(Route<?, ?> route, byte[] bytes, int offset, int length) {
            if (length <= MOST_INLINE_BYTES && !Envelope.isToOpen(bytes, offset)) {
                return false;
            }
            int announced = Envelope.announcedBytes(bytes, offset, length);
            return Math.max(length, announced) > MOST_INLINE_BYTES && announced <= route.maxPayloadBytes();
        }

        private void endInline(Route<?, ?> route) {
            replies.endBlocking();
            Execution left = Objects.requireNonNull(inlineExecution);
            left.flush();
            left.record(route.serviceTime(), inlineRequests, System.nanoTime() - inlineBegunNanos);
            left.release();
            inlineExecution = null;
            inlineRoute = null;
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
            if (session.has(Capability.REQUEST_IDS)) {
                replies.useRequestIds();
            }
            if (session.has(Capability.NOTICES)) {
                listening.add(session);
                if (!session.isConnected()) {
                    listening.remove(session);
                }
            }
        }

        private void refuse(long slot, Route<?, ?> route, int bodyBytes, Refusal refusal) {
            replies.fill(slot, processor.refuse(route, session, bodyBytes, refusal));
        }

        /** About how long half of a full queue takes, if its requests are like this one. */
        private Duration timeForHalfTheQueue(Route<?, ?> route) {
            long nanos = route.serviceTime().averageNanos() * (queue.capacity() / 2) / queue.threads();
            return Duration.ofNanos(Math.max(SHORTEST_RETRY_NANOS, Math.min(nanos, LONGEST_RETRY_NANOS)));
        }

        private void admitted(Route<?, ?> route, long slot, byte[] bytes, int offset, int length) {
            try {
                chain(route, slot, bytes, offset, length);
            } catch (Throwable fault) {
                queue.giveUp(processor, route, session, replies, slot, length, fault);
            }
        }

        private void chain(Route<?, ?> route, long slot, byte[] bytes, int offset, int length) {
            Task before = last;
            Sender sender = session.sender();
            if (before != null && before.add(route, sender, slot, bytes, offset, length)) {
                return;
            }
            last = new Task(route, replies, sender, slot, bytes, offset, length);
            if (before == null) {
                first = last;
            } else {
                before.next = last;
            }
        }
    }
}
