package io.framegate.client.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands that do one thing to the gate. */
final class GateCommands {

    private GateCommands() {}

    private abstract static class Act extends AdminCommand {

        @Mixin
        private InstanceOption instance;

        private final String action;
        private final String done;

        Act(String action, String done) {
            this.action = action;
            this.done = done;
        }

        @Override
        protected final int run(AdminClient admin) throws AdminException {
            if (instance.isGiven()) {
                return tell(admin.order("POST", instance.ofAny(action), ""), done);
            }
            admin.post(action);
            out().println(done);
            return ExitCode.OK;
        }
    }

    /** No new connections. */
    @Command(
            name = "pause",
            description = "Take no new connections; those that are open go on.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Pause extends Act {

        Pause() {
            super("pause", "Paused: new connections are told to come later.");
        }
    }

    /** No new connections or requests. */
    @Command(
            name = "drain",
            description = "Take no new connections or requests, and end the open connections as they are answered.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Drain extends Act {

        Drain() {
            super("drain", "Draining: connections end as their requests are answered.");
        }
    }

    /** All again. */
    @Command(
            name = "resume",
            description = "Take connections and requests again.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Resume extends Act {

        Resume() {
            super("resume", "Serving.");
        }
    }
}
