package io.framegate.map.work;

import io.framegate.map.message.LoadNodesByArea;
import io.framegate.map.message.Nodes;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadNodesByArea}. */
@ApplicationScoped
public class LoadNodesByAreaWorker implements Worker<LoadNodesByArea, Nodes> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapReader map;

    /** For the container. */
    protected LoadNodesByAreaWorker() {}

    @Override
    public Nodes process(LoadNodesByArea request) {
        return new Nodes(map.byArea(FeatureKind.NODES, request.area()));
    }
}
