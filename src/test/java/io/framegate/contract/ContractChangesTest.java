package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The wire is what was released. After a release, its contract takes the place of the file:
 *
 * <pre>
 * java -jar target/framegate-cli.jar contract --format json --output src/test/resources/contract/released.json
 * </pre>
 */
class ContractChangesTest {

    private static final String RELEASED =
            """
            {"messages": [
              {"id": 100101, "name": "Ask", "direction": "request", "answer": "Told", "fields": [
                {"name": "number", "type": "int32"}, {"name": "where", "type": "Place"}]},
              {"id": 500101, "name": "Told", "direction": "response", "fields": [
                {"name": "text", "type": "text"}, {"name": "colours", "type": "list<Colour>"}]}],
             "records": [{"name": "Place", "fields": [
                {"name": "east", "type": "float64"}, {"name": "north", "type": "float64"}, {"name": "kind", "type": "Kind"}]}],
             "enums": [{"name": "Kind", "constants": [{"name": "TOWN", "code": 1}]},
                       {"name": "Colour", "constants": [{"name": "RED", "code": 0}, {"name": "BLUE", "code": 1}]}]}
            """;

    @Test
    void releasedMessagesAreUnchanged() throws IOException {
        try (Reader file = new InputStreamReader(
                Objects.requireNonNull(getClass().getResourceAsStream("/contract/released.json")),
                StandardCharsets.UTF_8)) {
            assertEquals(List.of(), ContractChanges.breaking(ContractJson.read(file), ContractTest.CONTRACT));
        }
    }

    @Test
    void passesWhatIsNewOrOnlySaidOtherwise() {
        assertEquals(List.of(), after("\"name\": \"number\"", "\"name\": \"digits\", \"text\": \"any\""));
        assertEquals(
                List.of(),
                after(
                        "{\"messages\": [",
                        """
                {"messages": [
                  {"id": 100102, "name": "AskV2", "direction": "request", "answer": "Told", "fields": [
                    {"name": "more", "type": "int64"}]},
                """));
        // A request may have what old clients never send.
        assertEquals(
                List.of(),
                after(
                        "{\"name\": \"TOWN\", \"code\": 1}",
                        """
                {"name": "TOWN", "code": 1}, {"name": "VILLAGE", "code": 2}"""));
    }

    @Test
    void saysWhichIdIsUsedAgainOrGone() {
        assertEquals(
                List.of(
                        "The id 100101 was that of Ask and is now that of Shout: an id is never used again; take a new one."),
                after("\"name\": \"Ask\"", "\"name\": \"Shout\""));
        assertEquals(
                List.of("Ask (100101) has now the id 100103: clients still use the released one."),
                after("100101", "100103"));
    }

    @Test
    void namesTheChangedField() {
        String stay = "; leave Place as it is, and make a record of another version.";
        String fields = "{\"name\": \"east\", \"type\": \"float64\"}, {\"name\": \"north\", \"type\": \"float64\"}, ";
        assertEquals(
                List.of("Place.east was field 1 and is now field 2: fields stay where they are" + stay),
                after(
                        fields,
                        "{\"name\": \"north\", \"type\": \"float64\"}, {\"name\": \"east\", \"type\": \"float64\"}, "));
        assertEquals(
                List.of("Place.north is gone" + stay), after(fields, "{\"name\": \"east\", \"type\": \"float64\"}, "));
        assertEquals(
                List.of("Place.height is new: clients expect nothing after the last field" + stay),
                after(
                        "{\"name\": \"kind\", \"type\": \"Kind\"}",
                        "{\"name\": \"kind\", \"type\": \"Kind\"}, {\"name\": \"height\", \"type\": \"int8\"}"));
        assertEquals(
                List.of("Told.colours is gone; leave Told as it is, and make a record of another version."),
                after(", {\"name\": \"colours\", \"type\": \"list<Colour>\"}", ""));
    }

    @Test
    void saysWhichTypeChanged() {
        assertEquals(
                List.of(
                        "Ask.number is int64 now, it was int32; leave Ask as it is, and make a record of another version."),
                after("\"number\", \"type\": \"int32\"", "\"number\", \"type\": \"int64\""));
        assertEquals(
                List.of(
                        "Told.text is narrow text now, it was text; leave Told as it is, and make a record of another version."),
                after("\"type\": \"text\"", "\"type\": \"narrow text\""));
        assertEquals(
                List.of(
                        "The code 0 of Colour was RED and is now BLUE.",
                        "The code 1 of Colour was BLUE and is now RED."),
                after(
                        "{\"name\": \"RED\", \"code\": 0}, {\"name\": \"BLUE\", \"code\": 1}",
                        "{\"name\": \"BLUE\", \"code\": 0}, {\"name\": \"RED\", \"code\": 1}"));
        assertEquals(
                List.of("Colour.GREEN is new, and responses have it: released clients cannot read its code 2."),
                after(
                        "{\"name\": \"BLUE\", \"code\": 1}",
                        """
                {"name": "BLUE", "code": 1}, {"name": "GREEN", "code": 2}"""));
        assertEquals(
                List.of("Ask (100101) is answered by nothing known now, it was by Told."),
                after("\"answer\": \"Told\", ", ""));
    }

    private static List<String> after(String what, String becomes) {
        String changed = RELEASED.replace(what, becomes);
        if (changed.equals(RELEASED)) {
            throw new AssertionError("nothing changed");
        }
        return ContractChanges.breaking(
                ContractJson.read(new StringReader(RELEASED)), ContractJson.read(new StringReader(changed)));
    }
}
