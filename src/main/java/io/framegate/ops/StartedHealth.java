package io.framegate.ops;

import io.framegate.FramegateServer;
import io.framegate.gate.Gate;
import io.framegate.gate.GateStatus;
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
        GateStatus status = server.gate().status();
        return status.state() == Gate.State.STARTING
                ? response.down().build()
                : response.status(status.accepting())
                        .withData("messages", status.messages())
                        .build();
    }
}
