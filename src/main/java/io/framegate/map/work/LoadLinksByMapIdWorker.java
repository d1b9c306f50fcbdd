package io.framegate.map.work;

import io.framegate.map.message.Links;
import io.framegate.map.message.LoadLinksByMapId;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadLinksByMapId}. */
@ApplicationScoped
public class LoadLinksByMapIdWorker implements Worker<LoadLinksByMapId, Links> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadLinksByMapIdWorker() {}

    @Override
    public Links process(LoadLinksByMapId request) {
        return new Links(map.bySheet(FeatureKind.LINKS, request.sheet()));
    }
}
