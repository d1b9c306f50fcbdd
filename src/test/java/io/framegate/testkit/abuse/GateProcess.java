package io.framegate.testkit.abuse;

import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The process of a {@link GateMain}, and what it takes of the machine. For Linux. */
public final class GateProcess implements AutoCloseable {

    private static final int HEAP_MEBIBYTES = 256;
    private static final long SETTLED_BYTES = 16 << 20;
    private static final int THREADS_MORE = 2;
    private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\w+GC");

    // Of a line of /proc/net/tcp; see proc(5).
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final String ESTABLISHED = "01";
    private static final int TIMER = 5;
    private static final String KEEP_ALIVE = "02:";

    private static final AtomicInteger STARTED = new AtomicInteger();

    private final Path log = Path.of(
            "target", "gate-process-" + ProcessHandle.current().pid() + "-" + STARTED.incrementAndGet() + ".log");
    private final int logBegins; // after what it says of its start
    private final Process process;
    private final BufferedReader answers;
    private final Writer questions;
    private final InetSocketAddress address;

    /**
     * What it takes at a moment.
     *
     * @param residentBytes in RAM
     * @param heapBytes after a collection
     * @param directBytes outside of the heap, by buffers
     */
    public record Footprint(long residentBytes, long heapBytes, long directBytes, int files, int threads) {}

    /**
     * What it has logged of one cause.
     *
     * @param millis when, an entry each
     * @param told how often it has happened, by what the entries say
     */
    public record Logged(List<Long> millis, long told) {

        /** The shortest time between two entries; very long where there are not two. */
        public long shortestMillis() {
            return IntStream.range(1, millis.size())
                    .mapToLong(i -> millis.get(i) - millis.get(i - 1))
                    .min()
                    .orElse(Long.MAX_VALUE);
        }
    }

    /**
     * Starts it.
     *
     * @param openFiles that it may have at most; 0 for as many as there may be
     * @param settings see {@link GateMain}; those that begin with {@code -D} or {@code -X} are the JVM's
     */
    public GateProcess(int openFiles, String... settings) throws IOException {
        List<String> java = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MEBIBYTES + "m",
                "-XX:-MaxFDLimit",
                "-Djava.util.logging.SimpleFormatter.format=" + GateLog.FORMAT,
                "-cp",
                System.getProperty("java.class.path")));
        if (Stream.of(settings).noneMatch(COLLECTOR.asMatchPredicate())) {
            // So that what is resident is what is in use, and does not depend on when the collector thinks fit.
            java.add("-XX:+UseSerialGC");
        }
        java.addAll(Stream.of(settings).filter(GateProcess::isOfJvm).toList());
        java.add(GateMain.class.getName());
        java.addAll(Stream.of(settings).filter(setting -> !isOfJvm(setting)).toList());
        List<String> command = new ArrayList<>();
        if (openFiles > 0) {
            command.addAll(List.of("sh", "-c", "ulimit -n " + openFiles + "; exec \"$@\"", "sh"));
        }
        command.addAll(java);
        process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        answers = process.inputReader(StandardCharsets.US_ASCII);
        questions = process.outputWriter(StandardCharsets.US_ASCII);
        String port = answers.readLine();
        if (port == null) {
            throw new IOException("the gate does not start: " + Files.readString(log));
        }
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
        logBegins = (int) Files.size(log);
    }

    private static boolean isOfJvm(String setting) {
        return setting.startsWith("-D") || setting.startsWith("-X");
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    public InetSocketAddress address() {
        return address;
    }

    public RawClient connect() throws IOException {
        return new RawClient(address);
    }

    /** A number that it knows: see {@link GateMain}. */
    public synchronized long ask(String question) {
        try {
            questions.write(question + "\n");
            questions.flush();
            return Long.parseLong(answers.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has logged at INFO and above, by causes: texts, with # for each number in them. */
    public Map<String, Logged> logged() throws IOException {
        return GateLog.read(log, logBegins);
    }

    /** How many connections it has closed for a reason. */
    public long closed(String reason) {
        return ask("closed " + reason);
    }

    /** Connections to its port whose other end the kernel asks now and then whether it is there, by {@code /proc/net}. */
    public long connectionsKeptAlive() {
        String local = ":%04X".formatted(address.getPort());
        long count = 0;
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            try (Stream<String> lines = Files.lines(Path.of(table))) {
                count += lines.map(line -> line.strip().split("\\s+"))
                        .filter(cells -> cells[LOCAL_ADDRESS].endsWith(local)
                                && cells[STATE].equals(ESTABLISHED)
                                && cells[TIMER].startsWith(KEEP_ALIVE))
                        .count();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return count;
    }

    public long residentBytes() throws IOException {
        return 1024 * status("VmRSS:");
    }

    /** Processor time so far, in milliseconds. */
    public long processorMillis() {
        return process.info().totalCpuDuration().orElseThrow().toMillis();
    }

    public Footprint footprint() throws IOException {
        long heap = ask("heap");
        return new Footprint(residentBytes(), heap, ask("direct"), files(), (int) status("Threads:"));
    }

    private int files() throws IOException {
        try (var files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return (int) files.count();
        }
    }

    private long status(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"), StandardCharsets.US_ASCII).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** Stops it as it is, as a freezer or the host of a virtual machine does; it does not run until {@link #resume}. */
    public void suspend() throws IOException, InterruptedException {
        Signals.suspend(process.toHandle());
    }

    /** Has it go on. */
    public void resume() throws IOException, InterruptedException {
        Signals.resume(process.toHandle());
    }

    /** Waits until it takes no more than before, as it must soon after a trouble has ended. */
    public void requireCalm(Footprint before) {
        Gate.await(() -> {
            try {
                Footprint now = footprint();
                return now.files() <= before.files()
                        && now.threads() <= before.threads() + THREADS_MORE
                        && now.heapBytes() <= before.heapBytes() + SETTLED_BYTES
                        && now.directBytes() <= before.directBytes() + SETTLED_BYTES;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        answers.close();
    }
}
