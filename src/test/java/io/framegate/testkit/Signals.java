package io.framegate.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Suspends processes and has them go on. For Linux. */
public final class Signals {

    private Signals() {}

    /** Sends SIGSTOP, and waits until none of the process's threads runs. */
    public static void suspend(ProcessHandle process) throws IOException, InterruptedException {
        send("STOP", process);
        Gate.await("process " + process.pid() + " is not suspended", 20, () -> isSuspended(process));
    }

    /** Sends SIGCONT. */
    public static void resume(ProcessHandle process) throws IOException, InterruptedException {
        send("CONT", process);
    }

    private static void send(String signal, ProcessHandle process) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + signal + " " + process.pid() + " ended with " + status);
        }
    }

    /** By its state in {@code /proc/PID/stat}, see proc(5), which follows its name in parentheses. */
    private static boolean isSuspended(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException e) {
            return false;
        }
    }
}
