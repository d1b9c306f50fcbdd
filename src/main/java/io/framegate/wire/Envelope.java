package io.framegate.wire;

import io.airlift.compress.zstd.ZstdDecompressor;
import io.framegate.message.Compression;
import io.framegate.message.EncodedPart;
import io.framegate.message.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.LZMAOutputStream;

/**
 * The body of a frame: a payload, compressed or not.
 *
 * <pre>
 *  first byte  then
 *  N           payload
 *  Z           int32 original size, zlib stream (RFC 1950)
 *  L           int32 original size, 5 bytes of LZMA properties, raw LZMA1 stream
 *  S           int32 original size, Zstandard frame (RFC 8878)
 * </pre>
 *
 * The five bytes are those of the classic .lzma header: one of {@code (pb·5 + lp)·9 + lc}, four of the dictionary size.
 * The stream may or may not carry an end marker.
 *
 * <p><b>Limits.</b> Before memory is taken the original size is checked against the limits, and against the most that so
 * many bytes of a stream can give: zlib expands up to 1032:1, LZMA to about 7090:1. What passes is given the payload's room
 * once, never more, whatever the stream turns out to be; LZMA's dictionary, whatever the properties ask for, is that room
 * itself. The stream must give exactly that many bytes and then end, and {@code lc + lp} is at most 4. Zstandard is only
 * for clients to open: the library checks most of a stream, but not all, before it uses memory past the JVM's checks, and a
 * server opens what anybody sends.
 *
 * <p><b>Threads.</b> Any number may use one envelope. Deflaters, inflaters and what compresses by Zstandard hold native memory,
 * and the one of level 1 has tables: they are kept in small pools until {@link #close()}.
 */
public final class Envelope implements AutoCloseable {

    private static final VarHandle INT32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Bytes before a compressed stream: the letter and the original size. */
    private static final int SIZED = 1 + Integer.BYTES;

    private static final int LZMA_PROPERTIES_BYTES = 5;
    private static final int LZMA_PRESET = 1;
    private static final int LZMA_MIN_DICTIONARY_BYTES = LZMA2Options.DICT_SIZE_MIN;
    private static final int LZMA_COPIED_BYTES = 4096;
    private static final long LZMA_MAX_DICTIONARY_BYTES = 1536L << 20;

    /** A match has at most 258 bytes and takes at least two bits (RFC 1951). */
    private static final int ZLIB_MAX_RATIO = 258 * Byte.SIZE / 2;

    /**
     * A match has at most 273 bytes and takes at least 14 decisions of the range coder: that it is a match, repeated, of the
     * last distance, long; and of its length that it is neither short nor middle, and eight bits. None costs less than 0.022
     * bits, since its probability stops at 2017/2048. That makes 7089; the rest is for what the coder rounds.
     */
    private static final int LZMA_MAX_RATIO = 7168;

    /** A block has at most 128 KiB and takes at least its header of three bytes and one to repeat (RFC 8878). */
    private static final int ZSTD_MAX_RATIO = (128 << 10) / 4;

    /** Inflated at once: while it is, the JVM can't collect garbage. */
    private static final int INFLATED_BYTES = 64 << 10;

    private static final int POOLED = 2 * Runtime.getRuntime().availableProcessors();

    private final ResourcePool<Deflater> deflaters = new ResourcePool<>(POOLED, Deflater::new, Deflater::end);
    private final ResourcePool<Inflater> inflaters = new ResourcePool<>(POOLED, Inflater::new, Inflater::end);
    private final ResourcePool<FastDeflater> fastDeflaters =
            new ResourcePool<>(POOLED, FastDeflater::new, ArrayCompressor::close);
    private final ResourcePool<ArrayCompressor> zstdCompressors =
            new ResourcePool<>(POOLED, ZstdCompressor::make, ArrayCompressor::close);
    private final ArrayCache lzmaArrays = new BasicArrayCache();

    private volatile int maxPayloadBytes;
    private volatile int zlibLevel;
    private final boolean opensZstd;

