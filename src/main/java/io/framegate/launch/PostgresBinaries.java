package io.framegate.launch;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked for {@link EmbeddedDatabase} to where its library looks for them. The library would unpack
 * them itself, straight into their place; but where the disk gets full it does not notice, and takes the half for the whole
 * ever after. So they are unpacked beside their place, and have it when they are complete.
 */
final class PostgresBinaries {

    /** The library takes a directory with this file for complete, unless anything in it is newer than the file. */
    private static final String COMPLETE = ".exists";

    /** How much newer than now the file is made: what is changed in the directory later is no reason to unpack it again. */
    private static final long NEWER_DAYS = 20 * 365;

    private static final String PROGRAMS = "bin/";

    /** The library uses what it has unpacked first in a process for all databases that follow. */
    private static volatile @Nullable Path first;

    private PostgresBinaries() {}

    /**
     * Makes sure that they are there, complete.
     *
     * @param folder of these alone
     * @return where they are: in {@code bin}; below another folder, where this process has unpacked them before
     * @throws LaunchFailure if they can't be unpacked; what has been is removed then
     */
    static synchronized Path unpack(Path folder) throws LaunchFailure {
        Path used = first;
        if (used != null && Files.isDirectory(used)) {
            return used;
        }
        byte[] archive = archive();
        Path place = folder.resolve("PG-" + md5(archive));
        Path making = folder.resolve(place.getFileName() + ".making");
        try {
            if (!isComplete(place)) {
                remove(place);
                remove(making);
                Files.createDirectories(making);
                extract(archive, making);
                Path complete = Files.createFile(making.resolve(COMPLETE));
                Files.setLastModifiedTime(
                        complete, FileTime.from(Instant.now().plusSeconds(TimeUnit.DAYS.toSeconds(NEWER_DAYS))));
                Files.move(making, place, StandardCopyOption.ATOMIC_MOVE);
            }
            first = place;
            return place;
        } catch (IOException e) {
            throw new LaunchFailure(
                    "PostgreSQL cannot be unpacked to " + folder + " (" + reason(e) + "): it takes "
                            + FreeSpace.mebibytes(bytes(archive)) + " there" + removed(making) + ", and "
                            + FreeSpace.mebibytes(FreeSpace.bytes(folder)) + " are free. Make room, or choose another"
                            + " data directory with -D" + LaunchSettings.DATA_DIR + "=PATH.",
                    e);
        }
    }

    private static boolean isComplete(Path place) throws IOException {
        Path complete = place.resolve(COMPLETE);
        // One that the library has unpacked itself may be a half.
        return Files.exists(complete)
                && Files.getLastModifiedTime(complete).toInstant().isAfter(Instant.now());
    }

    private static byte[] archive() throws LaunchFailure {
        try (InputStream archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system(), machine())) {
            if (archive == null) {
                throw new LaunchFailure("There is no PostgreSQL for " + system() + " on " + machine()
                        + ": set framegate.database.url to one that runs.");
            }
            return archive.readAllBytes();
        } catch (IOException e) {
            throw new LaunchFailure("PostgreSQL's archive cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** As the library calls it. */
    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("windows") ? "Windows" : name.startsWith("mac") ? "Darwin" : "Linux";
    }

    private static String machine() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }

    /** By which the library tells archives apart. */
    private static String md5(byte[] archive) {
        try {
            return String.format(
                    Locale.ROOT,
                    "%032x",
                    new BigInteger(1, MessageDigest.getInstance("MD5").digest(archive)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has it", e);
        }
    }

    private static void extract(byte[] archive, Path directory) throws IOException {
        try (var tar = entries(archive)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = directory.resolve(entry.getName()).normalize();
                if (!file.startsWith(directory)) {
                    throw new IOException("its archive has a file outside of it: " + entry.getName());
                }
                Files.createDirectories(entry.isDirectory() ? file : file.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(file, directory.resolve(entry.getLinkName()));
                } else if (!entry.isDirectory()) {
                    Files.copy(tar, file);
                    if (directory.relativize(file).startsWith(PROGRAMS)
                            && !file.toFile().setExecutable(true, false)) {
                        throw new IOException(file + " can't be made a program");
                    }
                }
            }
        }
    }

    private static long bytes(byte[] archive) {
        long bytes = 0;
        try (var tar = entries(archive)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                bytes += entry.getSize();
            }
        } catch (IOException e) {
            // What was counted is the least.
        }
        return bytes;
    }

    private static TarArchiveInputStream entries(byte[] archive) throws IOException {
        return new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)));
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        // A file's own sentence begins with its whole path.
        return message.substring(message.lastIndexOf(": ") + 1).strip();
    }

    /** Gives the room back that a half takes. */
    private static String removed(Path making) {
        try {
            remove(making);
            return "";
        } catch (IOException e) {
            return ", where " + making + " can't be removed";
        }
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
