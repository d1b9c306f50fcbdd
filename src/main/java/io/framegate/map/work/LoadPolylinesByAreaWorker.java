package io.framegate.map.work;

import io.framegate.map.message.LoadPolylinesByArea;
import io.framegate.map.message.Polylines;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolylinesByArea}. */
@ApplicationScoped
public class LoadPolylinesByAreaWorker implements VersionedWorker<LoadPolylinesByArea, Polylines> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadPolylinesByAreaWorker() {}

    @Override
    public Object version(LoadPolylinesByArea request) {
        return map.version(request.area());
    }

    @Override
    public Polylines process(LoadPolylinesByArea request) {
        return new Polylines(map.byArea(FeatureKind.POLYLINES, request.area()));
    }
}
