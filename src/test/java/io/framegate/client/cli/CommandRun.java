package io.framegate.client.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** A run of the command line within the test's JVM: what it printed, and its exit code. */
public record CommandRun(int exitCode, String out, String err) {

    /** Runs against a port of the loopback interface. */
    public static CommandRun of(int port, String... args) {
        List<String> all = new ArrayList<>(List.of("--port", Integer.toString(port)));
        all.addAll(List.of(args));
        return of(all.toArray(String[]::new));
    }

    /** Runs with these arguments and no others. */
    public static CommandRun of(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = FramegateCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(args);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }
}
