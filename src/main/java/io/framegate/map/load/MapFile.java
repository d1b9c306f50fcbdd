package io.framegate.map.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a map file of any format must be before it is read. */
final class MapFile {

    private MapFile() {}

    /**
     * The size in bytes of a file that can be read and has something in it.
     *
     * @throws MapFileException for any other
     */
    static long requireContent(Path file) throws IOException {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new MapFileException(file, 0, "there is no readable file");
        }
        long size = Files.size(file);
        if (size == 0) {
            throw new MapFileException(file, 0, "it is empty");
        }
        return size;
    }
}
