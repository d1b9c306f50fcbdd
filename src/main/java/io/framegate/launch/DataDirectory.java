package io.framegate.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * The directory of one run command: the embedded database, logs, and what is known of the processes. It is for its owner alone.
 *
 * <pre>
 *  lock               held while a run command lives; says its process
 *  payara.pid         the server it started
 *  payara.log         all that the server says
 *  admin-password     the administrator's, for its owner only; the command line looks for it here
 *  preboot.asadmin    what the server is told before it opens a port
 *  postgresql/        the database, and in it its password
 *  postgresql.making  there while the database is made for the first time
 *  postgresql.log     all that the database says
 * </pre>
 *
 * The system gives up the lock with its process, however that ends. So whoever has the lock may take any process that is
 * still there for a leftover, and stop it.
 */
final class DataDirectory implements AutoCloseable {

    private static final int PASSWORD_BYTES = 15;

    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** @throws LaunchFailure where another run command has it, or it cannot be made */
    static DataDirectory open(Path path) throws LaunchFailure {
        Path file = path.resolve("lock");
        try {
            if (Files.exists(file)) {
                // An older version made it for everybody to read.
                OwnerOnly.restrict(path);
            } else if (Files.exists(path) && OwnerOnly.isWritableByOthers(path)) {
                throw new LaunchFailure("Others than its owner can write the data directory " + path
                        + ": take that right away (chmod go-w), or choose another directory with -D"
                        + LaunchSettings.DATA_DIR + "=PATH.");
            }
            OwnerOnly.createDirectories(path);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!lock(channel)) {
                String owner = Files.readString(file).strip();
                channel.close();
                throw new LaunchFailure("Another run command (process " + owner + ") uses the data directory " + path
                        + ": stop it, or choose another directory with -D" + LaunchSettings.DATA_DIR + "=PATH.");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new DataDirectory(path, channel);
        } catch (IOException e) {
            throw new LaunchFailure(
                    "The data directory " + path + " cannot be used (" + e + "): choose another with -D"
                            + LaunchSettings.DATA_DIR + "=PATH.",
                    e);
        }
    }

    /** The administrator's password, made at the first run. */
    String adminPassword() throws IOException {
        Path file = adminPasswordFile();
        Optional<String> kept = OwnerOnly.read(file);
        if (kept.isPresent()) {
            return kept.get();
        }
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().encodeToString(random);
        OwnerOnly.write(file, password);
        return password;
    }

    Path adminPasswordFile() {
        return path.resolve("admin-password");
    }

    Path payaraPid() {
        return path.resolve("payara.pid");
    }

    Path payaraLog() {
        return path.resolve("payara.log");
    }

    Path prebootCommands() {
        return path.resolve("preboot.asadmin");
    }

    Path database() {
        return path.resolve("postgresql");
    }

    Path databaseLog() {
        return path.resolve("postgresql.log");
    }

    /** The server of an earlier run command, if it still runs. */
    Optional<ProcessHandle> leftoverServer() throws IOException {
        return StaleProcess.find(payaraPid());
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static boolean lock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
