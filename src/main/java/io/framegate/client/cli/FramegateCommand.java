package io.framegate.client.cli;

import io.framegate.client.ClientException;
import io.framegate.client.FramegateClient;
import io.framegate.tls.Contexts;
import io.framegate.tls.KeySource;
import io.framegate.tls.TlsFileException;
import io.framegate.tls.TrustSource;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line's main class: {@code framegate [--host HOST] [--port PORT] [--timeout SECONDS] COMMAND}; these options
 * may stand behind the command as well.
 *
 * <p>Answers go to the standard output, as UTF-8; errors, each in a sentence, to the standard error. The exit codes are
 * those of {@link ExitCode}.
 */
@Command(
        name = "framegate",
        description = "Asks a Framegate server over its TCP port, and administers it by its web port.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = FramegateCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the server said no",
            "2:the command was not understood",
            "3:no answer: no connection, a broken one, a timeout",
            "4:the answer came, but could not be written"
        },
        subcommands = {
            WelcomeCommand.class,
            TopCommand.class,
            InstancesCommand.class,
            ConnectionsCommand.class,
            ConfigCommand.class,
            GateCommands.Pause.class,
            GateCommands.Resume.class,
            GateCommands.Drain.class
        })
public final class FramegateCommand {

    @Option(
            names = "--host",
            scope = ScopeType.INHERIT,
            paramLabel = "HOST",
            defaultValue = "${env:FRAMEGATE_HOST:-127.0.0.1}",
            description = "The server. Default: FRAMEGATE_HOST, else 127.0.0.1")
    private String host;

    @Option(
            names = "--port",
            scope = ScopeType.INHERIT,
            paramLabel = "PORT",
            defaultValue = "${env:FRAMEGATE_PORT:-7400}",
            description = "Its TCP port. Default: FRAMEGATE_PORT, else 7400")
    private int port;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long to wait for an answer. Default: ${DEFAULT-VALUE}")
    private double timeoutSeconds;

    @Option(
            names = "--tls",
            defaultValue = "${env:FRAMEGATE_TLS:-false}",
            description = "Speak TLS; the options below do so too. Default: FRAMEGATE_TLS, else not")
    private boolean tls;

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            defaultValue = "${env:FRAMEGATE_TRUST:-" + Option.NULL_VALUE + "}",
            description = "PEM: who signs the server's certificate. Default: FRAMEGATE_TRUST, else what Java trusts")
    private Optional<Path> trust;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            defaultValue = "${env:FRAMEGATE_CERT:-" + Option.NULL_VALUE + "}",
            description = "PEM: the certificate to show, and its chain. Default: FRAMEGATE_CERT, else none")
    private Optional<Path> certificate;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            defaultValue = "${env:FRAMEGATE_KEY:-" + Option.NULL_VALUE + "}",
            description = "PEM: its key, PKCS #8. Default: FRAMEGATE_KEY, else none")
    private Optional<Path> key;

    @Option(
            names = "--tls-name",
            paramLabel = "NAME",
            description = "The name that the server's certificate must be for, if it is not HOST.")
    private Optional<String> tlsName;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    @Spec
    private CommandSpec spec;

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        int exitCode =
                commandLine(utf8(FileDescriptor.out), utf8(FileDescriptor.err)).execute(args);
        System.exit(exitCode);
    }

    /** The whole command line, guests' commands included, with its output to these. */
    public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        var line = new CommandLine(new FramegateCommand());
        ServiceLoader.load(CommandExtension.class).forEach(line::addSubcommand);
        line.setOut(out);
        line.setErr(err);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(FramegateCommand::misunderstood);
        line.setExecutionExceptionHandler(FramegateCommand::failed);
        return line;
    }

    /** A client with this command's options; the caller closes it. */
    public FramegateClient connect() {
        if (port < 1 || port > 65535) {
            throw new ParameterException(spec.commandLine(), "--port must be from 1 to 65535; it is " + port + ".");
        }
        if (!(timeoutSeconds > 0 && timeoutSeconds <= Integer.MAX_VALUE)) {
            throw new ParameterException(
                    spec.commandLine(), "--timeout must be a number of seconds over 0; it is " + timeoutSeconds + ".");
        }
        var timeout = Duration.ofMillis(Math.max(1, Math.round(timeoutSeconds * 1000)));
        FramegateClient.Builder client = FramegateClient.builder()
                .host(host)
                .port(port)
                .connectTimeout(timeout)
                .requestTimeout(timeout);
        secure(client);
        return client.build();
    }

    private void secure(FramegateClient.Builder client) {
        if (certificate.isPresent() != key.isPresent()) {
            throw new ParameterException(spec.commandLine(), "--cert and --key go together.");
        }
        if (!tls && trust.isEmpty() && certificate.isEmpty() && tlsName.isEmpty()) {
            return;
        }
        try {
            client.tls(Contexts.client(
                    trust.map(TrustSource.Pem::new),
                    certificate.map(file -> new KeySource.Pem(file, key.orElseThrow()))));
        } catch (TlsFileException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        tlsName.ifPresent(client::tlsName);
    }

    /**
     * Waits for an answer.
     *
     * @throws ClientException if there is none
     */
    public static <A> A await(CompletableFuture<A> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ClientException why) {
                throw why;
            }
            throw e;
        }
    }

    private static int misunderstood(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("framegate: " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        }
        return ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (parsed.commandSpec().root().userObject() instanceof FramegateCommand root && root.debug) {
            e.printStackTrace(err);
        }
        if (e instanceof ClientException why) {
            err.println("framegate: " + why.getMessage());
            return ExitCode.of(why);
        }
        if (e instanceof IOException) {
            err.println("framegate: The answer cannot be written: " + e.getMessage());
            return ExitCode.FAILED;
        }
        err.println("framegate: A fault in this program (" + e + "); --debug shows where.");
        return ExitCode.FAILED;
    }

    private static PrintWriter utf8(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = FramegateCommand.class.getPackage().getImplementationVersion();
            return new String[] {"framegate " + Optional.ofNullable(version).orElse("(from classes)")};
        }
    }
}
