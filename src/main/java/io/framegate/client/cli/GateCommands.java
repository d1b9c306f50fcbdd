package io.framegate.client.cli;

import picocli.CommandLine.Command;

/** The commands that do one thing to the gate. */
final class GateCommands {

    private GateCommands() {}

    /** No new connections. */
    @Command(
            name = "pause",
            description = "Take no new connections; those that are open go on.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Pause extends AdminCommand {

        @Override
        protected int run(AdminClient admin) throws AdminException {
            admin.post("pause");
            out().println("Paused: new connections are told to come later.");
            return ExitCode.OK;
        }
    }

    /** No new connections or requests. */
    @Command(
            name = "drain",
            description = "Take no new connections or requests, and end the open connections as they are answered.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Drain extends AdminCommand {

        @Override
        protected int run(AdminClient admin) throws AdminException {
            admin.post("drain");
            out().println("Draining: connections end as their requests are answered.");
            return ExitCode.OK;
        }
    }

    /** All again. */
    @Command(
            name = "resume",
            description = "Take connections and requests again.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Resume extends AdminCommand {

        @Override
        protected int run(AdminClient admin) throws AdminException {
            admin.post("resume");
            out().println("Serving.");
            return ExitCode.OK;
        }
    }
}
