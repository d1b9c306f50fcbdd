package io.framegate.client.cli;

import jakarta.json.JsonObject;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Lists the gates of a Data Grid. */
@Command(
        name = "instances",
        description = "List the gates that share a Data Grid; other commands ask one of them by --instance.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class InstancesCommand extends AdminCommand {

    private static final String ROW = "%-20s  %-9s  %-21s  %15s  %10s  %10s  %9s  %s%n";

    @Override
    protected int run(AdminClient admin) throws AdminException {
        JsonObject all = admin.get("instances");
        out().printf(
                        Locale.ROOT,
                        ROW,
                        "name",
                        "state",
                        "port",
                        "connections",
                        "requests/s",
                        "errors",
                        "workers",
                        "version");
        for (JsonObject each : all.getJsonArray("instances").getValuesAs(JsonObject.class)) {
            boolean self = each.getString("name").equals(all.getString("self"));
            out().printf(
                            Locale.ROOT,
                            ROW,
                            NumberFormat.printable(each.getString("name")) + (self ? " *" : ""),
                            each.getString("state").toLowerCase(Locale.ROOT),
                            NumberFormat.printable(each.getString("address")) + ":" + each.getInt("port"),
                            each.getInt("connections") + " of " + each.getInt("connectionLimit"),
                            NumberFormat.count(
                                    each.getJsonNumber("requestsPerSecond").doubleValue()),
                            NumberFormat.count(each.getJsonNumber("errors").doubleValue()),
                            each.getInt("busy") + " of " + each.getInt("threads"),
                            NumberFormat.printable(each.getString("version")));
        }
        out().flush();
        return ExitCode.OK;
    }
}
