package io.framegate.map.work;

import io.framegate.map.MapSettings;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.WatchChanges;
import io.framegate.map.message.Watching;
import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Answers {@link WatchChanges}. */
@ApplicationScoped
public class WatchChangesWorker implements CallerWorker<WatchChanges, Watching> {

    // Set by the container before the first call, and never after.
    @Inject
    private MapSettings settings;

    // Set by the container before the first call, and never after.
    @Inject
    private ChangeWatch watch;

    /** For the container. */
    protected WatchChangesWorker() {}

    /** Without a container. */
    public WatchChangesWorker(MapSettings settings, ChangeWatch watch) {
        this.settings = settings;
        this.watch = watch;
    }

    @Override
    public Watching process(WatchChanges request, Caller caller) {
        if (!caller.takesNotices()) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "Changes are told by notices, which this client has not said that it takes: it needs a hello with"
                            + " notices among its features.");
        }
        List<Area> areas = request.areas().stream()
                .map(area -> area.ellipsoid() == Ellipsoid.BESSEL_1841
                        ? DatumShift.toWgs84().area(area)
                        : area)
                .toList();
        return watch.watch(caller, settings.dataSetOr(request.dataSet()), areas);
    }
}
