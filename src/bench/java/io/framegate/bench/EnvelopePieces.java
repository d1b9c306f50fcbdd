package io.framegate.bench;

import io.framegate.message.Compression;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A payload into an envelope and out of it, by algorithm: small differences, as coordinates are. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EnvelopePieces {

    @Param
    public Compression compression;

    @Param({"65536", "8388608"})
    public int payloadBytes;

    private final Envelope envelope = new Envelope(FrameHeader.MAX_BODY_BYTES, 1, true);
    private byte[] payload = new byte[0];
    private byte[] frame = new byte[0];

    @Setup
    public void prepare() {
        payload = new byte[payloadBytes];
        Random random = new Random(1);
        for (int i = 0; i < payload.length; i += Integer.BYTES) {
            int difference = (int) (random.nextGaussian() * 2000);
            for (int b = 0; b < Integer.BYTES; b++) {
                payload[i + b] = (byte) (difference >> 8 * b);
            }
        }
        frame = seal();
    }

    @TearDown
    public void close() {
        envelope.close();
    }

    @Benchmark
    public byte[] seal() {
        return envelope.seal(1, payload, 0, payload.length, compression);
    }

    @Benchmark
    public Object open() {
        return envelope.open(frame, FrameHeader.BYTES, frame.length - FrameHeader.BYTES);
    }
}
