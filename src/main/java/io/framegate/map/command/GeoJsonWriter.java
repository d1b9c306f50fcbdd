package io.framegate.map.command;

import jakarta.json.Json;
import jakarta.json.stream.JsonGenerator;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.List;

/**
 * Writes features as a GeoJSON FeatureCollection, RFC 7946: WGS 84, longitude before latitude, closed rings, the outer
 * ones counter-clockwise. The coordinates are exact, with seven decimals. The collection says whose data it is, in the
 * member {@code attribution}.
 *
 * <p>It is written feature by feature; nothing is gathered in memory.
 */
final class GeoJsonWriter implements AutoCloseable {

    private static final int DECIMALS = 7;

    private final JsonGenerator json;

    /** Begins a collection; {@code out} is left open at its end. */
    GeoJsonWriter(String attribution, Writer out) {
        this.json = Json.createGenerator(new Unclosed(out));
        json.writeStartObject()
                .write("type", "FeatureCollection")
                .write("attribution", attribution)
                .writeStartArray("features");
    }

    /** Writes a whole collection; {@code out} is left open. */
    static void write(List<PrintedFeature> features, String attribution, Writer out) {
        try (GeoJsonWriter collection = new GeoJsonWriter(attribution, out)) {
            features.forEach(collection::add);
        }
    }

    /** Writes the next feature. */
    void add(PrintedFeature feature) {
        write(feature, json);
    }

    /** Ends the collection. */
    @Override
    public void close() {
        json.writeEnd().writeEnd();
        json.close();
    }

    private static void write(PrintedFeature feature, JsonGenerator json) {
        json.writeStartObject()
                .write("type", "Feature")
                .write("id", feature.id())
                .writeStartObject("properties");
        feature.properties().forEach((name, value) -> write(name, value, json));
        json.writeEnd();
        if (feature.geometry() instanceof Geometry.Nowhere) {
            // RFC 7946, 3.2: of an unlocated feature.
            json.writeNull("geometry").writeEnd();
        } else {
            json.writeStartObject("geometry");
            write(feature.geometry(), json);
            json.writeEnd().writeEnd();
        }
    }

    private static void write(String name, Object value, JsonGenerator json) {
        if (value instanceof BigDecimal decimal) {
            json.write(name, decimal);
        } else if (value instanceof Number number) {
            json.write(name, number.longValue());
        } else if (value instanceof Boolean flag) {
            json.write(name, flag);
        } else if (value instanceof List<?> numbers) {
            json.writeStartArray(name);
            for (Object each : numbers) {
                if (each instanceof Number number) {
                    json.write(number.longValue());
                } else {
                    json.writeNull();
                }
            }
            json.writeEnd();
        } else {
            json.write(name, value.toString());
        }
    }

    private static void write(Geometry geometry, JsonGenerator json) {
        if (geometry instanceof Geometry.Point point) {
            json.write("type", "Point").writeStartArray("coordinates");
            json.write(degrees(point.longitudeE7())).write(degrees(point.latitudeE7()));
            json.writeEnd();
        } else if (geometry instanceof Geometry.Line line) {
            json.write("type", "LineString").writeStartArray("coordinates");
            writePositions(line.units(), json);
            json.writeEnd();
        } else if (geometry instanceof Geometry.Areas areas) {
            boolean single = areas.parts().size() == 1;
            json.write("type", single ? "Polygon" : "MultiPolygon").writeStartArray("coordinates");
            for (List<int[]> rings : areas.parts()) {
                if (!single) {
                    json.writeStartArray();
                }
                rings.forEach(ring -> writeRing(ring, json));
                if (!single) {
                    json.writeEnd();
                }
            }
            json.writeEnd();
        }
    }

    private static void writeRing(int[] units, JsonGenerator json) {
        json.writeStartArray();
        writePositions(units, json);
        // RFC 7946, 3.1.6: the first and last positions are equivalent.
        writePosition(units, 0, json);
        json.writeEnd();
    }

    private static void writePositions(int[] units, JsonGenerator json) {
        for (int i = 0; i < units.length; i += 2) {
            writePosition(units, i, json);
        }
    }

    private static void writePosition(int[] units, int index, JsonGenerator json) {
        json.writeStartArray()
                .write(degrees(units[index]))
                .write(degrees(units[index + 1]))
                .writeEnd();
    }

    private static BigDecimal degrees(int units) {
        return BigDecimal.valueOf(units, DECIMALS);
    }

    /** Keeps the standard output open when the generator, which must be closed to be flushed, closes its writer. */
    private static final class Unclosed extends FilterWriter {

        Unclosed(Writer out) {
            super(out);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
