package io.framegate.bench;

import io.framegate.launch.DatabaseAddress;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** A server process under load: the gate or a peer. */
final class Subject implements AutoCloseable {

    private static final long START_SECONDS = 120;

    /** So that each has a log of its own. */
    private static final AtomicInteger STARTED = new AtomicInteger();

    private static final List<String> ALONE = List.of("--nohazelcast");

    private final String name;
    private final Process process;
    private final int port;
    private final int httpPort;

    private Subject(String name, Process process, int port, int httpPort) {
        this.name = name;
        this.process = process;
        this.port = port;
        this.httpPort = httpPort;
    }

    /** Starts a peer in a JVM of its own. */
    static Subject peer(String kind) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(java(), "-Xmx1g"));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "io.framegate.bench.peer.PeerMain",
                kind,
                String.valueOf(port)));
        return start(kind, command, Map.of(), port, port);
    }

    /** Starts the gate: Payara Micro with the WAR. */
    static Subject gate(Path war, DatabaseAddress database, String... options)
            throws IOException, InterruptedException {
        return gate("framegate", war, database, ALONE, options);
    }

    /**
     * Starts a gate in a Data Grid on the loopback interface.
     *
     * @param name of its log
     * @param gridPort its own
     * @param members the ports of all that may be in it
     */
    static Subject gateInGrid(
            String name, Path war, DatabaseAddress database, int gridPort, List<Integer> members, String... options)
            throws IOException, InterruptedException {
        List<String> own = new ArrayList<>(List.of(options));
        own.add("-Dhazelcast.socket.bind.any=false");
        own.add("-Dframegate.instance.name=" + name);
        List<String> grid = List.of(
                "--clustermode",
                "tcpip:" + members.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")),
                "--clustername",
                "bench-" + members.get(0),
                "--interfaces",
                "127.0.0.1",
                "--hzpublicaddress",
                "127.0.0.1",
                "--startport",
                String.valueOf(gridPort));
        return gate(name, war, database, grid, own.toArray(String[]::new));
    }

    private static Subject gate(String name, Path war, DatabaseAddress database, List<String> grid, String... options)
            throws IOException, InterruptedException {
        int port = freePort();
        List<String> settings = new ArrayList<>(List.of(options));
        settings.add("-Dframegate.listener.port=" + port);
        // Beside ten thousand idle ones there are those that work.
        settings.add("-Dframegate.listener.max-connections=20000");
        int httpPort = freePort();
        return start(name, payara(war, httpPort, settings, grid), database.environment(), port, httpPort);
    }

    /** Starts Payara Micro with another WAR. Its port is open before what is in the WAR is there. */
    static Subject otherWar(Path war) throws IOException, InterruptedException {
        int port = freePort();
        return start(war.getFileName().toString(), payara(war, port, List.of(), ALONE), Map.of(), port, port);
    }

    private static List<String> payara(Path war, int httpPort, List<String> settings, List<String> grid) {
        String payara = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> path.contains("payara-micro-6"))
                .findFirst()
                .orElseThrow();
        List<String> command = new ArrayList<>(List.of(java(), "-Xmx1g"));
        command.addAll(options("bench.gate-options"));
        command.addAll(settings);
        command.addAll(List.of(
                "-jar",
                payara,
                "--prebootcommandfile",
                "payara-config/preboot.asadmin",
                "--logproperties",
                "payara-config/logging.properties",
                "--disablephonehome",
                "--port",
                String.valueOf(httpPort),
                "--deploy",
                war.toString()));
        command.addAll(grid);
        return command;
    }

    private static Subject start(
            String name, List<String> command, Map<String, String> environment, int port, int httpPort)
            throws IOException, InterruptedException {
        Path log = Files.createDirectories(Path.of("target", "bench"))
                .resolve(name + "-" + STARTED.incrementAndGet() + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        Subject subject = new Subject(name, process, port, httpPort);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!subject.accepts()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                subject.close();
                throw new IOException(name + " does not serve; " + log + " may say why");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return subject;
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            // Where nobody listens yet, the kernel may choose the very same port for this end, and TCP then connects it
            // to itself.
            return socket.getLocalPort() != port;
        } catch (IOException e) {
            return false;
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    int port() {
        return port;
    }

    /** Where Payara's own listener is. */
    int httpPort() {
        return httpPort;
    }

    /** User and system time of the process so far. */
    double cpuSeconds() throws IOException {
        return ProcessTime.of(process.pid());
    }

    @Override
    public void close() throws InterruptedException {
        if (!process.isAlive()) {
            System.err.println(name + " had ended before it was told to, with " + process.exitValue());
        }
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    private static String java() {
        String home = System.getProperty("bench.java-home", System.getProperty("java.home"));
        return Path.of(home.isEmpty() ? System.getProperty("java.home") : home, "bin", "java")
                .toString();
    }

    /** Options of a JVM from a system property of the benchmark, separated by blanks. */
    private static List<String> options(String property) {
        return System.getProperty(property, "")
                .lines()
                .flatMap(line -> Arrays.stream(line.split(" ")))
                .filter(option -> !option.isEmpty())
                .toList();
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
