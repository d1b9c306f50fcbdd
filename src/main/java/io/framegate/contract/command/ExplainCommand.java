package io.framegate.contract.command;

import io.framegate.client.cli.ExitCode;
import io.framegate.client.cli.GuestCommand;
import io.framegate.contract.ContractReader;
import io.framegate.contract.explain.Explanation;
import io.framegate.contract.explain.FrameExplainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a frame apart, given as hex or as the bytes of a file; no server is asked. Captures are for Wireshark. */
@Command(
        name = "explain",
        description = "Say what each byte of a frame is, and which is the first that cannot be.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class ExplainCommand implements GuestCommand {

    @Spec
    private CommandSpec spec;

    @Option(names = "--file", paramLabel = "FILE", description = "A file that is one frame, in bytes and not in hex")
    private @Nullable Path file;

    @Parameters(paramLabel = "HEX", arity = "0..*", description = "One frame in hex; spaces do not matter")
    private List<String> hex = List.of();

    @Override
    public Integer call() throws IOException {
        Explanation explanation =
                FrameExplainer.explain(ContractReader.ofClassPath(ExplainCommand.class.getClassLoader()), frame());
        PrintWriter out = spec.commandLine().getOut();
        explanation.lines().forEach(out::println);
        out.flush();
        return explanation.trouble().isPresent() ? ExitCode.FAILED : ExitCode.OK;
    }

    private byte[] frame() throws IOException {
        if (hex.isEmpty() == (file == null)) {
            throw new ParameterException(spec.commandLine(), "Give a frame in hex, or --file.");
        }
        if (file != null) {
            return Files.readAllBytes(file);
        }
        try {
            return HexFormat.of().parseHex(String.join("", hex).replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "That is no hex: two digits for each byte.");
        }
    }
}
