package io.framegate.map.work;

import io.framegate.map.message.Links;
import io.framegate.map.message.LoadLinksByMapId;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadLinksByMapId}. */
@ApplicationScoped
public class LoadLinksByMapIdWorker implements VersionedWorker<LoadLinksByMapId, Links> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadLinksByMapIdWorker() {}

    @Override
    public Object version(LoadLinksByMapId request) {
        return map.version(request.sheet());
    }

    @Override
    public Links process(LoadLinksByMapId request) {
        return new Links(map.bySheet(FeatureKind.LINKS, request.sheet()));
    }
}
