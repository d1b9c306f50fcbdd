package io.framegate.map.store;

import io.framegate.map.message.Area;
import io.framegate.map.message.Points;
import io.framegate.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What PostgreSQL does for one of {@link FeatureKind}'s statements. */
final class StatementPlan {

    private static final int EVERY_ZOOM = 20;
    private static final int BYTES = 100_000_000;
    private static final int QUICK_ROWS = 50_001;

    private StatementPlan() {}

    /**
     * Runs the quick or the measured statement and tells how it was run; the parts that were not needed for this data set are left out.
     */
    static String of(TestDatabase database, FeatureKind kind, boolean quick, String dataSet, Area area)
            throws SQLException {
        String statement = quick ? kind.quickStatement() : kind.measuredStatement();
        List<Object> inArea = List.of(
                dataSet,
                area.west() * Points.UNITS_PER_DEGREE,
                area.south() * Points.UNITS_PER_DEGREE,
                area.east() * Points.UNITS_PER_DEGREE,
                area.north() * Points.UNITS_PER_DEGREE,
                EVERY_ZOOM);
        List<Object> values = new ArrayList<>(inArea);
        if (quick) {
            values.add(QUICK_ROWS);
            values.add(BYTES);
        } else {
            values.add(BYTES);
            values.addAll(inArea);
        }
        StringBuilder plan = new StringBuilder();
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement explain = connection.prepareStatement("explain (analyze, timing off) " + statement)) {
            for (int i = 0; i < values.size(); i++) {
                explain.setObject(i + 1, values.get(i));
            }
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
}
