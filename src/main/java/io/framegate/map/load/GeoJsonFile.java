package io.framegate.map.load;

import io.framegate.map.load.LoadProgress.Phase;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.stream.JsonLocation;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParsingException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A GeoJSON FeatureCollection (RFC 7946) as the command line writes it, read feature by feature; one at a time is in
 * memory. What a feature must have is told by {@link GeoJsonFeature}.
 *
 * <p>The file is read twice: first for what {@link References} notes, like the links that meet at each node, and then for the
 * features. So a fault anywhere shows before anything is stored; each is told with its line and column.
 */
final class GeoJsonFile {

    private final Path path;
    private final long size;
    private String attribution = "";

    /** Whether a file is to be read as GeoJSON: by the end of its name. */
    static boolean isNamed(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.endsWith(".geojson") || name.endsWith(".json");
    }

    /**
     * Opens nothing yet.
     *
     * @throws MapFileException for a file that is not there or is empty
     */
    GeoJsonFile(Path path) throws IOException {
        this.path = path;
        this.size = MapFile.requireContent(path);
    }

    /** Whom the data is by, as the file says; empty if it does not, or is not read yet. */
    String attribution() {
        return attribution;
    }

    /**
     * Reads all features.
     *
     * @throws MapFileException for a file that is no such FeatureCollection
     * @throws InterruptedIOException when the thread is interrupted, between two features
     */
    void read(FeatureStream features, LoadProgress progress) throws IOException {
        References references = new References();
        read(Phase.READING_NODES, progress, feature -> feature.note(references));
        references.allNoted();
        read(Phase.BUILDING, progress, feature -> feature.addTo(features, references));
    }

    private void read(Phase phase, LoadProgress progress, Consumer consumer) throws IOException {
        try (Counting in = new Counting(new BufferedInputStream(Files.newInputStream(path)));
                Reader text = new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
                JsonParser parser = Json.createParser(text)) {
            try {
                readCollection(parser, feature -> {
                    if (Thread.interrupted()) {
                        throw new InterruptedIOException("interrupted while reading " + path.getFileName());
                    }
                    consumer.accept(feature);
                    progress.at(phase, in.bytes, size);
                });
            } catch (JsonException | NoSuchElementException | IllegalStateException e) {
                // All three are the parser's: for broken JSON, broken UTF-8, and a text that ends too early.
                if (in.ended) {
                    throw new MapFileException(path, size, "it ends, and the JSON is not complete", e);
                }
                throw fault(
                        e instanceof JsonParsingException told ? told.getLocation() : parser.getLocation(),
                        "the JSON is broken",
                        e);
            }
        }
    }

    private void readCollection(JsonParser parser, Consumer consumer) throws IOException {
        if (parser.next() != Event.START_OBJECT) {
            throw fault(parser.getLocation(), "there is no FeatureCollection", null);
        }
        boolean collection = false;
        boolean features = false;
        for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
            String name = parser.getString();
            JsonLocation at = parser.getLocation();
            Event value = parser.next();
            if (name.equals("type")) {
                collection = value == Event.VALUE_STRING && parser.getString().equals("FeatureCollection");
                if (!collection) {
                    throw fault(at, "there is no FeatureCollection", null);
                }
            } else if (name.equals("attribution") && value == Event.VALUE_STRING) {
                attribution = parser.getString();
            } else if (name.equals("features") && value == Event.START_ARRAY) {
                features = true;
                readFeatures(parser, consumer);
            } else if (isStart(value)) {
                skip(parser);
            }
        }
        if (!collection || !features) {
            throw fault(parser.getLocation(), "there is no FeatureCollection", null);
        }
        if (parser.hasNext()) {
            // Asking on makes the parser say what it thinks of text after the end.
            parser.next();
        }
    }

    /** Skips what has begun. The parser's own way to do so never ends where the text ends within. */
    private static void skip(JsonParser parser) {
        int depth = 1;
        while (depth > 0) {
            Event event = parser.next();
            if (isStart(event)) {
                depth++;
            } else if (event == Event.END_OBJECT || event == Event.END_ARRAY) {
                depth--;
            }
        }
    }

    private static boolean isStart(Event event) {
        return event == Event.START_OBJECT || event == Event.START_ARRAY;
    }

    private void readFeatures(JsonParser parser, Consumer consumer) throws IOException {
        for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
            JsonLocation at = parser.getLocation();
            if (event != Event.START_OBJECT) {
                throw fault(at, "there is something else than a feature", null);
            }
            JsonObject object = parser.getObject();
            try {
                consumer.accept(new GeoJsonFeature(object));
            } catch (GeoJsonFeature.FeatureException e) {
                throw fault(at, e.fault(), e);
            }
        }
    }

    private MapFileException fault(JsonLocation at, String fault, @Nullable Throwable cause) {
        return new MapFileException(path, at.getLineNumber(), at.getColumnNumber(), at.getStreamOffset(), fault, cause);
    }

    @FunctionalInterface
    private interface Consumer {
        void accept(GeoJsonFeature feature) throws IOException;
    }

    /** Counts what is read, and notes when more is asked for than there is. */
    private static final class Counting extends FilterInputStream {

        private long bytes;
        private boolean ended;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            bytes += read < 0 ? 0 : 1;
            ended = read < 0;
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            bytes += Math.max(0, read);
            ended = read < 0;
            return read;
        }
    }
}
