package io.framegate.bench;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.map.message.Area;
import io.framegate.map.message.Direction;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Link;
import io.framegate.map.message.Links;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.message.RoadClass;
import io.framegate.message.RecordList;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A message to its payload and back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecPieces {

    /** Which message. */
    public enum Sample {
        WELCOME_REQUEST(new WelcomeRequest(1234567)),
        WELCOME_RESPONSE(new WelcomeResponse("welcome:1234567")),
        LOAD_LINKS_BY_AREA(new LoadLinksByArea(new Area(Ellipsoid.WGS84, 0, 9.5, 47.1, 9.55, 47.18))),
        THOUSAND_LINKS(new Links(RecordList.of(Collections.nCopies(
                1000,
                new Link(
                        1,
                        1,
                        2,
                        3,
                        RoadClass.values()[0],
                        Direction.values()[0],
                        (byte) 2,
                        (short) 50,
                        (byte) 0,
                        (byte) 10,
                        "Landstrasse",
                        new int[] {95000000, 471000000, 100, 200, 300, 400, 500, 600})))));

        private final Record message;

        Sample(Record message) {
            this.message = message;
        }
    }

    @Param
    public Sample sample;

    private Bound<?> bound;

    /** A codec with its message, so that their types agree. */
    private record Bound<T extends Record>(Codec<T> codec, T message, byte[] payload) {

        static <T extends Record> Bound<T> of(Class<T> type, Record message) {
            Codec<T> codec = Codec.of(type);
            WireWriter out = new WireWriter(0, Integer.MAX_VALUE - 8);
            codec.encode(type.cast(message), out);
            return new Bound<>(codec, type.cast(message), Arrays.copyOf(out.array(), out.length()));
        }

        WireWriter encode() {
            WireWriter out = new WireWriter(9, Integer.MAX_VALUE - 16, payload.length);
            codec.encode(message, out);
            return out;
        }

        T decode() {
            return codec.decode(new WireReader(codec.id(), payload, 0, payload.length));
        }
    }

    @Setup
    public void prepare() {
        bound = Bound.of(sample.message.getClass(), sample.message);
    }

    @Benchmark
    public Object encode() {
        return bound.encode();
    }

    @Benchmark
    public Object decode() {
        return bound.decode();
    }
}
