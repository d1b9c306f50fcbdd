package io.framegate.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that outlived the run command which started it, as after {@code kill -9}. It is known by a file with its
 * number and the moment it began: the number alone may since belong to somebody else.
 */
final class StaleProcess {

    /** The name of PostgreSQL's program where a script starts it. */
    static final String POSTGRES_BEHIND_SCRIPT = "postgres-itself";

    private static final long PATIENCE_SECONDS = 20;

    private StaleProcess() {}

    /** Remembers a process in a file. */
    static void remember(ProcessHandle process, Path file) throws IOException {
        Files.writeString(file, process.pid() + " " + startMillis(process));
    }

    /** The process that a file remembers, if it still runs. */
    static Optional<ProcessHandle> find(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String[] parts = Files.readString(file).strip().split(" ");
        if (parts.length != 2 || !parts[0].matches("\\d{1,18}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(parts[0]))
                .filter(process -> Long.toString(startMillis(process)).equals(parts[1]));
    }

    /**
     * The PostgreSQL that runs on a data directory, by its own {@code postmaster.pid}.
     *
     * @return empty where none runs; a file that names a process which is no PostgreSQL is removed, since PostgreSQL would
     *     take that process for a server and not start
     */
    static Optional<ProcessHandle> findPostmaster(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String pid = Files.readString(file).lines().findFirst().orElse("").strip();
        Optional<ProcessHandle> postmaster = pid.matches("\\d{1,18}")
                ? ProcessHandle.of(Long.parseLong(pid)).filter(StaleProcess::isPostgres)
                : Optional.empty();
        if (postmaster.isEmpty()) {
            Files.delete(file);
        }
        return postmaster;
    }

    /** Stops a process: politely, and after a while by force. */
    static void stop(ProcessHandle process) {
        process.destroy();
        if (!ends(process)) {
            process.destroyForcibly();
            ends(process);
        }
    }

    private static boolean ends(ProcessHandle process) {
        try {
            process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName().toString())
                .filter(Set.of("postgres", POSTGRES_BEHIND_SCRIPT, "postgres.exe")::contains)
                .isPresent();
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
