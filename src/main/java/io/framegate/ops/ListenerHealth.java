package io.framegate.ops;

import io.framegate.FramegateServer;
import jakarta.ejb.EJB;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready means: the port is open and neither paused nor draining. Where it is, and its state, are in the check's data. */
@Readiness
@ApplicationScoped
public class ListenerHealth implements HealthCheck {

    @EJB
    private FramegateServer server;

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("framegate-listener")
                .status(server.listener().isOpen() && server.state() == FramegateServer.State.SERVING)
                .withData("state", server.state().name());
        if (server.listener().isOpen()) {
            response.withData(
                            "address", server.listener().address().getAddress().getHostAddress())
                    .withData("port", server.listener().address().getPort());
        }
        return response.build();
    }
}
