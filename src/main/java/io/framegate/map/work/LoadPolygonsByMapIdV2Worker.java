package io.framegate.map.work;

import io.framegate.map.message.LoadPolygonsByMapIdV2;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonsV2;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolygonsByMapIdV2}. */
@ApplicationScoped
public class LoadPolygonsByMapIdV2Worker implements Worker<LoadPolygonsByMapIdV2, PolygonsV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadPolygonsByMapIdV2Worker() {}

    @Override
    public PolygonsV2 process(LoadPolygonsByMapIdV2 request) {
        PageReader.Page<Polygon> page = map.polygonsBySheet(request.sheet(), request.page());
        return new PolygonsV2(page.features(), page.end());
    }
}
