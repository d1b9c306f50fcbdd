package io.framegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ProcessLimitsTest {

    @Test
    void readsWhatTheKernelSaysInFull() throws Exception {
        String file = "/proc/sys/net/core/somaxconn";
        Assumptions.assumeTrue(Files.isReadable(Path.of(file)), "the kernel tells it on Linux alone");
        Process cat = new ProcessBuilder("cat", file).start();
        String said = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        assertEquals(0, cat.waitFor());
        assertEquals(Long.parseLong(said), ProcessLimits.read().backlog());
    }

    @Test
    void readsWhatTheJvmHas() {
        assertEquals(Runtime.getRuntime().maxMemory(), ProcessLimits.read().heapBytes());
        assertTrue(ProcessLimits.read().openFiles() > 0);
    }
}
