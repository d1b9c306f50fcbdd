package io.framegate.testkit.redeploy;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/** The process of a {@link RedeployMain}. */
public final class RedeployProcess implements AutoCloseable {

    private static final String ENDED = "ended";
    private static final long ANSWER_SECONDS = 120;

    /** In each line that tells of an annotation that Payara has found in the WAR. */
    private static final String FOUND = "AS-DEPLOYMENT-00006";

    /** Where it does not know of a resource that the WAR names. */
    private static final String REFUSED = "AS-DEPLOYMENT-00026";

    private final Path log;
    private final Process process;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Writer orders;

    /**
     * Starts it, with nothing deployed.
     *
     * @param directory for its class and its log
     * @param httpPort that is free
     * @param options of its JVM, such as settings
     */
    public RedeployProcess(Path directory, int httpPort, List<String> options) throws IOException {
        String payara = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> path.contains("payara-micro-6"))
                .findFirst()
                .orElseThrow();
        log = directory.resolve("server.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"));
        // Caches by soft references are no leak: here a collection empties them, elsewhere the want of memory does.
        command.add("-XX:SoftRefLRUPolicyMSPerMB=0");
        // So that a deployment is told apart where Payara has read none, as it does where a collection comes at the
        // wrong moment.
        command.add("-Dglassfish.deployment.dump.scanning=true");
        command.addAll(moduleOptions(payara));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                payara + File.pathSeparator + ownClasses(directory),
                RedeployMain.class.getName(),
                "--prebootcommandfile",
                "payara-config/preboot.asadmin",
                "--logproperties",
                "payara-config/logging.properties",
                "--disablephonehome",
                "--nohazelcast",
                "--port",
                String.valueOf(httpPort)));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        orders = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "redeploy-process");
        reader.setDaemon(true);
        reader.start();
        nextAnswer();
    }

    /** What the jar's manifest would open, were it started by {@code -jar}. */
    private static List<String> moduleOptions(String payara) throws IOException {
        List<String> options = new ArrayList<>();
        try (JarFile jar = new JarFile(payara)) {
            Attributes manifest = jar.getManifest().getMainAttributes();
            for (String what : List.of("Add-Opens", "Add-Exports")) {
                for (String one : manifest.getValue(what).strip().split("\\s+")) {
                    options.add("--" + what.toLowerCase(Locale.ROOT) + "=" + one + "=ALL-UNNAMED");
                }
            }
        }
        return options;
    }

    private static Path ownClasses(Path directory) throws IOException {
        Path classes = directory.resolve("classes");
        String file = RedeployMain.class.getName().replace('.', '/') + ".class";
        Path own = classes.resolve(file);
        Files.createDirectories(own.getParent());
        try (InputStream in = RedeployMain.class.getResourceAsStream("/" + file)) {
            Files.write(own, in.readAllBytes());
        }
        return classes;
    }

    /**
     * Gives an order and waits until it is carried out.
     *
     * @return the answer
     */
    public String order(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
        return nextAnswer();
    }

    /**
     * Deploys the application. Where Payara has read none of its annotations and refuses it for that, a fault of its own that
     * {@code src/docs/administration.md} tells of, it is deployed once more, and a line says so.
     *
     * @throws AssertionError if the server refuses it, with what it has logged meanwhile as errors and warnings: a later run takes
     *     the log's place
     */
    public void deploy(Path war) throws IOException {
        List<String> said = deployOnce(war);
        if (said.stream().anyMatch(line -> line.contains(REFUSED))
                && said.stream().noneMatch(line -> line.contains(FOUND))) {
            System.out.println("Deployed once more: Payara had read no annotations.");
            said = deployOnce(war);
        }
        if (!said.isEmpty()) {
            throw new AssertionError(said.stream()
                    .filter(line -> line.contains("[SEVERE]") || line.contains("[WARNING]"))
                    .collect(Collectors.joining("\n", "not deployed:\n", "\n")));
        }
    }

    /** Gives what was logged meanwhile if it was refused, and nothing if it is deployed. */
    private List<String> deployOnce(Path war) throws IOException {
        int before = Files.readString(log).length();
        if (order("deploy " + war).equals("true")) {
            return List.of();
        }
        // The log is read by another thread, which may be behind the answer by some lines.
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        return Files.readString(log).substring(before).lines().toList();
    }

    /** Its log so far. */
    public Path log() {
        return log;
    }

    /** The answer that is a number. */
    public long number(String order) throws IOException {
        return Long.parseLong(order(order));
    }

    private String nextAnswer() throws IOException {
        try {
            String answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (answer == null || answer.equals(ENDED)) {
                throw new IOException("the server gives no answer; " + log + " may say why");
            }
            return answer;
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    /** Keeps the log, whether an answer is waited for or not: a pipe that is full would stop the server. */
    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                Writer kept = Files.newBufferedWriter(log)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(RedeployMain.ANSWER)) {
                    answers.add(line.substring(RedeployMain.ANSWER.length()));
                } else {
                    kept.write(line + "\n");
                    kept.flush();
                }
            }
        } catch (IOException e) {
            // It was killed.
        } finally {
            answers.add(ENDED);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
