package io.framegate.map.command;

import io.framegate.client.FramegateClient;
import io.framegate.client.cli.CommandExtension;
import io.framegate.client.cli.ExitCode;
import io.framegate.client.cli.FramegateCommand;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.MapSheet;
import io.framegate.map.message.Sheet;
import io.framegate.message.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Loads features of an area or a map sheet, and shows them. */
@Command(
        name = "load",
        description = "Load features of the map.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example: framegate load links --area 9.50,47.10,9.55,47.18"})
public final class LoadCommand implements CommandExtension {

    /** Whose data it is; every form of output says so. */
    static final String ATTRIBUTION = "© OpenStreetMap contributors";

    @ParentCommand
    private FramegateCommand framegate;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}")
    private KindOption kind;

    @ArgGroup(multiplicity = "1")
    private Where where;

    @Option(
            names = "--level",
            paramLabel = "N",
            defaultValue = "0",
            description = "Only what is shown at zoom level N, 1 to 20; 0 for everything. Default: ${DEFAULT-VALUE}")
    private int level;

    @Option(
            names = "--ellipsoid",
            paramLabel = "NAME",
            description = "The datum of the area and of the answer: wgs84, grs80 or bessel. Default: wgs84")
    private @Nullable Datum ellipsoid;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Format format;

    @Option(names = "--output", paramLabel = "FILE", description = "Write to a file instead of the standard output.")
    private @Nullable Path output;

    /** Made by the command line, as a service. */
    public LoadCommand() {}

    @Override
    public Integer call() throws IOException {
        Record request = request();
        List<PrintedFeature> features;
        long receivedBytes;
        long begun = System.nanoTime();
        long millis;
        try (FramegateClient client = framegate.connect()) {
            Record answer = FramegateCommand.await(client.send(request, kind.answer()));
            millis = (System.nanoTime() - begun) / 1_000_000;
            receivedBytes = client.receivedBytes();
            features = kind.features(answer);
        }
        write(features);
        spec.commandLine()
                .getErr()
                .println(String.format(
                        Locale.ROOT,
                        "%d %s, %d bytes in %d ms. Map data %s.",
                        features.size(),
                        kind,
                        receivedBytes,
                        millis,
                        ATTRIBUTION));
        return ExitCode.OK;
    }

    private Record request() {
        if (output != null) {
            Path directory = output.toAbsolutePath().getParent();
            if (directory == null || !Files.isDirectory(directory)) {
                throw misunderstood(
                        "--output: there is no directory " + (directory == null ? "for " + output : directory) + ".");
            }
        }
        Datum datum = Optional.ofNullable(ellipsoid).orElse(Datum.WGS84);
        if (ellipsoid != null && where.mapId != null) {
            throw misunderstood("A map sheet is always on WGS 84: --ellipsoid goes with --area only.");
        }
        if (datum == Datum.BESSEL && format == Format.GEOJSON) {
            throw misunderstood("GeoJSON is on WGS 84 (RFC 7946): leave --ellipsoid out, or take the table.");
        }
        try {
            if (where.mapId != null) {
                return kind.request(new Sheet(level, MapSheet.of(where.mapId).mapId()))
                        .orElseThrow(() -> misunderstood("There are " + kind + " by area only: give --area."));
            }
            double[] edges = edges(Optional.ofNullable(where.area).orElse(""));
            return kind.request(new Area(datum.onTheWire, level, edges[0], edges[1], edges[2], edges[3]));
        } catch (Refusal e) {
            throw misunderstood(e.sentence());
        }
    }

    private double[] edges(String area) {
        String[] parts = area.split(",", -1);
        try {
            if (parts.length == 4) {
                double[] edges = new double[4];
                for (int i = 0; i < edges.length; i++) {
                    edges[i] = Double.parseDouble(parts[i].strip());
                }
                return edges;
            }
        } catch (NumberFormatException e) {
            // Said below, as for any other text that is not four numbers.
        }
        throw misunderstood(
                "--area must be four numbers, W,S,E,N in degrees, like 9.50,47.10,9.55,47.18; it is \"" + area + "\".");
    }

    private void write(List<PrintedFeature> features) throws IOException {
        if (output == null) {
            write(features, spec.commandLine().getOut());
            return;
        }
        try (PrintWriter file = new PrintWriter(Files.newBufferedWriter(output, StandardCharsets.UTF_8))) {
            write(features, file);
            if (file.checkError()) {
                throw new IOException(output + " could not be written to its end");
            }
        }
    }

    private void write(List<PrintedFeature> features, PrintWriter out) {
        if (format == Format.TABLE) {
            Table.write(features, out);
        } else {
            GeoJsonWriter.write(features, ATTRIBUTION, out);
            out.println();
        }
        out.flush();
    }

    private ParameterException misunderstood(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /** One of the two ways to say where. */
    private static final class Where {

        @Option(names = "--area", paramLabel = "W,S,E,N", description = "The edges of an area, in degrees.")
        private @Nullable String area;

        @Option(names = "--map", paramLabel = "SHEET", description = "The number of a map sheet, like N47E00915.")
        private @Nullable String mapId;
    }

    /** The names a person types. */
    private enum Datum {
        WGS84(Ellipsoid.WGS84),
        GRS80(Ellipsoid.GRS80),
        BESSEL(Ellipsoid.BESSEL_1841);

        private final Ellipsoid onTheWire;

        Datum(Ellipsoid onTheWire) {
            this.onTheWire = onTheWire;
        }
    }

    private enum Format {
        TABLE,
        GEOJSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
