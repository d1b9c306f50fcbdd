package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.WireType.Scalar;
import io.framegate.contract.generate.Output;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponseV2;
import io.framegate.testkit.Capture;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Tool;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The dissector, run by a real tshark over what a client and a real gate have said to each other. */
class WiresharkDissectorTest {

    private static final int PORT = 7401;
    private static final int SEGMENT_BYTES = 23;

    @TempDir
    private Path folder;

    @BeforeEach
    void generate() throws Exception {
        assumeTrue(Tool.isThere("tshark", "--version"), "tshark is not installed");
        Files.writeString(folder.resolve("framegate.lua"), Output.WIRESHARK.of(ContractTest.CONTRACT));
    }

    @Test
    void namesEveryFieldOfEveryMessage() throws Exception {
        Set<Integer> ids = new HashSet<>();
        for (Compression compression : List.of(Compression.NONE, Compression.ZLIB, Compression.LZMA)) {
            Capture capture = new Capture(PORT, SEGMENT_BYTES);
            List<String> expected = new ArrayList<>();
            boolean request = true;
            for (byte[] frame : Exchanges.ofEachMessage(compression)) {
                capture = request ? capture.fromClient(frame) : capture.fromServer(frame);
                request = !request;
                ids.add(FrameHeader.id(frame, 0));
                expected.addAll(new Expected(frame).lines);
            }
            for (int unasked : unasked()) {
                byte[] frame = ExampleFrames.of(
                        ContractTest.CONTRACT,
                        ContractTest.CONTRACT.message(unasked).orElseThrow());
                capture = capture.fromServer(frame);
                ids.add(unasked);
                expected.addAll(new Expected(frame).lines);
            }
            List<String> seen = dissect(capture);
            assertFalse(seen.contains("framegate.malformed"), () -> String.join("\n", seen));
            assertEquals(String.join("\n", expected), String.join("\n", seen), compression::name);
        }
        assertEquals(
                ContractTest.CONTRACT.messages().stream()
                        .map(Contract.MessageType::id)
                        .collect(Collectors.toSet()),
                ids);
    }

    /** What a gate of version 1 never sends. */
    private static List<Integer> unasked() {
        List<Integer> ids = new ArrayList<>(List.of(ErrorResponseV2.ID));
        ContractTest.CONTRACT.messages().stream()
                .filter(message -> message.direction() == Contract.Direction.NOTICE)
                .forEach(notice -> ids.add(notice.id()));
        return ids;
    }

    @Test
    void marksWhatCannotBe() throws Exception {
        byte[] noSuchCode = Frames.golden("links");
        noSuchCode[FrameHeader.BYTES + 1 + 4 + 8 + 4 + 16] = 99;
        byte[] tooMany = Frames.golden("links");
        tooMany[FrameHeader.BYTES + 1] = 99;
        byte[] damaged = Frames.golden("welcome-request-zlib");
        damaged[damaged.length - 1] ^= 1;
        byte[] longer = Arrays.copyOf(Frames.golden("welcome-request"), Frames.golden("welcome-request").length + 1);
        FrameHeader.put(longer, 0, FrameHeader.id(longer, 0), longer.length - FrameHeader.BYTES);
        for (byte[] frame : List.of(noSuchCode, tooMany, damaged, longer)) {
            List<String> seen = dissect(new Capture(PORT, SEGMENT_BYTES).fromClient(frame));
            assertTrue(seen.contains("framegate.malformed"), () -> String.join("\n", seen));
        }
    }

    /** Names and values of the dissector's fields, in order. */
    private List<String> dissect(Capture capture) throws Exception {
        Files.write(folder.resolve("traffic.pcap"), capture.file());
        String pdml = Tool.run(
                folder,
                "tshark",
                "-r",
                "traffic.pcap",
                "-X",
                "lua_script:framegate.lua",
                "-d",
                "tcp.port==" + PORT + ",framegate",
                "-T",
                "pdml");
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(pdml.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        NodeList protos = root.getElementsByTagName("proto");
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < protos.getLength(); i++) {
            Element proto = (Element) protos.item(i);
            if (proto.getAttribute("name").equals("framegate")) {
                NodeList fields = proto.getElementsByTagName("field");
                for (int j = 0; j < fields.getLength(); j++) {
                    Element field = (Element) fields.item(j);
                    String name = field.getAttribute("name");
                    if (name.equals("framegate.malformed")) {
                        lines.add(name);
                    } else if (isLeaf(name)) {
                        lines.add(name + " = " + field.getAttribute("show"));
                    }
                }
            }
        }
        return lines;
    }

    private static boolean isLeaf(String name) {
        return name.startsWith("framegate.")
                && !Set.of("framegate.message", "framegate.element", "framegate.opaque")
                        .contains(name)
                && LEAVES.contains(name);
    }

