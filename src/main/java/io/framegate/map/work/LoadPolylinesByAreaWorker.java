package io.framegate.map.work;

import io.framegate.map.message.LoadPolylinesByArea;
import io.framegate.map.message.Polylines;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolylinesByArea}. */
@ApplicationScoped
public class LoadPolylinesByAreaWorker implements Worker<LoadPolylinesByArea, Polylines> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadPolylinesByAreaWorker() {}

    @Override
    public Polylines process(LoadPolylinesByArea request) {
        return new Polylines(map.byArea(FeatureKind.POLYLINES, request.area()));
    }
}
