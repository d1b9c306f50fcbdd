package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.zstd.ZstdOutputStream;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.SaveFeatures;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Refusal;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.abuse.Canary;
import io.framegate.testkit.abuse.GateProcess;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.wire.FrameHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;

/**
 * Requests that take as much memory as they can, many at once, against a gate in a process of its own that ends at the first {@code
 * OutOfMemoryError}, with the heaps that the files of {@code payara-config} give it and with a small one.
 */
@Timeout(240)
class MemoryTest {

    private static final int INLINE = 64;
    private static final int MEBI = 1 << 20;
    private static final int SETTLED_BYTES = 16 * MEBI;
    private static final int WELCOME = 100101;
    private static final int SAVE = 101401;
    private static final int UPLOAD = 190901;
    private static final int FLAGS = 191001;
    private static final int ERROR = 500202;

    /** Bytes of an element of {@link SaveFeatures#deletions}. */
    private static final int DELETION = 16;

    /** What a message's whole payload is, but for elements that are all the same. */
    private record Shape(byte[] head, byte[] element, int count) {

        int bytes() {
            return head.length + element.length * count;
        }

        void write(OutputStream out) throws IOException {
            out.write(head);
            int together = Math.max(1, Math.min(count, MEBI / Math.max(1, element.length)));
            byte[] piece = new byte[together * element.length];
            for (int i = 0; i < piece.length; i += element.length) {
                System.arraycopy(element, 0, piece, i, element.length);
            }
            for (int left = count; left > 0; left -= together) {
                out.write(piece, 0, Math.min(left, together) * element.length);
            }
        }
    }

