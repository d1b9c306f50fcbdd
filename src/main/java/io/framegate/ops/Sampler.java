package io.framegate.ops;

import io.framegate.contract.json.JsonText;
import io.framegate.gate.GateInstance;
import io.framegate.gate.GateStarted;
import io.framegate.gate.GateStatus;
import io.framegate.metrics.GateMetrics;
import io.framegate.metrics.Histogram;
import io.framegate.metrics.MessageMetrics;
import io.framegate.ops.History.Column;
import io.framegate.ops.History.Sample;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the counters once a second, keeps the difference in the {@link History}, and tells the open pages.
 *
 * <p><b>Threads.</b> The sampling is one task of the container's timer, never two at a time; its fields are that task's own. Each event
 * is written on a thread of the container's executor: writing waits for a page that does not read, and neither the sampling nor
 * other pages wait for that.
 *
 * <p><b>Limits.</b> {@value #MAX_FOLLOWERS} pages at a time, {@value #MAX_OF_ADDRESS} of them of one client address. One that is still busy with an event is not sent the next, and one that has
 * been for {@value #PATIENCE_SECONDS} s is closed. Each ends with the session that it was opened in, within a second.
 */
@ApplicationScoped
public class Sampler {

    private static final Logger LOG = System.getLogger(Sampler.class.getName());
    static final int MAX_FOLLOWERS = 32;
    static final int MAX_OF_ADDRESS = 16;
    private static final int PATIENCE_SECONDS = 10;

    /** What an event's data is written as: whoever reads it takes it for JSON, and no writer of objects is asked. */
    private static final MediaType TEXT = MediaType.TEXT_PLAIN_TYPE.withCharset("UTF-8");

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;

    private final History history = new History();
    private final Queue<Follower> followers = new ConcurrentLinkedQueue<>();

    @Resource
    private ManagedScheduledExecutorService timer;

    @Resource
    private ManagedExecutorService executor;

    @Inject
    private Instances instances;

    private @Nullable ScheduledFuture<?> sampling; // set when the gate has started
    private volatile @Nullable Sample latest;

    // The sampling task's own.
    private Sums before = new Sums(0, 0, 0, 0, 0);
    private Histogram.Counts timesBefore = Histogram.Counts.none();
    private Histogram.Counts waitsBefore = Histogram.Counts.none();

    /** For the container. */
    protected Sampler() {}

    void started(@Observes GateStarted event) {
        GateInstance instance = event.instance();
        before = Sums.of(instance.gate().info());
        sampling = timer.scheduleAtFixedRate(() -> sample(instance), 1, 1, TimeUnit.SECONDS);
    }

    @PreDestroy
    void stop() {
        if (sampling != null) {
            sampling.cancel(false);
        }
        followers.forEach(follower -> follower.sink.close());
    }

    /** The last hour. */
    History history() {
        return history;
    }

    /** The newest second; none within the first one. */
    Optional<Sample> latest() {
        return Optional.ofNullable(latest);
    }

    /** Whether one more page may follow. */
    enum Following {
        BEGUN,
        TOO_MANY,
        TOO_MANY_OF_ADDRESS
    }

    /**
     * Sends every second's running info until the other end closes, unless there are too many: then nothing is done with the sink.
     *
     * @param address of the client
     * @param end whether the session is over that the other end has asked in
     */
    synchronized Following follow(String address, SseEventSink sink, Sse sse, BooleanSupplier end) {
        followers.removeIf(Follower::isGone);
        if (followers.size() >= MAX_FOLLOWERS) {
            return Following.TOO_MANY;
        }
        if (followers.stream().filter(other -> other.address.equals(address)).count() >= MAX_OF_ADDRESS) {
            return Following.TOO_MANY_OF_ADDRESS;
        }
        followers.add(new Follower(address, sink, sse, end));
        return Following.BEGUN;
    }

    private void sample(GateInstance instance) {
        try {
            Sample sample = next(instance);
            history.add(sample);
            latest = sample;
            followers.removeIf(Follower::isGone);
            if (!followers.isEmpty()) {
                // As text, once for all of them.
                String event = JsonText.of(json -> {
                    RunningInfoJson.write(json, instance);
                    sample.write(json, "sample");
                    json.write("self", instances.name());
                    json.write("instances", instances.seen());
                });
                followers.forEach(follower -> follower.send(event, executor));
            }
        } catch (RuntimeException e) {
            // The timer would never call again.
            LOG.log(Level.WARNING, "A sample of the running info failed", e);
        }
    }

    private Sample next(GateInstance instance) {
        GateMetrics info = instance.gate().info();
        GateStatus status = instance.gate().status();
        Sums now = Sums.of(info);
        Histogram.Counts times = info.messages().stream()
                .map(message -> message.times().counts())
                .reduce(Histogram.Counts.none(), Histogram.Counts::plus);
        Histogram.Counts waits = info.waits().counts();
        Histogram.Counts lately = times.since(timesBefore);
        Histogram.Counts waited = waits.since(waitsBefore);
        double seconds = Math.max(0.001, (now.nanos - before.nanos) / NANOS_PER_SECOND);
        double[] values = new double[Column.values().length];
        values[Column.requests.ordinal()] = Math.max(0, now.received - before.received) / seconds;
        values[Column.errors.ordinal()] = Math.max(0, now.failed - before.failed) / seconds;
        values[Column.bytesIn.ordinal()] = Math.max(0, now.bytesRead - before.bytesRead) / seconds;
        values[Column.bytesOut.ordinal()] = Math.max(0, now.bytesWritten - before.bytesWritten) / seconds;
        values[Column.connections.ordinal()] = status.connections().open();
        values[Column.busy.ordinal()] = status.workers().busy();
        values[Column.outstanding.ordinal()] = status.workers().outstanding();
        values[Column.heap.ordinal()] =
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        values[Column.p50.ordinal()] = micros(lately, 0.5);
        values[Column.p99.ordinal()] = micros(lately, 0.99);
        values[Column.p999.ordinal()] = micros(lately, 0.999);
        values[Column.waitP99.ordinal()] = micros(waited, 0.99);
        before = now;
        timesBefore = times;
        waitsBefore = waits;
        return new Sample(Math.rint(System.currentTimeMillis() / 100.0) / 10, values);
    }

    private static double micros(Histogram.Counts counts, double part) {
        return counts.total() == 0 ? -1 : counts.quantile(part) / NANOS_PER_MICRO;
    }

    /** The sums that rates are made of. */
    private record Sums(long nanos, long received, long failed, long bytesRead, long bytesWritten) {

        static Sums of(GateMetrics info) {
            long refused = info.refusedByCode().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            return new Sums(
                    System.nanoTime(),
                    sum(info, MessageMetrics::received),
                    refused,
                    info.bytesRead(),
                    info.bytesWritten());
        }

        private static long sum(GateMetrics info, ToLongFunction<MessageMetrics> of) {
            return info.messages().stream().mapToLong(of).sum();
        }
    }

    /** An open page. */
    private static final class Follower {

        private static final long IDLE = 0;

        private final String address;
        private final SseEventSink sink;
        private final Sse sse;
        private final BooleanSupplier end;

        /** When the event was given away that is still being written; {@link #IDLE} if none is. */
        private volatile long sendingSinceNanos = IDLE;

        Follower(String address, SseEventSink sink, Sse sse, BooleanSupplier end) {
            this.address = address;
            this.sink = sink;
            this.sse = sse;
            this.end = end;
        }

        /** Whether it is closed; it is now, if its session is over or it takes too long. */
        boolean isGone() {
            long since = sendingSinceNanos;
            boolean stuck = since != IDLE && System.nanoTime() - since > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            if (!sink.isClosed() && (stuck || end.getAsBoolean())) {
                sink.close();
            }
            return sink.isClosed();
        }

        void send(String json, Executor executor) {
            if (sendingSinceNanos != IDLE) {
                return;
            }
            long now = System.nanoTime();
            sendingSinceNanos = now == IDLE ? 1 : now;
            try {
                executor.execute(() -> write(json));
            } catch (RejectedExecutionException e) {
                sendingSinceNanos = IDLE;
            }
        }

        private void write(String json) {
            try {
                OutboundSseEvent event = sse.newEventBuilder()
                        .mediaType(TEXT)
                        .data(String.class, json)
                        .build();
                sink.send(event).whenComplete((sent, failure) -> {
                    sendingSinceNanos = IDLE;
                    if (failure != null) {
                        sink.close();
                    }
                });
            } catch (RuntimeException e) {
                // It was closed in between.
                sendingSinceNanos = IDLE;
                sink.close();
            }
        }
    }
}
