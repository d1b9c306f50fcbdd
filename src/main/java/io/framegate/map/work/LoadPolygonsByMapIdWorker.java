package io.framegate.map.work;

import io.framegate.map.message.LoadPolygonsByMapId;
import io.framegate.map.message.Polygons;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolygonsByMapId}. */
@ApplicationScoped
public class LoadPolygonsByMapIdWorker implements VersionedWorker<LoadPolygonsByMapId, Polygons> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadPolygonsByMapIdWorker() {}

    @Override
    public Object version(LoadPolygonsByMapId request) {
        return map.version(request.sheet());
    }

    @Override
    public Polygons process(LoadPolygonsByMapId request) {
        return new Polygons(map.bySheet(FeatureKind.POLYGONS, request.sheet()));
    }
}
