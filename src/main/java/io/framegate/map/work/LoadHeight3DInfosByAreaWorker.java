package io.framegate.map.work;

import io.framegate.map.message.Height3DInfos;
import io.framegate.map.message.LoadHeight3DInfosByArea;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadHeight3DInfosByArea}. */
@ApplicationScoped
public class LoadHeight3DInfosByAreaWorker implements VersionedWorker<LoadHeight3DInfosByArea, Height3DInfos> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadHeight3DInfosByAreaWorker() {}

    @Override
    public Object version(LoadHeight3DInfosByArea request) {
        return map.version(request.area());
    }

    @Override
    public Height3DInfos process(LoadHeight3DInfosByArea request) {
        return new Height3DInfos(map.byArea(FeatureKind.HEIGHT_3D_INFOS, request.area()));
    }
}
