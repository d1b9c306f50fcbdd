package io.framegate.message;

import java.util.List;
import java.util.Objects;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A part of a message that is ready for the wire, as it is or deflated: see {@link RecordList#encoded(int, List)}. The arrays are
 * not copied, so whoever makes a part leaves them as they are from then on.
 */
public sealed interface EncodedPart {

    /** Its bytes when it is not deflated. */
    int originalBytes();

    /** As it is: a part of an array. */
    record Plain(byte[] bytes, int offset, int length) implements EncodedPart {

        /** @throws IndexOutOfBoundsException for what is no part of the array */
        public Plain {
            Objects.checkFromIndexSize(offset, length, bytes.length);
        }

        @Override
        public int originalBytes() {
            return length;
        }
    }

    /**
     * Deflated, once for many answers: an answer that is compressed by zlib takes it as it is, any other one inflates it.
     *
     * @param blocks deflated blocks (RFC 1951), none of them the last, that end with a byte and look back at nothing before
     *     themselves: what a raw deflater gives with {@link java.util.zip.Deflater#SYNC_FLUSH}
     * @param originalBytes what they give
     * @param adler32 checksum of what they give (RFC 1950)
     */
    record Deflated(byte[] blocks, int originalBytes, int adler32) implements EncodedPart {

        /** @throws IllegalArgumentException for less than no bytes */
        public Deflated {
            Objects.requireNonNull(blocks, "blocks");
            if (originalBytes < 0) {
                throw new IllegalArgumentException(originalBytes + " bytes in " + blocks.length + " deflated ones");
            }
        }

        private void inflate(byte[] to, int offset) {
            Inflater inflater = new Inflater(true);
            try {
                inflater.setInput(blocks);
                int filled = 0;
                while (filled < originalBytes) {
                    int got = inflater.inflate(to, offset + filled, originalBytes - filled);
                    if (got == 0) {
                        throw new IllegalStateException(
                                "deflated blocks end after " + filled + " of " + originalBytes + " bytes");
                    }
                    filled += got;
                }
            } catch (DataFormatException e) {
                throw new IllegalStateException("deflated blocks are damaged", e);
            } finally {
                inflater.end();
            }
        }
    }

    /**
     * The bytes of all parts, one after the other, none of them deflated.
     *
     * @throws IllegalStateException for a deflated part that is not what it says
     */
    static byte[] join(List<EncodedPart> parts) {
        byte[] joined = new byte
                [Math.toIntExact(
                        parts.stream().mapToLong(EncodedPart::originalBytes).sum())];
        int at = 0;
        for (EncodedPart part : parts) {
            if (part instanceof Plain plain) {
                System.arraycopy(plain.bytes(), plain.offset(), joined, at, plain.length());
            } else if (part instanceof Deflated deflated) {
                deflated.inflate(joined, at);
            }
            at += part.originalBytes();
        }
        return joined;
    }
}
