package io.framegate.map.load;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A map file that cannot be loaded. The message is a sentence with the file, the position and the fault. */
public final class MapFileException extends IOException {

    private static final long serialVersionUID = 1L;

    private final long position;

    /**
     * @param position the offset in the file, in bytes, of the block with the fault
     * @param fault what is wrong there, as the rest of a sentence: "the block is cut short"
     */
    MapFileException(Path file, long position, String fault) {
        super("The map file " + file.getFileName() + " cannot be loaded: at byte " + position + " " + fault + ".");
        this.position = position;
    }

    /** As above, of a fault that another exception has found. */
    MapFileException(Path file, long position, String fault, Throwable cause) {
        this(file, position, fault);
        initCause(cause);
    }

    /**
     * As above, of a text.
     *
     * @param position the offset in characters
     */
    MapFileException(Path file, long line, long column, long position, String fault, @Nullable Throwable cause) {
        super(
                "The map file " + file.getFileName() + " cannot be loaded: at line " + line + ", column " + column + " "
                        + fault + ".",
                cause);
        this.position = position;
    }

    /** The offset in the file of the fault: in a PBF in bytes, of its block; in a text in characters. */
    public long position() {
        return position;
    }
}
