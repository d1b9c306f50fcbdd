package io.framegate.map.command;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands about data sets share: where the server's web page is, and what becomes of a refusal. */
abstract class AdminCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--http",
            paramLabel = "URL",
            defaultValue = "${env:FRAMEGATE_HTTP:-http://127.0.0.1:8080/}",
            description = "The server's web page. Default: FRAMEGATE_HTTP, else http://127.0.0.1:8080/")
    private URI http;

    @Override
    public final Integer call() throws IOException {
        if (!String.valueOf(http.getScheme()).matches("https?") || http.getHost() == null) {
            throw misunderstood("--http must be like http://127.0.0.1:8080/; it is \"" + http + "\".");
        }
        try {
            return run(new AdminClient(http));
        } catch (AdminException e) {
            spec.commandLine().getErr().println("framegate: " + e.getMessage());
            return e.exitCode();
        }
    }

    /** Does it. @return the exit code */
    abstract int run(AdminClient admin) throws AdminException, IOException;

    CommandSpec spec() {
        return spec;
    }

    ParameterException misunderstood(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
