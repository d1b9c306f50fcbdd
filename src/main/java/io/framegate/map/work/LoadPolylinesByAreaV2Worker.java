package io.framegate.map.work;

import io.framegate.map.message.LoadPolylinesByAreaV2;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylinesV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolylinesByAreaV2}. */
@ApplicationScoped
public class LoadPolylinesByAreaV2Worker implements Worker<LoadPolylinesByAreaV2, PolylinesV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadPolylinesByAreaV2Worker() {}

    @Override
    public PolylinesV2 process(LoadPolylinesByAreaV2 request) {
        PageReader.Page<Polyline> page = map.byArea(FeatureKind.POLYLINES, request.area(), request.page());
        return new PolylinesV2(page.features(), page.end());
    }
}
