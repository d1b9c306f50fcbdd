package io.framegate.map.command;

import io.framegate.client.cli.AdminClient;
import io.framegate.client.cli.AdminCommand;
import io.framegate.client.cli.AdminException;
import io.framegate.client.cli.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Removes a data set. */
@Command(
        name = "remove",
        description = "Remove a data set with all its features; not the one that is served.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RemoveCommand extends AdminCommand {

    @Parameters(paramLabel = "NAME")
    private String name;

    @Override
    protected int run(AdminClient admin) throws AdminException {
        admin.delete("map/data-sets/" + AdminClient.part(name));
        return ExitCode.OK;
    }
}
