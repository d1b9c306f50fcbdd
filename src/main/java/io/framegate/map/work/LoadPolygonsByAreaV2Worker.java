package io.framegate.map.work;

import io.framegate.map.message.LoadPolygonsByAreaV2;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonsV2;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPolygonsByAreaV2}. */
@ApplicationScoped
public class LoadPolygonsByAreaV2Worker implements Worker<LoadPolygonsByAreaV2, PolygonsV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadPolygonsByAreaV2Worker() {}

    @Override
    public PolygonsV2 process(LoadPolygonsByAreaV2 request) {
        PageReader.Page<Polygon> page = map.polygonsByArea(request.area(), request.page());
        return new PolygonsV2(page.features(), page.end());
    }
}
