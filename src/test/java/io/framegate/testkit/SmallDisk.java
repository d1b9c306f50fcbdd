package io.framegate.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A file system in memory of a given size, mounted at a directory. To mount one takes root's rights; where they are missing, the test is skipped. */
public final class SmallDisk implements AutoCloseable {

    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /** @param size as mount takes it: 40m */
    public static SmallDisk mount(Path directory, String size) throws IOException, InterruptedException {
        String refusal = run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + size, "tmpfs", directory.toString());
        assumeTrue(refusal.isEmpty(), () -> "a small disk can't be mounted here: " + refusal);
        return new SmallDisk(directory);
    }

    /** Gives it another size; what is on it stays. */
    public void resize(String size) throws IOException, InterruptedException {
        require(run("mount", "-o", "remount,size=" + size, directory.toString()));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        require(run("umount", directory.toString()));
    }

    private static void require(String refusal) {
        if (!refusal.isEmpty()) {
            throw new AssertionError(refusal);
        }
    }

    /** Gives what it has said, if it has failed. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return process.waitFor() == 0 ? "" : command[0] + ": " + said;
    }
}
