package io.framegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.testkit.Signals;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A client that does not run for longer than its time limits: what the server sent meanwhile comes first. */
@Timeout(30)
@EnabledOnOs(value = OS.LINUX, disabledReason = "a process is suspended by signals that Windows does not have")
class SuspendedClientTest {

    private static final Duration LIMIT = Duration.ofMillis(1500);

    @Test
    void readsArrivedAnswersBeforeCheckingDeadlines() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch suspended = new CountDownLatch(1);
        try (var server = ScriptedServer.start(conversation -> {
            conversation.read();
            asked.countDown();
            suspended.await();
            conversation.write(new WelcomeResponse("welcome:7"));
            conversation.awaitEnd();
        })) {
            Process client = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            SuspendedClientTest.class.getName(),
                            Integer.toString(server.port()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader said = client.inputReader(StandardCharsets.US_ASCII)) {
                asked.await();
                Signals.suspend(client.toHandle());
                suspended.countDown();
                LockSupport.parkNanos(LIMIT.plusSeconds(1).toNanos());
                Signals.resume(client.toHandle());
                assertEquals("welcome:7", said.readLine());
                assertEquals("There was no answer within 1500 ms.", said.readLine(), "the limit holds as before");
            } finally {
                client.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    /** A client that asks the server of this port twice, and says what it is told. */
    public static void main(String[] args) {
        try (FramegateClient client = FramegateClient.builder()
                .port(Integer.parseInt(args[0]))
                .requestTimeout(LIMIT)
                .silenceLimit(LIMIT.plusMillis(100))
                .build()) {
            for (int i = 0; i < 2; i++) {
                System.out.println(client.send(new WelcomeRequest(7), WelcomeResponse.class)
                        .handle((answer, fault) -> fault == null ? answer.text() : fault.getMessage())
                        .join());
            }
        }
    }
}
