package io.framegate.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real PgBouncer in transaction mode before a PostgreSQL on this machine, with few connections for many clients. */
public final class PgBouncer implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final Process process;
    private final int port;

    /**
     * Starts it.
     *
     * @param databasePort of the PostgreSQL
     * @param user as whom it logs in there
     * @param password of that user; empty for none
     * @param directory for its log, which exists
     */
    public PgBouncer(int databasePort, String user, String password, Path directory) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        // As root it insists on being somebody else, who can't look into our directories: settings and log come and go
        // by streams.
        Path settings = Files.writeString(
                Files.createTempFile("pgbouncer-", ".ini"),
                String.join(
                        "\n",
                        List.of(
                                "[databases]",
                                "* = host=127.0.0.1 port=" + databasePort + " user=" + user
                                        + (password.isEmpty() ? "" : " password=" + password),
                                "[pgbouncer]",
                                "listen_addr = 127.0.0.1",
                                "listen_port = " + port,
                                "unix_socket_dir =",
                                "auth_type = any",
                                "pool_mode = transaction",
                                "default_pool_size = 4",
                                "ignore_startup_parameters = extra_float_digits",
                                "")));
        settings.toFile().setReadable(true, false);
        settings.toFile().deleteOnExit();
        List<String> command = System.getProperty("user.name").equals("root")
                ? List.of("pgbouncer", "-u", "nobody", settings.toString())
                : List.of("pgbouncer", settings.toString());
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("pgbouncer.log").toFile())
                .start();
        Gate.await("PgBouncer does not listen", PATIENCE_SECONDS, () -> isOpen() || !process.isAlive());
        if (!process.isAlive()) {
            throw new IOException("PgBouncer has ended: see " + directory.resolve("pgbouncer.log"));
        }
    }

    /** Whether it is there. */
    public static boolean isInstalled() {
        try {
            Process process = new ProcessBuilder("pgbouncer", "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isOpen() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
