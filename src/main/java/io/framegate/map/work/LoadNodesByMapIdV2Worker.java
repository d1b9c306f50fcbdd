package io.framegate.map.work;

import io.framegate.map.message.LoadNodesByMapIdV2;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodesV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadNodesByMapIdV2}. */
@ApplicationScoped
public class LoadNodesByMapIdV2Worker implements Worker<LoadNodesByMapIdV2, NodesV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadNodesByMapIdV2Worker() {}

    @Override
    public NodesV2 process(LoadNodesByMapIdV2 request) {
        PageReader.Page<Node> page = map.bySheet(FeatureKind.NODES, request.sheet(), request.page());
        return new NodesV2(page.features(), page.end());
    }
}
