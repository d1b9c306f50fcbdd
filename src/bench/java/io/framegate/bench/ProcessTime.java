package io.framegate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What processes have had of the processors so far, in seconds, in user mode and in the kernel, by {@code /proc/PID/stat}. */
final class ProcessTime {

    // USER_HZ is 100 on every Linux that Java runs on.
    private static final double TICKS_PER_SECOND = 100;

    /** Where user and system time are, counted from the field behind the name; those of children that have ended follow. */
    private static final int FIRST_FIELD = 11;

    private ProcessTime() {}

    /** Of a process alone. */
    static double of(long pid) throws IOException {
        return sum(pid, 2);
    }

    /** Of a process with its children, those that have ended and have been waited for included. */
    static double withChildren(ProcessHandle process) throws IOException {
        double seconds = sum(process.pid(), 4);
        List<ProcessHandle> children = process.children().toList();
        for (ProcessHandle child : children) {
            try {
                seconds += of(child.pid());
            } catch (IOException e) {
                if (child.isAlive()) {
                    throw e;
                }
            }
        }
        return seconds;
    }

    private static double sum(long pid, int fields) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.US_ASCII);
        // The name, in brackets, may hold spaces; the fields are counted from its end.
        String[] values = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int i = 0; i < fields; i++) {
            ticks += Long.parseLong(values[FIRST_FIELD + i]);
        }
        return ticks / TICKS_PER_SECOND;
    }
}
