package io.framegate.map.command;

import io.framegate.client.cli.AdminClient;
import io.framegate.client.cli.AdminCommand;
import io.framegate.client.cli.AdminException;
import io.framegate.client.cli.ExitCode;
import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polyline;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Writes a data set, or what touches an area, to a GeoJSON file: all kinds of features in one collection, feature by feature
 * as they come. The file appears when it is complete.
 */
@Command(
        name = "export",
        description = "Write a data set to a GeoJSON file.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example: framegate map export --name liechtenstein --area 9.50,47.10,9.55,47.18 vaduz.geojson"})
final class ExportCommand extends AdminCommand {

    private static final int END = -1;
    private static final int MAX_RECORD_BYTES = 100 * 1024 * 1024;

    /** By the code of the kind. */
    private static final List<Function<WireReader, PrintedFeature>> FEATURES = List.of(
            reading(RecordCodec.of(Link.class), PrintedFeature::of),
            reading(RecordCodec.of(Node.class), PrintedFeature::of),
            reading(RecordCodec.of(Polygon.class), PrintedFeature::of),
            reading(RecordCodec.of(Polyline.class), PrintedFeature::of),
            reading(RecordCodec.of(PassInfo.class), PrintedFeature::of),
            reading(RecordCodec.of(Polygon3DInfo.class), PrintedFeature::of),
            reading(RecordCodec.of(Height3DInfo.class), PrintedFeature::of));

    @Parameters(paramLabel = "FILE")
    private Path file;

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "The data set.")
    private String name;

    @Option(
            names = "--area",
            paramLabel = "W,S,E,N",
            description = "Only what touches this area, in degrees. Default: all")
    private @Nullable String area;

    @Override
    protected int run(AdminClient admin) throws AdminException, IOException {
        Path target = file.toAbsolutePath();
        Path directory = target.getParent();
        if (directory == null) {
            throw misunderstood(target + " is no file.");
        }
        if (!Files.isDirectory(directory)) {
            throw misunderstood("There is no directory " + directory + ".");
        }
        JsonObject dataSet = admin.get("map/data-sets").getJsonArray("dataSets").getValuesAs(JsonObject.class).stream()
                .filter(each -> each.getString("name").equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new AdminException(ExitCode.REFUSED, "There is no data set " + name + " on the server."));
        String query = Optional.ofNullable(area)
                .map(edges -> "?area=" + AdminClient.part(edges))
                .orElse("");
        Path part = target.resolveSibling("." + target.getFileName() + ".part");
        try {
            long count;
            try (DataInputStream in = new DataInputStream(
                            admin.stream("map/data-sets/" + AdminClient.part(name) + "/records" + query));
                    Writer out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
                count = write(in, dataSet.getString("attribution"), out);
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
            spec().commandLine()
                    .getErr()
                    .println(String.format(
                            Locale.ROOT, "%d features. Map data %s.", count, dataSet.getString("attribution")));
            return ExitCode.OK;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Turns a stream of records, as the server exports them, into GeoJSON; returns how many there were. */
    static long write(DataInputStream in, String attribution, Writer out) throws AdminException, IOException {
        long count = 0;
        try (GeoJsonWriter collection = new GeoJsonWriter(attribution, out)) {
            for (int kind = in.readByte(); kind != END; kind = in.readByte()) {
                int size = in.readInt();
                if (kind < 0 || kind >= FEATURES.size() || size < 0 || size > MAX_RECORD_BYTES) {
                    throw new AdminException(
                            ExitCode.NO_ANSWER, "The server's records cannot be read: another version?");
                }
                byte[] record = in.readNBytes(size);
                if (record.length < size) {
                    throw new EOFException();
                }
                collection.add(FEATURES.get(kind).apply(new WireReader(kind, record, 0, size)));
                count++;
            }
            return count;
        } catch (EOFException e) {
            throw new AdminException(ExitCode.NO_ANSWER, "The server's records were cut off; nothing is written.");
        } catch (JsonException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static <T extends Record> Function<WireReader, PrintedFeature> reading(
            RecordCodec<T> codec, Function<T, PrintedFeature> feature) {
        return in -> feature.apply(codec.decode(in));
    }
}
