package io.framegate.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.message.SaveFeatures;
import io.framegate.message.MaxLength;
import io.framegate.message.MaxPayload;
import io.framegate.message.Message;
import io.framegate.message.RecordList;
import io.framegate.message.Refusal;
import io.framegate.message.Utf8;
import io.framegate.welcome.WelcomeRequest;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a record says of the length of its fields and of its payload. */
class BoundedFieldsTest {

    record Point(int x, int y) {}

    @Message(199921)
    record Bounded(
            @MaxLength(3) String text,
            @Utf8 @MaxLength(4) String narrow,
            @MaxLength(5) byte[] bytes,
            @MaxLength(6) int[] int32s,
            @MaxLength(7) double[] float64s,
            @MaxLength(2) List<Point> points,
            @MaxLength(2) RecordList<Point> either,
            @MaxLength(1) List<@MaxLength(2) List<@MaxLength(3) int[]>> nested) {}

    private static Bounded bounded(int more) {
        return new Bounded(
                "x".repeat(3 + more),
                "y".repeat(4),
                new byte[5],
                new int[6],
                new double[7],
                List.of(new Point(1, 2), new Point(3, 4)),
                RecordList.of(List.of(new Point(1, 2), new Point(3, 4))),
                List.of(List.of(new int[3], new int[3])));
    }

    @Test
    void computesTheLargestPayloadAndTakesIt() {
        byte[] largest = payload(bounded(0));
        assertEquals(OptionalLong.of(largest.length), Codec.of(Bounded.class).mostBytes());
        assertEquals(
                "xxx",
                decode(Bounded.class, largest, WireReader.DEFAULT_OBJECT_BUDGET).text());
        assertEquals(OptionalLong.of(4), Codec.of(WelcomeRequest.class).mostBytes());
        assertEquals(OptionalLong.of(40), Codec.of(LoadLinksByArea.class).mostBytes());
        assertEquals(OptionalLong.of(32 << 20), Codec.of(SaveFeatures.class).mostBytes());
    }

    @Message(199922)
    record Text(@MaxLength(3) String value) {}

    @Message(199923)
    record NarrowText(@Utf8 @MaxLength(3) String value) {}

    @Message(199924)
    record Bytes(@MaxLength(3) byte[] value) {}

    @Message(199925)
    record Ints(@MaxLength(3) int[] value) {}

    @Message(199926)
    record Doubles(@MaxLength(3) double[] value) {}

    @Message(199927)
    record Points(@MaxLength(3) List<Point> value) {}

    @Message(199928)
    record EncodedPoints(@MaxLength(3) RecordList<Point> value) {}

    @Message(199929)
    record Names(List<@MaxLength(3) String> value) {}

