package io.framegate.map.command;

import io.framegate.client.cli.AdminClient;
import io.framegate.client.cli.AdminCommand;
import io.framegate.client.cli.AdminException;
import io.framegate.client.cli.ExitCode;
import jakarta.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Lists the data sets. */
@Command(
        name = "data-sets",
        description = "List the data sets; the one that the TCP port answers from has a star.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DataSetsCommand extends AdminCommand {

    @Override
    protected int run(AdminClient admin) throws AdminException {
        List<JsonObject> dataSets =
                admin.get("map/data-sets").getJsonArray("dataSets").getValuesAs(JsonObject.class);
        int width = Math.max(
                4,
                dataSets.stream()
                        .mapToInt(each -> each.getString("name").length())
                        .max()
                        .orElse(0));
        PrintWriter out = spec().commandLine().getOut();
        String row = "%s %-" + width + "s %9s %9s %9s %9s %9s %9s  %-20s  %s%n";
        out.printf(
                Locale.ROOT,
                row,
                " ",
                "name",
                "links",
                "nodes",
                "polygons",
                "polylines",
                "rules",
                "heights",
                "loaded",
                "source");
        for (JsonObject each : dataSets) {
            out.printf(
                    Locale.ROOT,
                    row,
                    each.getBoolean("served") ? "*" : " ",
                    each.getString("name"),
                    each.getInt("links"),
                    each.getInt("nodes"),
                    each.getInt("polygons"),
                    each.getInt("polylines"),
                    each.getInt("turnRules"),
                    each.getInt("buildings3d") + each.getInt("lines3d"),
                    each.getString("loadedAt").replaceFirst("\\.\\d+", ""),
                    each.getString("source") + ", " + each.getString("attribution"));
        }
        out.flush();
        return ExitCode.OK;
    }
}
