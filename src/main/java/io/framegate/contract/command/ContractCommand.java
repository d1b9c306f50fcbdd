package io.framegate.contract.command;

import io.framegate.client.cli.CommandExtension;
import io.framegate.client.cli.ExitCode;
import io.framegate.contract.Contract;
import io.framegate.contract.ContractReader;
import io.framegate.contract.generate.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the contract of every message on the class path; no server is asked. */
@Command(
        name = "contract",
        description = "Write what goes over the wire: for people, or as a client of another language.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class ContractCommand implements CommandExtension {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "markdown",
            description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Output format;

    @Option(names = "--output", paramLabel = "FILE", description = "Where to write it. Default: the standard output")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        Contract contract = ContractReader.ofClassPath(ContractCommand.class.getClassLoader());
        String text = format.of(contract);
        if (output == null) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
        } else {
            Files.writeString(output, text);
        }
        return ExitCode.OK;
    }
}
