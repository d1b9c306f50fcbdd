package io.framegate.map.store;

import com.fasterxml.jackson.databind.type.TypeFactory;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The map's tables: the schema {@code map}, with a migration history of its own. */
public final class MapSchema {

    private static final String SCHEMA = "map";
    private static final String HISTORY_TABLE = "schema_history";
    private static final String MIGRATIONS = "classpath:io/framegate/map/store/migration";

    private MapSchema() {}

    /**
     * Brings the database to the schema of this version; does nothing if it is there already. Two servers that do so
     * at once wait for each other (Flyway's own advisory lock).
     *
     * @throws FlywayException if the database cannot be reached, or has another schema than any version before this
     */
    public static void migrate(DataSource database) {
        try {
            Flyway.configure(MapSchema.class.getClassLoader())
                    .dataSource(database)
                    .schemas(SCHEMA)
                    .defaultSchema(SCHEMA)
                    .table(HISTORY_TABLE)
                    .locations(MIGRATIONS)
                    .load()
                    .migrate();
        } finally {
            // The Jackson that Flyway gets is the app server's, and remembers its classes, and so the application's
            // class loader,
            // when the application is long gone. It is a cache: others find again what they need.
            TypeFactory.defaultInstance().clearCache();
        }
    }
}
