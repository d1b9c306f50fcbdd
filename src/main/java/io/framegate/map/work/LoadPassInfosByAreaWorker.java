package io.framegate.map.work;

import io.framegate.map.message.LoadPassInfosByArea;
import io.framegate.map.message.PassInfos;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPassInfosByArea}. */
@ApplicationScoped
public class LoadPassInfosByAreaWorker implements VersionedWorker<LoadPassInfosByArea, PassInfos> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadPassInfosByAreaWorker() {}

    @Override
    public Object version(LoadPassInfosByArea request) {
        return map.version(request.area());
    }

    @Override
    public PassInfos process(LoadPassInfosByArea request) {
        return new PassInfos(map.byArea(FeatureKind.PASS_INFOS, request.area()));
    }
}
