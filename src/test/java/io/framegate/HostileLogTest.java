package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.KeptLog;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.abuse.Scorecard;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Texts of clients on their way into the log: by an answer, a refusal and a fault that have them in it. */
@Timeout(60)
class HostileLogTest {

    private static final String FORGED = "2026-01-01 INFO all is well";
    private static final int MOST_CHARACTERS = 2000;

    /** In characters, of two bytes each. */
    private static final int MEGABYTE = 500_000;

    private static final List<String> TEXTS = List.of(
            "a\n" + FORGED,
            "a\r\n" + FORGED,
            "a\u2028" + FORGED,
            "a\u0085" + FORGED,
            "\u001b[2J\u001b[31m" + FORGED,
            "\u202e" + FORGED,
            "\b\b\b" + FORGED,
            "{0} {1} %s %n",
            "x".repeat(MEGABYTE),
            "\n".repeat(MEGABYTE));

    @Message(191301)
    record SayRequest(int how, String text) {}

    @Message(591301)
    record SayResponse(String text) {}

    private static final class SayWorker implements Worker<SayRequest, SayResponse> {
        @Override
        public SayResponse process(SayRequest request) {
            return switch (request.how()) {
                case 0 -> new SayResponse(request.text());
                case 1 -> throw new Refusal(Refusal.Code.INVALID, request.text());
                default ->
                    throw new IllegalStateException(request.text(), new IllegalArgumentException(request.text()));
            };
        }
    }

    private final KeptLog kept = new KeptLog(Level.FINE, "io.framegate.response", "io.framegate.dispatch.ErrorFrames");

    @AfterEach
    void listenNoMore() {
        kept.close();
    }

    @Test
    void getsOneEscapedAndClippedLineForEach() throws Exception {
        int longest = 0;
        for (String text : TEXTS) {
            // One of its own for each: of faults it logs one in a second.
            try (Gate gate = Gate.builder()
                            .worker(SayRequest.class, SayResponse.class, new SayWorker())
                            .start();
                    RawClient client = gate.connect()) {
                gate.dispatcher().logResponses(true);
                for (int how = 0; how < 3; how++) {
                    client.send(Frames.of(new SayRequest(how, text)));
                    if (how == 0) {
                        assertEquals(text, client.receive(SayResponse.class).text());
                    } else {
                        client.receive(ErrorResponse.class);
                    }
                }
            }
            List<LogRecord> records = kept.take();
            assertEquals(3, records.size(), () -> records.size() + " records");
            for (LogRecord entry : records) {
                for (String line : lines(entry)) {
                    assertTrue(line.chars().noneMatch(HostileLogTest::isUnfit), line);
                    assertFalse(line.startsWith(FORGED), line);
                    assertTrue(line.length() <= MOST_CHARACTERS, () -> line.length() + " characters");
                    longest = Math.max(longest, line.length());
                }
            }
        }
        Scorecard.row(
                37,
                "line breaks, escapes, marks of direction, 1 MB of text: one line in the log, escaped and clipped",
                "%d texts, each in an answer, a refusal and a fault: %d entries, none with a second line but its stack trace, the"
                        + " longest line %,d characters",
                TEXTS.size(),
                3 * TEXTS.size(),
                longest);
    }

    /** The message, and what is printed of an exception but its frames. */
    private static List<String> lines(LogRecord entry) {
        List<String> lines = new ArrayList<>();
        lines.add(new SimpleFormatter().formatMessage(entry));
        if (entry.getThrown() != null) {
            StringWriter trace = new StringWriter();
            entry.getThrown().printStackTrace(new PrintWriter(trace));
            List<String> heads = trace.toString()
                    .lines()
                    .filter(line -> !line.startsWith("\tat ") && !line.startsWith("\t... "))
                    .toList();
            assertEquals(2, heads.size(), heads::toString);
            assertTrue(heads.get(0).startsWith(IllegalStateException.class.getName() + ": "), heads.get(0));
            assertTrue(heads.get(1).startsWith("Caused by: "), heads.get(1));
            lines.addAll(heads);
        }
        return lines;
    }

    private static boolean isUnfit(int character) {
        int type = Character.getType(character);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
