package io.framegate.client.cli;

import io.framegate.client.FramegateClient;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Asks the server whether it is there. */
@Command(
        name = "welcome",
        description = "Ask whether the server is there.",
        mixinStandardHelpOptions = true,
        versionProvider = FramegateCommand.Version.class)
final class WelcomeCommand implements Callable<Integer> {

    @ParentCommand
    private FramegateCommand framegate;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NUMBER",
            arity = "0..1",
            defaultValue = "1",
            description = "Any number; it comes back in the answer. Default: ${DEFAULT-VALUE}")
    private int number;

    @Override
    public Integer call() {
        try (FramegateClient client = framegate.connect()) {
            WelcomeResponse answer =
                    FramegateCommand.await(client.send(new WelcomeRequest(number), WelcomeResponse.class));
            spec.commandLine().getOut().println(answer.text());
        }
        return ExitCode.OK;
    }
}
