package io.framegate.map.work;

import io.framegate.map.MapSettings;
import io.framegate.map.edit.FeatureChanges;
import io.framegate.map.message.Area;
import io.framegate.map.message.Changes;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Answers {@link LoadChangesSince}. */
@ApplicationScoped
public class LoadChangesSinceWorker implements Worker<LoadChangesSince, Changes> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapSettings settings;

    // Set by the container before the first call, and never after.
    @Inject
    private FeatureChanges changes;

    /** For the container. */
    protected LoadChangesSinceWorker() {}

    @Override
    public Changes process(LoadChangesSince request) {
        return changes.since(onWgs84(request), settings.dataSetOr(request.dataSet()));
    }

    /** With the area on the datum that the history is on. */
    static LoadChangesSince onWgs84(LoadChangesSince request) {
        List<Area> stored = request.area().stream()
                .map(area -> area.ellipsoid() == Ellipsoid.BESSEL_1841
                        ? DatumShift.toWgs84().area(area)
                        : area)
                .toList();
        return new LoadChangesSince(request.dataSet(), request.since(), request.limit(), stored);
    }
}