    /**
     * @param maxPayloadBytes the largest original size that {@link #open} accepts
     * @param zlibLevel 1 (fast) … 9 (small)
     */
    public Envelope(int maxPayloadBytes, int zlibLevel) {
        this(maxPayloadBytes, zlibLevel, false);
    }

    /**
     * @param maxPayloadBytes the largest original size that {@link #open} accepts
     * @param zlibLevel 1 (fast) … 9 (small)
     * @param opensZstd whether {@link #open} accepts {@code S}: for the clients of a server that they trust
     */
    public Envelope(int maxPayloadBytes, int zlibLevel, boolean opensZstd) {
        this.opensZstd = opensZstd;
        change(maxPayloadBytes, zlibLevel);
    }

    /** Other values from now on, with the constructor's meaning and checks. */
    public void change(int maxPayloadBytes, int zlibLevel) {
        if (maxPayloadBytes < 0) {
            throw new IllegalArgumentException("maxPayloadBytes=" + maxPayloadBytes);
        }
        if (zlibLevel < Deflater.BEST_SPEED || zlibLevel > Deflater.BEST_COMPRESSION) {
            throw new IllegalArgumentException("zlibLevel=" + zlibLevel + ": 1 to 9");
        }
        this.maxPayloadBytes = maxPayloadBytes;
        this.zlibLevel = zlibLevel;
    }