    /** A list's count, and then that many elements. */
    private static Shape list(byte[] head, byte[] element, int count) {
        return new Shape(
                ByteBuffer.allocate(head.length + Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(head)
                        .putInt(count)
                        .array(),
                element,
                count);
    }

    private static Shape deletions(int count) {
        byte[] empty = Frames.of(new SaveFeatures(
                "key", "author", "", List.of(), List.of(), List.of(), List.of(), List.of(), List.of()));
        byte[] head = Arrays.copyOfRange(empty, FrameHeader.BYTES + 1, empty.length - Integer.BYTES);
        byte[] deletion = ByteBuffer.allocate(DELETION)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(ElementKind.values()[0].code())
                .putLong(5)
                .putInt(1)
                .array();
        return list(head, deletion, count);
    }

    /** An array of bytes, or a list of records of a byte. */
    private static Shape bytes(int count) {
        return list(new byte[0], new byte[1], count);
    }

    private static byte[][] frame(int id, Shape shape, Compression compression) throws IOException {
        var body = new ByteArrayOutputStream();
        body.write(compression.code());
        if (compression != Compression.NONE) {
            body.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(shape.bytes())
                    .array());
        }
        switch (compression) {
            case NONE -> shape.write(body);
            case ZLIB -> {
                try (OutputStream zlib = new DeflaterOutputStream(body, new Deflater(Deflater.BEST_COMPRESSION))) {
                    shape.write(zlib);
                }
            }
            case LZMA -> {
                LZMA2Options options = new LZMA2Options(0);
                options.setDictSize(LZMA2Options.DICT_SIZE_MIN);
                options.setNiceLen(LZMA2Options.NICE_LEN_MAX);
                var stream = new ByteArrayOutputStream();
                var lzma = new LZMAOutputStream(stream, options, false);
                shape.write(lzma);
                lzma.finish();
                body.write(lzma.getProps());
                body.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(LZMA2Options.DICT_SIZE_MIN)
                        .array());
                body.writeBytes(stream.toByteArray());
            }
            case ZSTD -> {
                try (OutputStream zstd = new ZstdOutputStream(body)) {
                    shape.write(zstd);
                }
            }
        }
        return new byte[][] {Frames.frame(id, body.toByteArray())};
    }

    /** An array of bytes in plain, which is only sent, never held in whole. */
    private static byte[][] plain(int id, int bodyBytes) {
        byte[][] chunks = new byte[2 + bodyBytes / MEBI][];
        Arrays.fill(chunks, new byte[MEBI]);
        chunks[0] = Frames.header(id, bodyBytes);
        chunks[chunks.length - 1] = new byte[bodyBytes % MEBI];
        chunks[1] = chunks[1].clone();
        ByteBuffer.wrap(chunks[1])
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(Compression.NONE.code())
                .putInt(bodyBytes - 1 - Integer.BYTES);
        return chunks;
    }

    @ParameterizedTest
    @ValueSource(strings = {"256m", "pod", "unit"})
    void livesThroughAllThatRequestsCanBecome(String heap) throws Exception {
        int huge = 99 * MEBI;
        int large = Scorecard.size(34, 99) * MEBI;
        Map<String, byte[][]> bombs = new TreeMap<>();
        bombs.put("zlib to 99 MiB for 4 bytes", frame(WELCOME, bytes(huge), Compression.ZLIB));
        bombs.put("LZMA to 99 MiB for 4 bytes", frame(WELCOME, bytes(huge), Compression.LZMA));
        bombs.put("Zstandard to 99 MiB", frame(UPLOAD, bytes(huge), Compression.ZSTD));
        bombs.put("zlib to 16 MiB where that is allowed", frame(UPLOAD, bytes(16 * MEBI), Compression.ZLIB));
        bombs.put("LZMA to 16 MiB where that is allowed", frame(UPLOAD, bytes(16 * MEBI), Compression.LZMA));
        bombs.put("3.99 M flags", frame(FLAGS, bytes(3_990_000), Compression.ZLIB));
        bombs.put("100 000 flags", frame(FLAGS, bytes(100_000), Compression.LZMA));
        bombs.put("3.99 M deletions", frame(SAVE, deletions(3_990_000), Compression.ZLIB));
        bombs.put("1.5 M deletions", frame(SAVE, deletions(1_500_000), Compression.ZLIB));
        bombs.put("5 000 deletions", frame(SAVE, deletions(5_000), Compression.ZLIB));
        bombs.put("plain saves of " + large / MEBI + " MiB", plain(SAVE, large));
        bombs.put("plain uploads of " + large / MEBI + " MiB", plain(UPLOAD, large));
        bombs.put("plain uploads of 8 MiB", plain(UPLOAD, 8 * MEBI));
        String xmx = "-Xmx" + heapOf(heap);
        try (GateProcess gate = new GateProcess(0, xmx, "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError")) {
            welcomed(gate);
            long before = gate.ask("heap");
            for (Map.Entry<String, byte[][]> bomb : bombs.entrySet()) {
                explode(gate, xmx, bomb.getKey(), bomb.getValue());
            }
            welcomed(gate);
            Gate.await(() -> gate.ask("heap") <= before + SETTLED_BYTES);
        }
    }

    private static void explode(GateProcess gate, String heap, String name, byte[][] bomb) throws Exception {
        try (Canary canary = new Canary(gate.address())) {
            long begun = System.nanoTime();
            Map<String, Integer> answers = atOnce(gate, bomb);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            Scorecard.row(
                    44,
                    INLINE + " at once, " + name + ", " + heap + ": all are answered, no OutOfMemoryError",
                    "%s in %,d ms; canary p99 %d ms",
                    answers,
                    millis,
                    canary.p99Millis());
            assertEquals(INLINE, answers.values().stream().mapToInt(n -> n).sum());
        } catch (AssertionError | IOException e) {
            throw new AssertionError(name + ", " + heap + (gate.isAlive() ? "" : ", has ended"), e);
        }
        Gate.await(() -> gate.ask("memory") == 0 && gate.ask("outstanding") == 0);
    }

    /** What came of as many of these as are sent at once: how often each answer. */
    private static Map<String, Integer> atOnce(GateProcess gate, byte[][] bomb) throws Exception {
        Map<String, Integer> answers = new ConcurrentSkipListMap<>();
        List<Future<?>> clients = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(INLINE);
        try {
            for (int i = 0; i < INLINE; i++) {
                clients.add(threads.submit(() -> {
                    try (RawClient client = gate.connect()) {
                        client.send(Frames.of(new HelloRequest(1, "bomb", new int[] {Capability.TYPED_ERRORS.code()})));
                        client.receive(HelloResponse.class);
                        client.send(bomb);
                        answers.merge(answer(client.receive()), 1, Integer::sum);
                        // As good as before.
                        welcomed(client);
                    }
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return answers;
    }

    private static String answer(byte @Nullable [] frame) {
        if (frame == null) {
            return "none";
        }
        if (FrameHeader.id(frame, 0) != ERROR) {
            return "done";
        }
        ErrorResponseV2 error = Frames.message(frame, ErrorResponseV2.class);
        assertEquals(error.code() == Refusal.Code.BUSY, error.retryAfterMillis() > 0, error::toString);
        return error.code().name();
    }

    /** What the JVM has there, as the files of {@code payara-config} say. */
    private static String heapOf(String where) throws IOException {
        return switch (where) {
            case "unit" -> found("framegate.service", "-Xmx(\\d+[mg])");
            case "pod" ->
                (long) (Integer.parseInt(found("kubernetes.yml", "limits: \\{memory: (\\d+)Gi"))
                                * 1024
                                * Integer.parseInt(found("Containerfile", "MaxRAMPercentage=(\\d+)"))
                                / 100)
                        + "m";
            default -> where;
        };
    }

    private static String found(String file, String regex) throws IOException {
        Matcher matcher = Pattern.compile(regex).matcher(Files.readString(Path.of("payara-config", file)));
        assertTrue(matcher.find(), file);
        return matcher.group(1);
    }

    private static void welcomed(GateProcess gate) throws IOException {
        try (RawClient client = gate.connect()) {
            welcomed(client);
        }
    }

    private static void welcomed(RawClient client) throws IOException {
        client.send(Frames.of(new WelcomeRequest(1)));
        assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
    }
}
