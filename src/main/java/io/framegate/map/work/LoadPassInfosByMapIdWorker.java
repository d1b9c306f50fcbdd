package io.framegate.map.work;

import io.framegate.map.message.LoadPassInfosByMapId;
import io.framegate.map.message.PassInfos;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPassInfosByMapId}. */
@ApplicationScoped
public class LoadPassInfosByMapIdWorker implements VersionedWorker<LoadPassInfosByMapId, PassInfos> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadPassInfosByMapIdWorker() {}

    @Override
    public Object version(LoadPassInfosByMapId request) {
        return map.version(request.sheet());
    }

    @Override
    public PassInfos process(LoadPassInfosByMapId request) {
        return new PassInfos(map.bySheet(FeatureKind.PASS_INFOS, request.sheet()));
    }
}
