package io.framegate.contract.command;

import io.framegate.client.cli.CommandExtension;
import io.framegate.client.cli.ExitCode;
import io.framegate.contract.Contract;
import io.framegate.contract.ContractReader;
import io.framegate.contract.explain.CaptureExplainer;
import io.framegate.contract.explain.CaptureExplainer.Found;
import io.framegate.contract.explain.CaptureFile;
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

/** Takes frames apart, given as hex, as the bytes of a file, or as a capture of traffic; no server is asked. */
@Command(
        name = "explain",
        description =
                "Say what each byte of a frame is, and which is the first that cannot be. Exit code 4 if there is one.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class ExplainCommand implements CommandExtension {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description =
                    "A file that is one frame, in bytes and not in hex; or a capture, pcap or pcapng, of any number")
    private @Nullable Path file;

    @Parameters(paramLabel = "HEX", arity = "0..*", description = "One frame in hex; spaces do not matter")
    private List<String> hex = List.of();

    @Override
    public Integer call() throws IOException {
        byte[] given = given();
        Contract contract = ContractReader.ofClassPath(ExplainCommand.class.getClassLoader());
        PrintWriter out = spec.commandLine().getOut();
        boolean fault;
        if (CaptureFile.isCapture(given)) {
            List<Found> all = captured(contract, given);
            for (Found found : all) {
                out.println(found.title());
                found.lines().forEach(out::println);
            }
            fault = all.stream().anyMatch(Found::fault);
        } else {
            Explanation explanation = FrameExplainer.explain(contract, given);
            explanation.lines().forEach(out::println);
            fault = explanation.fault().isPresent();
        }
        out.flush();
        return fault ? ExitCode.FAILED : ExitCode.OK;
    }

    private List<Found> captured(Contract contract, byte[] capture) {
        List<Found> all;
        try {
            all = CaptureExplainer.explain(contract, capture);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
        if (all.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "The capture has no TCP stream that begins with a message of the contract.");
        }
        return all;
    }

    private byte[] given() throws IOException {
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
