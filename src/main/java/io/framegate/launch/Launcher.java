package io.framegate.launch;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/**
 * The run command's main class. It starts, in this order,
 *
 * <ol>
 *   <li>an embedded PostgreSQL, unless {@code framegate.database.url} names another,
 *   <li>Payara Micro with the WAR, as a child process,
 * </ol>
 *
 * waits until the server's own readiness says that it serves, prints where, and stays until Ctrl-C or the server's end.
 * Then both are stopped, PostgreSQL last. The settings are those of {@link LaunchSettings}.
 *
 * <p>Payara Micro goes on running when a deployment has failed, and says that it is ready. So a server that has started
 * without the gate's readiness check has failed: the reason is looked for in its log, and the run ends with status 1.
 */
public final class Launcher {

    private static final String LISTENER_CHECK = "framegate-listener";
    private static final Duration POLL = Duration.ofMillis(250);
    /** How often readiness is asked in vain, after Payara Micro says it is ready, until the deployment has failed. */
    private static final int VAIN_POLLS = 8;

    private static final int SIGINT_STATUS = 130;

    private final LaunchSettings settings;
    private final PrintStream out;
    private final StartedParts parts = new StartedParts();
    private volatile boolean stopping;

    Launcher(LaunchSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /** Runs until Ctrl-C; ends the JVM with status 1 if it does not start or does not stay up. */
    public static void main(String[] args) throws InterruptedException {
        try {
            var launcher = new Launcher(LaunchSettings.of(System.getProperties(), System.getenv()), Terminal.OUT);
            Runtime.getRuntime().addShutdownHook(new Thread(launcher::stop, "framegate-stop"));
            launcher.run();
        } catch (LaunchFailure e) {
            Terminal.ERR.println("framegate: " + e.getMessage());
            // Not an exception: Maven would put a page of its own around the sentence.
            System.exit(1);
        }
    }

    /** Starts all parts and waits for the server's end. */
    void run() throws LaunchFailure, InterruptedException {
        try {
            requireBuilt();
            DataDirectory directory = parts.start(() -> DataDirectory.open(settings.dataDir()));
            stopLeftoverServer(directory);
            // All of them before anything is started: a mistake should cost no time.
            Ports.free(
                    settings.listenerAddress(),
                    settings.listenerPort(),
                    LaunchSettings.LISTENER_ADDRESS,
                    LaunchSettings.LISTENER_PORT);
            int httpPort = Ports.free(
                    settings.httpAddress(), settings.httpPort(), LaunchSettings.HTTP_ADDRESS, LaunchSettings.HTTP_PORT);

            DatabaseAddress database = database(directory);
            Map<String, String> environment = new TreeMap<>(database.environment());
            if (settings.database().isEmpty()) {
                // The embedded one's password is in the environment.
                environment.put("FRAMEGATE_DATABASE_PASSWORD_FILE", "");
            }
            Optional<String> password = adminPassword(directory);
            password.ifPresent(secret -> environment.put("FRAMEGATE_ADMIN_PASSWORD", secret));
            var log = new ServerLog(this::show);
            out.println("Starting Payara Micro; its log is " + directory.payaraLog() + ".");
            PayaraProcess server = parts.start(() -> PayaraProcess.start(
                    command(directory, httpPort),
                    settings.projectDir(),
                    environment,
                    directory.payaraPid(),
                    directory.payaraLog(),
                    log,
                    settings.stopTimeout()));
            Health health = awaitReady(server, log, httpPort);
            announce(health, httpPort, database, page -> signIn(page, directory, password));
            int status = server.ended();
            if (!parts.isStopped() && status != SIGINT_STATUS) {
                throw new LaunchFailure("Payara Micro has ended by itself, with status " + status + "; "
                        + directory.payaraLog() + " may say why.");
            }
        } catch (LaunchFailure e) {
            awaitEndOfStop();
            throw e;
        } finally {
            parts.close();
        }
        awaitEndOfStop();
    }

    /** Stops what runs, in order; called by Ctrl-C. */
    private void stop() {
        if (!parts.isStopped()) {
            stopping = true;
            out.println("Stopping.");
            parts.close();
            out.println("Stopped.");
        }
    }

    /** After Ctrl-C whatever ends, ends because of it, and the JVM goes with the last part: nothing is left to be said. */
    private void awaitEndOfStop() throws InterruptedException {
        if (stopping) {
            new CountDownLatch(1).await();
        }
    }

    private void requireBuilt() throws LaunchFailure {
        for (Path needed :
                List.of(settings.war(), settings.payaraJar(), settings.prebootCommands(), settings.logProperties())) {
            if (!Files.isRegularFile(needed)) {
                throw new LaunchFailure("There is no " + needed + ": start with mvn -Prun, which builds first.");
            }
        }
    }

    private void stopLeftoverServer(DataDirectory directory) throws LaunchFailure {
        try {
            Optional<ProcessHandle> leftover = directory.leftoverServer();
            if (leftover.isPresent()) {
                out.println("Stopping the Payara Micro that an earlier run left behind (process "
                        + leftover.get().pid() + ").");
                StaleProcess.stop(leftover.get());
            }
        } catch (IOException e) {
            throw new LaunchFailure(directory.payaraPid() + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private DatabaseAddress database(DataDirectory directory) throws LaunchFailure {
        if (settings.database().isPresent()) {
            DatabaseAddress configured = settings.database().get();
            out.println("Using the database " + configured + ".");
            return configured;
        }
        EmbeddedDatabase embedded =
                parts.start(() -> EmbeddedDatabase.start(directory.database(), directory.databaseLog()));
        out.println("PostgreSQL runs: " + embedded.address() + ", its password in " + embedded.passwordFile() + ".");
        return embedded.address();
    }

    /** The configured password, or the data directory's; none where the server is told to have its own. */
    private Optional<String> adminPassword(DataDirectory directory) throws LaunchFailure {
        if (settings.adminPassword().isPresent() || settings.adminElsewhere()) {
            return settings.adminPassword();
        }
        try {
            return Optional.of(directory.adminPassword());
        } catch (IOException e) {
            throw new LaunchFailure(
                    "The administrator's password can't be kept in " + directory.adminPasswordFile() + ": "
                            + e.getMessage() + ".",
                    e);
        }
    }

    /** The page's address, to sign in at once where the password was made here, and what there is to know of it. */
    private String signIn(String page, DataDirectory directory, Optional<String> password) {
        if (settings.adminPassword().isPresent() || password.isEmpty()) {
            return page + "  (sign in with framegate.admin.password)";
        }
        String later = settings.adminUser() + ", password in " + directory.adminPasswordFile();
        return SignInLink.ask(page, settings.adminUser(), password.get())
                .map(link -> link + "  (signs in once, within 10 minutes; later: " + later + ")")
                .orElse(page + "  (" + later + ")");
    }

    private List<String> command(DataDirectory directory, int httpPort) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Payara makes capitals of names by the machine's language: in Turkish it starts no application.
        command.add("-Duser.language=en");
        command.addAll(settings.jvmOptions());
        Map<String, String> forwarded = new TreeMap<>(settings.forwarded());
        forwarded.put(LaunchSettings.HTTP_PORT, Integer.toString(httpPort));
        forwarded.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of("-jar", settings.payaraJar().toString()));
        command.addAll(
                List.of("--prebootcommandfile", prebootCommands(directory).toString()));
        command.addAll(List.of("--logproperties", settings.logProperties().toString()));
        command.addAll(List.of("--nohazelcast", "--disablephonehome"));
        command.addAll(List.of("--port", Integer.toString(httpPort)));
        command.addAll(List.of("--contextroot", "/"));
        command.addAll(List.of("--deploy", settings.war().toString()));
        return command;
    }

    /** The project's file, and after it the address, so that the setting wins over the file. */
    private Path prebootCommands(DataDirectory directory) throws IOException {
        return Files.writeString(
                directory.prebootCommands(),
                Files.readString(settings.prebootCommands())
                        + "\nset configs.config.server-config.network-config.network-listeners.network-listener"
                        + ".http-listener.address=" + settings.httpAddress() + "\n");
    }

    private Health awaitReady(PayaraProcess server, ServerLog log, int httpPort)
            throws LaunchFailure, InterruptedException {
        URI ready = URI.create("http://" + Ports.reachable(settings.httpAddress()) + ":" + httpPort + "/health/ready");
        long deadline = System.nanoTime() + settings.readyTimeout().toNanos();
        Optional<Health> last = Optional.empty();
        int vain = 0;
        while (System.nanoTime() < deadline) {
            if (server.ended(POLL)) {
                throw new LaunchFailure(
                        "Payara Micro ended before it was ready, with status " + server.ended() + because(log));
            }
            // First the log, then readiness: the other way round a check that appears in between would be missed.
            boolean started = log.isStarted();
            last = Health.ask(ready);
            boolean deployed =
                    last.flatMap(health -> health.check(LISTENER_CHECK)).isPresent();
            if (deployed && last.get().up()) {
                return last.get();
            }
            Optional<String> failed = last.flatMap(Health::failedForGood);
            if (failed.isPresent()) {
                throw new LaunchFailure("Framegate cannot become ready: " + sentence(failed.get()));
            }
            vain = started && !deployed ? vain + 1 : 0;
            if (vain == VAIN_POLLS) {
                throw new LaunchFailure("Framegate could not be deployed" + because(log));
            }
        }
        throw new LaunchFailure("Framegate was not ready within "
                + settings.readyTimeout().toSeconds() + " s: "
                + last.map(Health::failures)
                        .filter(text -> !text.isEmpty())
                        .orElse("its health endpoint does not answer")
                + ". A longer wait is -Dframegate.run.ready-timeout=PT10M.");
    }

    private String because(ServerLog log) {
        return sentence(log.reason().map(reason -> ": " + reason).orElse("")) + " All of its log is in "
                + settings.dataDir().resolve("payara.log") + ".";
    }

    private static String sentence(String words) {
        return words.endsWith(".") ? words : words + ".";
    }

    private void announce(Health health, int httpPort, DatabaseAddress database, UnaryOperator<String> signIn) {
        String listenerPort = health.check(LISTENER_CHECK)
                .flatMap(check -> Optional.ofNullable(check.data().get("port")))
                .orElse(Integer.toString(settings.listenerPort()));
        String tcpHost = Ports.reachable(settings.listenerAddress());
        String page = "http://" + Ports.reachable(settings.httpAddress()) + ":" + httpPort + "/";
        String options = (tcpHost.equals("127.0.0.1") ? "" : " --host " + tcpHost)
                + (listenerPort.equals("7400") ? "" : " --port " + listenerPort);
        out.println("Framegate ready: tcp://" + tcpHost + ":" + listenerPort + " " + page);
        out.println("  web page  " + signIn.apply(page));
        out.println("  map       " + page + "map/");
        out.println("  health    " + page + "health");
        out.println("  metrics   " + page + "metrics");
        out.println("  database  " + database);
        out.println("  try       java -jar target/framegate-cli.jar" + options
                + " load links --area 9.50,47.10,9.55,47.18");
        out.println("  Map data © OpenStreetMap contributors, ODbL 1.0. Ctrl-C stops all of it.");
        out.flush();
    }

    private void show(ServerLog.Entry entry) {
        String mark = entry.level().equals("INFO") ? "" : entry.level() + ": ";
        String text = entry.message().lines().findFirst().orElse("");
        out.println("  " + mark + text);
    }
}
