package io.framegate.map.work;

import io.framegate.map.message.LoadPolylinesByMapId;
import io.framegate.map.message.Polylines;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolylinesByMapId}. */
@ApplicationScoped
public class LoadPolylinesByMapIdWorker implements VersionedWorker<LoadPolylinesByMapId, Polylines> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadPolylinesByMapIdWorker() {}

    @Override
    public Object version(LoadPolylinesByMapId request) {
        return map.version(request.sheet());
    }

    @Override
    public Polylines process(LoadPolylinesByMapId request) {
        return new Polylines(map.bySheet(FeatureKind.POLYLINES, request.sheet()));
    }
}
