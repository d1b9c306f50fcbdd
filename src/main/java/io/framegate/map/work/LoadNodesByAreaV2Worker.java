package io.framegate.map.work;

import io.framegate.map.message.LoadNodesByAreaV2;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodesV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadNodesByAreaV2}. */
@ApplicationScoped
public class LoadNodesByAreaV2Worker implements Worker<LoadNodesByAreaV2, NodesV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadNodesByAreaV2Worker() {}

    @Override
    public NodesV2 process(LoadNodesByAreaV2 request) {
        PageReader.Page<Node> page = map.byArea(FeatureKind.NODES, request.area(), request.page());
        return new NodesV2(page.features(), page.end());
    }
}
