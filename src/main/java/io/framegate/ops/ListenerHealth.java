package io.framegate.ops;

import io.framegate.FramegateServer;
import io.framegate.gate.Gate;
import jakarta.ejb.EJB;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready means: the port is open and neither paused nor draining. Where it is, its state, and the TLS certificate in use with
 * what is wrong with the files of another, are in the check's data.
 */
@Readiness
@ApplicationScoped
public class ListenerHealth implements HealthCheck {

    @EJB
    private FramegateServer server;

    @Inject
    private Instances instances;

    @Override
    public HealthCheckResponse call() {
        if (server.gate().state() == Gate.State.STARTING) {
            return HealthCheckResponse.named("framegate-listener")
                    .down()
                    .withData("state", server.gate().state().name())
                    .build();
        }
        var response = HealthCheckResponse.named("framegate-listener")
                .status(server.gate().listener().isOpen() && server.gate().state() == Gate.State.SERVING)
                .withData("state", server.gate().state().name());
        if (server.gate().listener().isOpen()) {
            response.withData(
                            "address",
                            server.gate().listener().address().getAddress().getHostAddress())
                    .withData("port", server.gate().listener().address().getPort());
        }
        server.gate().certificate().ifPresent(tls -> {
            response.withData("tls", tls.subject())
                    .withData("tls-until", tls.validUntil().toString());
            tls.revocationsUntil().ifPresent(until -> response.withData("tls-crl-until", until.toString()));
            tls.trouble().ifPresent(sentence -> response.withData("tls-trouble", sentence));
        });
        // No reason to take this gate out: the others may serve, or this one alone.
        instances.health().forEach(response::withData);
        return response.build();
    }
}
