package io.framegate.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.EncodedPart;
import io.framegate.message.Message;
import io.framegate.message.RecordList;
import io.framegate.message.Refusal;
import io.framegate.message.Utf8;
import io.framegate.message.WireCode;
import io.framegate.testkit.Frames;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {

    enum Colour implements WireCode {
        RED(10),
        GREEN(20);

        private final int code;

        Colour(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    record Point(int x, int y) {}

    @Message(199901)
    record EveryType(
            byte int8,
            short int16,
            int int32,
            long int64,
            float float32,
            double float64,
            boolean bool,
            Colour colour,
            String text,
            @Utf8 String narrow,
            byte[] bytes,
            int[] ints,
            double[] doubles,
            List<String> texts,
            List<Colour> colours,
            Point point,
            List<Point> points,
            RecordList<Point> recordList,
            List<Long> longs) {}

    private static final EveryType SAMPLE = new EveryType(
            (byte) -1,
            (short) -2,
            -3,
            -4,
            1.5f,
            -2.5,
            true,
            Colour.GREEN,
            "gä😀",
            "gä😀",
            new byte[] {1, 2, 3},
            new int[] {5, -6},
            new double[] {0.25},
            List.of("a", ""),
            List.of(Colour.RED),
            new Point(7, 8),
            List.of(new Point(1, 2), new Point(3, 4)),
            RecordList.of(List.of(new Point(5, 6))),
            List.of(9L, -9L));

    @Message(199902)
    record Narrows(List<@Utf8 String> names) {}

    @Message(199903)
    record Positive(int value) {
        Positive {
            if (value <= 0) {
                throw new IllegalArgumentException("secret");
            }
        }
    }

    @Message(199904)
    record Said(int value) {
        Said {
            if (value != 1) {
                throw new Refusal(Refusal.Code.INVALID, "Only 1 will do.");
            }
        }
    }

    @Message(199905)
    record Wrapped(RecordList<Point> points) {}

    @Test
    void writesEveryTypeAsTheGoldenFrame() {
        assertArrayEquals(Frames.golden("every-type"), Frames.of(SAMPLE));
    }

    @Test
    void readsEveryTypeFromTheGoldenFrame() {
        EveryType read = Frames.message(Frames.golden("every-type"), EveryType.class);

        assertEquals(-1, read.int8());
        assertEquals(-2, read.int16());
        assertEquals(-3, read.int32());
        assertEquals(-4, read.int64());
        assertEquals(1.5f, read.float32());
        assertEquals(-2.5, read.float64());
        assertTrue(read.bool());
        assertEquals(Colour.GREEN, read.colour());
        assertEquals("gä😀", read.text());
        assertEquals("gä😀", read.narrow());
        assertArrayEquals(new byte[] {1, 2, 3}, read.bytes());
        assertArrayEquals(new int[] {5, -6}, read.ints());
        assertArrayEquals(new double[] {0.25}, read.doubles());
        assertEquals(List.of("a", ""), read.texts());
        assertEquals(List.of(Colour.RED), read.colours());
        assertEquals(new Point(7, 8), read.point());
        assertEquals(List.of(new Point(1, 2), new Point(3, 4)), read.points());
        assertEquals(List.of(new Point(5, 6)), read.recordList().toList());
        assertEquals(List.of(9L, -9L), read.longs());
    }

    @Test
    void readsAndWritesTheGoldenWelcome() {
        assertArrayEquals(Frames.golden("welcome-request"), Frames.of(new WelcomeRequest(7)));
        assertArrayEquals(Frames.golden("welcome-response"), Frames.of(new WelcomeResponse("welcome:7")));
        assertEquals(
                new WelcomeRequest(7), Frames.message(Frames.golden("welcome-request-zlib"), WelcomeRequest.class));
        assertEquals(
                new WelcomeRequest(7),
                Frames.message(Frames.golden("welcome-request-lzma-end-marker"), WelcomeRequest.class));
    }

    @Test
    void refusesEveryTruncationOfEveryType() {
        byte[] payload = payload(SAMPLE);
        for (int length = 0; length < payload.length; length++) {
            int shorter = length;
            Refusal refusal =
                    assertThrows(Refusal.class, () -> decode(EveryType.class, Frames.first(payload, shorter)));
            assertEquals(Refusal.Code.MALFORMED, refusal.code(), () -> "cut to " + shorter);
        }
    }

    @Test
    void refusesBytesAfterTheLastField() {
        byte[] payload = payload(new WelcomeRequest(7));
        Refusal refusal = assertThrows(
                Refusal.class, () -> decode(WelcomeRequest.class, Arrays.copyOf(payload, payload.length + 2)));
        assertEquals(
                "The body is malformed: id=100101 field=(end) offset=4: 2 bytes follow the last field.",
                refusal.sentence());
    }

    @Test
    void saysWhichFieldIsShort() {
        Refusal refusal = assertThrows(Refusal.class, () -> decode(WelcomeRequest.class, new byte[3]));
        assertEquals(
                "The body is malformed: id=100101 field=WelcomeRequest.number offset=0: 3 bytes left, 4 needed.",
                refusal.sentence());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 3, Integer.MAX_VALUE})
    void refusesCountsBeforeTakingMemory(int count) {
        byte[] payload = ByteBuffer.allocate(4 + 16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(count)
                .array();
        Refusal refusal = assertThrows(Refusal.class, () -> decode(Wrapped.class, payload));
        assertEquals(Refusal.Code.MALFORMED, refusal.code());
    }

    @Test
    void refusesMoreElementsThanTheObjectBudget() {
        byte[] payload = payload(new Wrapped(RecordList.of(List.of(new Point(1, 2), new Point(3, 4)))));
        Codec<Wrapped> codec = Codec.of(Wrapped.class);
        assertEquals(
                2,
                codec.decode(new WireReader(1, payload, 0, payload.length, 2))
                        .points()
                        .size());
        Refusal refusal =
                assertThrows(Refusal.class, () -> codec.decode(new WireReader(1, payload, 0, payload.length, 1)));
        assertEquals(Refusal.Code.TOO_LARGE, refusal.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"00D8", "00DC", "00D84100", "410000DC", "00000000", "00D800D8"})
    void refusesTextThatIsNoText(String hex) {
        byte[] units = java.util.HexFormat.of().parseHex(hex);
        byte[] payload = ByteBuffer.allocate(4 + units.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(units.length / 2)
                .put(units)
                .array();
        assertThrows(Refusal.class, () -> decode(WelcomeResponse.class, payload));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FF", "C3", "00", "EDA080"})
    void refusesNarrowTextThatIsNotUtf8(String hex) {
        byte[] units = java.util.HexFormat.of().parseHex(hex);
        byte[] payload = ByteBuffer.allocate(8 + units.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1)
                .putInt(units.length)
                .put(units)
                .array();
        assertThrows(Refusal.class, () -> decode(Narrows.class, payload));
    }

    @Test
    void writesListsOfNarrowText() {
        byte[] payload = payload(new Narrows(List.of("ä")));
        assertArrayEquals(new byte[] {1, 0, 0, 0, 2, 0, 0, 0, (byte) 0xC3, (byte) 0xA4}, payload);
        assertEquals(new Narrows(List.of("ä")), decode(Narrows.class, payload));
    }

    @Test
    void refusesUnknownEnumCodesAndBooleans() {
        byte[] payload = payload(SAMPLE);
        byte[] badBoolean = payload.clone();
        badBoolean[27] = 2;
        assertTrue(assertThrows(Refusal.class, () -> decode(EveryType.class, badBoolean))
                .sentence()
                .contains("field=EveryType.bool offset=27: a boolean is 0 or 1, not 2"));
        byte[] badCode = payload.clone();
        badCode[28] = 11;
        assertTrue(assertThrows(Refusal.class, () -> decode(EveryType.class, badCode))
                .sentence()
                .contains("field=EveryType.colour offset=28: 11 is no code of Colour"));
    }

    @Test
    void tellsNothingOfARecordsOwnException() {
        Refusal refusal = assertThrows(Refusal.class, () -> decode(Positive.class, new byte[4]));
        assertEquals(Refusal.Code.MALFORMED, refusal.code());
        assertTrue(!refusal.sentence().contains("secret"), refusal::sentence);
    }

    @Test
    void passesOnARecordsOwnRefusal() {
        Refusal refusal = assertThrows(Refusal.class, () -> decode(Said.class, new byte[4]));
        assertEquals("Only 1 will do.", refusal.sentence());
    }

    @Test
    void sendsEncodedElementsAsTheyAre() {
        Wrapped objects = new Wrapped(RecordList.of(List.of(new Point(1, 2), new Point(3, 4))));
        byte[] payload = payload(objects);
        byte[] elements = Arrays.copyOfRange(payload, 4, payload.length);
        assertArrayEquals(payload, payload(new Wrapped(RecordList.encoded(2, elements))));
        assertArrayEquals(new byte[4], payload(new Wrapped(RecordList.encoded(0, new byte[0]))));
    }

    @Test
    void refusesTooLargeAnswersEarly() {
        Codec<WelcomeResponse> codec = Codec.of(WelcomeResponse.class);
        WireWriter out = new WireWriter(9, 1000);
        Refusal refusal =
                assertThrows(Refusal.class, () -> codec.encode(new WelcomeResponse("x".repeat(10_000_000)), out));
        assertEquals(Refusal.Code.TOO_LARGE, refusal.code());
        assertTrue(out.capacity() <= 1009);
    }

    @Message(199909)
    record Texts(String wide, @Utf8 String narrow, List<String> list) {}

    @Test
    void mendsTextsOnRequest() {
        Codec<Texts> codec = Codec.of(Texts.class);
        Texts odd = new Texts("a\ud800b\u0000\ude00😀\ud83d", "a\u0000b", List.of("\ud800"));
        byte[] asItIs = payload(odd);
        assertThrows(Refusal.class, () -> decode(Texts.class, asItIs));
        WireWriter out = new WireWriter(0, 1000).mendTexts();
        codec.encode(odd, out);
        assertEquals(asItIs.length + 2, out.length());
        assertEquals(
                new Texts("a\ufffdb\ufffd\ufffd😀\ufffd", "a\ufffdb", List.of("\ufffd")),
                decode(Texts.class, Arrays.copyOf(out.array(), out.length())));
        Texts sound = new Texts("gä😀\uffff", "gä😀", List.of(""));
        out.reset();
        codec.encode(sound, out);
        assertArrayEquals(payload(sound), Arrays.copyOf(out.array(), out.length()));
    }

    /** A list whose size is one thing, and whose elements are another. */
    private static List<String> lying(int size, String... elements) {
        return new AbstractList<>() {
            @Override
            public String get(int index) {
                return elements[index];
            }

            @Override
            public int size() {
                return size;
            }

            @Override
            public Iterator<String> iterator() {
                return List.of(elements).iterator();
            }
        };
    }

    @Test
    void writesTheAnnouncedNumberOfElements() {
        assertEquals(4 + 4 + 4 + 4 + 2, payload(new Texts("", "", lying(1, "a"))).length);
        for (List<String> list :
                List.of(lying(2, "a"), lying(1, "a", "b"), lying(0, "a"), lying(-1), lying(-1, "a"), lying(1))) {
            IllegalStateException thrown =
                    assertThrows(IllegalStateException.class, () -> payload(new Texts("", "", list)));
            assertTrue(thrown.getMessage().startsWith("Texts.list has a size of "), thrown::getMessage);
        }
    }

    @Test
    void takesNoPartOfWhatIsNotThere() {
        byte[] bytes = new byte[4];
        assertThrows(IndexOutOfBoundsException.class, () -> new EncodedPart.Plain(bytes, 2, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> new EncodedPart.Plain(bytes, 0, -1));
        assertThrows(IllegalArgumentException.class, () -> new EncodedPart.Deflated(bytes, -1, 0));
    }

    @Test
    void namesANullComponent() {
        NullPointerException e =
                assertThrows(NullPointerException.class, () -> payload(new WelcomeResponse(nothing())));
        assertEquals("WelcomeResponse.text", e.getMessage());
    }

    @SuppressWarnings("NullAway") // What a worker's mistake looks like.
    private static String nothing() {
        return null;
    }

    record NoForm(Object anything) {}

    @Message(199906)
    record HasNoForm(List<NoForm> list) {}

    @Message(199907)
    record Recursive(List<Recursive> list) {}

    @Message(199908)
    record PlainEnum(Thread.State state) {}

    @Test
    void saysWhyARecordCantBeAMessage() {
        assertMessage(NoForm.class, "lacks @Message");
        assertMessage(HasNoForm.class, "NoForm.anything: java.lang.Object has no form on the wire");
        assertMessage(Recursive.class, "Recursive contains itself");
        assertMessage(PlainEnum.class, "an enum implements io.framegate.message.WireCode");
    }

    private static void assertMessage(Class<? extends Record> type, String part) {
        String message = Objects.requireNonNull(assertThrows(IllegalArgumentException.class, () -> Codec.of(type))
                .getMessage());
        assertTrue(message.contains(part), message);
    }

    private static byte[] payload(Record message) {
        byte[] frame = Frames.of(message);
        return Arrays.copyOfRange(frame, 9, frame.length);
    }

    private static <T extends Record> T decode(Class<T> type, byte[] payload) {
        Codec<T> codec = Codec.of(type);
        return codec.decode(new WireReader(codec.id(), payload, 0, payload.length));
    }
}
