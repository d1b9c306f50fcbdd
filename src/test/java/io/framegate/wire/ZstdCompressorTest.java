package io.framegate.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** That both ways to compress give what any reader of Zstandard opens. */
class ZstdCompressorTest {

    private static final int AROUND = 7;
    private static final int GARBAGE_COLLECTIONS = 100;

    @Test
    void roundTripsFrames() {
        List<Supplier<ZstdCompressor>> both = List.of(ZstdCompressor.OfMachine::new, ZstdCompressor.OfJava::new);
        Random random = new Random(7);
        for (Supplier<ZstdCompressor> make : both) {
            // One compressor for all: what it keeps of a payload must not be seen in the next.
            try (ZstdCompressor compressor = make.get()) {
                for (int length : new int[] {1, 2, 100, 4096, 128 << 10, (128 << 10) + 1, 3_000_000, 5}) {
                    for (int values : new int[] {1, 20, 256}) {
                        byte[] from = new byte[AROUND + length + AROUND];
                        for (int i = 0; i < from.length; i++) {
                            from[i] = (byte) random.nextInt(values);
                        }
                        byte[] to = new byte[AROUND + compressor.maxBytes(length)];
                        int bytes = compressor.compress(from, AROUND, length, to, AROUND);
                        assertArrayEquals(new byte[AROUND], Arrays.copyOf(to, AROUND));
                        byte[] opened = new byte[length];
                        assertEquals(length, new ZstdDecompressor().decompress(to, AROUND, bytes, opened, 0, length));
                        assertArrayEquals(Arrays.copyOfRange(from, AROUND, AROUND + length), opened);
                        assertTrue(values == 256 || length < 100 || bytes < length, () -> length + " became " + bytes);
                    }
                }
            }
        }
    }

    @Test
    @EnabledOnOs(
            value = {OS.LINUX, OS.MAC, OS.WINDOWS},
            architectures = {"amd64", "x86_64", "aarch64"})
    void isTheNativeOneWhereThereIsOne() {
        try (ZstdCompressor compressor = ZstdCompressor.make()) {
            assertInstanceOf(ZstdCompressor.OfMachine.class, compressor);
        }
    }

    @Test
    void isSharedByDeployments() throws Exception {
        WeakReference<ClassLoader> first = compressInALoaderOfItsOwn();
        WeakReference<ClassLoader> second = compressInALoaderOfItsOwn();
        for (int i = 0; i < GARBAGE_COLLECTIONS && (first.get() != null || second.get() != null); i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertNull(first.get());
        assertNull(second.get());
    }

    private static WeakReference<ClassLoader> compressInALoaderOfItsOwn() throws Exception {
        URL jar = Zstd.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader())) {
            byte[] from = new byte[10_000];
            byte[] to = (byte[]) loader.loadClass(Zstd.class.getName())
                    .getMethod("compress", byte[].class)
                    .invoke(null, from);
            assertTrue(to.length < from.length);
            return new WeakReference<>(loader);
        }
    }
}
