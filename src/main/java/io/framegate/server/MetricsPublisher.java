package io.framegate.server;

import io.framegate.message.ApplicationMetrics;
import io.framegate.metrics.GateMetrics;
import io.framegate.metrics.Histogram;
import io.framegate.metrics.LimitKind;
import io.framegate.metrics.MessageMetrics;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;

/**
 * Shows {@link GateMetrics} to MicroProfile Metrics, as gauges that are read when somebody scrapes.
 *
 * <pre>
 *  name                            tags              what
 *  framegate.connections.open                        connections open now
 *  framegate.connections.opened                      accepted since the start
 *  framegate.connections.refused                     turned away at the limit
 *  framegate.connections.closed    reason            closed since the start
 *  framegate.accepts.failed                          accepts that failed
 *  framegate.reads.paused                            times a full pipeline stopped reading
 *  framegate.bytes.read, .written                    on the sockets
 *  framegate.requests.received     message           requests read
 *  framegate.requests.answered     message           answered by a result
 *  framegate.requests.failed       message           answered by an error
 *  framegate.requests.bytes.in     message           bodies
 *  framegate.requests.bytes.out    message           frames of replies
 *  framegate.requests.time         message, step     seconds spent; step: decode, work, encode, compress
 *  framegate.requests.duration     message, quantile seconds from decoding to the finished frame that 0.5, 0.99 and
 *                                                    0.999 of the answered requests did not exceed, since the start
 *  framegate.requests.duration.bucket  message, le   how many took at most so many seconds, for histogram_quantile
 *  framegate.wait                  quantile          seconds that requests waited for a thread, likewise
 *  framegate.refusals              code              errors answered, by kind
 *  framegate.limits.reached        limit             how often a limit was reached, see {@link LimitKind}
 *  framegate.workers.busy, .queued                   threads at work, requests waiting or in work
 *  framegate.workers.overdue                         threads whose worker has had its time and goes on
 *  framegate.requests.pending.bytes                  bytes of requests without an answer, small ones not counted
 *  framegate.requests.memory.bytes, .limit           bytes of the heap that requests in work take, decompressed and decoded,
 *                                                    small ones not counted, and the most
 *  framegate.replies.pending.bytes                   bytes of replies that clients have not taken, likewise
 *  framegate.workers.threads, .capacity              the limits of the two
 *  framegate.workers.running                         threads that the executor has given
 *  framegate.connections.limit                       the most connections
 *  framegate.serving                                 1, or 0 while paused or draining
 *  framegate.answers.kept.hits, .misses              answers given again, and made anew, of versioned workers
 *  framegate.answers.kept                            answers kept now
 *  framegate.answers.kept.bytes, .limit              bytes kept now, and the most
 *  framegate.NAME.FIGURE                             what an application counts of its own, see {@link ApplicationMetrics}; the map:
 *  framegate.database.pool.used, .used.most          connections to its database in use, and the most at a time
 *  framegate.database.pool.taken, .failed, .wait     how often one was taken, how often none could be had, and seconds
 *                                                    that all were waited for
 *  framegate.map.blocks.hits, .misses                blocks of features that were in memory, and that were fetched
 *  framegate.map.blocks.kept, .limit                 bytes of blocks in memory, and the most
 * </pre>
 *
 * The values of tags are bounded: names of deployed messages, of close reasons, of refusal codes
 * and of limits.
 */
public final class MetricsPublisher {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double[] QUANTILES = {0.5, 0.99, 0.999};

    /** Bounds of the buckets, in seconds: those that Prometheus's own clients have, and finer ones for a fast gate. */
    private static final double[] BOUNDS = {
        0.000_01, 0.000_05, 0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5
    };

    private final MetricRegistry registry;

    /** Publishes into this registry. */
    public MetricsPublisher(MetricRegistry registry) {
        this.registry = registry;
    }

