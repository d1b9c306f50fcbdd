package io.framegate.ops;

import io.framegate.gate.Gate;
import io.framegate.gate.GateInstance;
import io.framegate.gate.GateStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Alive means: the port is open. One that has closed while the application runs can only be opened by a new start. Being busy
 * is no death, so how much work there is stands in the data alone.
 */
@Liveness
@ApplicationScoped
public class WorkersHealth implements HealthCheck {

    @Inject
    private GateInstance instance;

    /** For the container. */
    protected WorkersHealth() {}

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("framegate-workers");
        GateStatus status = instance.gate().status();
        if (status.state() == Gate.State.STARTING) {
            // It is on its way, and no cause to restart it.
            return response.up().build();
        }
        return response.status(status.accepting())
                .withData("threads", status.workers().threads())
                .withData("busy", status.workers().busy())
                .withData("outstanding", status.workers().outstanding())
                .build();
    }
}
