package io.framegate.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.ScriptedServer;
import io.framegate.message.ErrorResponse;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FramegateCommandTest {

    private static final int NOBODY = 1;

    @Test
    void printsTheAnswerToAWelcome() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
            int number = conversation.read().as(WelcomeRequest.class).number();
            conversation.write(new WelcomeResponse("welcome:" + number));
        })) {
            CommandRun run = CommandRun.of(server.port(), "welcome", "7");
            assertEquals("welcome:7" + System.lineSeparator(), run.out());
            assertEquals("", run.err());
            assertEquals(ExitCode.OK, run.exitCode());
        }
    }

    @Test
    void takesTheOptionsOfTheConnectionBehindTheCommandToo() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
            int number = conversation.read().as(WelcomeRequest.class).number();
            conversation.write(new WelcomeResponse("welcome:" + number));
        })) {
            CommandRun run =
                    CommandRun.of("welcome", "7", "--port", Integer.toString(server.port()), "--timeout", "20");
            assertEquals("welcome:7" + System.lineSeparator(), run.out(), run.err());
        }
    }

    @Test
    void printsTheServersSentenceWhenItSaysNo() throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
            conversation.read();
            conversation.write(new ErrorResponse("Too much to do, try again later."));
        })) {
            CommandRun run = CommandRun.of(server.port(), "welcome");
            assertEquals("framegate: Too much to do, try again later." + System.lineSeparator(), run.err());
            assertEquals(ExitCode.REFUSED, run.exitCode());
        }
    }

    @Test
    void saysInOneLineThatNobodyListens() throws Exception {
        int port;
        try (var taken = new ServerSocket(0)) {
            port = taken.getLocalPort();
        }
        CommandRun run = CommandRun.of(port, "welcome");
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("127.0.0.1:" + port), run.err());
        assertEquals("", run.out());
        assertEquals(ExitCode.NO_ANSWER, run.exitCode());
    }

    @Test
    void endsWithinItsTimeoutWhenThereIsNoAnswer() throws Exception {
        var done = new CountDownLatch(1);
        try (var server = ScriptedServer.start(conversation -> done.await())) {
            CommandRun run = CommandRun.of(server.port(), "--timeout", "0.2", "welcome");
            done.countDown();
            assertEquals("framegate: There was no answer within 200 ms." + System.lineSeparator(), run.err());
            assertEquals(ExitCode.NO_ANSWER, run.exitCode());
        }
    }

    @Test
    void showsAStackTraceOnlyWhenAskedTo() throws Exception {
        int port;
        try (var taken = new ServerSocket(0)) {
            port = taken.getLocalPort();
        }
        assertFalse(CommandRun.of(port, "welcome").err().contains("\tat "));
        assertTrue(CommandRun.of(port, "--debug", "welcome").err().contains("\tat "));
    }

    @Test
    void explainsACommandItDoesNotUnderstand() {
        for (String[] args : new String[][] {{"welcom"}, {"welcome", "seven"}, {"welcome", "--prot", "1"}, {}}) {
            CommandRun run = CommandRun.of(NOBODY, args);
            assertEquals(ExitCode.USAGE, run.exitCode(), run.err());
            assertTrue(run.err().startsWith("framegate: "), run.err());
            assertFalse(run.err().contains("Exception"), run.err());
        }
    }

    @Test
    void refusesAPortThatIsNone() {
        CommandRun run = CommandRun.of(0, "welcome");
        assertEquals(ExitCode.USAGE, run.exitCode());
        assertTrue(run.err().contains("--port must be from 1 to 65535"), run.err());
    }

    @Test
    void helpsAndListsTheCommandsOfGuests() {
        CommandRun run = CommandRun.of(NOBODY, "--help");
        assertEquals(ExitCode.OK, run.exitCode());
        assertTrue(run.out().contains("welcome") && run.out().contains("load"), run.out());
        assertTrue(CommandRun.of(NOBODY, "--version").out().startsWith("framegate "));
    }
}
