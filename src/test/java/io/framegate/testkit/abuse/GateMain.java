package io.framegate.testkit.abuse;

import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.message.BatchWorker;
import io.framegate.message.MaxPayload;
import io.framegate.message.NonBlocking;
import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import io.framegate.metrics.LimitKind;
import io.framegate.testkit.Gate;
import io.framegate.testkit.TlsFixture;
import io.framegate.tls.TlsFileException;
import io.framegate.transport.AccessRules;
import io.framegate.transport.AddressRanges;
import io.framegate.transport.TransportLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A gate in a process of its own, so that what it takes can be told from what its clients take. Says its port, then
 * answers each line it is asked by a line; ends with its input.
 */
public final class GateMain {

    private static final int MAX_ELEMENTS = 1000;

    private GateMain() {}

    /** Its limits, and the directory of a certificate if it is to speak TLS: name=value each. */
    public static void main(String[] args) throws IOException, TlsFileException {
        // As a container has, which has logged before: the first line loads files.
        System.getLogger(GateMain.class.getName()).log(System.Logger.Level.INFO, "This gate is for abuse");
        TransportLimits.Builder limits = TransportLimits.builder();
        Optional<Duration> requestTimeout = Optional.empty();
        Gate.Builder builder = Gate.builder();
        for (String arg : args) {
            String value = arg.substring(arg.indexOf('=') + 1);
            switch (arg.substring(0, arg.indexOf('='))) {
                case "max-connections" -> limits.maxConnections(Integer.parseInt(value));
                case "read-timeout" -> limits.readTimeout(Duration.parse(value));
                case "write-timeout" -> limits.writeTimeout(Duration.parse(value));
                case "idle-timeout" -> limits.idleTimeout(Duration.parse(value));
                case "request-timeout" -> requestTimeout = Optional.of(Duration.parse(value));
                case "proxy-protocol" ->
                    builder.rules(new AccessRules(
                            AddressRanges.NONE,
                            AddressRanges.NONE,
                            Boolean.parseBoolean(value),
                            AddressRanges.NONE,
                            null));
                case "tls" -> builder.rules(TlsFixture.rules(Path.of(value)));
                case "queue-capacity" -> builder.queueCapacity(Integer.parseInt(value));
                default -> throw new IllegalArgumentException(arg);
            }
        }
        Worker<BulkRequest, BulkResponse> bulk = new BulkWorker();
        Worker<SlowRequest, SlowResponse> slow = new SlowWorker();
        // As the server has them by default.
        int requestBytes = (int) Math.min(256 << 20, Runtime.getRuntime().maxMemory() / 4);
        limits.maxRequestBytes(requestBytes);
        builder.sizes(MaxPayload.DEFAULT_BYTES, requestBytes / 17 * 8, (int)
                (Runtime.getRuntime().maxMemory() / 8));
        Worker<UploadRequest, CountResponse> upload = request -> new CountResponse(request.bytes().length);
        try (Gate gate = builder.limits(limits.build())
                        .worker(UploadRequest.class, CountResponse.class, upload)
                        .worker(FlagsRequest.class, CountResponse.class, new FlagsWorker())
                        .worker(SaveFeatures.class, SaveResult.class, new SaveWorker())
                        .worker(BulkRequest.class, BulkResponse.class, bulk)
                        .worker(SlowRequest.class, SlowResponse.class, slow)
                        .compression(io.framegate.message.Compression.NONE, 0)
                        .start();
                BufferedReader questions =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            // As the server does.
            gate.dispatcher().prepare();
            requestTimeout.ifPresent(limit -> gate.dispatcher().limitRequests(limit, MAX_ELEMENTS));
            System.out.println(gate.listener().address().getPort());
            for (String question = questions.readLine(); question != null; question = questions.readLine()) {
                System.out.println(answer(gate, question));
            }
        }
    }

    private static long answer(Gate gate, String question) {
        String name = question.substring(question.indexOf(' ') + 1);
        switch (question.split(" ")[0]) {
            case "heap":
                System.gc();
                return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            case "direct":
                return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
            case "open":
                return gate.listener().connectionCount();
            case "closed":
                return gate.info().closedByReason().getOrDefault(name, 0L);
            case "reached":
                return gate.info().reachedTimes(LimitKind.valueOf(name));
            case "pending-replies":
                return gate.listener().pendingReplyBytes();
            case "accepts-failed":
                return gate.info().acceptsFailed();
            case "memory":
                return gate.dispatcher().requestMemory().used();
            case "outstanding":
                return gate.outstanding();
            default:
                throw new IllegalArgumentException(question);
        }
    }

    private static final class BulkWorker implements Worker<BulkRequest, BulkResponse> {
        @Override
        public BulkResponse process(BulkRequest request) {
            return new BulkResponse(new byte[request.bytes()]);
        }
    }

    /** Is worked where it is read, if it is small enough. */
    @NonBlocking
    private static final class FlagsWorker implements Worker<FlagsRequest, CountResponse> {
        @Override
        public CountResponse process(FlagsRequest request) {
            return new CountResponse(request.flags().size());
        }
    }

    /** Stores nothing, which is what a database does with most of what comes here. */
    private static final class SaveWorker implements BatchWorker<SaveFeatures, SaveResult> {
        @Override
        public List<SaveResult> processAll(List<SaveFeatures> requests) {
            return requests.stream()
                    .map(request -> new SaveResult(SaveResult.Outcome.SAVED, 1, List.of(), List.of(), List.of()))
                    .toList();
        }
    }

    private static final class SlowWorker implements Worker<SlowRequest, SlowResponse> {
        @Override
        public @Nullable SlowResponse process(SlowRequest request) throws InterruptedException {
            if (request.millis() == SlowRequest.RECUR_WITHOUT_END) {
                return process(request);
            }
            if (request.millis() == SlowRequest.GIVE_NULL) {
                return null;
            }
            if (request.millis() == SlowRequest.REFUSE) {
                throw new Refusal(Refusal.Code.INVALID, "This is refused");
            }
            // The work of this worker is to take its time.
            Thread.sleep(request.millis());
            return new SlowResponse(request.number());
        }
    }
}