    private static final Set<String> LEAVES = leaves();

    private static Set<String> leaves() {
        Set<String> names = new HashSet<>(Set.of(
                "framegate.id",
                "framegate.body_size",
                "framegate.envelope",
                "framegate.original_size",
                "framegate.lzma_stream"));
        for (RecordType type : ContractTest.CONTRACT.allRecordsInOrder()) {
            for (Field field : type.fields()) {
                WireType of = field.type() instanceof WireType.ListOf list ? list.element() : field.type();
                if (!(of instanceof WireType.RecordOf)) {
                    names.add(abbreviation(type, field));
                }
                if (field.type() instanceof WireType.ListOf) {
                    names.add(abbreviation(type, field) + ".count");
                }
            }
        }
        return names;
    }

    private static String abbreviation(RecordType type, Field field) {
        return "framegate." + snake(type.name()) + "." + snake(field.name());
    }

    private static String snake(String name) {
        return name.replace(".", "")
                .replaceAll("([a-z])([A-Z0-9])", "$1_$2")
                .replaceAll("([A-Z0-9])([A-Z][a-z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    /** What a frame is, read here by the contract alone. */
    private static final class Expected {

        private final List<String> lines = new ArrayList<>();
        private final ByteBuffer in;

        Expected(byte[] frame) {
            lines.add("framegate.id = " + FrameHeader.id(frame, 0));
            lines.add("framegate.body_size = " + FrameHeader.bodySize(frame, 0));
            char letter = (char) frame[FrameHeader.BYTES];
            lines.add("framegate.envelope = " + letter);
            try (Envelope envelope = new Envelope(FrameHeader.MAX_BODY_BYTES, 1)) {
                Envelope.Payload payload = envelope.open(frame, FrameHeader.BYTES, frame.length - FrameHeader.BYTES);
                in = ByteBuffer.wrap(payload.bytes(), payload.offset(), payload.length())
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
            if (letter != 'N') {
                lines.add("framegate.original_size = " + in.remaining());
            }
            if (letter == 'L') {
                lines.add("framegate.lzma_stream = "
                        + HexFormat.ofDelimiter(":").formatHex(frame, FrameHeader.BYTES + 5, frame.length));
            } else {
                read(ContractTest.CONTRACT
                        .message(FrameHeader.id(frame, 0))
                        .orElseThrow()
                        .layout());
            }
        }

        private void read(RecordType type) {
            for (Field field : type.fields()) {
                if (field.type() instanceof WireType.ListOf list) {
                    int count = in.getInt();
                    lines.add(abbreviation(type, field) + ".count = " + count);
                    IntStream.range(0, count).forEach(i -> read(type, field, list.element()));
                } else {
                    read(type, field, field.type());
                }
            }
        }

        private void read(RecordType type, Field field, WireType of) {
            if (of instanceof WireType.RecordOf record) {
                read(ContractTest.CONTRACT.record(record.name()));
            } else {
                lines.add(abbreviation(type, field) + " = "
                        + (of instanceof Scalar scalar ? scalar(field, scalar) : Integer.toString(in.getInt())));
            }
        }

        private String scalar(Field field, Scalar type) {
            return switch (type) {
                case INT8 -> Byte.toString(in.get());
                case INT16 -> Short.toString(in.getShort());
                case INT32 -> Integer.toString(in.getInt());
                case INT64 -> Long.toString(in.getLong());
                case FLOAT32 -> number(in.getFloat());
                case FLOAT64 -> number(in.getDouble());
                case BOOLEAN -> Byte.toString(in.get());
                case TEXT -> text(2 * in.getInt(), StandardCharsets.UTF_16LE);
                case NARROW_TEXT -> text(in.getInt(), StandardCharsets.UTF_8);
                case BYTES -> {
                    byte[] bytes = new byte[in.getInt()];
                    in.get(bytes);
                    yield HexFormat.ofDelimiter(":").formatHex(bytes);
                }
                case INT32_ARRAY -> {
                    int[] numbers = IntStream.range(0, in.getInt())
                            .map(i -> in.getInt())
                            .toArray();
                    int columns = field.differenceColumns();
                    for (int i = columns; columns > 0 && i < numbers.length; i++) {
                        numbers[i] += numbers[i - columns];
                    }
                    yield IntStream.of(numbers).mapToObj(Integer::toString).collect(Collectors.joining(" "));
                }
                case FLOAT64_ARRAY -> throw new AssertionError("no message has one");
            };
        }

        /** Wireshark tells 15 significant digits, without zeros at the end. */
        private static String number(double value) {
            return new BigDecimal(value)
                    .round(new MathContext(15))
                    .stripTrailingZeros()
                    .toPlainString();
        }

        private String text(int size, Charset charset) {
            byte[] bytes = new byte[size];
            in.get(bytes);
            return new String(bytes, charset);
        }
    }
}
