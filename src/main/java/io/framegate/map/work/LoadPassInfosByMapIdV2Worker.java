package io.framegate.map.work;

import io.framegate.map.message.LoadPassInfosByMapIdV2;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassInfosV2;
import io.framegate.map.store.FeatureKind;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadPassInfosByMapIdV2}. */
@ApplicationScoped
public class LoadPassInfosByMapIdV2Worker implements Worker<LoadPassInfosByMapIdV2, PassInfosV2> {

    // Set by the container before the first call, and never after.
    @Inject
    private PageReader map;

    /** For the container. */
    protected LoadPassInfosByMapIdV2Worker() {}

    @Override
    public PassInfosV2 process(LoadPassInfosByMapIdV2 request) {
        PageReader.Page<PassInfo> page = map.bySheet(FeatureKind.PASS_INFOS, request.sheet(), request.page());
        return new PassInfosV2(page.features(), page.end());
    }
}
