package io.framegate.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The inputs of a target that are kept: {@code src/test/resources/fuzz/<target>.hex}, a line for each. */
final class Corpus {

    private static final Path FOLDER = Path.of("src", "test", "resources", "fuzz");

    private Corpus() {}

    static List<byte[]> of(FuzzTargets target) throws IOException {
        Path file = file(target);
        return Files.exists(file)
                ? Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
                        .map(HexFormat.of()::parseHex)
                        .toList()
                : List.of();
    }

    /** Keeps these instead of what was kept. */
    static void keep(FuzzTargets target, Collection<byte[]> inputs) throws IOException {
        Set<String> lines =
                new TreeSet<>((a, b) -> a.length() == b.length() ? a.compareTo(b) : a.length() - b.length());
        inputs.forEach(input -> lines.add(HexFormat.of().formatHex(input)));
        Files.createDirectories(FOLDER);
        Files.write(file(target), lines, StandardCharsets.US_ASCII);
    }

    private static Path file(FuzzTargets target) {
        return FOLDER.resolve(target.fileName() + ".hex");
    }
}
