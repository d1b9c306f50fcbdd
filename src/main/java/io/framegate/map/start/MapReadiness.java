package io.framegate.map.start;

import io.framegate.map.MapSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * {@code framegate-map}: up when the schema is in place and the first load, if there is one, is done. Its data are the
 * state, the data set, how many features it has, and in {@code detail} the progress of a load or the reason of a failure.
 */
@Readiness
@ApplicationScoped
public class MapReadiness implements HealthCheck {

    // Set by the container before the first call, and never after.
    private MapSettings settings;
    private MapStartup startup;

    /** For the container's proxy. */
    protected MapReadiness() {}

    @Inject
    MapReadiness(MapSettings settings, MapStartup startup) {
        this.settings = settings;
        this.startup = startup;
    }

    @Override
    public HealthCheckResponse call() {
        MapStatus status = startup.status();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("framegate-map")
                .status(status.state() == MapStatus.State.READY)
                .withData("state", status.state().label())
                .withData("data-set", settings.dataSet());
        if (status.state() == MapStatus.State.READY) {
            response.withData("links", status.links())
                    .withData("nodes", status.nodes())
                    .withData("polygons", status.polygons())
                    .withData("polylines", status.polylines())
                    .withData("turn-rules", status.passInfos())
                    .withData("buildings-3d", status.polygons3D())
                    .withData("lines-3d", status.heights3D());
        } else if (!status.words().isEmpty()) {
            response.withData("detail", status.words());
        }
        return response.build();
    }
}
