package io.framegate.map.store;

import io.framegate.message.ApplicationMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Shows operators how the map's pool of database connections is doing. */
@ApplicationScoped
public class PoolFigures implements ApplicationMetrics {

    private static final double NANOS_PER_SECOND = 1e9;

    // Set by the container before the first call, and never after.
    private MapDatabase database;

    /** For the container's proxy. */
    protected PoolFigures() {}

    @Inject
    PoolFigures(MapDatabase database) {
        this.database = database;
    }

    @Override
    public String name() {
        return "database.pool";
    }

    @Override
    public String title() {
        return "Database pool";
    }

    @Override
    public List<String> advice(int workerThreads) {
        return database.advice(workerThreads).stream().toList();
    }

    @Override
    public List<Figure> figures() {
        PoolCounts counts = database.counts();
        return List.of(
                new Figure("used", "connections in use", Unit.COUNT, counts::used),
                new Figure("used.most", "the most at a time", Unit.COUNT, counts::mostUsed),
                new Figure("taken", "taken", Unit.COUNT, counts::taken),
                new Figure("failed", "could not be had", Unit.COUNT, counts::failed),
                new Figure(
                        "wait", "waited for them, in all", Unit.SECONDS, () -> counts.waitNanos() / NANOS_PER_SECOND));
    }
}
