package io.framegate.map.work;

import io.framegate.map.MapSettings;
import io.framegate.map.edit.FeatureChanges;
import io.framegate.map.message.Changes;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoadChangesSince}. */
@ApplicationScoped
public class LoadChangesSinceWorker implements Worker<LoadChangesSince, Changes> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapSettings settings;

    // Set by the container before the first call, and never after.
    @Inject
    private FeatureChanges changes;

    /** For the container. */
    protected LoadChangesSinceWorker() {}

    @Override
    public Changes process(LoadChangesSince request) {
        return changes.since(request, settings.dataSetOr(request.dataSet()));
    }
}
