package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.contract.Contract.Direction;
import io.framegate.contract.Contract.Field;
import io.framegate.contract.Contract.Limits;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.Contract.RecordType;
import io.framegate.contract.explain.Explanation;
import io.framegate.contract.explain.FrameExplainer;
import io.framegate.map.message.Links;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.wire.FrameHeader;
import java.io.File;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the contract of this project's own messages says. */
class ContractTest {

    static final Contract CONTRACT = ContractReader.ofClassPath(ContractTest.class.getClassLoader());

    @Test
    void everyMessageIsInItWithItsAnswer() throws Exception {
        MessageType request = CONTRACT.message(100601).orElseThrow();
        assertEquals("LoadLinksByArea", request.name());
        assertEquals(Direction.REQUEST, request.direction());
        assertEquals(Optional.of("Links"), request.answer());
        assertEquals(1, request.version());
        assertEquals(Direction.RESPONSE, CONTRACT.message(500501).orElseThrow().direction());
        assertEquals(2, CONTRACT.message(100602).orElseThrow().version());
        assertEquals(
                List.of("LoadLinksByArea", "LoadLinksByMapId"),
                CONTRACT.requestsOf(CONTRACT.message(500501).orElseThrow()).stream()
                        .map(MessageType::name)
                        .toList());
        assertTrue(CONTRACT.message(ErrorResponse.ID).isPresent());
        assertEquals(
                records().keySet(),
                CONTRACT.messages().stream().map(MessageType::id).collect(Collectors.toSet()));
        assertEquals(Direction.NOTICE, CONTRACT.message(900101).orElseThrow().direction());
        assertEquals(Direction.RESPONSE, CONTRACT.message(500202).orElseThrow().direction());
        assertEquals(
                Optional.of("LoginResponse"),
                CONTRACT.message(109201).orElseThrow().answer());
        for (MessageType message : CONTRACT.messages()) {
            assertTrue(
                    message.direction() != Direction.REQUEST
                            || CONTRACT.message(message.answer().orElseThrow()).isPresent(),
                    message::name);
        }
    }

    @Test
    void fieldsHaveTheirRecordsDescriptions() {
        RecordType link = CONTRACT.record("Link");
        assertEquals("A piece of road between two nodes, without another junction between them.", link.text());
        Field speed = field(link, "speedKmh");
        assertEquals("the limit in km/h, 0 where not known, −1 where there is none", speed.text());
        assertEquals("km/h", speed.unit());
        assertEquals(WireType.Scalar.INT16, speed.type());
        assertEquals(Optional.of(new Limits(-5, 5)), field(link, "layer").limits());
        assertEquals(WireType.Scalar.NARROW_TEXT, field(link, "name").type());
        assertEquals("", field(link, "roadClass").text());
        assertEquals(2, field(link, "points").differenceColumns());
        assertEquals("1e-7 degree", field(link, "points").unit());
        RecordType area = CONTRACT.record("Area");
        assertEquals(Optional.of(new Limits(-90, 90)), field(area, "south").limits());
        assertEquals("degree", field(area, "south").unit());
        assertEquals(Optional.of(new Limits(0, 20)), field(area, "loadType").limits());
        assertEquals(
                Optional.of(new Limits(0, Long.MAX_VALUE)),
                field(CONTRACT.record("PageRequest"), "maxRows").limits());
        assertEquals(
                "list<Polygon.Ring>",
                field(CONTRACT.record("Polygon"), "rings").type().toString());
        assertEquals(
                "above the sea, in centimetres, one for each point or none at all; -2147483648 at points where it is not"
                        + " known",
                field(CONTRACT.record("Height3DInfo"), "elevationsCm").text());
        assertEquals(
                "It stands in the data in metres or feet.",
                CONTRACT.enumeration("HeightOrigin").constant(2).orElseThrow().text());
        assertEquals(
                List.of("LoadLinksByArea", "Link"),
                List.of(
                        CONTRACT.message(100601).orElseThrow().layout().name(),
                        CONTRACT.allRecordsInOrder().stream()
                                .map(RecordType::name)
                                .filter(name -> name.equals("Link"))
                                .findFirst()
                                .orElseThrow()));
    }

    @Test
    void noFieldIsWithoutAWord() {
        for (RecordType type : CONTRACT.allRecordsInOrder()) {
            assertFalse(type.text().isEmpty(), () -> type.name() + " has no Javadoc");
            for (Field field : type.fields()) {
                boolean speaksForItself =
                        field.type() instanceof WireType.EnumOf || field.type() instanceof WireType.ListOf;
                assertTrue(
                        speaksForItself || !field.text().isEmpty(),
                        () -> type.name() + "." + field.name() + " is neither in a layout table nor a @param");
            }
        }
    }

    @Test
    void comesBackFromItsJsonAsItWas() {
        String json = ContractJson.write(CONTRACT);
        Contract back = ContractJson.read(new StringReader(json));
        assertEquals(CONTRACT.messages(), back.messages());
        assertEquals(CONTRACT.records(), back.records());
        assertEquals(CONTRACT.enums(), back.enums());
        assertEquals(json, ContractJson.write(back));
    }

    @Test
    void theContractOfRoutesMatchesTheirRecords() {
        Contract some = ContractReader.of(
                Map.of(LoadLinksByArea.class, Links.class), getClass().getClassLoader());
        assertEquals(
                List.of(100601, 500201, 500202, 500501, 900101, 900201),
                some.messages().stream().map(MessageType::id).toList());
        assertEquals(CONTRACT.record("Link"), some.record("Link"));
    }

    @Test
    void exampleOfEachMessageIsValid() throws Exception {
        Map<Integer, Class<? extends Record>> records = records();
        for (MessageType message : CONTRACT.messages()) {
            byte[] frame = ExampleFrames.of(CONTRACT, message);
            assertArrayEquals(
                    frame,
                    again(records.get(message.id()), frame),
                    () -> message.name() + ": " + Arrays.toString(frame));
            Explanation explanation = FrameExplainer.explain(CONTRACT, frame);
            assertEquals(Optional.empty(), explanation.fault(), message::name);
            assertFalse(String.join("\n", explanation.lines()).contains("outside its limits"), message::name);
        }
    }

    /** Every record with {@code @Message} among this project's classes, found without the contract's own list. */
    static Map<Integer, Class<? extends Record>> records() throws Exception {
        Path classes = Path.of(Message.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> names;
        try (Stream<Path> files = Files.walk(classes.resolve("io"))) {
            names = files.map(file -> classes.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .map(file -> file.replace(".class", "").replace(File.separatorChar, '.'))
                    .toList();
        }
        Map<Integer, Class<? extends Record>> records = new HashMap<>();
        for (String name : names) {
            Class<?> type = Class.forName(name, false, Message.class.getClassLoader());
            Message message = type.getAnnotation(Message.class);
            if (message != null) {
                records.put(message.value(), type.asSubclass(Record.class));
            }
        }
        return records;
    }

    /** Decodes and encodes. */
    private static <T extends Record> byte[] again(Class<T> type, byte[] frame) {
        Codec<T> codec = Codec.of(type);
        int payload = FrameHeader.BYTES + 1;
        T message = codec.decode(new WireReader(codec.id(), frame, payload, frame.length - payload));
        WireWriter out = new WireWriter(payload, FrameHeader.MAX_BODY_BYTES);
        codec.encode(message, out);
        byte[] bytes = Arrays.copyOf(out.array(), payload + out.length());
        System.arraycopy(frame, 0, bytes, 0, payload);
        return bytes;
    }

    private static Field field(RecordType type, String name) {
        return type.fields().stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
