package io.framegate.ops;

import io.framegate.gate.Gate;
import io.framegate.gate.GateInstance;
import io.framegate.gate.GateStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Started means: the port is open, whatever else is still being made ready. How many kinds of request it takes is said too. */
@Startup
@ApplicationScoped
public class StartedHealth implements HealthCheck {

    @Inject
    private GateInstance instance;

    /** For the container. */
    protected StartedHealth() {}

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("framegate-started");
        GateStatus status = instance.gate().status();
        return status.state() == Gate.State.STARTING
                ? response.down().build()
                : response.status(status.accepting())
                        .withData("messages", status.messages())
                        .build();
    }
}
