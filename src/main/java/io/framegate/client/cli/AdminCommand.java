package io.framegate.client.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
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

    /**
     * Tells what has become of an order to gates.
     *
     * @param outcomes by the name of each: empty, or why it was not done
     * @param done what to say of each that has done it
     * @return the exit code
     */
    protected final int tell(Map<String, String> outcomes, String done) {
        int code = ExitCode.OK;
        for (Map.Entry<String, String> outcome : outcomes.entrySet()) {
            String name = NumberFormat.printable(outcome.getKey());
            if (outcome.getValue().isEmpty()) {
                out().println(name + ": " + done);
            } else {
                spec.commandLine()
                        .getErr()
                        .println("framegate: " + name + ": " + NumberFormat.printable(outcome.getValue()));
                code = ExitCode.REFUSED;
            }
        }
        return code;
    }

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
