package io.framegate.map.store;

import jakarta.annotation.sql.DataSourceDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.postgresql.PGConnection;

/**
 * The pool of connections to PostgreSQL, declared by the application itself.
 *
 * <pre>
 *  key                          default                                    meaning
 *  framegate.database.url       jdbc:postgresql://localhost:5432/framegate where it is
 *  framegate.database.user      framegate                                  who asks
 *  framegate.database.password  (empty)                                    never logged
 *  framegate.database.password-file  (empty)                               a file with it in its first line, read for each connection
 *  framegate.database.data-source  java:app/jdbc/framegate                 the JNDI name of the pool
 * </pre>
 *
 * Another data source is one that the application server has, with a pool that its console shows, pings and tunes. Then what is said
 * here of limits is that pool's business.
 *
 * <b>Limits.</b> At most {@value #MAX_CONNECTIONS} connections; a request that gets none within {@value #MAX_WAIT_MILLIS} ms fails, and
 * so does one whose connection {@linkplain BoundedDataSource can't be made or is silent} for too long. So a database that stalls does
 * not hold threads for ever; and once one has waited for it in vain, the others {@linkplain PoolBreaker need not}. A connection that
 * was not validated for some seconds is tried before it is given out, so that those which died with the database are replaced.
 */
@ApplicationScoped
@DataSourceDefinition(
        name = MapDatabase.JNDI_NAME,
        className = "io.framegate.map.store.BoundedDataSource",
        url = "${MPCONFIG=framegate.database.url}",
        user = "${MPCONFIG=framegate.database.user}",
        password = "${MPCONFIG=framegate.database.password}",
        minPoolSize = 1,
        maxPoolSize = MapDatabase.MAX_CONNECTIONS,
        properties = {
            // The colon is for a default, of nothing.
            "passwordFile=${MPCONFIG=framegate.database.password-file:}",
            // All are alike: nobody takes one with a user of its own. To compare them by all properties would be a
            // tenth of what a read costs.
            "fish.payara.match-connections=false",
            "fish.payara.max-wait-time-in-millis=" + MapDatabase.MAX_WAIT_MILLIS,
            "fish.payara.is-connection-validation-required=true",
            // Asks the server, with a limit of its own; by any other method it would be waited for as long as for an
            // answer.
            "fish.payara.connection-validation-method=meta-data",
            "fish.payara.validate-atmost-once-period-in-seconds=2",
            "fish.payara.fail-all-connections=true"
        })
public class MapDatabase {

    /** Where the application's own pool is found; also named in {@code persistence.xml}. */
    public static final String JNDI_NAME = "java:app/jdbc/framegate";

    static final int MAX_CONNECTIONS = 16;
    static final int MAX_WAIT_MILLIS = 5000;

    // Set before the first call, and never after; looked up without connecting.
    private DataSource dataSource;
    private boolean own; // whether it is the pool that the application declares
    private final PoolCounts counts = new PoolCounts();

    /** For the container. */
    protected MapDatabase() {}

    @Inject
    MapDatabase(@ConfigProperty(name = "framegate.database.data-source", defaultValue = JNDI_NAME) String name) {
        own = name.equals(JNDI_NAME);
        try {
            dataSource = counts.counting(InitialContext.doLookup(name));
        } catch (NamingException | ClassCastException e) {
            throw new IllegalStateException(
                    "Set framegate.database.data-source to the JNDI name of a data source of the application server; \""
                            + name + "\" is none.",
                    e);
        }
    }

    /** For use without a container, as if it were the application's own. */
    MapDatabase(DataSource dataSource) {
        own = true;
        this.dataSource = counts.counting(dataSource);
    }

    /** The pool. */
    public DataSource dataSource() {
        return dataSource;
    }

    /**
     * What to do where more requests may be worked at a time than there are connections. Of a pool of the application server nobody
     * knows here how many it has.
     */
    Optional<String> advice(int workerThreads) {
        return own && workerThreads > MAX_CONNECTIONS
                ? Optional.of(
                        "The map has " + MAX_CONNECTIONS + " connections to its database for " + workerThreads
                                + " worker threads (framegate.workers.threads): where more requests than that want one, the others wait,"
                                + " and are refused as busy after " + MAX_WAIT_MILLIS / 1000
                                + " s. Set framegate.database.data-source to a larger pool of the application server, or lower the setting.")
                : Optional.empty();
    }

    /**
     * What to do where a pooler stands before the database and the pool, as one of the application server, has statements kept there
     * by name all the same.
     *
     * @param connection of the pool
     */
    public static Optional<String> poolerAdvice(Connection connection) throws SQLException {
        return connection.isWrapperFor(PGConnection.class)
                        && connection.unwrap(PGConnection.class).getPrepareThreshold() != 0
                        && BoundedDataSource.isPooled(connection)
                ? Optional.of(
                        "A pooler such as PgBouncer stands before the database, and the pool of framegate.database.data-source has"
                                + " statements kept there by name: unless it pools by session, set prepareThreshold=0 in that pool.")
                : Optional.empty();
    }

    /** What has been taken from it. */
    PoolCounts counts() {
        return counts;
    }
}
