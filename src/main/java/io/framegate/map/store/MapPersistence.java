package io.framegate.map.store;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import jakarta.persistence.PersistenceException;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Entity managers of the persistence unit {@code map}, which is started when it is first needed.
 *
 * <p>Why not {@code @PersistenceContext}: the container would start the unit while it deploys the application, EclipseLink
 * then takes a connection, and without a database the deployment fails. A unit that nobody injects is left alone. Apart
 * from that, it is the same: JTA, the application's pool, the current transaction.
 *
 * <p><b>Threads.</b> For all. The first ones wait for the start; one that fails is tried again by the next.
 */
@ApplicationScoped
public class MapPersistence {

    private static final String UNIT = "map";

    private final ReentrantLock lock = new ReentrantLock();
    private Map<String, Object> properties = Map.of();

    // Written under the lock; read without.
    private volatile @Nullable EntityManagerFactory factory;

    /** For the container. */
    protected MapPersistence() {}

    @Inject
    MapPersistence(MapDatabase database) {
        this(Map.of("jakarta.persistence.jtaDataSource", database.dataSource()));
    }

    /** For use without a container: properties that override those of {@code persistence.xml}. */
    MapPersistence(Map<String, Object> properties) {
        this.properties = Map.copyOf(properties);
    }

    /**
     * Opens an entity manager, which belongs to the current transaction; the caller closes it.
     *
     * @throws PersistenceException if the database cannot be reached
     */
    public EntityManager open() {
        EntityManagerFactory started = factory;
        return (started != null ? started : start()).createEntityManager();
    }

    private EntityManagerFactory start() {
        lock.lock();
        try {
            EntityManagerFactory started = factory;
            if (started == null) {
                started = Persistence.createEntityManagerFactory(UNIT, properties);
                try {
                    // Only this connects. A factory that could not is of no use any more (EclipseLink remembers it).
                    started.createEntityManager().close();
                } catch (RuntimeException e) {
                    started.close();
                    throw e;
                }
                factory = started;
            }
            return started;
        } finally {
            lock.unlock();
        }
    }

    @PreDestroy
    void stop() {
        EntityManagerFactory started = factory;
        if (started != null) {
            started.close();
        }
    }
}
