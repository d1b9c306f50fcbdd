package io.framegate.map.work;

import io.framegate.map.message.LoadPolygon3DInfosByAreaV2;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polygon3DInfosV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolygon3DInfosByAreaV2}. */
@ApplicationScoped
public class LoadPolygon3DInfosByAreaV2Worker implements Worker<LoadPolygon3DInfosByAreaV2, Polygon3DInfosV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadPolygon3DInfosByAreaV2Worker() {}

    @Override
    public Polygon3DInfosV2 process(LoadPolygon3DInfosByAreaV2 request) {
        PageReader.Page<Polygon3DInfo> page = map.byArea(FeatureKind.POLYGON_3D_INFOS, request.area(), request.page());
        return new Polygon3DInfosV2(page.features(), page.end());
    }
}
