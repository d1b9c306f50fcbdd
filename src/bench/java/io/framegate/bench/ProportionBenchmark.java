package io.framegate.bench;

import io.framegate.bench.guest.BulkRequest;
import io.framegate.bench.guest.BulkResponse;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether the gate's cost grows in proportion: its CPU time while connections, requests in flight, or the bytes of a body
 * double, each step against the one before. Connections each do the same work in all, so a step that costs twice is in
 * proportion.
 *
 * <pre>
 *  system property  default  meaning
 *  bench.rounds           5  of which the median is told
 *  bench.millis        1000  of one measurement
 * </pre>
 */
public final class ProportionBenchmark {

    private static final int MEBIBYTE = 1 << 20;
    private static final int LARGEST_BODY_BYTES = 100 * MEBIBYTE - 1;

    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private final int millis = Integer.getInteger("bench.millis", 1000);
    private final StringBuilder page = new StringBuilder();

    private ProportionBenchmark() {}

    public static void main(String[] args) throws Exception {
        new ProportionBenchmark().run();
    }

    /** CPU microseconds of the server for one unit. */
    @FunctionalInterface
    private interface Cost {
        double of(int size) throws IOException;
    }

    private void run() throws Exception {
        System.setProperty("bench.subjects", "framegate, non-blocking");
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        try (Subjects subjects = Subjects.start(directory)) {
            Subjects.Entry gate = subjects.entries().get(0);
            ClosedLoop.run(gate.target(), 64, 16, 3000);
            // The work of n connections, or of n requests, is n times that of one request at that number.
            series("connections, one request of each", 125, 1000, size -> size * perRequest(gate, size, 1));
            series(
                    "requests in one flight of each of 64 connections",
                    1,
                    64,
                    size -> size * perRequest(gate, 64, size));
            series("MiB of a request's body", 1, 64, size -> perBody(gate, size * MEBIBYTE));
            line("The largest body, of 104 857 599 bytes: %.0f ms of CPU.%n", perBody(gate, LARGEST_BODY_BYTES) / 1000);
        }
        Files.writeString(directory.resolve("proportion.md"), page);
        System.out.println(page);
    }

    private void series(String what, int from, int to, Cost cost) throws IOException {
        line("| %s | CPU µs | against the half |%n|---|---|---|", what);
        double half = 0;
        for (int size = from; size <= to; size *= 2) {
            cost.of(size);
            List<Double> costs = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                costs.add(cost.of(size));
            }
            costs.sort(null);
            double median = costs.get(rounds / 2);
            line(
                    "| %,d | %,.1f | %s |",
                    size, median, half == 0 ? "" : String.format(Locale.ROOT, "%.2f ×", median / half));
            half = median;
        }
        line("");
    }

    private double perRequest(Subjects.Entry gate, int connections, int inFlight) throws IOException {
        double cpu = gate.subject().cpuSeconds();
        Result figures = ClosedLoop.run(gate.target(), connections, inFlight, millis);
        figures.usedCpu(gate.subject().cpuSeconds() - cpu);
        return figures.measurement().cpuMicrosPerRequest();
    }

    /** Of requests with a body of so many bytes, one after the other, each answered by how many they were. */
    private double perBody(Subjects.Entry gate, int bodyBytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(
                new InetSocketAddress("127.0.0.1", gate.target().port()))) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            ByteBuffer request = ByteBuffer.allocateDirect(8 + bodyBytes).order(ByteOrder.LITTLE_ENDIAN);
            int count = bodyBytes - 1 - Integer.BYTES;
            request.putInt(BulkRequest.ID)
                    .putInt(bodyBytes)
                    .put((byte) 'N')
                    .putInt(count)
                    .clear();
            ByteBuffer response =
                    ByteBuffer.allocateDirect(8 + 1 + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            double cpu = gate.subject().cpuSeconds();
            long begun = System.nanoTime();
            int asked = 0;
            while (asked == 0 || System.nanoTime() - begun < millis * 1_000_000L) {
                request.rewind();
                while (request.hasRemaining()) {
                    channel.write(request);
                }
                response.clear();
                while (response.hasRemaining()) {
                    if (channel.read(response) < 0) {
                        throw new EOFException("the server ended the stream");
                    }
                }
                if (response.getInt(0) != BulkResponse.ID || response.getInt(9) != count) {
                    throw new IOException("not the answer to " + count + " bytes: id=" + response.getInt(0));
                }
                asked++;
            }
            return (gate.subject().cpuSeconds() - cpu) * 1e6 / asked;
        }
    }

    private void line(String format, Object... values) {
        page.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
