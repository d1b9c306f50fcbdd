package io.framegate.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostNameTest {

    @Test
    void isTheSameHoweverItIsWritten() {
        for (String text : List.of(
                "gate.example",
                "Gate.EXAMPLE",
                "gate.example:8080",
                "gate.example.",
                "GATE.example.:443",
                " gate.example ")) {
            assertEquals(Optional.of("gate.example"), HostName.of(text), text);
        }
        assertEquals(Optional.of("[2001:db8::a]"), HostName.of("[2001:DB8::A]:8080"));
        assertEquals(Optional.of("gate_1"), HostName.of("gate_1:8080"));
    }

    @Test
    void isNothingElse() {
        for (String text :
                List.of("", ":8080", "gate.example/x", "a@b", "a b", "gate.example:port", "2001:db8::a", "ma\u0131n")) {
            assertEquals(Optional.empty(), HostName.of(text), text);
        }
    }

    @Test
    void isFoundAmongNamesAsTheyAreConfigured() {
        List<String> names = List.of("Console.Example.ORG:8443", "[::2]", "no name");
        assertTrue(HostName.isAmong("console.example.org", names));
        assertTrue(HostName.isAmong("[::2]", names));
        assertFalse(HostName.isAmong("example.org", names));
        assertFalse(HostName.isAmong("console.example.org.evil.example", names));
    }
}
