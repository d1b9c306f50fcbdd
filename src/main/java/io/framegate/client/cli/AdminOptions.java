package io.framegate.client.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Where the server's web port is, and who administers: the options of all commands that do, as a picocli {@code @Mixin}.
 *
 * <p>The password is no option's value, as everybody can read the list of processes. It is asked for by {@code --password},
 * else read from {@code --password-file}, else from FRAMEGATE_ADMIN_PASSWORD in the environment, else from
 * {@value #RUN_FILE}, where the run command leaves it.
 */
public final class AdminOptions {

    /** Where the run command keeps the password, in its working directory. */
    static final String RUN_FILE = ".framegate/admin-password";

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--http",
            paramLabel = "URL",
            defaultValue = "${env:FRAMEGATE_HTTP:-http://127.0.0.1:8080/}",
            description = "The server's web page. Default: FRAMEGATE_HTTP, else http://127.0.0.1:8080/")
    private URI http;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            defaultValue = "${env:FRAMEGATE_ADMIN_USER:-admin}",
            description = "The administrator. Default: FRAMEGATE_ADMIN_USER, else admin")
    private String user;

    @Option(
            names = "--password",
            interactive = true,
            arity = "0",
            description = "Ask for the administrator's password.")
    private char @Nullable [] password;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "A file with nothing but the password. Without it FRAMEGATE_ADMIN_PASSWORD, or what the run command"
                            + " has left in " + RUN_FILE + ".")
    private @Nullable Path passwordFile;

    /** Made by picocli. */
    public AdminOptions() {}

    /** A client with these options. */
    public AdminClient connect() throws AdminException {
        if (!String.valueOf(http.getScheme()).matches("https?") || http.getHost() == null) {
            throw new ParameterException(
                    spec.commandLine(), "--http must be like http://127.0.0.1:8080/; it is \"" + http + "\".");
        }
        return new AdminClient(http, password().map(this::basic));
    }

    private Optional<String> password() throws AdminException {
        if (password != null) {
            return Optional.of(new String(password));
        }
        if (passwordFile != null) {
            return Optional.of(read(passwordFile));
        }
        String environment = System.getenv("FRAMEGATE_ADMIN_PASSWORD");
        if (environment != null && !environment.isEmpty()) {
            return Optional.of(environment);
        }
        Path left = Path.of(RUN_FILE);
        return Files.isReadable(left) ? Optional.of(read(left)) : Optional.empty();
    }

    private static String read(Path file) throws AdminException {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new AdminException(ExitCode.USAGE, "The password's file " + file + " can't be read.");
        }
    }

    private String basic(String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }
}
