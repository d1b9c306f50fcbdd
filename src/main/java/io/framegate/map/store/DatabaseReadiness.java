package io.framegate.map.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** {@code framegate-database}: up when a connection can be had and answers. */
@Readiness
@ApplicationScoped
public class DatabaseReadiness implements HealthCheck {

    private static final int ANSWER_LIMIT_SECONDS = 2;

    // Set by the container before the first call, and never after.
    private MapDatabase database;

    /** For the container's proxy. */
    protected DatabaseReadiness() {}

    @Inject
    DatabaseReadiness(MapDatabase database) {
        this.database = database;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("framegate-database")
                .status(isReachable())
                .build();
    }

    private boolean isReachable() {
        // Payara asks with a class loader that has no driver, and the pool's first connection is made by the asking
        // thread's.
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(DatabaseReadiness.class.getClassLoader());
        try (Connection connection = database.dataSource().getConnection()) {
            return connection.isValid(ANSWER_LIMIT_SECONDS);
        } catch (SQLException e) {
            // Health pages are open to all: why is in the pool's own log.
            return false;
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
