package io.framegate.client.cli;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows and changes settings of the running server. */
@Command(
        name = "config",
        description = "List the settings in force and where they are from, or change one while the server runs.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = {
            ConfigCommand.Describe.class,
            ConfigCommand.Get.class,
            ConfigCommand.Set.class,
            ConfigCommand.Reset.class
        })
final class ConfigCommand extends AdminCommand {

    private static final String PREFIX = "framegate.";

    @Mixin
    private InstanceOption instance;

    @Override
    protected int run(AdminClient admin) throws AdminException {
        JsonObject config = admin.get(instance.ofOne("config"));
        out().printf(Locale.ROOT, "%-44s %-22s %s%n", "setting", "value", "source");
        for (JsonObject each : config.getJsonArray("settings").getValuesAs(JsonObject.class)) {
            String pending = each.getString("pending", "");
            out().printf(
                            Locale.ROOT,
                            "%-44s %-22s %s%s%s%n",
                            each.getString("name"),
                            NumberFormat.printable(each.getString("value")),
                            NumberFormat.printable(each.getString("source")),
                            each.getBoolean("live") ? "" : " (at start only)",
                            pending.isEmpty() ? "" : " (" + NumberFormat.printable(pending) + " after a restart)");
        }
        out().flush();
        String refused = config.getString("refused", "");
        if (!refused.isEmpty()) {
            spec().commandLine().getErr().println("framegate: " + NumberFormat.printable(refused));
        }
        return ExitCode.OK;
    }

    private static String full(String name) {
        return AdminClient.part(name.startsWith(PREFIX) ? name : PREFIX + name);
    }

    /** Prints the reference page. */
    @Command(
            name = "describe",
            description = "Print all settings with their defaults and descriptions, in Markdown.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Describe extends AdminCommand {

        @Override
        protected int run(AdminClient admin) throws AdminException {
            out().print(admin.text("config/reference"));
            out().flush();
            return ExitCode.OK;
        }
    }

    /** Prints one value. */
    @Command(
            name = "get",
            description = "Print the value of a setting.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Get extends AdminCommand {

        @Parameters(paramLabel = "NAME", description = "With or without framegate. in front.")
        private String name;

        @Mixin
        private InstanceOption instance;

        @Override
        protected int run(AdminClient admin) throws AdminException {
            List<JsonObject> settings =
                    admin.get(instance.ofOne("config")).getJsonArray("settings").getValuesAs(JsonObject.class);
            for (JsonObject each : settings) {
                if (each.getString("name").equals(name)
                        || each.getString("name").equals(PREFIX + name)) {
                    out().println(each.getString("value"));
                    return ExitCode.OK;
                }
            }
            throw new AdminException(ExitCode.REFUSED, "There is no setting of that name.");
        }
    }

    /** Sets a value. */
    @Command(
            name = "set",
            description = "Set a value: in force at once, until the server ends.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Set extends AdminCommand {

        @Parameters(index = "0", paramLabel = "NAME", description = "With or without framegate. in front.")
        private String name;

        @Parameters(index = "1", paramLabel = "VALUE")
        private String value;

        @Mixin
        private InstanceOption instance;

        @Override
        protected int run(AdminClient admin) throws AdminException {
            if (instance.isGiven()) {
                return tell(admin.order("PUT", instance.ofAny("config/" + full(name)), value), "Set.");
            }
            admin.put("config/" + full(name), value);
            return ExitCode.OK;
        }
    }

    /** Takes a value back. */
    @Command(
            name = "reset",
            description = "Take a set value back: the configuration's is in force again.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Reset extends AdminCommand {

        @Parameters(paramLabel = "NAME", description = "With or without framegate. in front.")
        private String name;

        @Mixin
        private InstanceOption instance;

        @Override
        protected int run(AdminClient admin) throws AdminException {
            if (instance.isGiven()) {
                return tell(admin.order("DELETE", instance.ofAny("config/" + full(name)), ""), "Taken back.");
            }
            admin.delete("config/" + full(name));
            return ExitCode.OK;
        }
    }
}
