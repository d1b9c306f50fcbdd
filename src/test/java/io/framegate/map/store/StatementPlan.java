package io.framegate.map.store;

import io.framegate.map.message.Area;
import io.framegate.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What PostgreSQL does for one of {@link FeatureKind}'s statements. */
final class StatementPlan {

    private static final int BYTES = 100_000_000;
    private static final int QUICK_ROWS = 50_001;

    private StatementPlan() {}

    /**
     * Runs the statement for what touches an area or the measured statement and tells how it was run; the parts that were not needed for this data set are left out.
     */
    static String of(TestDatabase database, FeatureKind kind, boolean touching, String dataSet, Area area)
            throws SQLException {
        AreaStatement statement = touching ? kind.touching() : kind.measured();
        AreaStatement.Values values =
                new AreaStatement.Values(id(database, dataSet), BlockPlaces.Window.of(area), QUICK_ROWS, BYTES);
        StringBuilder plan = new StringBuilder();
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement explain = connection.prepareStatement(
                        "explain (analyze, timing off) " + statement.sql(values.dataSet()))) {
            statement.bind(explain, values);
            try (ResultSet lines = explain.executeQuery()) {
                while (lines.next()) {
                    String line = lines.getString(1);
                    if (!line.contains("never executed")) {
                        plan.append(line).append('\n');
                    }
                }
            }
        }
        return plan.toString();
    }

    private static int id(TestDatabase database, String dataSet) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("select id from map.data_set where name = ?")) {
            statement.setString(1, dataSet);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
