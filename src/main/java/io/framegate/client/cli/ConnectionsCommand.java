package io.framegate.client.cli;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the connections, and closes some. */
@Command(
        name = "connections",
        description = "List the open connections, oldest first, or close some.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = ConnectionsCommand.Close.class)
final class ConnectionsCommand extends AdminCommand {

    private static final String ROW = "%6s  %-21s  %-20s  %9s  %9s  %12s  %12s  %s%n";

    @Mixin
    private InstanceOption instance;

    @Override
    protected int run(AdminClient admin) throws AdminException {
        List<JsonObject> all = admin.get(instance.ofOne("connections"))
                .getJsonArray("connections")
                .getValuesAs(JsonObject.class);
        out().printf(
                        Locale.ROOT,
                        ROW,
                        "id",
                        "client",
                        "since",
                        "requests",
                        "in flight",
                        "read",
                        "written",
                        "last message");
        for (JsonObject each : all) {
            String principal = each.getString("principal");
            out().printf(
                            Locale.ROOT,
                            ROW,
                            each.getJsonNumber("id"),
                            NumberFormat.printable(each.getString("remote")),
                            each.getString("since").replaceFirst("\\.\\d+", ""),
                            each.getJsonNumber("requests"),
                            each.getInt("inFlight") + (each.getBoolean("paused") ? " paused" : ""),
                            NumberFormat.bytes(each.getJsonNumber("bytesRead").doubleValue()),
                            NumberFormat.bytes(
                                    each.getJsonNumber("bytesWritten").doubleValue()),
                            NumberFormat.printable(
                                    each.getString("lastMessage") + (principal.isEmpty() ? "" : "  " + principal)));
        }
        out().flush();
        return ExitCode.OK;
    }

    /** Closes connections. */
    @Command(
            name = "close",
            description = "Close connections at once, with what is in flight.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Close extends AdminCommand {

        @Parameters(paramLabel = "ID", arity = "1..*", description = "As the list has them.")
        private List<Long> ids;

        @Mixin
        private InstanceOption instance;

        @Override
        protected int run(AdminClient admin) throws AdminException {
            int code = ExitCode.OK;
            for (long id : ids) {
                if (instance.isGiven()) {
                    Map<String, String> outcomes = admin.order("DELETE", instance.ofOne("connections/" + id), "");
                    code = Math.max(code, tell(outcomes, "Closed connection " + id + "."));
                    continue;
                }
                admin.delete("connections/" + id);
                out().println("Closed connection " + id + ".");
            }
            return code;
        }
    }
}
