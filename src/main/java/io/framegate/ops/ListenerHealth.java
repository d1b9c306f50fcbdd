package io.framegate.ops;

import io.framegate.gate.Gate;
import io.framegate.gate.GateInstance;
import io.framegate.gate.GateStatus;
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

    @Inject
    private GateInstance instance;

    @Inject
    private Instances instances;

    @Override
    public HealthCheckResponse call() {
        GateStatus status = instance.gate().status();
        var response = HealthCheckResponse.named("framegate-listener")
                .status(status.accepting() && status.state() == Gate.State.SERVING)
                .withData("state", status.state().name());
        if (status.state() == Gate.State.STARTING) {
            return response.build();
        }
        status.address().filter(address -> status.accepting()).ifPresent(address -> response.withData(
                        "address", address.getAddress().getHostAddress())
                .withData("port", address.getPort()));
        instance.gate().certificate().ifPresent(tls -> {
            response.withData("tls", tls.subject())
                    .withData("tls-until", tls.validUntil().toString());
            tls.revocationsUntil().ifPresent(until -> response.withData("tls-crl-until", until.toString()));
            tls.failure().ifPresent(sentence -> response.withData("tls-trouble", sentence));
        });
        // No reason to take this gate out: the others may serve, or this one alone.
        instances.health().forEach(response::withData);
        return response.build();
    }
}
