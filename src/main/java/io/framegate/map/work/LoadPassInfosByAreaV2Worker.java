package io.framegate.map.work;

import io.framegate.map.message.LoadPassInfosByAreaV2;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassInfosV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPassInfosByAreaV2}. */
@ApplicationScoped
public class LoadPassInfosByAreaV2Worker implements Worker<LoadPassInfosByAreaV2, PassInfosV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadPassInfosByAreaV2Worker() {}

    @Override
    public PassInfosV2 process(LoadPassInfosByAreaV2 request) {
        PageReader.Page<PassInfo> page = map.byArea(FeatureKind.PASS_INFOS, request.area(), request.page());
        return new PassInfosV2(page.features(), page.end());
    }
}
