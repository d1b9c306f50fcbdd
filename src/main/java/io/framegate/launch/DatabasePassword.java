package io.framegate.launch;

import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The password of an embedded PostgreSQL, random, and kept in the file {@value #FILE} of its data directory, which only the owner
 * may read. It is there with the data, so that a copy of the directory has it too.
 *
 * <p>PostgreSQL asks everybody for it (SCRAM-SHA-256). It is set before PostgreSQL opens its port, by PostgreSQL itself in its
 * mode for a single user, which reads statements from its input: the password is never in a list of processes, and there is no
 * moment at which somebody is let in without one. A directory that an older version made, which let everybody in, is given one
 * in the same way, and so is one whose file is gone.
 *
 * <p>Each step can be killed: the file is written when the password is set, and {@value #RULES} after the file.
 */
final class DatabasePassword {

    /** In the data directory. */
    static final String FILE = "framegate-password";

    private static final String RULES = "pg_hba.conf";
    private static final int RANDOM_BYTES = 24;
    private static final long SET_SECONDS = 120; // the data may have to be recovered first

    private static final String ONLY_WITH_PASSWORD =
            "# Written by Framegate's run command: nobody is let in without a password.\n"
                    + "# TYPE  DATABASE     USER  ADDRESS       METHOD\n"
                    + "host    all          all   127.0.0.1/32  scram-sha-256\n"
                    + "host    all          all   ::1/128       scram-sha-256\n"
                    + "host    replication  all   127.0.0.1/32  scram-sha-256\n"
                    + "host    replication  all   ::1/128       scram-sha-256\n";

    private final Path dataDirectory;
    private final String value;
    private final boolean made;

    private DatabasePassword(Path dataDirectory, String value, boolean made) {
        this.dataDirectory = dataDirectory;
        this.value = value;
        this.made = made;
    }

    /** The one that is kept in a data directory, or a new one. */
    static DatabasePassword of(Path dataDirectory) throws IOException {
        // Another text is none of ours, and could be more to PostgreSQL than a password.
        Optional<String> kept = OwnerOnly.read(dataDirectory.resolve(FILE)).filter(text -> text.matches("[\\w-]+"));
        return new DatabasePassword(dataDirectory, kept.orElseGet(DatabasePassword::random), kept.isEmpty());
    }

    /** As it is sent to PostgreSQL. */
    String value() {
        return value;
    }

    /**
     * Has PostgreSQL ask for it. The data directory has been made, and PostgreSQL does not run on it.
     *
     * @param program PostgreSQL's own
     * @param log what it says is appended here
     * @throws IOException if PostgreSQL has not taken it; its log says why
     */
    void require(Path program, String user, Path log) throws IOException {
        Path rules = dataDirectory.resolve(RULES);
        boolean open = letsInWithoutPassword(Files.readAllLines(rules));
        if (made || open) {
            set(program, user, log);
            OwnerOnly.write(dataDirectory.resolve(FILE), value + "\n");
        }
        if (open) {
            OwnerOnly.write(rules, ONLY_WITH_PASSWORD);
        }
    }

    private static boolean letsInWithoutPassword(List<String> rules) {
        return rules.stream()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .anyMatch(line -> line.matches(".*\\strust"));
    }

    private void set(Path program, String user, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            // PostgreSQL refuses to run as root, except in a user namespace of its own.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(program.toString(), "--single", "-D", dataDirectory.toString()));
        // A statement that fails would be in the log, with the password in it.
        command.addAll(List.of("-c", "log_min_error_statement=panic", "-c", "exit_on_error=on"));
        command.addAll(List.of("-c", "password_encryption=scram-sha-256", "postgres"));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try (var statements = process.getOutputStream()) {
            statements.write(
                    ("alter role " + user + " password '" + value + "'\n").getBytes(StandardCharsets.US_ASCII));
        }
        try {
            if (!process.waitFor(SET_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("its password can't be set");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String random() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().encodeToString(random);
    }
}
