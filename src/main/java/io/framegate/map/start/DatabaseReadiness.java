package io.framegate.map.start;

import io.framegate.map.edit.FeatureSaves;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * {@code framegate-database}: up when the database answers and takes changes, by what {@link DatabaseWatch} has found last, so that
 * it answers at once. Where it is down {@code detail} says why. {@code saves} tells of saves that were refused lately though the
 * database answers, as for want of room on its disk: then it is up, since what is stored can be read.
 */
@Readiness
@ApplicationScoped
public class DatabaseReadiness implements HealthCheck {

    // Set by the container before the first call, and never after.
    private DatabaseWatch watch;
    private FeatureSaves saves;

    /** For the container's proxy. */
    protected DatabaseReadiness() {}

    @Inject
    DatabaseReadiness(DatabaseWatch watch, FeatureSaves saves) {
        this.watch = watch;
        this.saves = saves;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> failure = watch.failure();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("framegate-database").status(failure.isEmpty());
        failure.ifPresent(sentence -> response.withData("detail", sentence));
        saves.failure().ifPresent(words -> response.withData("saves", "refused: the database " + words));
        return response.build();
    }
}
