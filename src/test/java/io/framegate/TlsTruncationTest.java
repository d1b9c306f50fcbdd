package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.framegate.message.Message;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TlsFixture;
import io.framegate.transport.CloseReason;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TCP's end of a TLS stream without the close_notify before it, wherever that comes: the stream may have been cut by somebody. */
@Timeout(60)
class TlsTruncationTest {

    @Message(190321)
    record WaitRequest(int number) {}

    @Message(590321)
    record WaitResponse(int number) {}

    private enum Where {
        BETWEEN_FRAMES,
        IN_A_FRAME,
        IN_A_RECORD,
        WITH_A_REQUEST_IN_WORK
    }

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "BETWEEN_FRAMES,TLSv1.2", "BETWEEN_FRAMES,TLSv1.3",
        "IN_A_FRAME,TLSv1.2", "IN_A_FRAME,TLSv1.3",
        "IN_A_RECORD,TLSv1.2", "IN_A_RECORD,TLSv1.3",
        "WITH_A_REQUEST_IN_WORK,TLSv1.2", "WITH_A_REQUEST_IN_WORK,TLSv1.3"
    })
    void endsAsTruncated(Where where, String protocol) throws Exception {
        TlsFixture fixture = new TlsFixture(directory);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Gate gate = Gate.builder()
                .worker(WaitRequest.class, WaitResponse.class, request -> {
                    begun.countDown();
                    goOn.await();
                    return new WaitResponse(request.number());
                })
                .rules(TlsFixture.rules(fixture.server()))
                .start()) {
            InetSocketAddress address = gate.listener().address();
            try (Socket plain = TlsFixture.plain(address)) {
                SSLSocket secured = TlsFixture.handshaken(fixture.client(), plain, address, protocol);
                RawClient client = new RawClient(secured);
                client.send(Frames.of(new WelcomeRequest(1)));
                assertNotNull(client.receive(WelcomeResponse.class));
                switch (where) {
                    case IN_A_FRAME -> client.send(Frames.first(Frames.of(new WelcomeRequest(2)), 11));
                    case IN_A_RECORD -> plain.getOutputStream().write(new byte[] {23, 3, 3, 0, 40, 1, 2, 3});
                    case WITH_A_REQUEST_IN_WORK -> {
                        client.send(Frames.of(new WaitRequest(3)));
                        begun.await(20, TimeUnit.SECONDS);
                    }
                    default -> {
                        // Its one request is answered.
                    }
                }
                plain.shutdownOutput();
                // Not kept until the worker is done, for a client that may not be the one that has ended it.
                Gate.await(() -> gate.info().connectionsOpen() == 0);
                assertEquals(
                        Map.of(CloseReason.TLS_TRUNCATED.name(), 1L),
                        gate.info().closedByReason());
            }
            goOn.countDown();
            Gate.await(() -> gate.outstanding() == 0);
        }
    }
}