    /**
     * Registers all gauges.
     *
     * @param closeReasons the names that connections may be closed for
     * @param refusalCodes the names that requests may be refused for
     * @param gauges what is not counted but looked at, by the names after {@code framegate.}
     * @param guests what applications count of their own
     */
    public void publish(
            GateMetrics info,
            Iterable<String> closeReasons,
            Iterable<String> refusalCodes,
            Map<String, Supplier<Number>> gauges,
            Iterable<ApplicationMetrics> guests) {
        gauge("framegate.connections.open", "Connections open now", MetricUnits.NONE, info::connectionsOpen);
        gauge("framegate.connections.opened", "Connections accepted", MetricUnits.NONE, info::connectionsOpened);
        gauge(
                "framegate.connections.refused",
                "Connections turned away at the limit",
                MetricUnits.NONE,
                info::connectionsRefused);
        gauge("framegate.accepts.failed", "Accepts that failed", MetricUnits.NONE, info::acceptsFailed);
        gauge("framegate.reads.paused", "Pauses of reading", MetricUnits.NONE, info::readsPaused);
        gauge("framegate.bytes.read", "Bytes read from clients", MetricUnits.BYTES, info::bytesRead);
        gauge("framegate.bytes.written", "Bytes written to clients", MetricUnits.BYTES, info::bytesWritten);
        gauges.forEach((name, value) -> gauge("framegate." + name, "Now", MetricUnits.NONE, value));
        quantiles("framegate.wait", "How long requests waited for a thread", info.waits());
        for (String reason : closeReasons) {
            gauge(
                    "framegate.connections.closed",
                    "Connections closed, by reason",
                    MetricUnits.NONE,
                    () -> info.closedByReason().getOrDefault(reason, 0L),
                    new Tag("reason", reason));
        }
        for (LimitKind limit : LimitKind.values()) {
            gauge(
                    "framegate.limits.reached",
                    "How often a limit was reached",
                    MetricUnits.NONE,
                    () -> info.reachedTimes(limit),
                    new Tag("limit", limit.name()));
        }
        for (String code : refusalCodes) {
            gauge(
                    "framegate.refusals",
                    "Errors answered, by kind",
                    MetricUnits.NONE,
                    () -> info.refusedByCode().getOrDefault(code, 0L),
                    new Tag("code", code));
        }
        info.messages().forEach(this::publish);
        guests.forEach(this::publish);
    }

    private void publish(ApplicationMetrics guest) {
        for (ApplicationMetrics.Figure figure : guest.figures()) {
            String unit =
                    switch (figure.unit()) {
                        case COUNT -> MetricUnits.NONE;
                        case BYTES -> MetricUnits.BYTES;
                        case SECONDS -> MetricUnits.SECONDS;
                    };
            gauge(
                    "framegate." + guest.name() + "." + figure.name(),
                    guest.title() + ": " + figure.words(),
                    unit,
                    figure.value());
        }
    }

    private void publish(MessageMetrics message) {
        Tag name = new Tag("message", message.name());
        gauge("framegate.requests.received", "Requests read", MetricUnits.NONE, message::received, name);
        gauge("framegate.requests.answered", "Requests answered", MetricUnits.NONE, message::answered, name);
        gauge("framegate.requests.failed", "Requests answered by an error", MetricUnits.NONE, message::failed, name);
        gauge("framegate.requests.bytes.in", "Bytes of bodies", MetricUnits.BYTES, message::bytesIn, name);
        gauge("framegate.requests.bytes.out", "Bytes of replies", MetricUnits.BYTES, message::bytesOut, name);
        time(message::decodeNanos, name, "decode");
        time(message::workNanos, name, "work");
        time(message::encodeNanos, name, "encode");
        time(message::compressNanos, name, "compress");
        quantiles("framegate.requests.duration", "How long requests took", message.times(), name);
        for (double bound : BOUNDS) {
            long nanos = Math.round(bound * NANOS_PER_SECOND);
            bucket(String.valueOf(bound), name, () -> message.times().counts().atMost(nanos));
        }
        bucket("+Inf", name, () -> message.times().counts().total());
    }

    private void bucket(String bound, Tag name, Supplier<Long> count) {
        gauge(
                "framegate.requests.duration.bucket",
                "How many requests took at most so many seconds",
                MetricUnits.NONE,
                count,
                name,
                new Tag("le", bound));
    }

    private void quantiles(String name, String description, Histogram histogram, Tag... tags) {
        for (double part : QUANTILES) {
            Tag[] all = Arrays.copyOf(tags, tags.length + 1);
            all[tags.length] = new Tag("quantile", String.valueOf(part));
            gauge(
                    name,
                    description,
                    MetricUnits.SECONDS,
                    () -> histogram.counts().quantile(part) / NANOS_PER_SECOND,
                    all);
        }
    }

    private void time(Supplier<Long> nanos, Tag name, String step) {
        gauge(
                "framegate.requests.time",
                "Time spent on requests, by step",
                MetricUnits.SECONDS,
                () -> nanos.get() / NANOS_PER_SECOND,
                name,
                new Tag("step", step));
    }

    private void gauge(String name, String description, String unit, Supplier<? extends Number> value, Tag... tags) {
        Metadata metadata = Metadata.builder()
                .withName(name)
                .withDescription(description)
                .withUnit(unit)
                .build();
        registry.gauge(metadata, value::get, tags);
    }
}