    /**
     * Finds the payload of a body, as {@link #open(byte[], int, int, int, int)}, of any size that the envelope accepts.
     *
     * @throws Refusal with {@link Refusal.Code#MALFORMED} or {@link Refusal.Code#TOO_LARGE}
     */
    public Payload open(byte[] bytes, int offset, int length) {
        return open(bytes, offset, length, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /**
     * Finds the payload of a body. An {@code N} body is not copied: the result is a part of {@code bytes}.
     *
     * @param mostPlain the largest payload of an {@code N} body
     * @param mostOpened the largest original size of any other
     * @throws Refusal with {@link Refusal.Code#MALFORMED} or {@link Refusal.Code#TOO_LARGE}
     */
    public Payload open(byte[] bytes, int offset, int length, int mostPlain, int mostOpened) {
        if (length < 1) {
            throw malformed("the body is empty, its first byte must be N, Z or L");
        }
        byte letter = bytes[offset];
        if (letter == Compression.NONE.code()) {
            if (length - 1 > mostPlain || length - 1 > maxPayloadBytes) {
                throw tooLarge(length - 1, Math.min(mostPlain, maxPayloadBytes));
            }
            return new Payload(bytes, offset + 1, length - 1);
        }
        int size = bytesToOpen(bytes, offset, length, mostOpened);
        int from = offset + SIZED;
        byte[] payload;
        if (letter == Compression.ZLIB.code()) {
            payload = inflate(bytes, from, length - SIZED, size);
        } else if (letter == Compression.LZMA.code()) {
            payload = unLzma(bytes, from, length - SIZED, size);
        } else {
            payload = unZstd(bytes, from, length - SIZED, size);
        }
        return new Payload(payload, 0, size);
    }

    /**
     * The room that {@link #open} would make for a payload, whose announced size is checked here as it is there; 0 for an
     * {@code N} body.
     *
     * @param mostOpened the largest original size
     * @throws Refusal with {@link Refusal.Code#MALFORMED} or {@link Refusal.Code#TOO_LARGE}
     */
    public int bytesToOpen(byte[] bytes, int offset, int length, int mostOpened) {
        byte letter = bytes[offset];
        if (letter == Compression.NONE.code()) {
            return 0;
        } else if (letter == Compression.ZLIB.code()) {
            return originalSize(bytes, offset, length, mostOpened, "zlib", ZLIB_MAX_RATIO);
        } else if (letter == Compression.LZMA.code()) {
            return originalSize(bytes, offset, length, mostOpened, "LZMA", LZMA_MAX_RATIO);
        } else if (opensZstd && letter == Compression.ZSTD.code()) {
            return originalSize(bytes, offset, length, mostOpened, "Zstandard", ZSTD_MAX_RATIO);
        }
        throw malformed("the body begins with byte " + (letter & 0xFF) + ", it must be N, Z or L");
    }

    /** Whether a body is compressed, or else garbled. */
    public static boolean isToOpen(byte[] bytes, int offset) {
        return bytes[offset] != Compression.NONE.code();
    }

    /** The payload's size by what the body says itself, which nobody has checked; 0 where it says nothing sensible. */
    public static int announcedBytes(byte[] bytes, int offset, int length) {
        if (!isToOpen(bytes, offset)) {
            return length - 1;
        }
        return length < SIZED ? 0 : Math.max(0, (int) INT32.get(bytes, offset + 1));
    }

    /**
     * Compresses a payload into a whole frame.
     *
     * @param id the id in the frame's header
     * @return the frame: header, letter, original size, stream
     * @throws Refusal with {@link Refusal.Code#TOO_LARGE} where even the compressed body is over the protocol's limit
     */
    public byte[] seal(int id, byte[] payload, int offset, int length, Compression compression) {
        byte[] frame =
                switch (compression) {
                    case NONE -> plain(payload, offset, length);
                    case ZLIB ->
                        zlibLevel == Deflater.BEST_SPEED
                                ? compress(fastDeflaters, payload, offset, length)
                                : deflate(payload, offset, length);
                    case LZMA -> lzma(payload, offset, length);
                    case ZSTD -> compress(zstdCompressors, payload, offset, length);
                };
        return addressed(frame, id, compression);
    }

    /**
     * Compresses a payload by zlib into a whole frame, of parts that may be deflated already; those that are not are deflated by
     * level 1, whatever the level of other payloads is.
     *
     * @param id the id in the frame's header
     * @return the frame: header, letter, original size, stream
     * @throws Refusal with {@link Refusal.Code#TOO_LARGE} where even the compressed body is over the protocol's limit
     */
    public byte[] seal(int id, List<EncodedPart> payload) {
        FastDeflater deflater = fastDeflaters.take();
        boolean usable = false;
        try {
            int begin = FrameHeader.BYTES + SIZED;
            long most = begin + deflater.maxBytes(payload);
            if (most > Integer.MAX_VALUE - Long.BYTES) {
                throw tooLarge((int) Math.min(most, Integer.MAX_VALUE));
            }
            byte[] frame = new byte[(int) most];
            int bytes = deflater.compress(payload, frame, begin);
            INT32.set(
                    frame,
                    FrameHeader.BYTES + 1,
                    payload.stream().mapToInt(EncodedPart::originalBytes).sum());
            usable = true;
            return addressed(Arrays.copyOf(frame, begin + bytes), id, Compression.ZLIB);
        } finally {
            fastDeflaters.giveBack(deflater, usable);
        }
    }

    private byte[] addressed(byte[] frame, int id, Compression compression) {
        int bodyBytes = frame.length - FrameHeader.BYTES;
        if (bodyBytes > FrameHeader.MAX_BODY_BYTES) {
            throw tooLarge(bodyBytes);
        }
        FrameHeader.put(frame, 0, id, bodyBytes);
        frame[FrameHeader.BYTES] = compression.code();
        return frame;
    }

    @Override
    public void close() {
        deflaters.close();
        fastDeflaters.close();
        inflaters.close();
        zstdCompressors.close();
    }

    private int originalSize(byte[] bytes, int offset, int length, int most, String stream, int maxRatio) {
        if (length < SIZED) {
            throw malformed("a compressed body of " + length + " bytes has no room for its original size");
        }
        int size = (int) INT32.get(bytes, offset + 1);
        if (size < 0) {
            throw malformed("the original size is " + size);
        }
        if (size > most || size > maxPayloadBytes) {
            throw tooLarge(size, Math.min(most, maxPayloadBytes));
        }
        int streamBytes = length - SIZED;
        if (size > (long) streamBytes * maxRatio) {
            throw malformed("a " + stream + " stream of " + streamBytes + " bytes can't give its original size of "
                    + size + " bytes");
        }
        return size;
    }

    private byte[] inflate(byte[] bytes, int offset, int length, int originalSize) {
        Inflater inflater = inflaters.take();
        boolean usable = false;
        try {
            byte[] payload = new byte[originalSize];
            inflater.setInput(bytes, offset, length);
            int filled = 0;
            while (filled < originalSize) {
                int got = inflater.inflate(payload, filled, Math.min(INFLATED_BYTES, originalSize - filled));
                if (got == 0) {
                    throw malformed(
                            inflater.needsDictionary()
                                    ? "the zlib stream needs a preset dictionary"
                                    : "the zlib stream ends after " + filled + " of " + originalSize + " bytes");
                }
                filled += got;
            }
            // Room for a byte more than announced, so that a stream that is too long shows itself.
            if (inflater.inflate(new byte[1]) > 0) {
                throw malformed("the zlib stream gives more than its original size of " + originalSize + " bytes");
            }
            if (!inflater.finished()) {
                throw malformed("the zlib stream has no end after its " + originalSize + " bytes");
            }
            if (inflater.getRemaining() > 0) {
                throw malformed(inflater.getRemaining() + " bytes follow the zlib stream");
            }
            inflater.reset();
            usable = true;
            return payload;
        } catch (DataFormatException e) {
            throw malformed("the zlib stream is damaged");
        } finally {
            inflaters.giveBack(inflater, usable);
        }
    }

    private byte[] unLzma(byte[] bytes, int offset, int length, int originalSize) {
        if (length < LZMA_PROPERTIES_BYTES) {
            throw malformed("an LZMA body of " + length + " bytes has no room for its properties");
        }
        int properties = bytes[offset] & 0xFF;
        int lc = properties % 9;
        int lp = properties / 9 % 5;
        int pb = properties / 45;
        if (pb > 4 || lc + lp > 4) {
            throw malformed("LZMA properties lc=" + lc + " lp=" + lp + " pb=" + pb + ": lc + lp and pb are at most 4");
        }
        long announced = (int) INT32.get(bytes, offset + 1) & 0xFFFF_FFFFL;
        if (announced > LZMA_MAX_DICTIONARY_BYTES) {
            throw malformed("an LZMA dictionary of " + announced + " bytes, the format's encoders have at most "
                    + LZMA_MAX_DICTIONARY_BYTES);
        }
        var in = new ByteArrayInputStream(bytes, offset + LZMA_PROPERTIES_BYTES, length - LZMA_PROPERTIES_BYTES);
        DictionaryRoom room = new DictionaryRoom();
        try (var lzma = new LZMAInputStream(in, originalSize, (byte) properties, originalSize, null, room)) {
            lzma.enableRelaxedEndCondition();
            byte[] copied = new byte[Math.max(1, Math.min(originalSize, LZMA_COPIED_BYTES))];
            int filled = 0;
            for (int got = lzma.read(copied); got >= 0; got = lzma.read(copied)) {
                filled += got;
            }
            if (filled != originalSize) {
                throw malformed("the LZMA stream ends after " + filled + " of " + originalSize + " bytes");
            }
            if (in.available() > 0) {
                throw malformed(in.available() + " bytes follow the LZMA stream");
            }
            return room.dictionary;
        } catch (IOException e) {
            throw malformed("the LZMA stream is damaged or is not of its original size of " + originalSize + " bytes");
        }
    }

    private static byte[] unZstd(byte[] bytes, int offset, int length, int originalSize) {
        byte[] payload = new byte[originalSize];
        int filled;
        try {
            filled = new ZstdDecompressor().decompress(bytes, offset, length, payload, 0, originalSize);
        } catch (RuntimeException e) {
            // The library has exceptions of its own for most damage, and the JDK's for the rest.
            throw malformed(
                    "the Zstandard stream is damaged or is not of its original size of " + originalSize + " bytes");
        }
        if (filled != originalSize) {
            throw malformed("the Zstandard stream ends after " + filled + " of " + originalSize + " bytes");
        }
        return payload;
    }

    private static byte[] plain(byte[] payload, int offset, int length) {
        byte[] frame = new byte[FrameHeader.BYTES + 1 + length];
        System.arraycopy(payload, offset, frame, FrameHeader.BYTES + 1, length);
        return frame;
    }

    private byte[] deflate(byte[] payload, int offset, int length) {
        Deflater deflater = deflaters.take();
        boolean usable = false;
        try {
            deflater.setLevel(zlibLevel);
            deflater.setInput(payload, offset, length);
            deflater.finish();
            int filled = FrameHeader.BYTES + SIZED;
            byte[] frame = new byte[filled + length / 2 + 64];
            while (true) {
                filled += deflater.deflate(frame, filled, frame.length - filled);
                if (deflater.finished()) {
                    break;
                }
                frame = Arrays.copyOf(frame, frame.length + frame.length / 2);
            }
            INT32.set(frame, FrameHeader.BYTES + 1, length);
            deflater.reset();
            usable = true;
            return Arrays.copyOf(frame, filled);
        } finally {
            deflaters.giveBack(deflater, usable);
        }
    }

    private byte[] lzma(byte[] payload, int offset, int length) {
        try {
            LZMA2Options options = new LZMA2Options(LZMA_PRESET);
            options.setDictSize(Math.max(LZMA_MIN_DICTIONARY_BYTES, Math.min(options.getDictSize(), length)));
            var out = new ByteArrayOutputStream(length / 2 + 64);
            out.writeBytes(new byte[FrameHeader.BYTES + SIZED + LZMA_PROPERTIES_BYTES]);
            // No end marker: the size before the stream says where it ends.
            var lzma = new LZMAOutputStream(out, options, false, lzmaArrays);
            lzma.write(payload, offset, length);
            lzma.finish();
            byte[] frame = out.toByteArray();
            INT32.set(frame, FrameHeader.BYTES + 1, length);
            frame[FrameHeader.BYTES + SIZED] = (byte) lzma.getProps();
            INT32.set(frame, FrameHeader.BYTES + SIZED + 1, options.getDictSize());
            return frame;
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
    }

    private static <C extends ArrayCompressor> byte[] compress(
            ResourcePool<C> pool, byte[] payload, int offset, int length) {
        C compressor = pool.take();
        boolean usable = false;
        try {
            int begin = FrameHeader.BYTES + SIZED;
            byte[] frame = new byte[begin + compressor.maxBytes(length)];
            int bytes = compressor.compress(payload, offset, length, frame, begin);
            INT32.set(frame, FrameHeader.BYTES + 1, length);
            usable = true;
            return Arrays.copyOf(frame, begin + bytes);
        } finally {
            pool.giveBack(compressor, usable);
        }
    }

    private static Refusal malformed(String facts) {
        return new Refusal(Refusal.Code.MALFORMED, "The body is malformed: " + facts + ".");
    }

    private Refusal tooLarge(int bytes) {
        return tooLarge(bytes, Math.min(maxPayloadBytes, FrameHeader.MAX_BODY_BYTES));
    }

    private static Refusal tooLarge(int bytes, int most) {
        return new Refusal(Refusal.Code.TOO_LARGE, "The message has " + bytes + " bytes, the limit is " + most + ".");
    }

    /**
     * A payload: a part of an array.
     *
     * @param bytes the array, not a copy
     * @param offset where the payload begins
     * @param length its bytes
     */
    public record Payload(byte[] bytes, int offset, int length) {}

    /**
     * Gives the LZMA decoder its dictionary, and keeps it. The decoder writes a stream into its dictionary from the first byte
     * on, goes back to the beginning only at the dictionary's end, and copies from there to its reader; so a dictionary that is
     * as large as the payload is the payload in the end, and nobody needs the copy.
     */
    private static final class DictionaryRoom extends ArrayCache {

        private byte[] dictionary = {};

        @Override
        public byte[] getByteArray(int size, boolean fillWithZeros) {
            dictionary = new byte[size];
            return dictionary;
        }
    }
}
