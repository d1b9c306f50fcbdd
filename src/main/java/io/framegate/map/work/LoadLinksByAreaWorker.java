package io.framegate.map.work;

import io.framegate.map.message.Links;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadLinksByArea}. */
@ApplicationScoped
public class LoadLinksByAreaWorker implements VersionedWorker<LoadLinksByArea, Links> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadLinksByAreaWorker() {}

    @Override
    public Object version(LoadLinksByArea request) {
        return map.version(request.area());
    }

    @Override
    public Links process(LoadLinksByArea request) {
        return new Links(map.byArea(FeatureKind.LINKS, request.area()));
    }
}
