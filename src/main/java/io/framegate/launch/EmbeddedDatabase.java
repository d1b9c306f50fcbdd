package io.framegate.launch;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A real PostgreSQL on a free port of the loopback interface, its data kept in a directory. It runs until
 * {@link #close()}, and as a session of its own: Ctrl-C in a terminal, which reaches every process of this one's group,
 * does not reach it, so it can be the last to stop.
 *
 * <p>Whoever logs in needs its {@linkplain #passwordFile() password}; there is no socket in a directory, and its data is for its
 * owner alone.
 *
 * <p>On Linux its processes keep some freed memory ({@value #KEEP_FREED_MEMORY}). Without it glibc gives back what an answer
 * of megabytes was gathered in, and takes it again page by page for the next one.
 */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final String NAME = "framegate";
    private static final String USER = "postgres";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** Blocks of up to 16 MiB are not mapped each by itself, and up to 32 MiB at the end of the heap are not given back. */
    private static final String KEEP_FREED_MEMORY =
            "GLIBC_TUNABLES=glibc.malloc.mmap_threshold=16777216:glibc.malloc.trim_threshold=33554432";

    private static final String PROGRAM = "postgres";

    /** Where the library makes a directory for those who name none; else it is /tmp/embedded-pg, which anybody may have made. */
    private static final String LIBRARY_DIRECTORY = "ot.epg.working-dir";

    /** The library unpacks PostgreSQL once for each of these in a process, so what others have unpacked is not for us. */
    private static final PgBinaryResolver BINARIES = DefaultPostgresBinaryResolver.INSTANCE::getPgBinary;

    private final EmbeddedPostgres postgres;
    private final Optional<ProcessHandle> postmaster;
    private final DatabaseAddress address;
    private final Path passwordFile;

    private EmbeddedDatabase(
            EmbeddedPostgres postgres, Optional<ProcessHandle> postmaster, String password, Path passwordFile) {
        this.postgres = postgres;
        this.postmaster = postmaster;
        this.address =
                new DatabaseAddress("jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + NAME, USER, password);
        this.passwordFile = passwordFile;
    }

    /**
     * Starts PostgreSQL; on a directory that is empty yet, it makes the database first. One that is still running on the
     * directory, left behind by a process that was killed, is stopped before.
     *
     * @param dataDirectory of this database alone
     * @param log what PostgreSQL says is appended here
     * @throws LaunchFailure if it does not start, and its log says why; or if the directory is in use
     */
    public static EmbeddedDatabase start(Path dataDirectory, Path log) throws LaunchFailure {
        Path directory = dataDirectory.toAbsolutePath();
        try {
            OwnerOnly.createDirectories(directory);
            Files.createDirectories(log.toAbsolutePath().getParent());
            requireUnused(directory);
            StaleProcess.findPostmaster(directory).ifPresent(StaleProcess::stop);
            Path making = directory.resolveSibling(directory.getFileName() + ".making");
            if (Files.exists(making)) {
                removeHalfMade(directory);
            } else if (!Files.exists(directory.resolve("PG_VERSION"))) {
                Files.createFile(making);
            }
            Path programs = PostgresBinaries.unpack(binaries(directory));
            DatabasePassword password = DatabasePassword.of(directory);
            EmbeddedPostgres postgres =
                    builder(directory, log, programs, password).start();
            var database = new EmbeddedDatabase(
                    postgres,
                    StaleProcess.findPostmaster(directory),
                    password.value(),
                    directory.resolve(DatabasePassword.FILE));
            try {
                database.create();
                Files.deleteIfExists(making);
            } catch (IOException | SQLException e) {
                database.close();
                throw e;
            }
            return database;
        } catch (IOException | SQLException | RuntimeException e) {
            throw new LaunchFailure(
                    "PostgreSQL does not start on " + directory + " (" + e.getMessage() + "); " + log + " says why."
                            + FreeSpace.note(directory),
                    e);
        }
    }

    /** Where it is. */
    public DatabaseAddress address() {
        return address;
    }

    /** The file with the password, for its owner only. Where it is removed, the next start makes another. */
    public Path passwordFile() {
        return passwordFile;
    }

    /** The first of PostgreSQL's processes, the parent of all others; empty where it is not known. */
    public Optional<ProcessHandle> process() {
        return postmaster;
    }

    /** Stops PostgreSQL: connections are closed, what is committed is kept. */
    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL cannot be stopped: " + e.getMessage(), e);
        } finally {
            // The stop above waits for five seconds only, a last checkpoint may take longer.
            postmaster.filter(ProcessHandle::isAlive).ifPresent(StaleProcess::stop);
        }
    }

    private static EmbeddedPostgres.Builder builder(
            Path directory, Path log, Path programs, DatabasePassword password) {
        var output = ProcessBuilder.Redirect.appendTo(log.toFile());
        Path binaries = binaries(directory);
        if (System.getProperty(LIBRARY_DIRECTORY) == null) {
            System.setProperty(LIBRARY_DIRECTORY, binaries.toString());
        }
        return EmbeddedPostgres.builder()
                .setPgBinaryResolver(BINARIES)
                .setDataDirectory(directory)
                .setOverrideWorkingDirectory(binaries.toFile())
                // Called when they are unpacked and the data directory is made, before PostgreSQL starts.
                .setDataDirectoryCustomizer(made -> prepare(programs, log, password))
                .setConnectConfig("password", password.value())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(START_LIMIT)
                .setOutputRedirector(output)
                .setErrorRedirector(output)
                .setLocaleConfig("locale", "C")
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("max_connections", "200")
                .setServerConfig("shared_buffers", "256MB")
                .setServerConfig("max_wal_size", "2GB")
                // The library turns both off; here what is committed is to outlive a crash and a power cut.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on");
    }

    /** Not the library's folder in /tmp: what one user has unpacked there no other user can use. */
    private static Path binaries(Path directory) {
        return directory.resolveSibling("postgresql-binaries");
    }

    private static void prepare(Path programs, Path log, DatabasePassword password) {
        try {
            Path program = program(programs);
            // The library lets everybody write there.
            OwnerOnly.restrict(programs.getParent());
            keepFreedMemory(program);
            password.require(program, USER, log);
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Path program(Path programs) throws IOException {
        for (String name : List.of(PROGRAM, PROGRAM + ".exe")) {
            Path program = programs.resolve("bin").resolve(name);
            if (Files.exists(program)) {
                return program;
            }
        }
        throw new IOException("its programs are not in " + programs);
    }

    /**
     * Puts a script in the place of the program, since the library has no other way to give it an environment. Done step by
     * step so that it can be killed at any of them: the program is there at all times.
     */
    private static void keepFreedMemory(Path program) throws IOException {
        if (!System.getProperty("os.name").equals("Linux")) {
            return;
        }
        Path itself = program.resolveSibling(StaleProcess.POSTGRES_BEHIND_SCRIPT);
        Path making = program.resolveSibling(PROGRAM + ".making");
        if (!Files.exists(itself)) {
            Files.copy(program, making, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(making, itself, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.writeString(
                making,
                "#!/bin/sh\n" + KEEP_FREED_MEMORY + " exec \"$(dirname \"$0\")/" + itself.getFileName()
                        + "\" \"$@\"\n");
        Files.setPosixFilePermissions(making, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(making, program, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The library locks this file for as long as its process lives, so a PostgreSQL without a lock has no owner. */
    private static void requireUnused(Path directory) throws IOException, LaunchFailure {
        Path held = directory.resolve("epg-lock");
        if (!Files.exists(held)) {
            return;
        }
        try (var file = FileChannel.open(held, StandardOpenOption.WRITE);
                var lock = file.tryLock()) {
            if (lock == null) {
                throw new LaunchFailure("Another process uses the database in " + directory + ".");
            }
        } catch (OverlappingFileLockException e) {
            throw new LaunchFailure("This process uses the database in " + directory + " already.", e);
        }
    }

    /** A first start that was killed leaves a directory that is neither empty nor a database. */
    private static void removeHalfMade(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        OwnerOnly.createDirectories(directory);
    }

    private void create() throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            boolean there;
            try (ResultSet found = statement.executeQuery("select from pg_database where datname = '" + NAME + "'")) {
                there = found.next();
            }
            if (!there) {
                statement.execute("create database " + NAME);
            }
        }
    }
}
