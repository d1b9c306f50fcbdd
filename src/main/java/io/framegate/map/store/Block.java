package io.framegate.map.store;

import org.jspecify.annotations.Nullable;

/**
 * A block as it is stored, plain or deflated. Nobody changes the arrays.
 *
 * @param features how many
 * @param bytes of their records together, when they are not deflated
 * @param adler32 checksum of the records (RFC 1950)
 * @param west its western edge, in 1e-7 degree
 * @param south its southern edge
 * @param places where each record is: see {@link BlockPlaces}; null if it is deflated
 * @param records one after the other; deflated blocks (RFC 1951) if it is deflated
 */
record Block(
        int features, int bytes, int adler32, double west, double south, byte @Nullable [] places, byte[] records) {

    /** What keeping it costs. */
    int keptBytes() {
        return records.length + (places == null ? 0 : places.length);
    }

    /**
     * Names a block as it was at one time, plain or deflated. A block that is made anew keeps its number, but loses bytes; and one with the number of
     * a block that is gone, or is lost to a database that has gone back, has another nonce.
     *
     * @param kind of its features
     * @param nonce drawn when it was made; 0 of one that was made before there were any
     * @param deflated whether its records are wanted so
     */
    record Version(int dataSet, FeatureKind kind, int number, int bytes, int adler32, long nonce, boolean deflated) {

        /** Whether a block that has its number now is still this one. */
        boolean isOf(Block block, long itsNonce) {
            return block.bytes() == bytes && block.adler32() == adler32 && itsNonce == nonce;
        }
    }
}
