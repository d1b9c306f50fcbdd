package io.framegate.testkit;

import io.framegate.map.message.Points;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A large data set out of a small one: copies side by side, six from west to east and four from south to north, half a
 * degree apart. The records are the same bytes, the boxes and ids are each copy's own, so that is what queries see.
 */
public final class Grid {

    /** The name of the large data set. */
    public static final String NAME = "grid";

    /** From one copy to the next. */
    public static final double STEP_DEGREES = 0.5;

    private static final List<String> TABLES = List.of("link", "node", "polygon", "polyline");
    private static final List<String> TABLES_AND_BLOCKS = List.of("link", "node", "polygon", "polyline", "block");

    /** What the blocks of each copy are numbered from; a place has six bits more. */
    private static final int BLOCKS = 1_000_000;

    private static final int POSITIONS = 64;
    private static final int COLUMNS = 6;
    private static final int ROWS = 4;

    private Grid() {}

    /** Makes the data set {@value #NAME} of copies of another, in one transaction. */
    public static void replicate(Connection connection, String dataSet) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set search_path to map");
            int id = number(statement, "select begin_load()");
            int source = number(statement, "select id from data_set where name = '" + dataSet + "'");
            for (String table : TABLES_AND_BLOCKS) {
                List<String> columns = columns(statement, table);
                for (int copy = 0; copy < COLUMNS * ROWS; copy++) {
                    List<String> values = new ArrayList<>();
                    for (String column : columns) {
                        values.add(column + " + " + moved(column, copy));
                    }
                    statement.execute(("insert into loading_" + table + " (" + String.join(", ", columns) + ") select "
                                    + String.join(", ", values) + " from " + table + " where data_set = " + source
                                    + (table.equals("block") ? " and kind < " + TABLES.size() : ""))
                            .replace(" + 0", ""));
                }
            }
            statement.execute("select finish_load(" + id + ", '" + NAME
                    + "', 'copies', '© OpenStreetMap contributors, ODbL 1.0')");
        }
        connection.commit();
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("vacuum analyze");
        }
    }

    private static String moved(String column, int copy) {
        long east = (long) (copy % COLUMNS) * Points.units(STEP_DEGREES);
        long north = (long) (copy / COLUMNS) * Points.units(STEP_DEGREES);
        return switch (column) {
            case "id", "from_node", "to_node" -> Long.toString(copy * 1_000_000_000_000_000L);
            case "west", "east", "longitude_e7" -> Long.toString(east);
            case "south", "north", "latitude_e7" -> Long.toString(north);
            case "number" -> Integer.toString(copy * BLOCKS);
            case "place" -> Integer.toString(copy * BLOCKS * POSITIONS);
            case "bbox" -> "point(" + east + ", " + north + ")";
            default -> "0";
        };
    }

    private static List<String> columns(Statement statement, String table) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (ResultSet names = statement.executeQuery("select column_name from information_schema.columns"
                + " where table_schema = 'map' and table_name = '" + table + "' and is_generated = 'NEVER'"
                + " and column_name <> 'data_set' order by ordinal_position")) {
            while (names.next()) {
                columns.add(names.getString(1));
            }
        }
        return columns;
    }

    private static int number(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }
}
