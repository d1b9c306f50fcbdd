package io.framegate.transport;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The places of replies: sixteen are taken, filled in one order or the other, and polled. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReplyPipelinePieces {

    private static final int REPLIES = 16;

    private final ReplyPipeline pipeline = new ReplyPipeline(128, 1 << 20, new ByteBudget());
    private final byte[] reply = new byte[64];
    private final long[] slots = new long[REPLIES];

    @Benchmark
    @OperationsPerInvocation(REPLIES)
    public int inOrder() {
        take();
        for (int i = 0; i < REPLIES; i++) {
            pipeline.fill(slots[i], reply, reply.length);
        }
        return poll();
    }

    @Benchmark
    @OperationsPerInvocation(REPLIES)
    public int reversed() {
        take();
        for (int i = REPLIES - 1; i >= 0; i--) {
            pipeline.fill(slots[i], reply, reply.length);
        }
        return poll();
    }

    private void take() {
        for (int i = 0; i < REPLIES; i++) {
            if (pipeline.isFull()) {
                throw new IllegalStateException("it should be empty");
            }
            slots[i] = pipeline.take();
        }
    }

    private int poll() {
        int bytes = 0;
        if (pipeline.beginWrite()) {
            for (byte[] next = pipeline.poll(); next != null; next = pipeline.poll()) {
                bytes += next.length;
            }
            pipeline.written(bytes);
            pipeline.endWrite();
        }
        return bytes;
    }
}
