package io.framegate.map.work;

import io.framegate.map.message.LoadPolygon3DInfosByArea;
import io.framegate.map.message.Polygon3DInfos;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolygon3DInfosByArea}. */
@ApplicationScoped
public class LoadPolygon3DInfosByAreaWorker implements VersionedWorker<LoadPolygon3DInfosByArea, Polygon3DInfos> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadPolygon3DInfosByAreaWorker() {}

    @Override
    public Object version(LoadPolygon3DInfosByArea request) {
        return map.version(request.area());
    }

    @Override
    public Polygon3DInfos process(LoadPolygon3DInfosByArea request) {
        return new Polygon3DInfos(map.byArea(FeatureKind.POLYGON_3D_INFOS, request.area()));
    }
}
