package io.framegate.map.work;

import io.framegate.map.message.LoadNodesByArea;
import io.framegate.map.message.Nodes;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadNodesByArea}. */
@ApplicationScoped
public class LoadNodesByAreaWorker implements VersionedWorker<LoadNodesByArea, Nodes> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadNodesByAreaWorker() {}

    @Override
    public Object version(LoadNodesByArea request) {
        return map.version(request.area());
    }

    @Override
    public Nodes process(LoadNodesByArea request) {
        return new Nodes(map.byArea(FeatureKind.NODES, request.area()));
    }
}
