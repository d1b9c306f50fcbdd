package io.framegate.wire;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.util.Native;

/**
 * Compresses into Zstandard frames (RFC 8878), by the native library where it has one for this machine and it can be loaded, else by
 * Java's, whose frames are as good and which takes some times as long.
 */
abstract class ZstdCompressor implements ArrayCompressor {

    private static final int LEVEL = 1;

    static ZstdCompressor make() {
        return Machine.CAN_LOAD ? new OfMachine() : new OfJava();
    }

    /** Asked once, and not before something is to be compressed: clients have not got the native library. */
    private static final class Machine {

        static final boolean CAN_LOAD = canLoad();

        private static boolean canLoad() {
            try {
                Native.load();
                return Native.isLoaded();
            } catch (LinkageError e) {
                // None for this machine, or no directory in which it may be unpacked and run.
                return false;
            }
        }
    }

    /** The native library's. It keeps its tables, so it is worth keeping. */
    static final class OfMachine extends ZstdCompressor {

        private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);

        @Override
        public int maxBytes(int length) {
            return (int) Math.min(Integer.MAX_VALUE, Zstd.compressBound(length));
        }

        @Override
        public int compress(byte[] from, int offset, int length, byte[] to, int toOffset) {
            return context.compressByteArray(to, toOffset, to.length - toOffset, from, offset, length);
        }

        @Override
        public void close() {
            context.close();
        }
    }

    /** Java's. */
    static final class OfJava extends ZstdCompressor {

        private final io.airlift.compress.zstd.ZstdCompressor compressor =
                new io.airlift.compress.zstd.ZstdCompressor();

        @Override
        public int maxBytes(int length) {
            return compressor.maxCompressedLength(length);
        }

        @Override
        public int compress(byte[] from, int offset, int length, byte[] to, int toOffset) {
            return compressor.compress(from, offset, length, to, toOffset, to.length - toOffset);
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }
}
