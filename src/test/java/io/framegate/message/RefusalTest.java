package io.framegate.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class RefusalTest {

    private static String sentence(String given) {
        return new Refusal(Refusal.Code.INVALID, given).sentence();
    }

    @Test
    void tellsASentenceWordForWord() {
        String sentence = "Zu groß: 😀 geht nicht.\n";
        assertEquals(sentence, sentence(sentence));
        String longest = "x".repeat(Refusal.MAX_CHARACTERS);
        assertSame(longest, sentence(longest));
    }

    @Test
    void truncatesLongSentences() {
        assertEquals("x".repeat(Refusal.MAX_CHARACTERS - 1) + "…", sentence("x".repeat(60_000_000)));
        // No half of a character is left at the end.
        assertEquals(
                "x".repeat(Refusal.MAX_CHARACTERS - 2) + "…",
                sentence("x".repeat(Refusal.MAX_CHARACTERS - 2) + "😀😀"));
    }

    @Test
    void replacesWhatNoTextOfAMessageHolds() {
        assertEquals("half \ufffd and nul \ufffd end", sentence("half \ud800 and nul \u0000 end"));
        assertEquals("\ufffd😀\ufffd", sentence("\ude00😀\ud83d"));
    }
}
