package io.framegate.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class EmbeddedDatabaseTest {

    @TempDir
    private Path temporary;

    @Test
    void keepsItsDataAndReplacesALeftOverProcess() throws Exception {
        Path data = temporary.resolve("data");
        Path log = temporary.resolve("log");
        String program;
        try (var first = EmbeddedDatabase.start(data, log)) {
            execute(first, "create table kept as select 7 as number");
            execute(
                    first,
                    "do $$ begin if current_setting('fsync') || current_setting('synchronous_commit')"
                            + " || current_setting('full_page_writes') <> 'ononon'"
                            + " then raise 'a commit may be lost'; end if; end $$");
            program = StaleProcess.findPostmaster(data)
                    .flatMap(postmaster -> postmaster.info().command())
                    .orElseThrow();
            assertThrows(LaunchFailure.class, () -> EmbeddedDatabase.start(data, log), "it is in use");
            assertEquals(7, number(first));
        }
        Process orphan = withoutOwner(program, data, log);
        try (var second = EmbeddedDatabase.start(data, log)) {
            assertFalse(orphan.isAlive());
            assertEquals(7, number(second));
        } finally {
            orphan.destroyForcibly();
        }
        assertTrue(StaleProcess.findPostmaster(data).isEmpty());
    }

    /** As another's pg_ctl, or a suspended container, leaves it when the run command ends. */
    @ParameterizedTest
    @ValueSource(strings = {"ended", "killed", "suspended"})
    @EnabledOnOs(OS.LINUX)
    void endsInTimeWhateverItsProcessDoes(String fate) throws Exception {
        Path data = temporary.resolve("data");
        EmbeddedDatabase database = EmbeddedDatabase.start(data, temporary.resolve("log"));
        ProcessHandle postmaster = StaleProcess.findPostmaster(data).orElseThrow();
        switch (fate) {
            case "ended" -> postmaster.destroy();
            case "killed" -> postmaster.destroyForcibly();
            default -> Signals.suspend(postmaster);
        }
        if (!fate.equals("suspended")) {
            postmaster.onExit().get(20, TimeUnit.SECONDS);
        }
        assertTimeout(Duration.ofSeconds(40), database::close);
        assertFalse(postmaster.isAlive());
    }

    @Test
    void beginsAnewAfterAFirstStartThatWasKilled() throws Exception {
        Path data = Files.createDirectories(temporary.resolve("data"));
        Files.createFile(temporary.resolve("data.making"));
        Files.writeString(data.resolve("PG_VERSION"), "17");
        Files.createDirectories(data.resolve("base/1"));
        try (var database = EmbeddedDatabase.start(data, temporary.resolve("log"))) {
            execute(database, "create table kept as select 7 as number");
            assertEquals(7, number(database));
        }
        assertFalse(Files.exists(temporary.resolve("data.making")));
    }

    /** As a directory that an earlier version made: its rules let everybody in, and no password is set. */
    @Test
    void requiresItsPasswordAfterAnUpgrade() throws Exception {
        Path data = temporary.resolve("data");
        Path log = temporary.resolve("log");
        Path file = data.resolve("framegate-password");
        Path rules = data.resolve("pg_hba.conf");
        String first;
        try (var database = EmbeddedDatabase.start(data, log)) {
            first = database.address().password();
            execute(database, "create table kept as select 7 as number");
            assertLetsInByPasswordAlone(database);
            assertEquals(file, database.passwordFile());
            assertEquals(first, Files.readString(file).strip());
            execute(database, "alter role postgres password null");
        }
        Files.writeString(rules, "host all all 127.0.0.1/32 trust\nhost all all ::1/128 trust\n");
        Files.delete(file);
        try (var database = EmbeddedDatabase.start(data, log)) {
            assertNotEquals(first, database.address().password());
            assertEquals(7, number(database));
            assertLetsInByPasswordAlone(database);
            assertFalse(Files.readString(rules).contains("trust"));
        }
        if (Files.getFileStore(data).supportsFileAttributeView(PosixFileAttributeView.class)) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(rules)));
            try (Stream<Path> all = Files.walk(temporary)) {
                for (Path path : all.filter(each -> !Files.isSymbolicLink(each)).toList()) {
                    assertFalse(
                            Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE),
                            path::toString);
                }
            }
        }
        // A file that is lost is no lost database.
        Files.delete(file);
        try (var database = EmbeddedDatabase.start(data, log)) {
            assertEquals(7, number(database));
            assertFalse(Files.readString(log).contains(database.address().password()));
        }
    }

    private static void assertLetsInByPasswordAlone(EmbeddedDatabase database) {
        DatabaseAddress address = database.address();
        for (String wrong : List.of("", "postgres", address.password() + "x")) {
            SQLException refused = assertThrows(
                    SQLException.class, () -> DriverManager.getConnection(address.url(), address.user(), wrong));
            assertTrue(List.of("28P01", "28000", "08004").contains(refused.getSQLState()), refused.toString());
        }
    }

    /** In a process of its own: where another database was started before by the library alone, its programs are used. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void keepsFreedMemory() throws Exception {
        Path told = temporary.resolve("told");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EmbeddedDatabaseTest.class.getName(),
                        temporary.resolve("data").toString(),
                        temporary.resolve("log").toString())
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        String all = Files.readString(told);
        assertTrue(all.contains("the postmaster keeps freed memory: true"), all);
    }

    /** Starts a database, and says whether its postmaster was told to keep freed memory. */
    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[0]);
        try (var database = EmbeddedDatabase.start(data, Path.of(args[1]))) {
            assertNotNull(database.address());
            // Those that serve connections are forked from it, and write their title over what they inherit.
            long postmaster = StaleProcess.findPostmaster(data).orElseThrow().pid();
            String environment = Files.readString(Path.of("/proc/" + postmaster + "/environ"));
            System.out.println("the postmaster keeps freed memory: "
                    + environment.contains("glibc.malloc.trim_threshold=33554432"));
        }
    }

    /** PostgreSQL as it is after its owner was killed: it runs, and nobody holds the directory's lock. */
    private static Process withoutOwner(String program, Path data, Path log) throws Exception {
        // PostgreSQL refuses to run as root, except in a user namespace of its own.
        List<String> command =
                new ArrayList<>("root".equals(System.getProperty("user.name")) ? List.of("unshare", "-U") : List.of());
        int port = Ports.free("127.0.0.1", 0, "address", "port");
        command.addAll(List.of(program, "-D", data.toString(), "-p", Integer.toString(port), "-k", ""));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        // Not asked for while PostgreSQL makes its file: one that is still empty would be removed as a remnant.
        Path file = data.resolve("postmaster.pid");
        while (!Files.exists(file) || Files.size(file) == 0) {
            assertTrue(process.isAlive() && System.nanoTime() < deadline, () -> "PostgreSQL has not started");
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertTrue(StaleProcess.findPostmaster(data).isPresent());
        return process;
    }

    private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int number(EmbeddedDatabase database) throws SQLException {
        try (Connection connection = connect(database);
                var statement = connection.createStatement();
                var result = statement.executeQuery("select number from kept")) {
            result.next();
            return result.getInt(1);
        }
    }

    private static Connection connect(EmbeddedDatabase database) throws SQLException {
        DatabaseAddress address = database.address();
        return DriverManager.getConnection(address.url(), address.user(), address.password());
    }
}
