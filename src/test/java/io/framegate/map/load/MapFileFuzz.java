package io.framegate.map.load;

import io.framegate.fuzz.FuzzTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The input is a map file. Features are made of it, or it is refused with the place of its fault. */
public final class MapFileFuzz implements FuzzTarget {

    private final Path file;
    private final List<byte[]> seeds;

    private MapFileFuzz(String ending, List<byte[]> seeds) {
        this.seeds = seeds;
        try {
            file = Files.createTempFile("framegate-fuzz-", ending);
            file.toFile().deleteOnExit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static MapFileFuzz geoJson() {
        List<byte[]> seeds = new ArrayList<>();
        List<String> features = new ArrayList<>(GeoJsonFileTest.EACH_KIND);
        features.add("");
        for (String feature : features) {
            seeds.add(GeoJsonFileTest.collection(feature).getBytes(StandardCharsets.UTF_8));
        }
        seeds.add(GeoJsonFileTest.collection(GeoJsonFileTest.EACH_KIND.toArray(String[]::new))
                .getBytes(StandardCharsets.UTF_8));
        for (String broken : List.of("{", "[]", "{\"type\":\"FeatureCollection\",\"features\":[{}]}")) {
            seeds.add(broken.getBytes(StandardCharsets.UTF_8));
        }
        return new MapFileFuzz(".geojson", seeds);
    }

    public static MapFileFuzz pbf() {
        List<byte[]> seeds = new ArrayList<>();
        for (int kind = 0; kind < 12; kind++) {
            seeds.add(pbf(kind));
        }
        return new MapFileFuzz(".osm.pbf", seeds);
    }

    private static byte[] pbf(int kind) {
        PbfBuilder file = new PbfBuilder();
        if (kind % 2 == 0) {
            file.unpacked();
        }
        for (int i = 1; i <= 6; i++) {
            file.node(i, i / 10.0, i * i % 7 / 10.0, "highway", "crossing");
        }
        switch (kind / 2) {
            case 0 -> file.way(10, new long[] {1, 2, 3, 4}, "highway", "primary", "name", "Along");
            case 1 ->
                file.way(10, new long[] {1, 2, 3, 1}, "building", "yes", "height", "12 m", "roof:shape", "gabled");
            case 2 -> file.way(10, new long[] {1, 2, 3, 4}, "waterway", "river", "layer", "-1", "bridge", "yes");
            case 3 ->
                file.way(10, new long[] {1, 2, 3}, "natural", "water")
                        .way(11, new long[] {3, 4, 1})
                        .relation(12, new long[] {10, 11}, "type", "multipolygon", "natural", "water");
            case 4 ->
                file.way(10, new long[] {1, 2}, "highway", "primary")
                        .way(11, new long[] {2, 3}, "highway", "primary", "oneway", "yes", "maxspeed", "30 mph")
                        .members(
                                13,
                                List.of("way 10 from", "node 2 via", "way 11 to"),
                                "type",
                                "restriction",
                                "restriction",
                                "no_left_turn");
            default -> file.way(10, new long[] {1, 99, 3}, "highway", "primary");
        }
        return file.toByteArray();
    }

    @Override
    public void take(byte[] input) throws IOException {
        Files.write(file, input);
        try (FeatureStream features = new FeatureStream()) {
            if (GeoJsonFile.isNamed(file)) {
                new GeoJsonFile(file).read(features, LoadProgress.silent());
            } else {
                new FeatureBuilder(new OsmFile(file), features, LoadProgress.silent()).build();
            }
        } catch (MapFileException expected) {
            if (String.valueOf(expected.getMessage()).length() > 1000) {
                throw new AssertionError(
                        "the fault is told in " + expected.getMessage().length() + " characters");
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        return seeds;
    }
}
