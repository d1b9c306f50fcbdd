package io.framegate.ops;

import io.framegate.FramegateServer;
import io.framegate.gate.Gate;
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
        if (server.gate().state() == Gate.State.STARTING) {
            // It is on its way, and no cause to restart it.
            return response.up().build();
        }
        return response.status(server.gate().listener().isOpen())
                .withData("threads", server.gate().queue().threads())
                .withData("busy", server.gate().queue().busy())
                .withData("outstanding", server.gate().queue().outstanding())
                .build();
    }
}
