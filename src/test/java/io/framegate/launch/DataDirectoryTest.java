package io.framegate.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DataDirectoryTest {

    @TempDir
    private Path temporary;

    @Test
    void isOfOneRunCommandAtATime() throws Exception {
        try (DataDirectory first = DataDirectory.open(temporary)) {
            assertTrue(first.payaraLog().startsWith(temporary));
            var e = assertThrows(LaunchFailure.class, () -> DataDirectory.open(temporary));
            assertTrue(
                    e.getMessage().contains("process " + ProcessHandle.current().pid()), e.getMessage());
            assertTrue(e.getMessage().contains("-Dframegate.data.dir="), e.getMessage());
        }
        DataDirectory.open(temporary).close();
    }

    @Test
    void isReadableByItsOwnerOnly() throws Exception {
        assumeTrue(Files.getFileStore(temporary).supportsFileAttributeView(PosixFileAttributeView.class));
        Path path = temporary.resolve("data");
        try (DataDirectory directory = DataDirectory.open(path)) {
            assertEquals("rwx------", permissions(path));
            String password = directory.adminPassword();
            assertEquals("rw-------", permissions(directory.adminPasswordFile()));
            assertEquals(password, directory.adminPassword());
            // What a process that was killed has left is no password.
            Files.writeString(directory.adminPasswordFile(), "");
            assertNotEquals("", directory.adminPassword());
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxr-x"));
        DataDirectory.open(path).close();
        assertEquals("rwx------", permissions(path));
    }

    @Test
    void isNoDirectoryThatOthersCanWrite() throws Exception {
        assumeTrue(Files.getFileStore(temporary).supportsFileAttributeView(PosixFileAttributeView.class));
        Path path = Files.createDirectory(temporary.resolve("shared"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        var e = assertThrows(LaunchFailure.class, () -> DataDirectory.open(path));
        assertTrue(
                e.getMessage().startsWith("Others than its owner can write the data directory " + path),
                e.getMessage());
        assertEquals("rwxrwxrwx", permissions(path));
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void stopsALeftOverServer() throws Exception {
        Process server = longRunning();
        try (DataDirectory directory = DataDirectory.open(temporary)) {
            StaleProcess.remember(server.toHandle(), directory.payaraPid());
            assertEquals(Optional.of(server.toHandle()), directory.leftoverServer());
            StaleProcess.stop(server.toHandle());
            assertTrue(server.waitFor(10, TimeUnit.SECONDS));
            assertEquals(Optional.empty(), directory.leftoverServer());
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void sparesAForeignProcessOfThatId() throws Exception {
        Process other = longRunning();
        try (DataDirectory directory = DataDirectory.open(temporary)) {
            Files.writeString(directory.payaraPid(), other.pid() + " 12345");
            assertEquals(Optional.empty(), directory.leftoverServer());
            Files.writeString(directory.payaraPid(), "nonsense");
            assertEquals(Optional.empty(), directory.leftoverServer());
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void removesAForeignPostmasterFile() throws Exception {
        Path file = temporary.resolve("postmaster.pid");
        Files.writeString(file, ProcessHandle.current().pid() + "\n" + temporary + "\n");
        assertEquals(Optional.empty(), StaleProcess.findPostmaster(temporary));
        assertFalse(Files.exists(file));
    }

    private static Process longRunning() throws Exception {
        return new ProcessBuilder("sleep", "60").start();
    }
}
