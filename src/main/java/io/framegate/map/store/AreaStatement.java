package io.framegate.map.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement about an area, whose parameters have names as JDBC's have not: the same area is asked for in several places.
 *
 * <pre>
 *  {id}    of the data set, in the text itself: its partitions are named one by one. With a parameter PostgreSQL would lock those of
 *          all data sets, and take a plan that it could keep for dearer than a new one for each answer
 *  {area}  its box, in 1e-7 degree
 *  {zoom}  zoom level
 *  {rows}  the most rows that are gathered one by one, plus one
 *  {bytes} the most bytes that an answer may have
 * </pre>
 */
final class AreaStatement {

    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

    private final String sql;
    private final List<String> parameters = new ArrayList<>();

    /** What is asked for. */
    record Values(int dataSet, BlockPlaces.Window window, int rows, int bytes) {}

    AreaStatement(String text) {
        Matcher parameter = PARAMETER.matcher(text);
        this.sql = parameter.replaceAll(found -> {
            String name = found.group(1);
            if (name.equals("id")) {
                return "{id}";
            }
            parameters.add(name);
            return name.equals("area") ? "box(point(?, ?), point(?, ?))" : "?";
        });
    }

    /** As JDBC takes it, for a data set. */
    String sql(int dataSet) {
        return sql.replace("{id}", Integer.toString(dataSet));
    }

    /** Sets all parameters. */
    void bind(PreparedStatement statement, Values values) throws SQLException {
        int next = 1;
        for (String parameter : parameters) {
            switch (parameter) {
                case "area" -> {
                    statement.setDouble(next++, values.window().west());
                    statement.setDouble(next++, values.window().south());
                    statement.setDouble(next++, values.window().east());
                    statement.setDouble(next++, values.window().north());
                }
                case "zoom" -> statement.setInt(next++, values.window().zoom());
                case "rows" -> statement.setInt(next++, values.rows());
                case "bytes" -> statement.setInt(next++, values.bytes());
                default -> throw new IllegalStateException(parameter);
            }
        }
    }
}
