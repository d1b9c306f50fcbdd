package io.framegate.map.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The map's tables as earlier versions left them. */
public final class MapSchemaFixture {

    private MapSchemaFixture() {}

    /** Makes the tables of a version, by the migrations that were released up to it. */
    public static void migrate(DataSource database, String version) {
        Flyway.configure(MapSchema.class.getClassLoader())
                .dataSource(database)
                .schemas("map")
                .defaultSchema("map")
                .table("schema_history")
                .locations("classpath:io/framegate/map/store/migration")
                .target(version)
                .load()
                .migrate();
    }

    /** Loads a data set without features. */
    public static void load(DataSource database, String name) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select map.finish_load(map.begin_load(), '" + name + "', 'file', 'nobody')");
        }
    }
}
