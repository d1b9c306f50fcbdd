package io.framegate.wire;

/** Compresses an array into another in one call. It may keep tables for the next, so it is for one thread at a time. */
interface ArrayCompressor extends AutoCloseable {

    /** The most that so many bytes may become. */
    int maxBytes(int length);

    /** @return how many bytes it wrote into {@code to}, which has room for {@link #maxBytes} from {@code toOffset} on */
    int compress(byte[] from, int offset, int length, byte[] to, int toOffset);

    @Override
    void close();
}
