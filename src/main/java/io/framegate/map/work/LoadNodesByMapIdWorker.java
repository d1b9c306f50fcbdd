package io.framegate.map.work;

import io.framegate.map.message.LoadNodesByMapId;
import io.framegate.map.message.Nodes;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadNodesByMapId}. */
@ApplicationScoped
public class LoadNodesByMapIdWorker implements Worker<LoadNodesByMapId, Nodes> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadNodesByMapIdWorker() {}

    @Override
    public Nodes process(LoadNodesByMapId request) {
        return new Nodes(map.bySheet(FeatureKind.NODES, request.sheet()));
    }
}
