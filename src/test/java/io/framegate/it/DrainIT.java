package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.guest.SleepRequest;
import io.framegate.guest.SleepResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
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
            for (int i = 0; i < 4; i++) {
                busy.send(Frames.of(new SleepRequest(1500 + i)));
            }
            // What is answered was read before the undeployment began, and so were the four before it.
            busy.send(Frames.of(new WelcomeRequest(2)));
            CompletableFuture<Void> undeployed = CompletableFuture.runAsync(() -> deployer.undeploy("drained"));
            assertTrue(idle.isAtEnd());
            for (int i = 0; i < 4; i++) {
                assertEquals(new SleepResponse(1500 + i), busy.receive(SleepResponse.class));
            }
            assertEquals("welcome:2", busy.receive(WelcomeResponse.class).text());
            assertTrue(busy.isAtEnd());
            undeployed.get(60, TimeUnit.SECONDS);
            assertThrows(IOException.class, () -> new RawClient(port));
        }
    }
}
