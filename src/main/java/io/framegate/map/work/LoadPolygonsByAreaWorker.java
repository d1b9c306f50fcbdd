package io.framegate.map.work;

import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.Polygons;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolygonsByArea}. */
@ApplicationScoped
public class LoadPolygonsByAreaWorker implements VersionedWorker<LoadPolygonsByArea, Polygons> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadPolygonsByAreaWorker() {}

    @Override
    public Object version(LoadPolygonsByArea request) {
        return map.version(request.area());
    }

    @Override
    public Polygons process(LoadPolygonsByArea request) {
        return new Polygons(map.byArea(FeatureKind.POLYGONS, request.area()));
    }
}
