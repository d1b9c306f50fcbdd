package io.framegate.contract;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The names of all golden frames of this project's messages. */
final class GoldenFrames {

    /** A record of the codec's own tests, which is no message of the application. */
    private static final String OF_A_TEST = "every-type";

    private GoldenFrames() {}

    static List<String> names() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(GoldenFrames.class.getResource("/frames/links.hex"))
                        .toURI())
                .getParent();
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString().replaceFirst("\\.hex$", ""))
                    .filter(name -> !name.equals(OF_A_TEST))
                    .sorted()
                    .toList();
        }
    }
}
