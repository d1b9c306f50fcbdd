package io.framegate.map.command;

import io.framegate.client.FramegateClient;
import io.framegate.client.cli.CommandExtension;
import io.framegate.client.cli.ExitCode;
import io.framegate.client.cli.FramegateCommand;
import io.framegate.map.message.Changes;
import io.framegate.map.message.Changes.Change;
import io.framegate.map.message.LoadChangesSince;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Tells who has changed what in the map. */
@Command(
        name = "changes",
        description = "Tell who has changed what in the map.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example: framegate changes --since 1200"})
public final class ChangesCommand implements CommandExtension {

    private static final int SERVERS_LIMIT = 0;

    @ParentCommand
    private FramegateCommand framegate;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--since",
            paramLabel = "N",
            defaultValue = "0",
            description = "Only changes after the one with this number. Default: all")
    private long since;

    @Option(
            names = "--data-set",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The name of the data set. Default: the one that the server is configured with")
    private String dataSet;

    /** Made by the command line, as a service. */
    public ChangesCommand() {}

    @Override
    public Integer call() {
        if (since < 0) {
            throw new ParameterException(spec.commandLine(), "--since must be 0 or more.");
        }
        PrintWriter out = spec.commandLine().getOut();
        long count = 0;
        long next = since;
        try (FramegateClient client = framegate.connect()) {
            boolean complete = false;
            OptionalInt load = OptionalInt.empty();
            while (!complete) {
                Changes changes = FramegateCommand.await(
                        client.send(new LoadChangesSince(dataSet, next, SERVERS_LIMIT, List.of()), Changes.class));
                if (changes.load() == Changes.NO_LOAD || load.isPresent() && load.getAsInt() != changes.load()) {
                    return beginAnew(next);
                }
                load = OptionalInt.of(changes.load());
                changes.changes().forEach(change -> out.println(line(change)));
                count += changes.changes().size();
                next = changes.next();
                complete = changes.complete();
            }
        }
        out.flush();
        spec.commandLine().getErr().println(count + " changes; go on with --since " + next + ".");
        return ExitCode.OK;
    }

    /** What there was before the number is not what there is now. */
    private int beginAnew(long number) {
        spec.commandLine().getOut().flush();
        spec.commandLine()
                .getErr()
                .println("One cannot go on from " + number
                        + ": the server's history has no change of that number, as after its"
                        + " database was restored, or the data set was loaded anew. Begin anew, with --since 0.");
        return ExitCode.REFUSED;
    }

    private static String line(Change change) {
        return String.format(
                Locale.ROOT,
                "%d  %s  %s %s %d version %d  by %s",
                change.number(),
                Instant.ofEpochMilli(change.timeMillis()),
                change.operation().name().toLowerCase(Locale.ROOT),
                change.kind().name().toLowerCase(Locale.ROOT),
                change.id(),
                change.version(),
                Table.printable(change.author()));
    }
}
