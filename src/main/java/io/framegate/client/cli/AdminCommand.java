package io.framegate.client.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What commands that administer share, those of guests included: their options, and what becomes of a refusal. */
public abstract class AdminCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private AdminOptions options;

    /** Made by picocli. */
    protected AdminCommand() {}

    @Override
    public final Integer call() throws IOException {
        try {
            return run(options.connect());
        } catch (AdminException e) {
            spec.commandLine().getErr().println("framegate: " + e.getMessage());
            return e.exitCode();
        }
    }

    /**
     * Does it.
     *
     * @return the exit code
     */
    protected abstract int run(AdminClient admin) throws AdminException, IOException;

    /** The command. */
    protected final CommandSpec spec() {
        return spec;
    }

    /** Where answers go. */
    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Wrong usage, in a sentence. */
    protected final ParameterException misunderstood(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