    /** One more than may be is neither read nor written. */
    @Test
    void refusesOneMoreOnBothSides() {
        List<Point> four = Collections.nCopies(4, new Point(1, 2));
        for (Record tooLong : List.of(
                new Text("abcd"),
                new NarrowText("äö"),
                new Bytes(new byte[4]),
                new Ints(new int[4]),
                new Doubles(new double[4]),
                new Points(four),
                new EncodedPoints(RecordList.of(four)),
                new EncodedPoints(RecordList.encoded(4, new byte[32])),
                new Names(List.of("abcd")))) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> payload(tooLong));
            String field = tooLong.getClass().getSimpleName() + ".value";
            assertEquals(field + " has a count of 4, at most 3 are allowed", e.getMessage());
        }
        byte[] four8 = ByteBuffer.allocate(Integer.BYTES + 32)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(4)
                .array();
        for (Class<? extends Record> type : List.of(
                Text.class,
                NarrowText.class,
                Bytes.class,
                Ints.class,
                Doubles.class,
                Points.class,
                EncodedPoints.class)) {
            Refusal refusal = assertThrows(Refusal.class, () -> decode(type, four8, 100));
            assertEquals(Refusal.Code.INVALID, refusal.code());
            assertTrue(
                    refusal.sentence()
                            .contains("field=" + type.getSimpleName() + ".value offset=0: the count is 4, at most 3"),
                    refusal::sentence);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, 4_000_000, 4})
    void checksListBoundsBeforeDecoding(int count) {
        byte[] payload = new byte[Integer.BYTES + 8 * Math.min(count, 4_000_000)];
        ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).putInt(count);
        Codec.of(Points.class).prepare();
        assertThrows(Refusal.class, () -> decode(Points.class, payload, Integer.MAX_VALUE));
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThrows(Refusal.class, () -> decode(Points.class, payload, Integer.MAX_VALUE));
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 1 << 20, allocated + " bytes");
    }

    /** What is taken of a heap is about what the objects take, for lists of lists as well, and before they are made. */
    @Test
    void takesOfTheHeapWhatTheObjectsTake() {
        int count = 100_000;
        assertTaken(new Points3(Collections.nCopies(count, new Point(1, 2))));
        assertTaken(new Longs(Collections.nCopies(count, 1_000_000L)));
        assertTaken(new Texts(Collections.nCopies(count, "some text")));
        assertTaken(new Texts(List.of("x".repeat(count), "ä".repeat(count), "€".repeat(count))));
        assertTaken(new Lists(Collections.nCopies(count, List.of(new Point(1, 2), new Point(1, 2)))));
        assertTaken(new Arrayed(new int[count], new double[count], new byte[count]));
    }

    @Message(199931)
    record Points3(List<Point> value) {}

    @Message(199932)
    record Longs(List<Long> value) {}

    @Message(199933)
    record Texts(List<@Utf8 String> value) {}

    @Message(199934)
    record Lists(List<List<Point>> value) {}

    @Message(199935)
    record Arrayed(int[] int32s, double[] float64s, byte[] bytes) {}

    private static <T extends Record> void assertTaken(T message) {
        @SuppressWarnings("unchecked") // a record has no subclass
        Codec<T> codec = Codec.of((Class<T>) message.getClass());
        byte[] payload = payload(message);
        codec.prepare();
        long[] taken = new long[1];
        WireReader in = new WireReader();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        // The first time classes are loaded.
        for (int i = 0; i < 3; i++) {
            taken[0] = 0;
            in.begin(codec.id(), payload, 0, payload.length, Integer.MAX_VALUE, bytes -> taken[0] += bytes);
            long before = threads.getCurrentThreadAllocatedBytes();
            codec.decode(in);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        // Not a quarter too little; a text may be twice as large as most are.
        String figures = message.getClass().getSimpleName() + ": taken " + taken[0] + ", allocated " + allocated;
        assertTrue(taken[0] >= allocated * 0.75 && taken[0] <= allocated * 2.5, figures);
    }

    @Message(199941)
    record NoLength(@MaxLength(3) int value) {}

    @Message(199942)
    record Negative(@MaxLength(-1) String value) {}

    @Message(199943)
    record Twice(@MaxLength(3) List<@MaxLength(1) Long> value) {}

    @Message(199944)
    @MaxPayload(3)
    record TooSmall(int value) {}

    @MaxPayload(30)
    record NoMessage(int value) {}

    @Message(199945)
    record OfNoMessage(List<NoMessage> value) {}

    @Test
    void saysWhereABoundMakesNoSense() {
        assertMessage(NoLength.class, "NoLength.value has @MaxLength, but no length");
        assertMessage(Negative.class, "Negative.value has @MaxLength(-1), which must be 0 or more");
        assertMessage(Twice.class, "Twice.value has @MaxLength, but no length");
        assertMessage(TooSmall.class, "TooSmall has @MaxPayload(3), but takes at least 4 bytes");
        assertMessage(OfNoMessage.class, "NoMessage has @MaxPayload, but is no message");
    }

    @Message(199951)
    @MaxPayload(1000)
    record Both(@MaxLength(100) byte[] value) {}

    @Message(199952)
    @MaxPayload(10)
    record Annotated(@MaxLength(100) byte[] value) {}

    @Message(199953)
    record Unbounded(@MaxLength(2) List<String> value) {}

    @Message(199954)
    record Immense(
            @MaxLength(Integer.MAX_VALUE)
                    List<@MaxLength(Integer.MAX_VALUE) List<@MaxLength(Integer.MAX_VALUE) List<Long>>> value) {}

    @Message(199955)
    record None(@MaxLength(0) List<String> value) {}

    @Test
    void takesTheSmallerBoundOfTwo() {
        assertEquals(OptionalLong.of(104), Codec.of(Both.class).mostBytes());
        assertEquals(OptionalLong.of(10), Codec.of(Annotated.class).mostBytes());
        assertEquals(OptionalLong.empty(), Codec.of(Unbounded.class).mostBytes());
        assertEquals(OptionalLong.empty(), Codec.of(Immense.class).mostBytes());
        assertEquals(OptionalLong.of(4), Codec.of(None.class).mostBytes());
    }

    private static void assertMessage(Class<? extends Record> type, String part) {
        String message = Objects.requireNonNull(assertThrows(IllegalArgumentException.class, () -> Codec.of(type))
                .getMessage());
        assertTrue(message.contains(part), message);
    }

    private static <T extends Record> byte[] payload(T message) {
        @SuppressWarnings("unchecked") // a record has no subclass
        Codec<T> codec = Codec.of((Class<T>) message.getClass());
        WireWriter out = new WireWriter(0, Integer.MAX_VALUE - Long.BYTES);
        codec.encode(message, out);
        return Arrays.copyOf(out.array(), out.length());
    }

    private static <T extends Record> T decode(Class<T> type, byte[] payload, int objectBudget) {
        Codec<T> codec = Codec.of(type);
        return codec.decode(new WireReader(codec.id(), payload, 0, payload.length, objectBudget));
    }
}
