package io.framegate.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.ScriptedServer;
import io.framegate.message.ErrorResponse;
import io.framegate.testkit.Certificates;
import io.framegate.testkit.Gate;
import io.framegate.testkit.TlsFixture;
import io.framegate.tls.TlsContext;
import io.framegate.tls.TlsSettings.ClientCertificate;
import io.framegate.tls.TlsSettings.Version;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
    void acceptsConnectionOptionsBehindTheCommand() throws Exception {
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
    void endsWithinItsTimeout() throws Exception {
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
    void speaksTlsWithACertificateOfItsOwn(@TempDir Path directory) throws Exception {
        TlsFixture fixture = new TlsFixture(directory);
        Certificates.Issued editor = fixture.clients.issue("editor-1", "EC");
        String certificate = editor.chain(directory.resolve("editor.pem")).toString();
        String key = editor.key(directory.resolve("editor-key.pem")).toString();
        String trust = fixture.authorityFile().toString();
        TlsContext tls = TlsContext.load(fixture.settings(ClientCertificate.NEED, Version.TLS_1_2));
        try (Gate gate = Gate.builder().rules(TlsFixture.rules(tls)).start()) {
            int port = gate.listener().address().getPort();
            CommandRun run = CommandRun.of(port, "--trust", trust, "--cert", certificate, "--key", key, "welcome", "7");
            assertEquals("welcome:7" + System.lineSeparator(), run.out(), run.err());
            assertEquals(
                    ExitCode.NO_ANSWER,
                    CommandRun.of(port, "--trust", trust, "welcome").exitCode());
            CommandRun untrusted = CommandRun.of(port, "--tls", "welcome");
            assertEquals(ExitCode.NO_ANSWER, untrusted.exitCode());
            assertEquals(1, untrusted.err().lines().count(), untrusted.err());
            CommandRun otherName = CommandRun.of(
                    port, "--trust", trust, "--cert", certificate, "--key", key, "--tls-name", "elsewhere", "welcome");
            assertEquals(ExitCode.NO_ANSWER, otherName.exitCode());
            assertTrue(otherName.err().contains("elsewhere"), otherName.err());
            CommandRun noFile =
                    CommandRun.of(port, "--trust", directory.resolve("none.pem").toString(), "welcome");
            assertEquals(ExitCode.USAGE, noFile.exitCode());
            assertTrue(noFile.err().contains("none.pem can't be read"), noFile.err());
            assertEquals(
                    ExitCode.USAGE,
                    CommandRun.of(port, "--cert", certificate, "welcome").exitCode());
        }
    }

    @Test
    void helpsAndListsTheCommandsOfGuests() {
        CommandRun run = CommandRun.of(NOBODY, "--help");
        assertEquals(ExitCode.OK, run.exitCode());
        assertTrue(run.out().contains("welcome") && run.out().contains("load"), run.out());
        assertTrue(CommandRun.of(NOBODY, "--version").out().startsWith("framegate "));
    }
}
