package io.framegate.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Payara Micro as a child process. All it prints goes to a file and to a {@link ServerLog}.
 *
 * <p>Ctrl-C in a terminal reaches it as well as its parent: it then stops by itself, as it does when it is asked to.
 */
final class PayaraProcess implements AutoCloseable {

    private final Process process;
    private final Thread reader;
    private final Duration stopTimeout;

    private PayaraProcess(Process process, Thread reader, Duration stopTimeout) {
        this.process = process;
        this.reader = reader;
        this.stopTimeout = stopTimeout;
    }

    /**
     * Starts it.
     *
     * @param environment added to this process's own
     * @param pidFile where the process is remembered for the case that this one is killed
     */
    static PayaraProcess start(
            List<String> command,
            Path directory,
            Map<String, String> environment,
            Path pidFile,
            Path logFile,
            ServerLog log,
            Duration stopTimeout)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        OutputStream file = Files.newOutputStream(logFile);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            file.close();
            throw e;
        }
        StaleProcess.remember(process.toHandle(), pidFile);
        process.getOutputStream().close();
        Thread reader = new Thread(() -> read(process, file, log), "framegate-server-log");
        reader.setDaemon(true);
        reader.start();
        return new PayaraProcess(process, reader, stopTimeout);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end, at most so long. @return whether it has ended */
    boolean ended(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits for its end, and for the last of what it printed. @return its exit status */
    int ended() throws InterruptedException {
        int status = process.waitFor();
        reader.join(TimeUnit.SECONDS.toMillis(5));
        return status;
    }

    /** Stops it: politely, so that the application can drain, and after the timeout by force. */
    @Override
    public void close() {
        // Not process.destroy(): that closes the pipe, and with it goes what the server has to say about its end.
        process.toHandle().destroy();
        try {
            if (!process.waitFor(stopTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
            reader.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static void read(Process process, OutputStream file, ServerLog log) {
        try (file;
                var lines =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            LogFile kept = new LogFile(file, sentence -> Terminal.ERR.println("framegate: " + sentence));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String plain = ServerLog.plain(line);
                kept.write(plain);
                log.accept(plain);
            }
        } catch (IOException e) {
            // Without a reader the server would stand still as soon as the pipe is full.
            process.destroy();
            Terminal.ERR.println("framegate: What the server says cannot be read: " + e.getMessage() + ".");
        }
    }
}
