package io.framegate.map.command;

import io.framegate.client.cli.CommandExtension;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The data sets of the server's map. */
@Command(
        name = "map",
        description = "Load, export and remove the map's data sets, by the server's web port.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DataSetsCommand.class,
            LoadFileCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            RemoveCommand.class
        })
public final class MapCommand implements CommandExtension {

    @Spec
    private CommandSpec spec;

    /** Made by the command line, as a service. */
    public MapCommand() {}

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do: data-sets, load, import, export or remove.");
    }
}
