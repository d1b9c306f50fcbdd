package io.framegate.testkit;

import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Payara Micro with a WAR, as a process that a test can kill and start again on the same port. */
public final class ServerProcess implements AutoCloseable {

    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 60;
    private static final int HEALTH_MILLIS = 5_000;

    private final Path war;
    private final Path log;
    private final List<String> options;
    private final List<String> grid;
    private final int port;
    private final int httpPort;
    private Process process;

    /**
     * Starts it, and waits until its TCP port is open.
     *
     * @param log what it says is appended here
     * @param options of its JVM, such as settings
     */
    public ServerProcess(Path war, Path log, String... options) throws IOException {
        this(war, log, List.of("--nohazelcast"), options);
    }

    private ServerProcess(Path war, Path log, List<String> grid, String... options) throws IOException {
        this.war = war;
        this.log = log;
        this.options = List.of(options);
        this.grid = grid;
        this.port = freePort();
        this.httpPort = freePort();
        this.process = start();
    }

    /**
     * The same, as a member of a Data Grid on the loopback interface.
     *
     * @param gridPort its own
     * @param members the ports of all
     */
    public static ServerProcess inGrid(Path war, Path log, int gridPort, List<Integer> members, String... options)
            throws IOException {
        String all = members.stream().map(member -> "127.0.0.1:" + member).collect(Collectors.joining(","));
        List<String> own = new ArrayList<>(List.of(options));
        own.add("-Dhazelcast.socket.bind.any=false");
        // As the documentation has it: a member that does not answer is given up, and met again, within half a minute.
        own.add("-Dhazelcast.max.no.heartbeat.seconds=10");
        own.add("-Dhazelcast.heartbeat.interval.seconds=2");
        own.add("-Dhazelcast.merge.first.run.delay.seconds=5");
        own.add("-Dhazelcast.merge.next.run.delay.seconds=5");
        return new ServerProcess(
                war,
                log,
                List.of(
                        "--clustermode",
                        "tcpip:" + all,
                        "--clustername",
                        "framegate-" + members.get(0),
                        "--interfaces",
                        "127.0.0.1",
                        "--hzpublicaddress",
                        "127.0.0.1",
                        "--startport",
                        String.valueOf(gridPort)),
                own.toArray(String[]::new));
    }

    /** A path of its HTTP port, as in {@code framegate/admin/instances}. */
    public URI http(String path) {
        return URI.create("http://127.0.0.1:" + httpPort + "/" + path);
    }

    /** The number of its process. */
    public long pid() {
        return process.pid();
    }

    /** The status of {@code /health/ready}, as a load balancer sees it; 0 where there is no answer within a few seconds. */
    public int health() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) http("health/ready").toURL().openConnection();
            connection.setConnectTimeout(HEALTH_MILLIS);
            connection.setReadTimeout(HEALTH_MILLIS);
            return connection.getResponseCode();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Has it not run until {@link #resume}, for Linux. */
    public void suspend() throws IOException, InterruptedException {
        Signals.suspend(process.toHandle());
    }

    /** Has it go on. */
    public void resume() throws IOException, InterruptedException {
        Signals.resume(process.toHandle());
    }

    /** Ends it in order, and starts it again on the same ports. */
    public void restart() throws IOException {
        stop();
        process = start();
    }

    /**
     * Ends it in order.
     *
     * @throws IOException if it has not ended after a minute
     */
    public void stop() throws IOException {
        process.destroy();
        try {
            process.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the server has not ended; " + log + " may say why", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Where its TCP port is, or will be again. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Ends it as the power does ({@code kill -9}), and starts it again. */
    public void killAndStart() throws IOException {
        end();
        process = start();
    }

    @Override
    public void close() {
        end();
    }

    private void end() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private Process start() throws IOException {
        String payara = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> path.contains("payara-micro-6"))
                .findFirst()
                .orElseThrow();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It starts faster, and is not there to be fast.
        command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of(
                "-Dframegate.listener.port=" + port,
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
        Files.createDirectories(log.toAbsolutePath().getParent());
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!accepts()) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                started.destroyForcibly();
                throw new IOException("the server does not serve; " + log + " may say why");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return started;
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** A port of the loopback interface that nobody uses at present. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
