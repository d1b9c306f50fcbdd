package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.guest.SleepRequest;
import io.framegate.guest.SleepResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** The end of the application: what was accepted is answered. */
@ArquillianTest
class DrainIT {

    @ArquillianResource
    private Deployer deployer;

    @Deployment(name = "drained", managed = false, testable = false)
    static WebArchive war() {
        return Deployed.war().addPackage(SleepRequest.class.getPackage());
    }

    @Test
    void answersWhatWasAcceptedWhenItIsUndeployed() throws Exception {
        deployer.deploy("drained");
        Deployed deployed = new Deployed().awaitReady();
        try (RawClient busy = deployed.connect();
                RawClient idle = deployed.connect()) {
            InetSocketAddress port = (InetSocketAddress) busy.socket().getRemoteSocketAddress();
            idle.send(Frames.of(new WelcomeRequest(1)));
            idle.receive(WelcomeResponse.class);
            // The first look at this page takes longer than the requests do where the machine is busy.
            deployed.await("admin/running-info", "\"outstanding\":0");
            for (int i = 0; i < 4; i++) {
                busy.send(Frames.of(new SleepRequest(1500 + i)));
            }
            busy.send(Frames.of(new WelcomeRequest(2)));
            deployed.await("admin/running-info", "\"outstanding\":4");
            CompletableFuture<List<Object>> replies = CompletableFuture.supplyAsync(() -> replies(busy, idle));
            long begun = System.nanoTime();
            deployer.undeploy("drained");
            assertEquals(
                    List.of(
                            new SleepResponse(1500),
                            new SleepResponse(1501),
                            new SleepResponse(1502),
                            new SleepResponse(1503),
                            new WelcomeResponse("welcome:2")),
                    replies.get(60, TimeUnit.SECONDS));
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertThrows(IOException.class, () -> new RawClient(port));
            Scorecard.row(
                    29,
                    "stopped with requests in work: what was accepted is answered, then the connections end, within the drain limit",
                    "5 requests accepted, of 1.5 s each but one: 5 answered in order, 2 connections ended, the last reply %,d ms"
                            + " after the order to stop (limit 20 s)",
                    millis);
        }
    }

    /** Everything that the busy client is sent up to the end of its stream; the idle one's has ended then. */
    private static List<Object> replies(RawClient busy, RawClient idle) {
        try {
            List<Object> replies = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                replies.add(busy.receive(SleepResponse.class));
            }
            replies.add(busy.receive(WelcomeResponse.class));
            assertTrue(busy.isAtEnd());
            assertTrue(idle.isAtEnd());
            return replies;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
