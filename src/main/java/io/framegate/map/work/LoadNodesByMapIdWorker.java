package io.framegate.map.work;

import io.framegate.map.message.LoadNodesByMapId;
import io.framegate.map.message.Nodes;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.VersionedWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadNodesByMapId}. */
@ApplicationScoped
public class LoadNodesByMapIdWorker implements VersionedWorker<LoadNodesByMapId, Nodes> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadNodesByMapIdWorker() {}

    @Override
    public Object version(LoadNodesByMapId request) {
        return map.version(request.sheet());
    }

    @Override
    public Nodes process(LoadNodesByMapId request) {
        return new Nodes(map.bySheet(FeatureKind.NODES, request.sheet()));
    }
}
