package io.framegate.ops;

import io.framegate.FramegateServer;
import io.framegate.gate.Gate;
import jakarta.ejb.EJB;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Started means: the port is open, whatever else is still being made ready. How many kinds of request it takes is said too. */
@Startup
@ApplicationScoped
public class StartedHealth implements HealthCheck {

    @EJB
    private FramegateServer server;

    /** For the container. */
    protected StartedHealth() {}

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("framegate-started");
        return server.gate().state() == Gate.State.STARTING
                ? response.down().build()
                : response.status(server.gate().listener().isOpen())
                        .withData("messages", server.gate().routes().size())
                        .build();
    }
}
