package io.framegate.dispatch;

import io.framegate.message.Compression;
import io.framegate.message.Worker;
import io.framegate.metrics.GateMetrics;
import io.framegate.session.ServerCapabilities;
import io.framegate.session.Session;
import io.framegate.transport.FrameHandler;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.wire.Envelope;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The hand-over: a chain of requests to a worker's thread and, by a wake-up, back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WorkerPoolPieces {

    private static final byte[] BODY = {'N', 7, 0, 0, 0};

    /** A worker that is not declared non-blocking. */
    private static final class Handed implements Worker<WelcomeRequest, WelcomeResponse> {
        @Override
        public WelcomeResponse process(WelcomeRequest request) {
            return new WelcomeResponse("welcome:" + request.number());
        }
    }

    @Param({"1", "16"})
    public int requests;

    private final SynchronousQueue<Boolean> flushed = new SynchronousQueue<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Envelope envelope = new Envelope(1 << 20, 1);
    private final WorkerPool queue = new WorkerPool(4, 10_000);
    private final FrameHandler.Replies replies = new FrameHandler.Replies() {
        private int filled;

        @Override
        public synchronized void fill(long slot, byte[] frame) {
            filled++;
        }

        @Override
        public boolean push(byte[] frame) {
            return false;
        }

        @Override
        public void useRequestIds() {}

        @Override
        public boolean defer(long slot, Runnable work) {
            return false;
        }

        @Override
        public void beginBlocking() {}

        @Override
        public void endBlocking() {}

        @Override
        public boolean isAboveHighWatermark() {
            return false;
        }

        @Override
        public void flush() {
            synchronized (this) {
                if (filled < requests) {
                    return;
                }
                filled = 0;
            }
            try {
                flushed.put(true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    };
    private final Session session = new Session(
            new ServerCapabilities("pieces", 1 << 20, 128, false, Set.of()),
            1,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            notice -> false);
    private final WorkerPool.Admission admission = queue.new Admission();
    private final Route<?, ?> route;

    public WorkerPoolPieces() {
        GateMetrics info = new GateMetrics();
        route = Routes.of(
                        List.of(new Routes.Found<>(
                                "Handed", Handed.class, new Handed(), WelcomeRequest.class, WelcomeResponse.class)),
                        Compression.NONE,
                        8192,
                        info)
                .find(100101);
        queue.start(executor, new RequestProcessor(envelope, new ResponseCache(0), info, ContainerContext.NONE));
    }

    @TearDown
    public void close() {
        queue.close();
        executor.shutdownNow();
        envelope.close();
    }

    @Benchmark
    public Object handOver() throws InterruptedException {
        Task first = null;
        for (int i = 0; i < requests; i++) {
            admission.admit(BODY.length);
            Task work = new Task(route, replies, session.sender(), i, BODY);
            work.next = first;
            first = work;
        }
        admission.readCompleted();
        queue.submit(first);
        return flushed.take();
    }
}
