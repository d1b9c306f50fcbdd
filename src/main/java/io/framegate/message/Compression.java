package io.framegate.message;

/** How a payload is compressed. The codes are the first byte of a frame's body. */
public enum Compression {

    /** {@code N}: the payload as it is. */
    NONE('N'),

    /** {@code Z}: int32 original size, then a zlib stream (RFC 1950). */
    ZLIB('Z'),

    /** {@code L}: int32 original size, five bytes of LZMA properties, then a raw LZMA1 stream. Small and slow. */
    LZMA('L'),

    /** {@code S}: int32 original size, then a Zstandard frame (RFC 8878). For clients that said that they take it. */
    ZSTD('S');

    private final byte code;

    Compression(char code) {
        this.code = (byte) code;
    }

    /** The first byte of a body that is compressed like this. */
    public byte code() {
        return code;
    }
}
