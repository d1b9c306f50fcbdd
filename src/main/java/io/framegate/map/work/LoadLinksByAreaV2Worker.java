package io.framegate.map.work;

import io.framegate.map.message.Link;
import io.framegate.map.message.LinksV2;
import io.framegate.map.message.LoadLinksByAreaV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadLinksByAreaV2}. */
@ApplicationScoped
public class LoadLinksByAreaV2Worker implements Worker<LoadLinksByAreaV2, LinksV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadLinksByAreaV2Worker() {}

    @Override
    public LinksV2 process(LoadLinksByAreaV2 request) {
        PageReader.Page<Link> page = map.byArea(FeatureKind.LINKS, request.area(), request.page());
        return new LinksV2(page.features(), page.end());
    }
}
