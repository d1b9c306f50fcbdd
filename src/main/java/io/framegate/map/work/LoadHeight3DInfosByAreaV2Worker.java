package io.framegate.map.work;

import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.Height3DInfosV2;
import io.framegate.map.message.LoadHeight3DInfosByAreaV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadHeight3DInfosByAreaV2}. */
@ApplicationScoped
public class LoadHeight3DInfosByAreaV2Worker implements Worker<LoadHeight3DInfosByAreaV2, Height3DInfosV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadHeight3DInfosByAreaV2Worker() {}

    @Override
    public Height3DInfosV2 process(LoadHeight3DInfosByAreaV2 request) {
        PageReader.Page<Height3DInfo> page = map.byArea(FeatureKind.HEIGHT_3D_INFOS, request.area(), request.page());
        return new Height3DInfosV2(page.features(), page.end());
    }
}
