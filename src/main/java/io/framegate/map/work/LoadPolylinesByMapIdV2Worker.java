package io.framegate.map.work;

import io.framegate.map.message.LoadPolylinesByMapIdV2;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylinesV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolylinesByMapIdV2}. */
@ApplicationScoped
public class LoadPolylinesByMapIdV2Worker implements Worker<LoadPolylinesByMapIdV2, PolylinesV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadPolylinesByMapIdV2Worker() {}

    @Override
    public PolylinesV2 process(LoadPolylinesByMapIdV2 request) {
        PageReader.Page<Polyline> page = map.bySheet(FeatureKind.POLYLINES, request.sheet(), request.page());
        return new PolylinesV2(page.features(), page.end());
    }
}
