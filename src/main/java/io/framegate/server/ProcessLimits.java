package io.framegate.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.framegate.config.StartupChecks;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has been given, as far as the JVM and the kernel tell. */
final class ProcessLimits {

    private static final Path BACKLOG = Path.of("/proc/sys/net/core/somaxconn");

    private ProcessLimits() {}

    static StartupChecks.Given read() {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        return new StartupChecks.Given(Runtime.getRuntime().maxMemory(), files, backlog());
    }

    private static long backlog() {
        // All of it by one call: the kernel gives nothing more to a second one, and the JDK's readString begins with
        // one byte.
        try (BufferedReader line = Files.newBufferedReader(BACKLOG)) {
            return Long.parseLong(String.valueOf(line.readLine()).strip());
        } catch (IOException | NumberFormatException e) {
            // Not Linux, or nothing that we may read: then nothing is known of it.
            return Long.MAX_VALUE;
        }
    }
}
