package io.framegate.map.command;

import picocli.CommandLine.Command;

/** The same for GeoJSON. */
@Command(
        name = "import",
        description =
                "Load a GeoJSON file, as export writes it, as a data set. The server reads the file itself, so it must"
                        + " be on the server's machine; else send it with --upload.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example: framegate map import vaduz.geojson --name vaduz"})
final class ImportCommand extends LoadFileCommand {

    @Override
    String endings() {
        return "geojson|json";
    }
}
