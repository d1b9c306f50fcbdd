package io.framegate.map.work;

import io.framegate.map.message.Link;
import io.framegate.map.message.LinksV2;
import io.framegate.map.message.LoadLinksByMapIdV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadLinksByMapIdV2}. */
@ApplicationScoped
public class LoadLinksByMapIdV2Worker implements Worker<LoadLinksByMapIdV2, LinksV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadLinksByMapIdV2Worker() {}

    @Override
    public LinksV2 process(LoadLinksByMapIdV2 request) {
        PageReader.Page<Link> page = map.bySheet(FeatureKind.LINKS, request.sheet(), request.page());
        return new LinksV2(page.features(), page.end());
    }
}
