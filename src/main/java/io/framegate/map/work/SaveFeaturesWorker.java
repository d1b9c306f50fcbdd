package io.framegate.map.work;

import io.framegate.map.MapSettings;
import io.framegate.map.edit.FeatureSaves;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.message.BatchWorker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Answers {@link SaveFeatures}. */
@ApplicationScoped
public class SaveFeaturesWorker implements BatchWorker<SaveFeatures, SaveResult> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapSettings settings;

    // Set by the container before the first call, and never after.
    @Inject
    private FeatureSaves saves;

    /** For the container. */
    protected SaveFeaturesWorker() {}

    @Override
    public List<SaveResult> processAll(List<SaveFeatures> requests) {
        return saves.saveAll(
                requests,
                requests.stream()
                        .map(request -> settings.dataSetOr(request.dataSet()))
                        .toList());
    }
}
