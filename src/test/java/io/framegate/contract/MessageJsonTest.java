package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.json.MessageJson;
import io.framegate.testkit.Frames;
import io.framegate.wire.FrameHeader;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageJsonTest {

    private static final int PAYLOAD = FrameHeader.BYTES + 1;

    @Test
    void roundTripsEveryMessage() throws Exception {
        for (MessageType message : ContractTest.CONTRACT.messages()) {
            same(message, ExampleFrames.of(ContractTest.CONTRACT, message));
        }
        for (String name : GoldenFrames.names()) {
            byte[] frame = Frames.golden(name);
            if (frame[FrameHeader.BYTES] == 'N') {
                same(ContractTest.CONTRACT.message(FrameHeader.id(frame, 0)).orElseThrow(), frame);
            }
        }
    }

    private static void same(MessageType message, byte[] frame) {
        JsonObject json = MessageJson.read(
                ContractTest.CONTRACT, message, ByteBuffer.wrap(frame, PAYLOAD, frame.length - PAYLOAD));
        // By its text, as a page would send it.
        assertArrayEquals(
                frame, MessageJson.frame(ContractTest.CONTRACT, message, parsed(json.toString())), json.toString());
    }

    @Test
    void whatIsLeftOutIsNothing() {
        byte[] frame = frame("SaveFeatures", "{}");
        assertEquals(PAYLOAD + 9 * Integer.BYTES, frame.length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            WelcomeRequest     | {'number': 2147483648}            | number: a whole number from -2147483648 to 2147483647 is needed, not 2147483648.
            WelcomeRequest     | {'number': true}                  | number: a number is needed.
            WelcomeRequest     | {'nmber': 1}                      | WelcomeRequest has no field nmber.
            LoadLinksByArea    | {'area': {'ellipsoid': 'FLAT'}}   | area.ellipsoid: Ellipsoid has no FLAT.
            LoadLinksByArea    | {'area': []}                      | area: an object is needed.
            LoadLinksByMapId   | {'sheet': {'mapId': 7}}           | sheet.mapId: a text is needed.
            SaveFeatures       | {'links': [{'points': [[1]]}]}    | links[0].points: a row has 2 numbers, not 1.
            """)
    void saysWhichFieldCannotBe(String message, String json, String sentence) {
        IllegalArgumentException wrong =
                assertThrows(IllegalArgumentException.class, () -> frame(message, json.replace('\'', '"')));
        assertEquals(sentence, wrong.getMessage());
    }

    private static byte[] frame(String message, String json) {
        return MessageJson.frame(
                ContractTest.CONTRACT, ContractTest.CONTRACT.message(message).orElseThrow(), parsed(json));
    }

    private static JsonObject parsed(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }
}
