package io.framegate.ops;

import io.framegate.FramegateServer;
import io.framegate.gate.Gate;
import io.framegate.gate.GateStatus;
import jakarta.ejb.EJB;
import jakarta.enterprise.context.ApplicationScoped;
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

    @EJB
    private FramegateServer server;

    /** For the container. */
    protected WorkersHealth() {}

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("framegate-workers");
        GateStatus status = server.gate().status();
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
